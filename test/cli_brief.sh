#!/bin/sh
# kulla scan --brief and --html: ten statements that say what the JSON says; a careful negative; one printed page.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
top=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/cli_tap.sh"

cat >ally.json <<'END'
{"type":"bundle","id":"bundle--3d3b8f0a-6c0d-4b1c-8a3f-5b9b8f6a7e01","objects":[
{"type":"identity","spec_version":"2.1","id":"identity--6f1b0b6e-7a0c-4c1e-9a55-0d1c6f4c2a10","created":"2022-01-05T09:00:00.000Z","modified":"2022-01-05T09:00:00.000Z","name":"CERT <Arberia> & friends","identity_class":"organization"},
{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000001","created":"2022-08-02T08:00:00.000Z","modified":"2022-08-02T08:00:00.000Z","created_by_ref":"identity--6f1b0b6e-7a0c-4c1e-9a55-0d1c6f4c2a10","object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],"valid_from":"2022-08-01T00:00:00Z","name":"Command server","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.66']"},
{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000002","created":"2022-08-02T08:00:00.000Z","modified":"2022-08-02T08:00:00.000Z","created_by_ref":"identity--6f1b0b6e-7a0c-4c1e-9a55-0d1c6f4c2a10","object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],"valid_from":"2022-08-01T00:00:00Z","name":"Beacon","pattern_type":"stix","pattern":"[network-traffic:dst_ref.value = '198.51.100.9']"},
{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000003","created":"2022-08-02T08:00:00.000Z","modified":"2022-08-02T08:00:00.000Z","created_by_ref":"identity--6f1b0b6e-7a0c-4c1e-9a55-0d1c6f4c2a10","valid_from":"2020-01-01T00:00:00Z","valid_until":"2020-02-01T00:00:00Z","name":"Old","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.67']"}
]}
END
mkdir -p logs/finance/zeek logs/interior logs/health
printf '%s\n' '{"_path":"conn","ts":1620000000.5,"uid":"C1","id.orig_h":"10.20.0.15","id.orig_p":49811,"id.resp_h":"192.0.2.10","id.resp_p":443,"proto":"tcp"}' \
	'{"_path":"conn","ts":1620003600.25,"uid":"C2","id.orig_h":"10.20.0.15","id.orig_p":49822,"id.resp_h":"203.0.113.66","id.resp_p":443,"proto":"tcp"}' >logs/finance/zeek/conn.log
printf '2022-07-15T10:00:00Z blocked 203.0.113.66\n2022-07-16 10:00:00 blocked 203.0.113.66\nno time 203.0.113.66\n' >logs/interior/fw.log
printf '2022-07-15T10:00:00Z nothing here\n' >logs/health/a.log
brief() { run scan --at 2022-08-10 "$@"; }

brief --brief ally.json -- logs
is 'a hit is exit 0' "$code" 0
cat >expected.txt <<'END'
Answer       HIT: 1 of 2 indicators was met, in 4 hits.
Marking      TLP:AMBER, the strictest of the indicators that were met, says CERT <Arberia> & friends
Where        2 of 3 institutions (the folders under logs): finance (since 2021-05-03 01:00:00 UTC, 1 hit), interior (since 2022-07-15 10:00:00 UTC, 3 hits); none was met in what was read of health
Since        First seen 2021-05-03 01:00:00 UTC (logs/finance/zeek/conn.log line 2), last seen 2022-07-16 10:00:00 UTC
What         203.0.113.66 (Command server, 4 hits)
Certain      1 of 4 hits in a field of which the log's format says what it holds; every hit was checked on its record
Uncertain    3 hits by the shape of the text only; 1 hit with a guessed zone or year (--tz and --year say them); 1 hit without a time
Looked at    3 files, 6 records, 429 bytes (text, zeek-json); logs from 2021-05-03 00:00:00 UTC to 2022-07-16 10:00:00 UTC (zones or years partly guessed); indicators valid at 2022-08-10 00:00:00 UTC
Not covered  1 expired indicator; indicators that need what a format does not say: 1 in text; and all logs that were not given
Next         See the records: kulla scan --at 2022-08-10 ally.json -- logs
END
is 'the brief of a hit' "$out" "$(cat expected.txt)"
is 'ten lines' "$(wc -l <out.txt)" 10
cp out.txt brief.txt

# The command that it names shows the records.
sed -n 's/^Next *See the records: kulla //p' brief.txt | xargs "$kulla" >records.txt 2>err.txt
has 'the command that it names shows the records' "$(cat records.txt)" 'logs/finance/zeek/conn.log:2'

"$kulla" scan --at 2022-08-10 --json ally.json -- logs >answer.jsonl 2>err.txt
python3 - answer.jsonl brief.txt <<'END' >wrong.txt 2>&1
import json, re, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
hits, summary = rows[:-1], rows[-1]
brief = dict(re.split(r"\s{2,}", line.rstrip("\n"), maxsplit=1) for line in open(sys.argv[2]))
def told(line, *parts):
    for part in parts:
        if part not in brief[line]: print(f"{line}: {part!r} is not in {brief[line]!r}")
def when(t): return t[:10] + " " + t[11:19] + " UTC"
told("Answer", f"{len({h['indicator'] for h in hits})} of {summary['indicators']['loaded']} indicators", f"in {len(hits)} hits")
assert summary["indicators_met"] == len({h["indicator"] for h in hits}) and summary["hits"] == len(hits)
told("Marking", summary["marking"] + ",", *summary["marking_by"])
first = min((h for h in hits if h["time"]), key=lambda h: h["time"])
last = max((h for h in hits if h["time"]), key=lambda h: h["time"])
assert summary["first_seen"] == first["time"] and summary["last_seen"] == last["time"]
assert summary["first_seen_at"] == {"file": first["file"], "line": first["line"]}
told("Since", f"First seen {when(first['time'])} ({first['file']} line {first['line']})", f"last seen {when(last['time'])}")
places = summary["places"]
assert (places["by"], places["under"], places["hit"], places["all"]) == ("institution", "logs", 2, 3)
told("Where", f"{places['hit']} of {places['all']} institutions (the folders under {places['under']})")
for place in places["list"]:
    own = [h for h in hits if h["file"].split("/")[1] == place["name"]]
    assert place["hits"] == len(own) and place["first_seen"] == min((h["time"] for h in own if h["time"]), default=None)
    told("Where", f"{place['name']} (since {when(place['first_seen'])}, {place['hits']} hit" if own else f"none was met in what was read of {place['name']}")
typed = sum(h["typed"] for h in hits)
assert summary["hits_typed"] == typed and summary["hits_untimed"] == sum(h["time"] is None for h in hits)
told("Certain", f"{typed} of {len(hits)} hits")
told("Uncertain", f"{len(hits) - typed} hits by the shape", f"{summary['hits_time_guessed']} hit with a guessed", f"{summary['hits_untimed']} hit without a time")
coverage = summary["coverage"]
told("Looked at", f"{coverage['files']} files, {summary['records']} records, {summary['bytes']} bytes", *coverage["formats"],
     f"logs from {when(coverage['from'])} to {when(coverage['to'])}")
told("Not covered", f"{summary['indicators']['expired']} expired indicator", *(f"{u['count']} in {u['format']}" for u in summary["indicators"]["unmatchable_there"]))
END
is 'every fact of the brief is the JSON'"'"'s' "$(cat wrong.txt)" ''

printf '192.0.2.250\nabsent.example\n' >none.txt
brief --brief none.txt -- logs/interior
is 'no hit is exit 1' "$code" 1
cat >expected.txt <<'END'
Answer       No indicator was met in what was read. That is not proof that nothing happened.
Marking      TLP:CLEAR, as no indicator was met; the indicators keep their own markings
Where        Nowhere in what was read
Since        No date: nothing was met
What         2 indicators were looked for, and none was met
Certain      None of the 3 records that were read meets one of the indicators that could be looked for in it
Uncertain    What is not covered, see below
Looked at    1 file, 3 records, 104 bytes (text); logs from 2022-07-15 10:00:00 UTC to 2022-07-16 10:00:00 UTC (zones or years partly guessed); indicators valid at 2022-08-10 00:00:00 UTC
Not covered  Logs that were not given: of what was given, all was read
Next         Look further back or in other logs, or see this in full: kulla scan --at 2022-08-10 none.txt -- logs/interior
END
is 'a careful negative' "$out" "$(cat expected.txt)"

mkdir -p gaps/a gaps/b
cp logs/health/a.log gaps/a/
printf 'x 192.0.2.1\n' | gzip | head -c 20 >gaps/b/cut.gz
printf '\177ELF\002\001\001' >gaps/b/program
brief --brief none.txt -- gaps
is 'what could not be read is exit 2' "$code" 2
has 'and no negative' "$(sed -n 1p out.txt)" 'but not everything was read, so this settles nothing.'
has 'but told' "$out" '2 inputs not read, or not to their end, 1 of them in formats that are not read (gaps/b/cut.gz: gzip: truncated'
has 'and whose it is' "$out" ' and 1 more) of b; and all logs that were not given'
has 'with what to do' "$out" 'Close the gaps above, then ask again: kulla scan '
: >empty.log
brief --brief none.txt -- empty.log
has 'no record is no answer' "$(sed -n 1p out.txt)" 'No answer: no record was read.'
brief --brief --max-hits 1 ally.json -- logs
has 'a scan that ended early says so' "$out" 'There may be more: not everything was read.'
has 'and why' "$out" 'what was left when --max-hits was reached'
brief --brief ally.json -- logs/interior logs/finance
has 'several folders given are the institutions' "$out" '2 of 2 institutions (the folders given): logs/finance (since 2021'
brief --brief ally.json -- logs/finance/zeek/conn.log
has 'files alone are told by host' "$out" '1 host: 10.20.0.15 (since 2021-05-03 01:00:00 UTC, 1 hit)'
printf '{"list":["203.0.113.0/24"],"name":"Test net","description":"d","matching_attributes":["ip-dst"],"type":"cidr","version":1}' >warn.json
brief --brief --warninglist warn.json ally.json -- logs
has 'hits on warninglists are no hits' "$(sed -n 1p out.txt)" 'No indicator was met in what was read, but for values on warninglists'
has 'and are told' "$out" '4 more on warninglists of harmless values, not counted'
printf '203.0.113.66\n' >plain.txt
brief --brief plain.txt -- logs
has 'a marking by default says so' "$out" 'TLP:AMBER+STRICT by default: the indicators that were met say no marking'
i=0
while [ $i -lt 40 ]; do mkdir -p "many/i$i"; echo '2022-01-01T00:00:00Z 203.0.113.66' >"many/i$i/a.log"; i=$((i + 1)); done
brief --brief plain.txt -- many
has 'long lists are cut' "$out" 'i13 (since 2022-01-01 00:00:00 UTC, 1 hit) and 34 more'
{ echo '2022-05-01T12:00:00Z begins'; i=0; while [ $i -lt 100 ]; do echo 'no time here'; i=$((i + 1)); done; } >timeless.log
brief --brief plain.txt -- timeless.log
has 'an end without times' "$out" 'logs from 2022-05-01 12:00:00 UTC to 2022-05-01 12:00:00 UTC'
{ i=0; while [ $i -lt 100 ]; do echo 'no time here'; i=$((i + 1)); done; } >timeless.log
brief --brief plain.txt -- timeless.log
has 'no times at all' "$out" 'from when the logs are is not known'
printf '#Software: x\n#Fields: date time cs-host\n2022-05-01 10:00:00 a.example\n#Fields: cs-host date time\na.example 2022-05-03 10:00:00\n' >w3c.log
brief --brief plain.txt -- w3c.log
has 'columns that change' "$out" '(w3c); logs from 2022-05-01 10:00:00 UTC to 2022-05-03 10:00:00 UTC'
mkdir -p holes/zeek holes/iis
for day in 01 02 06 07 09; do echo "2022-05-${day}T12:00:00Z nothing" | gzip >holes/zeek/$day.log.gz; done
for day in 02 04; do echo "2022-05-${day}T12:00:00Z nothing" >holes/iis/$day.log; done
brief --brief plain.txt -- holes
has 'days without records are told' "$out" 'Not covered  no records of 5 days in 2 folders (the longest: holes/zeek, 2022-05-03 to 2022-05-05); and all logs'
brief --json plain.txt -- holes
has 'as the JSON tells them' "$out" '"gaps":[{"folder":"holes/iis","from":"2022-05-03","to":"2022-05-03"},{"folder":"holes/zeek","from":"2022-05-03","to":"2022-05-05"},{"folder":"holes/zeek","from":"2022-05-08","to":"2022-05-08"}],"gaps_all":3'
printf '203.0.113.66\n' >"a b'c.txt"
brief --brief "a b'c.txt" -- logs
has 'the command is quoted for a shell' "$out" "'a b'\\''c.txt' -- logs"

for form in --json --csv --stix --count; do
	brief --brief $form ally.json -- logs
	is "--brief and $form are two forms" "$code" 2
done

brief --html ally.json -- logs
is 'the page' "$code" 0
cat >page.py <<'END'
import html.parser, re, sys, xml.etree.ElementTree as tree
text = open("out.txt", encoding="utf-8").read()
root = tree.fromstring(text)  # well-formed XML too
space = "{http://www.w3.org/1999/xhtml}"
whole = lambda e: "".join(e.itertext())
rows = {whole(r[0]): whole(r[1]) for r in root.iter(space + "tr")}
rows["Answer"] = whole(next(root.iter(space + "h1")))
brief = dict(re.split(r"\s{2,}", line.rstrip("\n"), maxsplit=1) for line in open("brief.txt", encoding="utf-8"))
brief["Next"] = rows["Next"] if rows["Next"].endswith("-- logs") else ""
for label in brief:
    if brief[label] != rows.get(label): print(label, brief[label], rows.get(label), sep="\n")
for edge in ("header", "footer"):
    mark = next(root.iter(space + edge)).find(space + "b")
    if mark.text != "TLP:AMBER" or mark.get("style") != "color:#ffc000": print(edge, mark.text, mark.get("style"))
class Reader(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        if tag in ("script", "img", "link", "iframe", "object", "base") or {"src", "href", "onload"} & {name for name, _ in attributes}: print("from elsewhere:", tag)
Reader().feed(text)
if re.search(r"url\(|@import|https?://(?!www\.w3\.org/1999/xhtml)", text): print("an address in the page")
END
python3 page.py >wrong.txt 2>&1
is 'is well formed, says what the text says, marks head and foot, needs nothing from elsewhere' "$(cat wrong.txt)" ''

# Wide characters, a terminal that shows no UTF-8, folding, and Ctrl-C, all on a terminal of the test's own.
python3 "$top/cli_terminal.py" "$kulla" >terminal.txt 2>&1
while IFS= read -r line; do
	case $line in
	'ok '*) is "${line#ok }" yes yes ;;
	*) is "${line%%:*}" "$line" ok ;;
	esac
done <terminal.txt
is 'the terminal was looked at' "$(grep -c . terminal.txt)" 9
finish
