#!/bin/sh
# Records that are no lines: JSON arrays, objects over many lines, wrappers; their places; what is not well-formed.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

echo evil.example.com >list.txt
hits() { grep -c '"kind":"hit"' out.txt; }
# places: line.record_no.offset of each hit
places() { sed -n 's/.*"kind":"hit".*"line":\([0-9]*\),"record_no":\([0-9]*\),"offset":\([0-9]*\),.*/\1.\2.\3/p' out.txt | tr '\n' ' '; }
first='{"src_ip":"10.0.0.1","event_type":"dns","timestamp":"2024-01-01T00:00:00.000000+0000","dns":{"rrname":"evil.example.com"}}'
second='{"src_ip":"10.0.0.2","event_type":"dns","timestamp":"2024-01-01T00:00:01.000000+0000","dns":{"rrname":"good.example.com"}}'
n=${#first} # and of the second: the places below are counted in records
[ ${#second} = "$n" ] || exit 2

printf '[%s,%s,%s]' "$first" "$second" "$first" >array.json
run scan --json list.txt -- array.json
is 'an array on one line: each element is a record' "$code $(places)" "0 1.1.1 1.3.$((1 + 2 * (n + 1))) "
has 'typed by their format' "$out" '"typed":true'
has 'which is counted' "$out" '"formats":{"eve":{"files":1,"records":3'
printf '[\n  %s,\n  %s,\n\n  %s\n]\n' "$first" "$second" "$first" >lines.json
run scan --json list.txt -- lines.json
is 'an array over lines' "$(places)" "2.1.4 5.3.$((4 + 2 * (n + 4) + 1)) "

pretty() { printf '{\n  "src_ip": "10.0.0.1",\n  "event_type": "dns",\n  "timestamp": "2024-01-01T00:00:00.000000+0000",\n  "dns": {\n    "rrname": "%s"\n  }\n}\n' "$1"; }
m=$(pretty evil.example.com | wc -c)
{ pretty evil.example.com; pretty good.example.com; pretty evil.example.com; } >pretty.json
run scan --json list.txt -- pretty.json
is 'objects over many lines, one after the other' "$(places)" "1.1.0 17.3.$((2 * m)) "
has 'the record is verbatim' "$out" '"record":"{\n  \"src_ip\": \"10.0.0.1\",\n'
has 'and typed' "$out" '"field":"dns.rrname"'
run scan --json list.txt -- - <pretty.json
is 'from standard input' "$(places)" "1.1.0 17.3.$((2 * m)) "
printf '%s%s %s\n' "$first" "$second" "$first" >joined.json
run scan --json list.txt -- joined.json
is 'objects on one line' "$(places)" "1.1.0 1.3.$((2 * n + 1)) "

printf '{"Records":[%s,%s]}\n{"Records":[%s]}\n' "$second" "$first" "$first" >cloudtrail.json
run scan --json list.txt -- cloudtrail.json
is 'Records, twice' "$(places)" "1.2.$((12 + n + 1)) 2.3.$((12 + 2 * n + 4 + 12)) "
printf '{"@odata.context":"https://evil.example.com/","value":[%s],"@odata.nextLink":"https://evil.example.com/"}' "$first" >value.json
run scan --json list.txt -- value.json
is 'value: what is packing is no record' "$(places)" '1.1.55 '
head='{"took":1,"timed_out":false,"hits":{"total":{"value":1},"hits":['
printf '%s{"_index":"x","_source":%s}]}}' "$head" "$first" >hits.json
run scan --json list.txt -- hits.json
is 'hits.hits' "$(places)" "1.1.${#head} "
has 'the record within is known' "$out" '"typed":true'
has 'by its path' "$out" '"field":"_source.dns.rrname"'
printf '{"host":"evil.example.com","events":[{"a":"evil.example.com"}]}' >own.json
run scan --json list.txt -- own.json
is 'an object with more than packing is a record' "$(places)" '1.1.0 '
printf '{"events":[{"a":"x"}],"host":"evil.example.com"}' >behind.json
run scan --json list.txt -- behind.json
is 'what stands behind the records is not lost' "$(hits)" 1
has 'and told' "$err" '1 member beside the array of records'
printf '["evil.example.com","x"]' >strings.json
run scan --json list.txt -- strings.json
is 'an array of strings' "$(places)" '1.1.1 '

head -c $((2 * m + 50)) pretty.json >cut.json
run scan --json list.txt -- cut.json
is 'a document that is cut: the rest by lines' "$(hits)" 1
has 'is told with its place' "$err" "cut.json: byte $((2 * m + 50)): the JSON document is not well-formed (it ends early); from its record at byte $((2 * m)) on it was matched line by line"
has 'in the coverage too' "$out" '"troubles":[{"file":"cut.json"'
{ pretty evil.example.com; echo 'text evil.example.com'; echo 'more evil.example.com'; } >mixed.json
run scan --json list.txt -- mixed.json
is 'text behind an object: by lines' "$(places)" "1.1.0 9.2.$m 10.3.$((m + 22)) "
printf '[2024-01-01 00:00:00] evil.example.com\n[INFO] evil.example.com\n["a"] evil.example.com\n' >brackets.log
run scan --json list.txt -- brackets.log
is 'lines that begin with a bracket' "$(places) $err" "1.1.0 2.2.39 3.3.63  kulla: this answer is TLP:AMBER+STRICT (by default: its indicators say no marking)"
printf '{"a":"evil.example.com"\n{"b":"evil.example.com"}\n' >damaged.json
run scan --json list.txt -- damaged.json
is 'JSON lines whose first is damaged stay lines' "$(places)" '1.1.0 2.2.24 '

# chunks of 256 KiB: a record before, on and behind each border, with and without line ends
i=0
while [ $i -lt 9000 ]; do printf '%s,\n' "$second"; i=$((i + 1)); done >many
{ echo '['; cat many; echo "$first,"; cat many; echo "$first"; echo ']'; } >large.json
run scan --json list.txt -- large.json
is 'a large array' "$(places)" "9002.9001.$((2 + 9000 * (n + 2))) 18003.18002.$((2 + 18001 * (n + 2))) "
has 'all records are counted' "$out" '"records":18002'
tr -d '\n' <large.json >flat.json
run scan --json list.txt -- flat.json
is 'a large array on one line' "$(places)" "1.9001.$((1 + 9000 * (n + 1))) 1.18002.$((1 + 18001 * (n + 1))) "
run scan --json --threads 1 list.txt -- flat.json
is 'on one thread' "$(places)" "1.9001.$((1 + 9000 * (n + 1))) 1.18002.$((1 + 18001 * (n + 1))) "
run scan --json list.txt -- - <flat.json
is 'on standard input' "$(places)" "1.9001.$((1 + 9000 * (n + 1))) 1.18002.$((1 + 18001 * (n + 1))) "
{ printf '[{"a":"'; head -c 3000000 /dev/zero | tr '\0' x; printf '"},%s]' "$first"; } >wide.json
run scan --json list.txt -- wide.json
is 'behind a record of 3 MB' "$(places)" '1.2.3000010 '
finish
