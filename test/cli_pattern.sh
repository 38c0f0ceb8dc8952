#!/bin/sh
# kulla stix pattern: a verdict a line, on the OASIS corpus too (cti-pattern-validator's tests).
# shellcheck disable=SC2154
shared=$(realpath "${KULLA_SHARED:-../shared}")
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

# patterns TEXT: sets $out, $code
patterns() {
	printf '%b' "$1" >in.txt
	shift
	"$kulla" stix pattern "$@" <in.txt >out.txt 2>err.txt
	code=$?
	out=$(cat out.txt)
}
patterns "[a:b = 1]\n" --json
is 'a pattern' "$code $out" '0 {"kind":"verdict","valid":true,"line":1,"errors":[]}'
patterns "[a:b = 1]\n\n[a:b\n[a:b = 2]\r" --json
is 'some are none' "$code" 1
is 'a verdict a line, without a line end too' "$(grep -o '"valid":[a-z]*,"line":[0-9]*' out.txt | tr '\n' ' ')" \
	'"valid":true,"line":1 "valid":false,"line":2 "valid":false,"line":3 "valid":true,"line":4 '
has 'with section, place and reason' "$(sed -n 3p out.txt)" '"errors":[{"section":"STIX 2.1 9","offset":4,"text":"STIX pattern, byte 4: '
patterns "[a:b = 1]\n[a:b\n"
is 'in words' "$(head -1 out.txt)" 'line 1: valid'
has 'and why not' "$out" 'line 2: not valid: STIX pattern, byte 4: '
patterns ''
is 'nothing: nothing is wrong' "$code $out" '0 '
patterns "[a:b = 1] START '2022-01-01T00:00:00Z' STOP '2022-01-02T00:00:00Z'\n" --stix20 --json
has 'the grammar of 2.0' "$out" '"valid":true'
patterns "[a:b = 1] START '2022-01-01T00:00:00Z' STOP '2022-01-02T00:00:00Z'\n" --json
has 'is not that of 2.1' "$out" '"valid":false'
{ printf "[a:b = '"; head -c 2000000 /dev/zero | tr '\0' x; printf "']\n[a:b = 1]\n"; } >long.txt
"$kulla" stix pattern --json <long.txt >out.txt
has 'a line longer than a pattern may be' "$(head -1 out.txt | cut -c1-200)" 'PATTERN_BYTES_MAX'
has 'is passed over' "$(sed -n 2p out.txt)" '"valid":true,"line":2'
run stix pattern file.txt
is 'files are an error' "$code" 2

corpus=$shared/data/corpora/pattern_v21.jsonl
if [ -e "$corpus" ]; then
	python3 - "$corpus" >want.txt 3>in.txt <<'P'
import json, os, sys
patterns = os.fdopen(3, "w")
for row in map(json.loads, open(sys.argv[1])):
    text = row["params"].get("test_input", row["params"].get("pattern")).strip("\n")
    if "\n" not in text:
        print(str("_fail_" not in row["fn"]).lower())
        patterns.write(text + "\n")
P
	"$kulla" stix pattern --json <in.txt | grep -o '"valid":[a-z]*' | cut -d: -f2 >found.txt
	is 'the OASIS corpus' "$(cmp found.txt want.txt 2>&1; grep -c true want.txt) $(grep -c false want.txt)" "$(grep -c true found.txt) $(grep -c false found.txt)"
else
	count=$((count + 1))
	echo "ok $count - the OASIS corpus # SKIP $corpus is missing"
fi
finish
