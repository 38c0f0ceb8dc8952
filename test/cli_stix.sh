#!/bin/sh
# kulla scan --stix: the bundle holds together, says what was seen and no more, and carries the markings.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

cat >ally.json <<'J'
{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[ipv4-addr:value = '203.0.113.7']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd40","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[ipv4-addr:value = '203.0.113.7']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd41","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[process:command_line LIKE '%eviltool%']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd42","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[process:command_line MATCHES 'evilt[a-z]+']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd43","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[windows-registry-key:key = 'HKLM\\\\Software\\\\Evil']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]}]}
J
printf '10.1.0.0/16\nbad.example/y\n' >list.txt
cat >text.log <<'L'
2022-05-01T10:00:00Z to 203.0.113.7
2022-05-03T10:00:00Z to 203.0.113.7
2022-05-02T10:00:00Z eviltool.exe -x
HKLM\Software\Evil
10.1.2.3 bad.example/y
L
printf '%s\n' '{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2022-05-03 10:00:00.000","Computer":"h","EventData":{"CommandLine":"eviltool.exe /all","Image":"C:\\x.exe","ProcessId":"4"}}' >sysmon.json
at='--at 2022-06-01T00:00:00Z'
# ask PYTHON: an expression over objects, by id and by type
ask() {
	python3 - "$1" answer.json <<'P'
import json, sys
objects = json.load(open(sys.argv[2]))["objects"]
by = {o["id"]: o for o in objects}
of = lambda kind: [o for o in objects if o["type"] == kind]
allies = [o["id"] for o in json.load(open("ally.json"))["objects"]]
refs = lambda o: [r for k, v in o.items() if k.endswith(("_ref", "_refs")) for r in (v if isinstance(v, list) else [v])]
ally = lambda end: next(s for s in of("sighting") if s["sighting_of_ref"].endswith(end))
seen = lambda end: [by[r] for d in ally(end)["observed_data_refs"] for r in by[d]["object_refs"]]
print(eval(sys.argv[1]))
P
}

# shellcheck disable=SC2086
run scan --stix $at ally.json list.txt -- text.log
cp out.txt answer.json
is 'ids are given once' "$(ask 'len(by) == len(objects)')" True
is 'every reference but to the ally is in the bundle' "$(ask 'sorted({r for o in objects for r in refs(o) if r not in by and r not in allies})')" '[]'
is 'a plain indicator has its object' "$(ask '[by[s["sighting_of_ref"]]["pattern"] for s in of("sighting") if s["sighting_of_ref"] in by]')" \
	'["[ipv4-addr:value ISSUBSET '"'10.1.0.0/16'"']", "[url:value = '"'bad.example/y'"']"]'
is 'everything but markings is marked' "$(ask '[o["type"] for o in objects if o["type"] != "marking-definition" and len(o.get("object_marking_refs", [])) != 1]')" '[]'
is 'a sighting has its indicator'"'"'s marking' "$(ask '[by[ally(e)["object_marking_refs"][0]]["name"] for e in ("cd3f", "cd40")]')" "['TLP:GREEN', 'TLP:RED']"
is 'so has the observed data' "$(ask '[by[by[ally(e)["observed_data_refs"][0]]["object_marking_refs"][0]]["name"] for e in ("cd3f", "cd40")]')" "['TLP:GREEN', 'TLP:RED']"
is 'an observable has the strictest of its own' "$(ask '[by[o["object_marking_refs"][0]]["name"] for o in of("ipv4-addr") + of("windows-registry-key")]')" \
	"['TLP:RED', 'TLP:AMBER+STRICT', 'TLP:GREEN']"
is 'times and counts' "$(ask '[ally("cd3f")[k] for k in ("first_seen", "last_seen", "count")]')" "['2022-05-01T10:00:00.000Z', '2022-05-03T10:00:00.000Z', 2]"
is 'times and counts of observed data' "$(ask '[by[ally("cd3f")["observed_data_refs"][0]][k] for k in ("first_observed", "last_observed", "number_observed")]')" \
	"['2022-05-01T10:00:00.000Z', '2022-05-03T10:00:00.000Z', 2]"
is 'a command line in plain text is no process' "$(ask '[o["type"] for e in ("cd41", "cd42") for o in seen(e)]')" "['artifact', 'artifact']"
is 'but the record' "$(ask '(lambda o: (__import__("base64").b64decode(o["payload_bin"]).decode(), o["mime_type"]))(seen("cd41")[0])')" "('2022-05-02T10:00:00Z eviltool.exe -x', 'text/plain')"
is 'a URL without a scheme is the record too' "$(ask '[o["type"] for o in objects if o["type"] in ("url", "artifact")]')" "['artifact', 'artifact']"
is 'hives are written in full' "$(ask 'seen("cd43")[0]["key"]')" 'HKEY_LOCAL_MACHINE\Software\Evil'

cp out.txt once.json
# shellcheck disable=SC2086
run scan --stix $at ally.json list.txt -- text.log
is 'the same answer twice is the same bytes' "$(cmp out.txt once.json && echo same)" same
printf '2022-05-09T10:00:00Z to 203.0.113.7\n' >other.log
# shellcheck disable=SC2086
run scan --stix $at ally.json list.txt -- other.log
is 'another answer shares no sighting, observed data or bundle' "$(grep -ohE '"id":"(sighting|observed-data|bundle)--[^"]*"' once.json out.txt | sort | uniq -d)" ''

# shellcheck disable=SC2086
run scan --stix $at ally.json -- sysmon.json
cp out.txt answer.json
is 'a command line that is a field is a process' "$(ask '[o["command_line"] for o in seen("cd41")]')" "['eviltool.exe /all']"
is 'an expression tells a part: the record' "$(ask '[o["type"] for o in seen("cd42")]')" "['artifact']"
# shellcheck disable=SC2086
run scan --stix $at list.txt -- sysmon.json
cp out.txt answer.json
is 'no hit: the identity and its marking' "$code $(ask '[o["type"] for o in objects]')" "1 ['identity', 'marking-definition']"
finish
