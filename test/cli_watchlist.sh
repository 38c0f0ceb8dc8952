#!/bin/sh
# kulla watchlist build and show: what is refused, what is remembered.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

printf 'evil.example.com\n10.0.0.0/8\n' >list.txt
printf 'to a.evil.example.com\n' >a.log
cat >partly.json <<'J'
{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","pattern":5,"pattern_type":"stix"},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd40","pattern":"[ipv4-addr:value = '203.0.113.7']","pattern_type":"stix","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd41","pattern":"[file:name = 'x'] FOLLOWEDBY [file:name = 'y']","pattern_type":"stix"}]}
J

run watchlist build -o a.kw list.txt missing.txt
is 'a missing list is an error' "$code" 2
has 'that says what was not done' "$err" 'kulla: 1 file could not be read: a.kw was not written'
is 'and nothing is written' "$(find . -name '*.kw*')" ''
cp list.txt kept.kw
run watchlist build -o kept.kw list.txt missing.txt
is 'the old set stays' "$(cmp list.txt kept.kw && echo same)" same
gzip -c list.txt | head -c 20 >cut.gz
run watchlist build -o a.kw cut.gz
is 'so it is with a list that breaks off' "$code $(find . -name 'a.kw*')" '2 '
run watchlist build -o nowhere/a.kw list.txt
is 'a place that cannot be written' "$code" 2
has 'is named' "$err" 'nowhere/a.kw: cannot be written'

run watchlist build -o a.kw --at 2022-06-01T00:00:00Z list.txt partly.json
is 'lines and objects that are no intelligence: exit 2' "$code" 2
has 'they are counted' "$out" '3 indicators loaded'
has 'as unreadable' "$out" '1 line or object unreadable'
is 'the set is written, and nothing beside it' "$(find . -name 'a.kw*')" ./a.kw
run watchlist show a.kw
is 'show' "$code" 0
has 'when it was compiled' "$out" '2022-06-01T00:00:00Z'
has 'what was loaded' "$out" 'indicators             3  loaded'
has 'what was unreadable' "$out" '1  line or object that could not be read'
has 'of which kinds' "$out" '2  ipv4-addr'
has 'under which markings' "$out" '1  TLP:GREEN'
has 'by whom' "$out" '2  list.txt'
has 'and what cannot be matched' "$out" 'unmatchable: indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd41: '
run scan --json a.kw -- a.log
is 'a scan with it tells that something is missing' "$code" 2
has 'in the summary' "$out" '"unreadable":1,"unmatchable_reasons"'
has 'and in words' "$err" 'a.kw: lines or objects that could not be read when it was compiled: 1'
run watchlist show list.txt
is 'show of something else' "$code" 2
has 'says what it is not' "$err" 'is no compiled watchlist'
run watchlist show missing.kw
has 'show of nothing' "$err" 'missing.kw: cannot be opened'
run scan --json missing.txt -- a.log
is 'a scan without any intelligence gives no answer' "$code $out" '2 '

# -o names a regular file, or nothing yet
mkfifo pipe.kw
run watchlist build -o pipe.kw list.txt
is 'a pipe as the output is refused' "$code" 2
has 'as what it is' "$err" 'pipe.kw: cannot be written: is a pipe; expected a regular file, or nothing there'
is 'and stays a pipe' "$(test -p pipe.kw && echo pipe)" pipe
printf 'old\n' >target.kw
ln -s target.kw link.kw
run watchlist build -o link.kw list.txt
is 'a symbolic link too' "$code" 2
has 'as one' "$err" 'link.kw: cannot be written: is a symbolic link; expected'
is 'and neither it nor its target changes' "$(test -L link.kw && cat target.kw)" old
mkdir folder.kw
run watchlist build -o folder.kw list.txt
is 'a folder too' "$code" 2
has 'as one, again' "$err" 'folder.kw: cannot be written: is a folder; expected'
run watchlist build -o folder.kw/ list.txt
has 'also with a slash behind' "$err" 'folder.kw/: cannot be written: is a folder; expected'
cp list.txt own.txt
run watchlist build -o own.txt own.txt
is 'the intelligence itself is not written over' "$code $(cmp list.txt own.txt && echo same)" '2 same'
has 'because it is both' "$err" 'own.txt: is the file that -o names too'
ln own.txt own.kw
run watchlist build -o ./own.kw -- list.txt own.txt
is 'under another name neither' "$code $(cmp list.txt own.kw && echo same)" '2 same'
exec 3<own.txt
run watchlist build -o own.txt - <&3
is 'nor as standard input' "$code $(cmp list.txt own.txt && echo same)" '2 same'
mkdir feeds
cp list.txt feeds/a.txt
run watchlist build -o feeds/a.txt feeds
is 'nor in a folder' "$code $(cmp list.txt feeds/a.txt && echo same)" '2 same'
printf '{"name":"w","type":"string","list":["good.example"]}' >warn.json
run watchlist build -o warn.json --warninglist warn.json list.txt
is 'nor a warninglist' "$code $(head -c 1 warn.json)" '2 {'
run watchlist build -o target.kw list.txt
is 'an old set is replaced' "$code $(head -c 7 target.kw)" '0 KULLAWL'

# validity is judged again when the set is used
ind() { # NUMBER VALUE UNTIL
	printf '{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd0%s","pattern":"[domain-name:value = '"'%s'"']","pattern_type":"stix","valid_from":"2020-01-01T00:00:00Z"%s}' "$1" "$2" "$3"
}
{
	printf '{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04983","objects":[\n'
	ind 1 old.example ',"valid_until":"2021-01-01T00:00:00Z"'
	printf ',\n'
	ind 2 soon.example ',"valid_until":"2022-06-02T00:00:00Z"'
	printf ',\n'
	ind 3 late.example ',"valid_until":"9000-01-01T00:00:00Z"'
	printf ',\n'
	ind 4 ever.example ''
	printf ']}\n'
} >valid.json
printf 'old.example\nsoon.example\nlate.example\never.example\n' >valid.log
run watchlist build -o valid.kw --at 2022-06-01T00:00:00Z valid.json
is 'a set with indicators that end' "$code" 0
run scan --json valid.kw -- valid.log
is 'what expired since is left out' "$code $(grep -c '"kind":"hit"' out.txt) $(grep -c '"value":"soon.example"' out.txt)" '0 2 0'
has 'and counted' "$out" '"indicators":{"loaded":2,"suppressed":0,"expired":2,'
has 'and told' "$err" 'valid.kw: 1 indicator expired after it was compiled'
run scan --color never valid.kw -- valid.log
has 'a person reads what is looked for' "$out" '2 indicators loaded (2 domain-name), 2 expired'
run scan --count --at 2022-06-01T12:00:00Z valid.kw -- valid.log
is 'not before it expires' "$code $out" '0 3'
run scan --count --at 2022-06-02T00:00:00Z valid.kw -- valid.log
is 'but at the end of its time' "$code $out" '0 2'
run scan --count --at 9999-01-01T00:00:00Z valid.kw -- valid.log
is 'and each at its own' "$code $out" '0 1'
run scan --count --at 2022-05-31T00:00:00Z valid.kw -- valid.log
is 'an earlier time is refused' "$code$out" 2
has 'because what had ended then is gone' "$err" '--at is before the time for which the watchlist was compiled, 2022-06-01T00:00:00Z'
run scan --count --all valid.kw -- valid.log
is 'so is --all' "$code$out" 2
run watchlist build -o all.kw --all --at 2022-06-01T00:00:00Z valid.json
run scan --count all.kw -- valid.log
is 'a set compiled with --all keeps all' "$code $out" '0 4'
run scan --count --all all.kw -- valid.log
is 'which may be said again' "$code $out" '0 4'
printf '{"name":"w","type":"string","list":["soon.example","late.example"]}' >soon.json
run watchlist build -o soon.kw --warninglist soon.json --at 2022-06-01T00:00:00Z valid.json
run scan --json soon.kw -- valid.log
has 'those on warninglists among them are no longer counted there' "$out" '"indicators":{"loaded":2,"suppressed":1,"expired":2,'
{
	printf 'value,valid_until\nevil.example.com,2022-06-02T00:00:00Z\nevil.example.com,9000-01-01T00:00:00Z\n'
} >twice.csv
run watchlist build -o twice.kw --at 2022-06-01T00:00:00Z twice.csv
run scan --count twice.kw -- a.log
is 'a value said twice lasts as long as the longer' "$code $out" '0 1'
is 'and nothing is left beside any of them' "$(find . -name '*.new')" ''
finish
