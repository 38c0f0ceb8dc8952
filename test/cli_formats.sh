#!/bin/sh
# Intelligence of many formats through the program: told from the content, counted by file, one answer.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

uuid=5e6f3a1c-0000-4000-8000-00000000000
# attribute N TYPE VALUE TIMESTAMP [MORE]
attribute() {
	printf '{"uuid":"%s%s","category":"Network activity","type":"%s","value":"%s","to_ids":true,"timestamp":"%s"%s}' $uuid "$1" "$2" "$3" "$4" "$5"
}
# event FILE ATTRIBUTES [MORE]
event() {
	printf '{"Event":{"info":"Spring","Attribute":[%s],"Orgc":{"name":"CERT A"}%s}}\n' "$2" "$3" >"$1"
}
printf 'GET http://c2.example/x from 192.0.2.7\n' >a.log

# ---- one value, three sources ----
event misp.json "$(attribute 1 domain c2.example 1600000000)" ',"Tag":[{"name":"tlp:green"}]'
printf '{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000001","spec_version":"2.1","pattern_type":"stix","pattern":"[domain-name:value = '"'c2.example'"']"}]}' >stix.json
printf 'c2.example\n' >list.txt
run scan --json list.txt misp.json stix.json -- a.log
is 'three sources, three hits of one record' "$(grep -c '"kind":"hit"' out.txt)" 3
is 'ordered by id, values last or first alike' "$(grep -o '"indicator":[^,]*' out.txt | tr '\n' ' ')" \
	"\"indicator\":null \"indicator\":\"indicator--00000000-0000-4000-8000-000000000001\" \"indicator\":\"indicator--${uuid}1\" "
is 'each under its own marking' "$(grep -o '"marking":"[^"]*"' out.txt | tr '\n' ' ')" '"marking":"TLP:AMBER+STRICT" "marking":"TLP:AMBER+STRICT" "marking":"TLP:GREEN" "marking":"TLP:AMBER+STRICT" '
cp out.txt first.txt
run scan --json stix.json list.txt misp.json -- a.log
is 'whatever the order of the files' "$(grep '"kind":"hit"' out.txt)" "$(grep '"kind":"hit"' first.txt)"
has 'the summary says what each file held' "$(tail -1 first.txt)" '"inputs":[{"file":"list.txt","format":"plain","indicators":1,"context":0,"unreadable":0},{"file":"misp.json","format":"misp","indicators":1,"context":0,"unreadable":0},{"file":"stix.json","format":"stix",'
has 'name and author' "$out" '"name":"Spring","author":"CERT A","labels":"tlp:green"'

# ---- to_ids, deleted, versions ----
printf '{"Event":{"Attribute":[{"uuid":"%s2","type":"ip-dst","value":"192.0.2.7","to_ids":false,"timestamp":"1600000001"}]}}' $uuid >context.json
run scan --json context.json -- a.log
is 'to_ids false is no indicator, and nothing but that is nothing to look for' "$code $(grep -c '"kind":"hit"' out.txt)" '2 0'
has 'but is counted' "$out" '"context":1,"inputs":[{"file":"context.json","format":"misp","indicators":0,"context":1,"unreadable":0}]'
has 'and not as unmatchable' "$out" '"unmatchable":0'
run scan --color never context.json -- a.log
has 'the terminal says so' "$out" '0 indicators loaded, 1 for context only (their source says so)'
event old.json "$(attribute 2 ip-dst 192.0.2.7 1600000000)"
run scan --count old.json -- a.log
is 'an older version alone is met' "$out" 1
run scan --count old.json context.json -- a.log
is 'a newer version takes it back' "$out" 0
run scan --count context.json old.json -- a.log
is 'in any order' "$out" 0
event deleted.json "$(attribute 2 ip-dst 192.0.2.7 1600000002 ',"deleted":true')"
run scan --json old.json deleted.json -- a.log
has 'a deleted one revokes' "$out" '"loaded":0,"suppressed":0,"expired":0,"unmatchable":0,"revoked":1'

# ---- objects keep the direction of their connection, a lone attribute does not ----
printf '{"_path":"conn","ts":1600000000.0,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"192.0.2.7","id.resp_p":443}\n' >conn.log
printf '{"Object":{"name":"network-connection","Attribute":[{"type":"ip-dst","object_relation":"ip-dst","value":"192.0.2.7"}]}}' >to.json
printf '{"Object":{"name":"network-connection","Attribute":[{"type":"ip-src","object_relation":"ip-src","value":"192.0.2.7"}]}}' >from.json
printf '{"Attribute":{"type":"ip-src","value":"192.0.2.7"}}' >lone.json
run scan --count to.json -- conn.log
is 'a destination is met as a destination' "$out" 1
run scan --count from.json -- conn.log
is 'a source is not' "$out" 0
run scan --count lone.json -- conn.log a.log
is 'a lone one is met anywhere' "$out" 2

# ---- markings ----
event own.json "$(attribute 1 domain c2.example 1600000000)" ',"distribution":"0"'
run scan --json --marking clear own.json -- a.log
has 'a distribution raises the default' "$(head -1 out.txt)" '"marking":"TLP:AMBER+STRICT"'
run scan --json --marking red own.json -- a.log
has 'and never lowers it' "$(head -1 out.txt)" '"marking":"TLP:RED","marking_from":"default"'

event red.json "$(attribute 1 domain c2.example 1600000000)" ',"Tag":[{"name":"tlp:red"}]'
printf '{"type":"indicator","id":"indicator--%s1","spec_version":"2.1","modified":"2020-09-13T12:26:40.000Z","pattern_type":"stix","pattern":"[domain-name:value = '"'c2.example'"']","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]}' $uuid >green.json
run scan --json green.json red.json -- a.log
is 'the same version from two sources is one' "$(grep -c '"kind":"hit"' out.txt)" 1
has 'under the stricter marking' "$(head -1 out.txt)" '"marking":"TLP:RED"'
run scan --json red.json green.json -- a.log
has 'in any order' "$(head -1 out.txt)" '"marking":"TLP:RED"'
run scan --json green.json -- a.log
has 'alone it is green' "$(head -1 out.txt)" '"marking":"TLP:GREEN"'

# ---- a MISP feed ----
mkdir feed
printf '{"%s9":{"info":"Spring","Orgc":{"name":"CERT A"},"timestamp":"1"}}' $uuid >feed/manifest.json
printf 'd41d8cd98f00b204e9800998ecf8427e,%s9\n' $uuid >feed/hashes.csv
event feed/${uuid}9.json "$(attribute 1 'domain|ip' 'c2.example|192.0.2.7' 1600000000)"
run scan --json feed -- a.log
is 'a feed is its events' "$code $(grep -c '"kind":"hit"' out.txt)" '0 1'
has 'its index and digests are none' "$out" '{"file":"feed/hashes.csv","format":"misp-manifest","indicators":0,"context":0,"unreadable":0},{"file":"feed/manifest.json","format":"misp-manifest"'

printf '{"%s9":{"info":"Spring"},"%s8":{"info":"Summer"},"%s7":{"info":"Autumn"}}' $uuid $uuid $uuid >feed/manifest.json
run scan --json feed -- a.log
is 'events that the index names and that are not there are an error, the rest goes on' "$code $(grep -c '"kind":"hit"' out.txt)" '2 1'
has 'with how many and the first' "$err" "kulla: feed/manifest.json: 2 of the feed's 3 events are not in its folder and were not read, the first: ${uuid}8.json"
has 'and counts' "$out" '"format":"misp-manifest","indicators":0,"context":0,"unreadable":1}'
event summer.json "$(attribute 3 domain c3.example 1600000000)"
gzip -c summer.json >feed/${uuid}8.json.gz
gzip -c summer.json >feed/${uuid}7.json.gz
run scan --json feed -- a.log
is 'compressed they are there' "$code" 0
printf '{"%s9":{"info":"Spr' $uuid >feed/manifest.json
run scan --json feed -- a.log
is 'an index that is cut is an error' "$code" 2
has 'that is told' "$err" 'kulla: feed/manifest.json: '

# ---- the others ----
# meets NAME FORMAT FILE: one hit, told as this format
meets() {
	run scan --json "$3" -- a.log
	is "$1 meets" "$code $(grep -c '"kind":"hit"' out.txt)" '0 1'
	has "$1 is told" "$(tail -1 out.txt)" "\"format\":\"$2\",\"indicators\":1"
}
printf '#fields\tindicator\tindicator_type\n192.0.2.0/24\tIntel::SUBNET\n' >intel.dat
meets 'a Zeek file' zeek-intel intel.dat
printf 'YzIuZXhhbXBsZQ==\n' >names.lst
meets 'a Suricata dataset' suricata-dataset names.lst
printf '# hosts\n127.0.0.1 localhost\n0.0.0.0 c2.example\n' >hosts
meets 'a hosts file' hosts hosts
printf '%s\n' '@ SOA a. b. 1 2 3 4 5' '24.0.2.0.192.rpz-ip CNAME .' >db.rpz
meets 'a policy zone' rpz db.rpz
printf '<ioc><definition><Indicator operator="OR"><IndicatorItem condition="contains"><Context search="Network/DNS"/><Content>c2.example</Content></IndicatorItem></Indicator></definition></ioc>' >one.ioc
meets 'an OpenIOC document' openioc one.ioc
printf 'rule miner { condition: true }\n' >r.yar
run scan --json r.yar -- a.log
has 'YARA is named' "$out" '"unmatchable_reasons":[{"indicator":"miner","reason":"a YARA rule, kept for files"}]'
printf '<!DOCTYPE ioc [<!ENTITY a "b">]><ioc>&a;</ioc>' >bad.ioc
run scan --json bad.ioc list.txt -- a.log
is 'XML with entities is an error, the rest goes on' "$code $(grep -c '"kind":"hit"' out.txt)" '2 1'
has 'that names the file and why' "$err" 'bad.ioc: line 1: XML: a DOCTYPE is not read'
has 'and counts' "$out" '{"file":"bad.ioc","format":"openioc","indicators":0,"context":0,"unreadable":1}'

# ---- warninglists by name ----
mkdir -p lists/first lists/second
printf '{"name":"Our own names","type":"hostname","matching_attributes":["domain"],"list":["c2.example"]}' >lists/first/list.json
printf '{"name":"Other","type":"string","matching_attributes":["domain"],"list":["c2.example"]}' >lists/second/list.json
run scan --json --warninglist lists --warninglist first list.txt -- a.log
has 'by its folder' "$out" '"suppressed_by":"Our own names"'
run scan --json --warninglist lists --warninglist 'other' list.txt -- a.log
has 'by its name' "$out" '"suppressed_by":"Other"'
run scan --json --warninglist lists --warninglist frist list.txt -- a.log
is 'a name that is none is an error' "$code" 2
has 'with where it was looked for, and what is near' "$err" 'frist: no file of this name, and no such list among the 2 in lists; did you mean first?'
run scan --json --warninglist lists --warninglist ir list.txt -- a.log
has 'a part of the name' "$err" 'ir: no file of this name, and no such list among the 2 in lists; near it: first'
run scan --json --warninglist lists --warninglist secondary-second-list list.txt -- a.log
has 'a word of the name' "$err" 'among the 2 in lists; near it: second'
run scan --json --warninglist first list.txt -- a.log
has 'a name without a folder' "$err" 'no file of this name, and no folder to look for a list in; give that too: --warninglist FOLDER'

# ---- the list, and what a file is taken for ----
run formats
has 'event logs are listed' "$out" 'evtx          Windows event logs (EVTX)'
has 'with where they were tried' "$out" 'written by test/telemetry/evtx_writer.h, judged by libevtx and python-evtx'
has 'and captures' "$out" 'capture       packet captures (pcap, pcapng)'
has 'with what they need' "$out" 'through Suricata where installed; the test skips without it'
run formats --json
is 'as JSON too' "$(grep -c '^{"kind":"decoder","name":"\(evtx\|capture\)","summary":"[^"]*","sample":"[^"]*"}$' out.txt)" 2
is 'each a line with a name of its own' "$(sed 's/.*"name":"\([^"]*\)".*/\1/' out.txt | sort | uniq -d)" ''

record='{"eventTime":"2024-01-01T00:00:00Z",
"sourceIPAddress":"192.0.2.7"}'
printf '{"Records": [\n%s,\n{"sourceIPAddress":"192.0.2.8"}]}\n' "$record" >wrapper.json
printf '[\n%s,\n{"sourceIPAddress":"192.0.2.8"}]\n' "$record" >array.json
printf '%s\n{"sourceIPAddress":\n"192.0.2.8"}\n' "$record" >pretty.json
for form in wrapper array pretty; do
	run formats --detect $form.json
	is "$form: the first record over lines" "$(tr -s ' ' <out.txt)" "format json
time 2024-01-01T00:00:00Z
host none
field eventTime [text] 2024-01-01T00:00:00Z
field sourceIPAddress [text] 192.0.2.7"
	run formats --json --detect $form.json
	has "$form: as JSON" "$out" '"name":"sourceIPAddress","value":"192.0.2.7"'
done
finish
