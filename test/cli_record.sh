#!/bin/sh
# A scan as an entry: what the entry says can be checked with stock tools, nothing is recorded twice or in the wrong home, and no failure is silent.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
shared=$(realpath ../shared)
. "$(dirname "$0")/cli_tap.sh"
leave() { for h in home drill other; do [ -d "$work/$h" ] && "$kulla" keeper --stop --home "$work/$h" 2>/dev/null; done; rm -rf "$work"; }
trap leave EXIT

# entry HOME N MEMBER: of the body, or the entry's kind
cat >entry.py <<'P'
import glob, json, re, sys
home, n, member = sys.argv[1], int(sys.argv[2]), sys.argv[3]
best = max(glob.glob(home + "/ledger/tile/entries/000.p/*"), key=lambda p: int(p.rsplit("/", 1)[1]))
data, at, rows = open(best, "rb").read(), 0, []
while at < len(data):
    size = int.from_bytes(data[at:at + 2], "big")
    rows.append(json.loads(data[at + 2:at + 2 + size]))
    at += 2 + size
e = rows[n] if n < len(rows) else {"kind": "none", "body": {}}
v = e["kind"] if member == "kind" else e["body"].get(member)
print(re.sub("^sha256:", "", v) if isinstance(v, str) else json.dumps(v))
P
entry() { python3 entry.py "$@"; }
blob() { echo "$1/blobs/$(echo "$2" | cut -c 1-2)/$2"; } # HOME DIGEST
of() { blob "$1" "$(entry "$1" "$2" "$3")"; }            # HOME N MEMBER

mkdir logs
cp "$shared"/data/telemetry/*.json* "$shared"/data/telemetry/*.log logs/ 2>/dev/null
[ -n "$(ls logs)" ] || find "$shared/data/telemetry" -type f -size -200k | sort | head -8 | while read -r f; do cp "$f" logs/; done
printf '2026-03-01T10:00:00Z host1 asked for evil.example\n' >logs/own.log
gzip -c logs/own.log >logs/own.log.gz
(cd logs && tar cf own.tar own.log own.log.gz && python3 -m zipfile -c own.zip own.log own.log.gz)
printf 'evil.example\n203.0.113.9\n' >list.txt
printf '203.0.113.9\nevil.example\n' >turned.txt
"$kulla" init home --origin cert.example/kulla >/dev/null
"$kulla" init drill --origin drill.example/kulla --exercise >/dev/null

run scan --record --home home list.txt -- logs
is 'a scan is recorded, and answers as ever' "$code" 0
has 'and says where' "$err" 'recorded as entry 1 of cert.example/kulla (checkpoint of 2 entries)'
is 'it is an entry of its kind' "$(entry home 1 kind) $(entry home 1 complete) $(entry home 1 exercise)" 'scan true false'
"$kulla" scan --json -q list.txt -- logs >answer.jsonl 2>err.txt
is 'its answer is what --json writes' "$(cmp answer.jsonl "$(of home 1 answer)" 2>&1)" ''
names=$(cd home/blobs && find . -type f | sed 's|.*/||' | LC_ALL=C sort)
is 'each blob has its digest for a name' "$(find home/blobs -type f -exec sha256sum {} + | cut -c 1-64 | LC_ALL=C sort)" "$names"
python3 - "$(of home 1 inputs_list)" <<'P' >inputs.txt
import json, sys
for f in json.loads(json.load(open(sys.argv[1]))["text"])["files"]:
    print(f["sha256"] + "  " + f["name"])
P
is 'each input has the digest that sha256sum finds' "$(sha256sum --quiet -c inputs.txt 2>&1)" ''
is 'and all are there' "$(wc -l <inputs.txt)" "$(find logs list.txt -type f | wc -l)"
python3 - "$(of home 1 inputs_list)" <<'P' >inputs.digest
import hashlib, json, sys
h = lambda b: hashlib.sha256(b).digest()
files = json.loads(json.load(open(sys.argv[1]))["text"])["files"]
lines = [json.dumps({k: f[k] for k in ("bytes", "sha256", "whole")}, sort_keys=True, separators=(",", ":")) + "\n" for f in files if f["role"] == "log"]
print(h(b"".join(sorted(h(x.encode()) for x in lines))).hex())
P
is 'the digest of the inputs can be made from them' "$(cat inputs.digest)" "$(entry home 1 inputs)"
is 'as the documentation says, so can the watchlist'\''s' "$(python3 - <<'P'
import hashlib, json
h = lambda b: hashlib.sha256(b).digest()
base = {"by_path": False, "id": None, "marking": "TLP:AMBER+STRICT", "op": "equal", "path": None, "strict": False, "suppressed_by": None, "valid_from": None, "valid_until": None}
rows = [dict(base, type="domain-name", typed=False, value="evil.example"), dict(base, type="ipv4-addr", typed=False, value="203.0.113.9")]
print(h(b"".join(sorted(h((json.dumps(r, sort_keys=True, separators=(",", ":")) + "\n").encode()) for r in rows))).hex())
P
)" "$(entry home 1 watchlist)"
is 'no name stands in an entry' "$(grep -c 'own.log' home/ledger/tile/entries/000.p/2)" 0
is 'coverage tells each file' "$(grep -c '"kind":"file"' "$(of home 1 coverage)")" "$(grep -o '"files":[0-9]*' answer.jsonl | head -1 | cut -d : -f 2)"
has 'with its times' "$(grep '"file":"logs/own.log"' "$(of home 1 coverage)")" '"from":"2026-03-01T10:00:00Z"'

"$kulla" watchlist build -o turned.kwl turned.txt >/dev/null 2>&1
run scan --record -q --home home turned.kwl --threads 1 -- - <logs/own.log
is 'another order, compiled, one thread: the same watchlist' "$(entry home 2 watchlist)" "$(entry home 1 watchlist)"
has 'standard input is an input' "$(cat "$(of home 2 inputs_list)")" '\"name\":\"-\",\"role\":\"log\",\"sha256\":\"'"$(sha256sum <logs/own.log | cut -c 1-64)"'\",\"whole\":true'
run scan --record -q --home home --count --max-hits 1 list.txt -- logs
is 'a scan that had enough is not complete' "$out $(entry home 3 complete)" '1 false'

# The keeper dies between two scans.
pid=$(for p in /proc/[0-9]*; do { tr "\\0" " " <"$p/cmdline"; } 2>/dev/null | grep -q "^kulla keeper --home home " && [ "$(readlink "$p/cwd")" = "$work" ] && echo "${p#/proc/}"; done)
[ -n "$pid" ] && kill -9 "$pid"
run scan --record -q --home home list.txt -- logs/own.log
has 'a keeper that was killed costs nothing' "killed:${pid:+yes} $err" 'killed:yes kulla: recorded as entry 4 of'
"$kulla" rebuild --home home >/dev/null

# Ctrl-C: what was read until then is recorded, and marked as not complete.
mkfifo pipe
"$kulla" scan --record -q --json --home home list.txt -- - <pipe >out.txt 2>err.txt &
scan=$!
exec 3>pipe
cat logs/own.log >&3
while [ ! -s out.txt ] && [ $((tries = ${tries:-0} + 1)) -lt 100 ]; do sleep 0.1; done
kill -INT $scan 2>/dev/null || kill -TERM $scan
wait $scan
is 'a scan that is stopped' "$?" 2
exec 3>&-
is 'is recorded as such' "$(entry home 5 kind) $(entry home 5 complete)" 'scan false'
is 'and the view has it' "$(python3 -c 'import sqlite3; print(sqlite3.connect("home/view.db").execute("SELECT max(idx) FROM kind_scan").fetchone()[0])')" 5

# Exercises.
mkdir exercise-logs && cp logs/own.log exercise-logs/
run scan --record -q --home home list.txt -- exercise-logs
is 'an exercise is not recorded in production' "$code $out" '2 '
has 'and the reason is told' "$err" 'is of an exercise, and this home is not (cert.example/kulla)'
mkdir in && cp -r exercise-logs in/
run scan --record -q --count --home home list.txt -- in
is 'nor when a folder within says so: the answer stays' "$code $out" '2 1'
is 'nothing was recorded' "$(entry home 6 kind)" 'none'
run scan --record -q --home drill list.txt -- logs/own.log
is 'all that is in the home of an exercise is marked' "$(entry drill 1 exercise)" 'true'

# What cannot be recorded.
run scan --record --home nowhere list.txt -- logs
is 'no home: nothing is scanned' "$code $out" '2 '
has 'and it is told' "$err" 'nothing can be recorded: '
run scan --home home list.txt -- logs
has '--home alone is a mistake' "$code $err" '2 kulla: --home is the home to record in'
"$kulla" init other >/dev/null
"$kulla" keeper --stop --home other
chmod 0640 other/keys/ledger.key
run scan --record --home other list.txt -- logs
has 'a keeper that cannot start is an error that says why' "$code $err" 'chmod 600'

# Erasure.
answer=$(entry home 1 answer)
run ledger erase --home home "$answer"
has 'an erasure needs its ground' "$code $err" '2 kulla: an erasure needs its ground'
run ledger erase --home home --ground 'court order 7/2026' "sha256:$answer"
is 'a blob is erased, and the ledger says so' "$code $out" '0 erased: entry 6 says so (checkpoint of 7 entries)'
is 'it is gone' "$([ -e "$(blob home "$answer")" ] || echo gone)" gone
is 'the entry names it' "$(entry home 6 kind) $(entry home 6 blob)" "erasure $answer"
has 'the ground is a blob' "$(cat "$(of home 6 ground)")" 'court order 7/2026'
run ledger erase --home home --ground x "sha256:$answer"
has 'what is not there is not erased' "$code $err" 'no such blob'
finish
