#!/bin/sh
# kulla scan: answers, exit codes, options, order.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

printf '203.0.113.7\nevil.example.com\n10.1.0.0/16\nhxxp://bad[.]example/x\n' >list.txt
printf '2022-05-01T10:00:00Z to 203.0.113.7:443\n\nGET http://bad.example/x a.evil.example.com 10.1.2.3\r\nno time evil.example.com\n' >a.log
printf 'nothing here\n' >none.log

run scan --json list.txt -- a.log
is 'a hit is exit 0' "$code" 0
is 'a line per hit and the summary' "$(wc -l <out.txt)" 6
has 'kind comes first' "$(head -1 out.txt)" '{"kind":"hit","indicator":null,"value":"203.0.113.7","seen":"203.0.113.7","type":"ipv4-addr","match":"exact","typed":false,"marking":"TLP:AMBER+STRICT"'
has 'line, record and offset' "$(head -1 out.txt)" '"file":"a.log","line":1,"record_no":1,"offset":0,"segment":null,"source":null,"time":"2022-05-01T10:00:00Z"'
has 'blank lines are lines but no records' "$out" '"line":3,"record_no":2,"offset":41'
has 'subdomain' "$out" '"value":"evil.example.com","seen":"a.evil.example.com","type":"domain-name","match":"subdomain"'
has 'range' "$out" '"value":"10.1.0.0/16","seen":"10.1.2.3","type":"ipv4-addr","match":"range"'
has 'the record without its line end' "$out" '"record":"GET http://bad.example/x a.evil.example.com 10.1.2.3"}'
has 'the summary is last' "$(tail -1 out.txt)" '{"kind":"summary","records":3,"bytes":'
has 'hits are counted' "$(tail -1 out.txt)" '"hits":5,"marking":"TLP:AMBER+STRICT"'
has 'indicators are counted' "$(tail -1 out.txt)" '"indicators":{"loaded":4,"suppressed":0,"expired":0,"unmatchable":0'
has 'the banner' "$err" 'TLP:AMBER+STRICT'

run scan --count list.txt -- a.log
is '--count' "$code $out" '0 5'
run scan --count list.txt -- none.log
is 'no hit is exit 1' "$code $out" '1 0'
run scan --exact --count list.txt -- a.log
is '--exact leaves exact only' "$out" 3
run scan --json --max-hits 2 list.txt -- a.log
is '--max-hits' "$(grep -c '"kind":"hit"' out.txt)" 2
has '--max-hits is told' "$out" '"ended_by":"max-hits"'
run scan --json --since 2023-01-01 list.txt -- a.log
is '--since keeps records without time' "$(grep -c '"kind":"hit"' out.txt)" 4
has 'and counts them' "$out" '"hits_without_time":4'
run scan --json --until 2022-05-02 list.txt -- a.log
is '--until' "$(grep -c '"kind":"hit"' out.txt)" 5
run scan --json --marking green list.txt -- a.log
has '--marking' "$out" '"marking":"TLP:GREEN"'
"$kulla" scan --count list.txt -- - <a.log >out.txt 2>err.txt
is 'standard input' "$(cat out.txt)" 5
run scan --csv list.txt -- a.log
is 'CSV has a header' "$(head -1 out.txt | cut -d, -f1-4)" 'indicator,value,seen,type'
is 'CSV has a line per hit' "$(wc -l <out.txt)" 6
run scan --color always list.txt -- a.log
has 'the match is highlighted' "$out" "$(printf '\033[1;31m203.0.113.7\033[0m')"
run scan --color never list.txt -- a.log
has 'the summary on a terminal' "$out" '5 hits of 4 indicators in 3 records'
is 'whose last line is the marking, once' "$(tail -1 out.txt) $err" 'This answer is TLP:AMBER+STRICT (by default: its indicators say no marking). '
has 'one time is told once' "$out" "$(printf '1 record\n  seen 2022-05-01T10:00:00Z\n')"
printf 'x \033]0;evil.example.com\007\n' >escape.log
run scan --color never list.txt -- escape.log
has 'control characters do not reach the terminal' "$out" '\x1b]0;evil.example.com\x07'

cat >strict.json <<'END'
[{"type":"indicator","id":"indicator--1","pattern":"[network-traffic:dst_ref.value = '203.0.113.7']"},
{"type":"indicator","id":"indicator--2","pattern":"[domain-name:value LIKE 'evil%']"},
{"type":"indicator","id":"indicator--3","pattern":"[domain-name:value = 'evil.example.com' OR network-traffic:dst_ref.value = '203.0.113.8']"}]
END
printf '{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1","id.resp_h":"203.0.113.7"}\n' >conn.log
run scan --json strict.json -- a.log conn.log
has 'what a format cannot show is named' "$(tail -1 out.txt)" '"unmatchable_there":[{"format":"text","indicators":["indicator--1","indicator--2"],"count":2,"records":3}]'
is 'and met where the format shows it' "$(grep -c '"indicator":"indicator--1"' out.txt)" 1
run scan --color never strict.json -- a.log
has 'on a terminal too' "$out" '2 indicators need a direction or a typed field that records of text do not have: indicator--1, indicator--2'

printf 'caf\351 evil.example.com\n' >latin.log
run scan --json list.txt -- latin.log
has 'a record that is not UTF-8' "$out" '"record_base64":"Y2Fm6SBldmlsLmV4YW1wbGUuY29t"}'

i=0
while [ $i -lt 20000 ]; do echo "line $i 10.1.0.$((i % 256)) and some more text to fill the chunks up"; i=$((i + 1)); done >many.log
"$kulla" scan --threads 1 --json list.txt -- many.log a.log 2>err.txt >one.txt
"$kulla" scan --threads 5 --json list.txt -- many.log a.log 2>err.txt >five.txt
is 'threads change nothing' "$(cmp one.txt five.txt && echo same)" same
has 'lines across chunks' "$(sed -n 20000p one.txt)" '"line":20000,"record_no":20000,'
is 'offsets across chunks' "$(sed -n 20000p one.txt | grep -o '"offset":[0-9]*')" "\"offset\":$(head -19999 many.log | wc -c)"

run scan list.txt a.log
is 'without -- it is an error' "$code" 2
has 'that says what to do' "$err" 'put -- between'
run scan --jsn list.txt -- a.log
is 'unknown option' "$code" 2
has 'with a suggestion' "$err" 'did you mean --json?'
run scna
has 'unknown command with a suggestion' "$err" 'did you mean scan?'
run scan --json --csv list.txt -- a.log
is 'two forms are an error' "$code" 2
run scan --since yesterday list.txt -- a.log
has 'a time that is none' "$err" 'expected a time'
run scan missing.txt -- a.log
is 'intelligence that is missing' "$code" 2
has 'is named' "$err" 'kulla: missing.txt: cannot be opened'
run help scan
is 'help' "$code" 0
has 'help has examples' "$out" 'Examples:'
run scan --help
has '--help' "$out" 'Usage: kulla scan'
run --version
has '--version' "$out" 'kulla '
run
is 'no command is an error' "$code" 2

printf '{"list":["203.0.113.0/24"],"name":"Test net","description":"d","matching_attributes":["ip-dst"],"type":"cidr","version":1}' >warn.json
run scan --json --warninglist warn.json list.txt -- a.log
has 'suppressed hits name the list' "$out" '"suppressed_by":"Test net"'
has 'and are counted apart' "$out" '"suppressed_hits":1'
has 'and not among the hits' "$(tail -1 out.txt)" '"hits":4,'
printf '203.0.113.7\n' >one.txt
run scan --count --warninglist warn.json one.txt -- a.log
is 'suppressed hits are no hits' "$code $out" '1 0'

run watchlist build -o list.kw list.txt
is 'watchlist build' "$code" 0
run scan --count list.kw -- a.log
is 'a compiled watchlist answers the same' "$code $out" '0 5'
run watchlist show list.kw
has 'watchlist show' "$out" 'indicators             4  loaded'
head -c 300 list.kw >broken.kw
run scan --count broken.kw -- a.log
is 'a damaged watchlist is refused' "$code $out" '2 '
has 'by name' "$err" 'kulla: broken.kw: '

cat >ally.json <<'J'
{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[
{"type":"identity","spec_version":"2.1","id":"identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","name":"Ally","identity_class":"organization"},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created_by_ref":"identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","name":"C2","pattern":"[ipv4-addr:value = '203.0.113.7']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--a932fcc6-e032-476c-826f-cb970a5a1ade","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[file:name = 'x'] FOLLOWEDBY [file:name = 'y']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z"}]}
J
run scan --json ally.json -- a.log
has 'STIX ids and markings' "$out" '"indicator":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","value":"203.0.113.7"'
has 'the marking is the indicator'"'"'s' "$out" '"marking":"TLP:GREEN"'
has 'what cannot be matched is counted' "$out" '"unmatchable":1'
run scan ally.json -- a.log
has 'and told' "$out" '1 of 2 indicators needs more than this version can match'
has 'who says so' "$out" 'said by Ally: C2'
run scan --stix --at 2022-06-01T00:00:00Z ally.json list.txt -- a.log
is 'STIX is exit 0' "$code" 0
has 'a sighting of the ally'"'"'s indicator' "$out" '"sighting_of_ref":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"'
has 'deterministic ids of observables' "$out" '"id":"ipv4-addr--9ddd739e-87b1-587d-83f2-62ef1130af2f"'
has 'a pattern for what had no id' "$out" "\"pattern\":\"[domain-name:value = 'evil.example.com']\""
has 'the TLP 2.0 marking' "$out" '"tlp_2_0":"green"'

# intelligence that could not be read is unreadable at the top too
printf 'evil.example\n10.0.0.0/33\n' >half.txt
printf 'evil.example\n' >half.log
run scan --json half.txt -- half.log
is 'a line of intelligence that is none: exit 2' "$code" 2
has 'counted among the indicators' "$out" '"unreadable":1,"unmatchable_reasons"'
has 'and at the top' "$out" '},"unreadable":1,"suppressed_hits"'
has 'and then the answer is not complete' "$out" '"unreadable":0,"complete":false'

# nothing to look for is no answer
printf '# nothing today\n' >none.txt
printf '' >empty.txt
printf '{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04984","objects":[]}' >none.json
for none in none.txt empty.txt none.json; do
	run scan --json $none -- half.log
	is "$none: exit 2" "$code" 2
	has 'in words' "$err" 'kulla: nothing was looked for: the intelligence holds no indicator that can be used'
	has 'and in the summary' "$out" '"complete":false'
done
printf 'value,valid_until\nevil.example,2020-01-01\n' >over.csv
run scan --count over.csv -- half.log
is 'so it is when all are over' "$code $out" '2 0'
has 'which is said' "$err" '1 expired'

# CSV: what a table's program would run, and bytes that are no text
cat >cells.json <<'END'
{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04985","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd01","name":"=1+1","labels":["a","b"],"confidence":75,"pattern":"[domain-name:value = 'evil.example']","pattern_type":"stix","valid_from":"2020-01-01T00:00:00Z"}]}
END
printf '=HYPERLINK("http://evil.example/","x")\nOct 11 22:14:15 h a: evil.example\n\tevil.example\nno text \377, evil.example\n\357\274\235cmd evil.example\n- evil.example\n@evil.example, "q"\nplain =evil.example\n' >cells.log
run scan --csv --year 2025 cells.json -- cells.log
python3 - out.txt >cells.txt <<'END'
import csv, sys, base64
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
for r in rows:
    assert None not in r and None not in r.values(), r
    print(r["record"], base64.b64decode(r["record_base64"]), r["name"], r["marking_from"], r["time_guessed"], r["confidence"], r["labels"], sep="|")
END
is 'CSV disarms formulas, keeps bytes, tells what JSON tells' "$(cat cells.txt)" "'=HYPERLINK(\"http://evil.example/\",\"x\")|b''|'=1+1|default||75|a,b
Oct 11 22:14:15 h a: evil.example|b''|'=1+1|default|true|75|a,b
'$(printf '\t')evil.example|b''|'=1+1|default||75|a,b
|b'no text \xff, evil.example'|'=1+1|default||75|a,b
'＝cmd evil.example|b''|'=1+1|default||75|a,b
'- evil.example|b''|'=1+1|default||75|a,b
'@evil.example, \"q\"|b''|'=1+1|default||75|a,b
plain =evil.example|b''|'=1+1|default||75|a,b"
is 'new columns stand behind the old ones' "$(head -1 out.txt | tr -d '\r')" 'indicator,value,seen,type,match,typed,marking,suppressed_by,file,line,record_no,offset,time,host,field,name,author,record,marking_from,time_guessed,confidence,labels,record_base64'

# times without a year: not in the future, whatever the day of this test
python3 -c 'import datetime
now = datetime.datetime.now(datetime.timezone.utc)
for days in (-300, -1, 3, 60):
    day = now + datetime.timedelta(days)
    if (day.month, day.day) == (2, 29): day += datetime.timedelta(1)
    print(day.strftime("%b %e %H:%M:%S h a: evil.example"))' >guess.log
printf 'evil.example\n' >guess.txt
run scan --json guess.txt -- guess.log
python3 - out.txt >guess.out <<'END'
import datetime, json, sys
now = datetime.datetime.now(datetime.timezone.utc)
for line in open(sys.argv[1]):
    hit = json.loads(line)
    if hit["kind"] == "hit":
        ago = now - datetime.datetime.fromisoformat(hit["time"].replace("Z", "+00:00"))
        print(round(ago.total_seconds() / 86400) in ((299, 300), (0, 1), (361, 362, 363), (304, 305, 306))[hit["line"] - 1], hit["time_guessed"])
END
is 'guessed years are not ahead of now' "$(tr '\n' ' ' <guess.out)" 'True True True True True True True True '
run scan --json --year 2031 --since 2031-01-01 guess.txt -- guess.log
is '--year is taken as it is' "$(grep -c '"time":"2031' out.txt)" 4
run scan --json --year 2019 --since 2020-01-01 guess.txt -- guess.log
has 'what a filter leaves out on a guess is counted' "$out" '"hits_time_guessed":0,"left_out_time_guessed":4'
finish
