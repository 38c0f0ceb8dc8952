#!/bin/sh
# kulla scan --stix before the OASIS validator and python-stix2 (pip packages stix2-validator and stix2, nothing of Debian's).
# PEERS_PYTHON: a Python that can import them; without them both tests are skipped.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/../cli_tap.sh"

python=${PEERS_PYTHON:-python3}
if ! "$python" -c 'import stix2validator, stix2' 2>/dev/null; then
	echo 'ok 1 - the OASIS validator has no word against it # SKIP pip packages stix2-validator and stix2 are not there (PEERS_PYTHON)'
	echo 'ok 2 - python-stix2 makes the same ids of observables # SKIP pip packages stix2-validator and stix2 are not there (PEERS_PYTHON)'
	echo '1..2'
	exit 0
fi

cat >ally.json <<'J'
{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[ipv4-addr:value = '203.0.113.7']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z","object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd41","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[process:command_line MATCHES 'evilt[a-z]+']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z"},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd42","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[process:command_line LIKE '%eviltool%']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z"},
{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd43","created":"2022-01-01T00:00:00.000Z","modified":"2022-01-01T00:00:00.000Z","pattern":"[windows-registry-key:key = 'HKLM\\\\Software\\\\Evil']","pattern_type":"stix","valid_from":"2022-01-01T00:00:00Z"}]}
J
cat >list.txt <<'L'
203.0.113.7
evil.example.com
10.1.0.0/16
2001:db8::/32
hxxp://bad[.]example/x
bad.example/y
d41d8cd98f00b204e9800998ecf8427e
da39a3ee5e6b4b0d3255bfef95601890afd80709
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
bob@evil.example.org
C:\Users\x\évil "file".exe
O'Brien's mutex
L
cat >a.log <<'L'
2022-05-01T10:00:00Z to 203.0.113.7:443
GET http://bad.example/x a.evil.example.com 10.1.2.3 2001:0DB8::0001
GET bad.example/y bob@evil.example.org
2022-05-02T10:00:00.123456Z eviltool.exe -x done
HKLM\Software\Evil set
h=D41D8CD98F00B204E9800998ECF8427E da39a3ee5e6b4b0d3255bfef95601890afd80709 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
run C:\Users\x\évil "file".exe by O'Brien's mutex
L
cat >sysmon.json <<'L'
{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2022-05-03 10:00:00.000","Computer":"h","EventData":{"CommandLine":"eviltool.exe /all","Image":"C:\\x.exe","ProcessId":"4"}}
L
run scan --stix ally.json list.txt -- a.log sysmon.json
cp out.txt answer.json
"$python" - answer.json >said.txt 2>&1 <<'P'
import sys
from stix2validator import ValidationOptions, print_results, validate_file
options = ValidationOptions(version="2.1", enforce_refs=False)
result = validate_file(sys.argv[1], options)
print_results([result])
for each in result.object_results:
    for line in list(each.errors or []) + list(each.warnings or []):
        print("AGAINST", each.object_id, line)
print("VALID", result.is_valid)
P
is 'the OASIS validator has no word against it' "$(grep -E '^(AGAINST|VALID)' said.txt)" 'VALID True'
"$python" - answer.json >said.txt 2>&1 <<'P'
import json, sys, stix2
from stix2.base import _Observable
n = 0
for o in json.load(open(sys.argv[1]))["objects"]:
    parsed = stix2.parse(o, allow_custom=True)
    if not isinstance(parsed, _Observable) or o["type"] == "process":
        continue
    plain = {k: v for k, v in o.items() if k not in ("id", "object_marking_refs")}
    made = stix2.parse(plain)["id"]
    n += 1
    if made != o["id"]:
        print("DIFFERS", o["id"], made)
print("SAME" if n >= 10 else f"ONLY {n}")
P
is 'python-stix2 makes the same ids of observables' "$(cat said.txt)" SAME
finish
