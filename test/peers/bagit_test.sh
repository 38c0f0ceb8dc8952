#!/bin/sh
# Packages before bagit-python of the Library of Congress (pip package bagit, nothing of Debian's).
# PEERS_PYTHON: a Python that can import it; without it all is skipped.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/../cli_tap.sh"

python=${PEERS_PYTHON:-python3}
if ! "$python" -c 'import bagit' 2>/dev/null; then
	for n in 1 2 3; do echo "ok $n - bagit-python agrees # SKIP the pip package bagit is not there (PEERS_PYTHON)"; done
	echo '1..3'
	exit 0
fi
trap '"$kulla" keeper --home a --stop 2>/dev/null; rm -rf "$work"' EXIT
"$kulla" init a --origin a.example/kulla >/dev/null
mkdir case
printf 'hello\n' >case/a.txt
printf 'x' >"case/new
line"
printf 'y' >case/100%.txt
printf 'z' >"$(printf 'case/\377')"
printf 'w' >'case/naïve é.txt'
: >case/empty
item=$("$kulla" evidence seal case --home a --case C-17 --reason search --collector Alice | grep -o '[0-9a-f]\{64\}' | head -1)
run evidence export "$item" --out bag --reason trial --home a
is 'a package' "$code" 0

cat >judge.py <<'P'
import logging
import os
import sys

import bagit

logging.disable(logging.CRITICAL)


def valid():
    try:
        return bagit.Bag("bag").validate()
    except (bagit.BagError, OSError, UnicodeDecodeError):
        return False


print("valid" if valid() else "not valid")
bag = bagit.Bag("bag")
print(bag.info["Payload-Oxum"], bag.info["Source-Organization"])
for folder, _, files in os.walk("bag"):
    for name in files:
        path = os.path.join(folder, name)
        kept = open(path, "rb").read()
        # its manifests of manifests may be written in upper case, and it takes an empty file's change for one of Payload-Oxum
        changed = bytes([kept[0] ^ 1]) + kept[1:] if kept else b"x"
        open(path, "wb").write(changed)
        if valid():
            print("believed", path)
        open(path, "wb").write(kept)
P
"$python" judge.py >judged.txt 2>&1
is 'bagit-python takes it for valid' "$(head -2 judged.txt | tr '\n' ' ')" 'valid 10.6 a.example/kulla '
is 'and for invalid with one byte changed in any file' "$(tail -n +3 judged.txt)" ''
finish
