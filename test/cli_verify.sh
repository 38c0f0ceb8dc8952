#!/bin/sh
# kulla verify: a sound ledger holds, a changed byte is named, a rolled-back one is found out by a head from outside.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
# flip FILE OFFSET: one bit of one byte
flip() {
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0] ^ 1; f.seek(int(sys.argv[2])); f.write(bytes([b]))' "$1" "$2"
}
# ask KEY: of the summary
ask() {
	tail -n 1 out.txt | python3 -c 'import json, sys
print(json.loads(sys.stdin.read())[sys.argv[1]])' "$1"
}

run init home --origin cert.example/kulla
vkey=$(tail -n 1 out.txt)
run verify --home home
is 'a new home holds' "$code" 0
has 'and says that nobody outside knows it' "$out" 'a rollback cannot be excluded'
run verify --json --home home
is 'as JSON' "$code $(ask holds) $(ask entries) $(ask rollback)" '0 True 1 cannot be excluded'
root=$(ask root)
is 'nothing was written' "$(find home -name keeper.lock -o -name keeper.sock)" ''
run verify --json --home home --head "1 $root"
is 'the head given' "$code $(ask head)" '0 same'
run verify --json --home home --head home/ledger/checkpoint --key "$vkey"
is 'a checkpoint as the head, and the key' "$code $(ask head) $(ask key_given)" '0 same True'
run verify --json --home home --head "7 $root"
is 'a rollback is found' "$code $(ask head) $(ask rollback)" '1 ahead has happened'
run verify --json --home home --head "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
is 'so is another history' "$code $(ask head)" '1 conflict'

cp -R home/ledger copy
chmod -R a-w copy
run verify copy --key "$vkey"
is 'a copy of the folder alone, read-only' "$code" 0
chmod -R u+w copy
for file in checkpoint tile/0/000.p/1 tile/entries/000.p/1; do
	rm -rf broken
	cp -R copy broken
	flip "broken/$file" 25
	run verify --json broken
	is "a changed byte of $file" "$code $(grep -c "\"kind\":\"fault\",\"where\":\"$file\"" out.txt) $(ask holds)" '1 1 False'
	run verify broken
	has "and in words" "$out" "$file"
	has "which say so" "$out" 'DOES NOT HOLD'
done
rm broken/checkpoint
run verify --json broken
is 'no checkpoint' "$code" 1
mkdir empty
run verify empty
is 'no ledger: it could not be looked at' "$code" 2
run verify nowhere
is 'no folder' "$code" 2
run verify copy --key nonsense
is 'no key' "$code" 2
run verify copy --head nonsense
is 'no head' "$code" 2
run verify copy copy
is 'two folders' "$code" 2
finish
