#!/bin/sh
# Exercises: the same seed gives the same bytes, what was planted is found and nothing else, everything is marked, nothing is half done in silence.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

digest() { # FOLDER
	(cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum)
}
small='homeland-justice --institutions 3 --from 2021-10 --months 10 --size 3M --seed 5'
# shellcheck disable=SC2086
run exercise generate $small --out one --threads 1
is 'a case is made' "$code $err" '0 '
has 'that says what it is' "$out" 'EXERCISE: '
# shellcheck disable=SC2086
run exercise generate $small --out two --threads 2
is 'one thread or two: the same bytes' "$(digest two)" "$(digest one)"
endings() { find "$1/telemetry" -type f | sed 's/.*\.//' | sort -u | tr '\n' ' '; }
is 'Zeek packs with gzip, the others with zstd' "$(endings one) $(find one/telemetry -path '*/conn/*' -name '*.zst' | wc -l)" 'gz zst  0'
plain() { # FOLDER: its digest as if nothing was packed
	cp -r "$1" "$1.plain"
	find "$1.plain" -name '*.gz' -exec gzip -d {} +
	find "$1.plain" -name '*.zst' -exec zstd -dq --rm {} +
	digest "$1.plain"
}
one=$(plain one)
for how in zstd gzip none; do
	# shellcheck disable=SC2086
	"$kulla" exercise generate $small --out $how --compress $how >out.txt
	endings $how
	[ "$(plain $how)" = "$one" ] || echo differs
done >packed.txt
is 'or all as it is asked, with the same records' "$(tr '\n' ' ' <packed.txt)" 'zst gz json log '
"$kulla" scan --json -q --warninglist one/warninglist zstd/warning.json -- zstd/telemetry 2>err.txt | "$kulla" exercise score zstd - >score.txt
is 'and with the same score' "$?" 0
run exercise generate homeland-justice --institutions 3 --from 2021-10 --months 10 --size 3M --seed 6 --out six
is 'another seed: others' "$([ "$(digest six)" = "$(digest one)" ] && echo same)" ''
is 'INCOMPLETE goes when all is written' "$(ls one)" 'EXERCISE
case.json
telemetry
truth.jsonl
warning.json
warninglist'
has 'the folder says what it is' "$(head -1 one/EXERCISE)" 'EXERCISE EXERCISE EXERCISE'

"$kulla" scan --json -q --warninglist one/warninglist one/warning.json -- one/telemetry >answer.jsonl 2>err.txt
is 'the warning meets the case' "$?" 0
has 'under its marking' "$(tail -1 answer.jsonl)" '"marking":"TLP:AMBER"'
has 'all of it can be read' "$(tail -1 answer.jsonl)" '"unreadable":0'
is 'each hit says that it is of an exercise' "$(grep '"kind":"hit"' answer.jsonl | grep -vc '"labels":"exercise')" 0
run exercise score one answer.jsonl
is 'everything is found and nothing false' "$code" 0
has 'as the score says' "$out" ' 0 missed, 0 false'
has 'the decoys are left alone' "$out" '0 on decoys, 0 misplaced'
has 'and where the first access was' "$out" 'First access'
"$kulla" exercise score --json one answer.jsonl >score.jsonl
has 'as JSON' "$(tail -1 score.jsonl)" '"good":true'
is 'every kind of decoy is in the truth' "$(sed -n 's/.*"kind":"decoy".*"phase":"\([a-z0-9-]*\)".*/\1/p' one/truth.jsonl | sort -u | tr '\n' ' ')" \
	'decoy-2024 decoy-common decoy-hashes decoy-names decoy-update '

# The marking: whoever looks at an answer knows that it is an exercise, and nobody takes a real one for it.
brief() { "$kulla" scan -q --brief "$@" 2>err.txt; }
has 'the brief begins with what it is' "$(brief --warninglist one/warninglist one/warning.json -- one/telemetry | head -1)" \
	'EXERCISE     Nothing of this happened; it must not reach'
page=$("$kulla" scan -q --html one/warning.json -- one/telemetry)
has 'so does the page' "$(echo "$page" | grep -A1 '^<body>' | tail -1)" '<div class="exercise"><b>EXERCISE EXERCISE EXERCISE</b>'
has 'and its title' "$page" '<title>EXERCISE, TLP:AMBER: Hit</title>'
has 'and the JSON' "$(tail -1 answer.jsonl)" '{"kind":"summary","exercise":true,'
has 'and the terminal' "$("$kulla" scan -q one/warning.json -- one/telemetry | head -1)" 'EXERCISE: Nothing of this happened'
has 'and the banner' "$("$kulla" scan --json one/warning.json -- one/telemetry 2>&1 >rest.txt | tail -1)" 'EXERCISE: this answer is TLP:AMBER'
echo 203.0.113.66 >real.txt
has 'a list of my own against its logs' "$(brief real.txt -- one/telemetry | head -1)" 'EXERCISE     Nothing of this happened'
mkdir real
echo '2022-07-15T10:00:00Z server1 nothing to see' >real/a.log
has 'its warning against my logs' "$(brief one/warning.json -- real | head -1)" 'EXERCISE     Indicators of an exercise were looked for'
"$kulla" watchlist build one/warning.json -o w.kw >out.txt 2>err.txt
has 'a watchlist of them says so when it is made' "$(cat out.txt)" 'EXERCISE: indicators of an exercise are among them'
has 'and when it is looked at' "$("$kulla" watchlist show w.kw)" 'EXERCISE  '
has 'compiled too' "$(brief w.kw -- real | head -1)" 'EXERCISE     Indicators of an exercise were looked for'
has 'its logs alone' "$(echo 192.0.2.250 >none.txt; brief none.txt -- one/telemetry | head -1)" 'EXERCISE     Logs of an exercise were looked at'
echo '2022-07-15T10:00:00Z server1 exercise "exercise":true 203.0.113.66 EXERCISE' >>real/a.log
has 'my list against my logs is none, whatever a record says' "$(brief real.txt -- real | head -1)" 'Answer       HIT'
is 'in JSON too' "$("$kulla" scan -q --json real.txt -- real | grep -c '"exercise":')" 0
all=$("$kulla" scan -q --count real.txt -- one/telemetry)
is 'both: how many are of which' "$(brief real.txt -- one/telemetry real | head -1)" \
	"EXERCISE     Only in part: $all of $((all + 1)) hits are of an exercise, 1 is not"
"$kulla" scan -q --stix one/warning.json -- one/telemetry >sightings.json
"$kulla" scan -q --stix real.txt -- one/telemetry >mine.json
"$kulla" scan -q --stix real.txt -- real >none.json
python3 - one/warning.json sightings.json mine.json none.json <<'END' >wrong.txt 2>&1
import json, sys
def objects(path): return json.load(open(path))["objects"]
warned = [o for o in objects(sys.argv[1]) if o["type"] == "marking-definition" and "statement" in o.get("definition", {})]
assert len(warned) == 1 and "EXERCISE" in warned[0]["definition"]["statement"]
for path in sys.argv[2:4]:
    made = objects(path)
    assert warned[0] in made, "the marking itself"
    ids = [o["id"] for o in made]
    assert len(ids) == len(set(ids))
    for o in made:
        if o["type"] in ("marking-definition", "identity"): continue
        assert warned[0]["id"] in o["object_marking_refs"], o
        assert all(ref in ids for ref in o["object_marking_refs"]), o
        if o["type"] in ("sighting", "observed-data", "indicator"): assert o["labels"] == ["exercise"], o
    assert {"sighting", "observed-data"} <= {o["type"] for o in made}
assert warned[0]["id"] not in open(sys.argv[4]).read()
END
is 'sightings and observed data carry the marking of exercises, and have it with them' "$(cat wrong.txt)" ''

grep -v '"type":"domain-name"' answer.jsonl >less.jsonl
run exercise score one less.jsonl
is 'a worse answer is told' "$code" 1
has 'with what it missed' "$out" 'Missed ('
sed '$d' answer.jsonl >cut.jsonl
run exercise score one cut.jsonl
is 'an answer that is cut short is no good one' "$code" 1
"$kulla" scan --json -q one/warning.json -- one/telemetry 2>err.txt | "$kulla" exercise score one - >score.txt
is 'without the warninglist there are false hits' "$?" 1
run exercise score two/telemetry answer.jsonl
is 'no truth, no score' "$code" 2

# shellcheck disable=SC2086
run exercise generate $small --out one
is 'a folder that is not empty is refused' "$code" 2
has 'with the reason' "$err" 'is not empty'
run exercise generate homeland --out new
has 'a slip in the name' "$err" 'kulla: homeland: no scenario has this name'
run exercise generate homeland-justice --out new2 --size 3X
has 'a slip in the size' "$err" '--size must be'
run exercise generate homeland-justice --out new3 --institutions 200
has 'more institutions than there are' "$err" 'has 40 institutions, not 200'
run exercise generate homeland-justice
is 'no folder is an error' "$code" 2
printf '{"scenario":"mine",\n"months":0}' >mine.json
run exercise generate ./mine.json --out new4
has 'a scenario of my own that is wrong: file, place, rule' "$err" 'kulla: ./mine.json: title: is missing'
printf '{"scenario":\n"mine",}' >mine.json
run exercise generate ./mine.json --out new5
has 'or where its JSON breaks' "$err" 'kulla: ./mine.json: '

# One connection is seen by several sensors: the name's look-up, Zeek, the firewall on both sides of its NAT, the proxy, the machine itself.
"$kulla" exercise generate homeland-justice --institutions 1 --from 2021-05 --months 1 --size 8M --compress none --seed 3 --out talk >out.txt
cat >talk.py <<'END'
import datetime, glob, json, re
def lines(sensor): return [l.rstrip("\n") for f in sorted(glob.glob(f"talk/telemetry/*/{sensor}/2021-05-1*")) for l in open(f) if l[0] != "#"]
def stamp(text, form): return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc).timestamp()
clock = {x["sensor"]: 60 * x.get("clock_wrong_minutes", 0) for x in json.load(open("talk/case.json"))["institutions"][0]["sensors"]}
def near(times, t, before, after): return any(-before <= x - t <= after for x in times)
def table(rows):
    out = {}
    for key, t in rows: out.setdefault(key, []).append(t)
    return out
def per(sensor, form, make):
    made = (make(m) for m in (re.search(form, l) for l in lines(sensor)) if m)
    return table((key, t - clock[sensor]) for key, t in made)
packet = r"^(\S{26})\S* \S+ kernel: .* nft %s .*SRC=(\S+) DST=(\S+) .*SPT=(\d+) DPT=(\d+)"
at = lambda m: stamp(m[1], "%Y-%m-%dT%H:%M:%S.%f")
accept = per("firewall", packet % "accept", lambda m: (m.group(2, 3, 4, 5), at(m)))
snat = per("firewall", packet % "snat", lambda m: (m.group(3, 4, 5), at(m)))
macs = per("firewall", r"^(\S{26}).* nft accept IN=lan0 .*MAC=(\S{17}):.* SRC=(\S+)", lambda m: ((m[3], m[2]), at(m)))
leases = per("dhcp", r"^(\S{26}).*DHCPACK\(lan0\) (\S+) (\S+)", lambda m: (m.group(2, 3), at(m)))
owner = {(key[0], t // 86400): key[1] for key in leases for t in leases[key]}
queries = per("bind", r"^(\S+ \S+) .* client \S+ ([0-9.]+)#\d+ \((\S+)\)", lambda m: (m.group(2, 3), stamp(m[1], "%d-%b-%Y %H:%M:%S.%f")))
proxied = per("proxy", r"^(\S+) +\d+ (\S+) \S+ \d+ \S+ (?:http://)?([^/: ]+).* HIER_DIRECT/(\S+)", lambda m: (m.group(2, 4, 3), float(m[1])))
names = {}
for key in proxied: names.setdefault(key[:2], []).append(key[2])
http = {l.split("\t")[1] for l in lines("http")}
conn = [l.split("\t") for l in lines("conn")]
out = [c for c in conn if c[6] == "tcp" and c[2].startswith("10.") and c[4].startswith("198.18.")]
walls = seen = asked = 0
for c in out:
    t = float(c[0]) - clock["conn"]
    if not near(accept.get((c[2], c[4], c[3], c[5]), []), t, 0.2, 0.2): continue
    walls += 1
    assert near(snat.get((c[4], c[3], c[5]), []), t, 0.2, 0.2), c
    told = [name for name in names.get((c[2], c[4]), []) if near(proxied[c[2], c[4], name], t, 0, 2)]
    seen += len(told) > 0
    asked += any(near(queries.get((c[2], name), []), t, 0.3, 0) for name in told)
    assert c[5] == "443" or c[1] in http, c
print("firewall", walls * 5 > len(out), "proxy", seen > walls * 0.95, "names", asked > walls * 0.95)
assert all(owner.get((key[0], t // 86400), key[1]) == key[1] for key in macs for t in macs[key]), "an address is of one machine a day"
letters = per("mail", r"^(\S{26})\S* \S+ postfix/smtpd\S+ connect from (\S+)\[(\S+)\]", lambda m: (m.group(2, 3), at(m)))
received = [l.split(",") for l in lines("exchange") if ",RECEIVE," in l]
known = sum(near(letters.get((r[2], r[1]), []), stamp(r[0], "%Y-%m-%dT%H:%M:%S.%fZ") - clock["exchange"], 2, 0) for r in received)
print("letters", known * 10 > len(received))
END
is 'sensors tell of the same connections and letters' "$(python3 talk.py 2>&1 | tr '\n' ' ')" \
	'firewall True proxy True names True letters True '

stream() { "$kulla" exercise generate homeland-justice --stdout --sensor "$1" --institutions 2 --months 1 --size 300k --threads "$2" -q; }
for sensor in conn http dns eve windows iis exchange proxy bind mail firewall dhcp; do
	stream $sensor 2 >$sensor.log
	"$kulla" formats --detect $sensor.log | sed -n 's/^format *//p'
	stream $sensor 1 | cmp - $sensor.log
	grep -v '^#' $sensor.log | grep -vi exercise
done >formats.txt
is 'streams are what they should be, and marked' "$(tr '\n' ' ' <formats.txt)" \
	'zeek-tsv zeek-tsv zeek-json eve windows-json w3c exchange squid bind syslog syslog syslog '
for sensor in conn windows exchange; do
	"$kulla" exercise generate homeland-justice --stdout --out stream-$sensor --sensor $sensor --institutions 5 --size 3M -q --threads 2 |
		"$kulla" scan -q --json --warninglist stream-$sensor/warninglist stream-$sensor/warning.json -- - >$sensor.jsonl
	"$kulla" exercise score stream-$sensor $sensor.jsonl >score.txt || cat score.txt
	sed -n 's/^EXERCISE: [1-9][0-9]* planted .* found, //p' score.txt
	ls stream-$sensor
done >streamed.txt
all='EXERCISE case.json truth.jsonl warning.json warninglist'
is 'a stream with its truth, scanned as it is made' "$(tr '\n' ' ' <streamed.txt)" \
	"0 missed, 0 false $all 0 missed, 0 false $all 0 missed, 0 false $all "
"$kulla" exercise generate homeland-justice --stdout --out part --size 50M -q 2>err.txt | head -n 2 >two.txt
is 'who goes away early leaves no truth' "$([ -e part/INCOMPLETE ] && [ ! -e part/truth.jsonl ] && grep -c INCOMPLETE err.txt)" 1
run exercise generate homeland-justice --stdout --compress gzip
is 'a stream is not packed' "$code" 2
is 'whoever reads a stream may have enough' "$("$kulla" exercise generate homeland-justice --stdout --size 50M -q | head -n 2 | wc -l)" 2

"$kulla" exercise generate homeland-justice --out stopped --size 20G -q >out.txt 2>err.txt &
child=$!
while [ ! -e stopped/INCOMPLETE ] || [ -z "$(find stopped/telemetry -name '*.gz' -print -quit)" ]; do sleep 0.1; done
kill -INT $child 2>/dev/null || kill -TERM $child
wait $child
is 'stopped: an error' "$?" 2
has 'that says so' "$(cat err.txt)" 'stopped is not whole'
has 'and what was done' "$(cat err.txt)" ' of telemetry'
is 'no half file stays' "$(find stopped -name '*.part')" ''
is 'and INCOMPLETE says so too' "$(ls stopped/INCOMPLETE)" stopped/INCOMPLETE
finish
