#!/bin/sh
# kulla scan --seal: from a hit to an exhibit, byte for byte.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
trap '"$kulla" keeper --home h --stop 2>/dev/null; rm -rf "$work"' EXIT
"$kulla" init h --origin a.example/kulla >/dev/null
export KULLA_HOME=h
echo evil.example >list.txt

# blob DIGEST: its bytes.  file NAME: that file of the item sealed last.
blob() { cat "h/blobs/$(echo "$1" | cut -c8-9)/$(echo "$1" | cut -c8-)"; }
manifest() { blob "$("$kulla" ledger show --kind item --json | tail -1 | jq -r .entry.body.manifest)"; }
file() { blob "$(manifest | jq -r "select(.name == \"$1\").blob")"; }

# ---- usage ----
echo x >log
run scan --seal list.txt -- log
has 'a case is needed' "$code $err" '2 kulla: what is sealed belongs to a case'
run scan --case C list.txt -- log
has 'a case without sealing' "$code $err" '2 kulla: --case, --reason, --collector and --around'
run scan --seal --case C list.txt -- log
is 'no hit: recorded, nothing sealed' "$code $(echo "$err" | grep -c 'recorded as entry 1') $(echo "$err" | grep -c 'nothing was sealed')" '1 1 1'

# ---- a long log, compressed: hits at both ends, near each other, and far apart ----
awk 'BEGIN {
	for (i = 1; i <= 60000; i++) {
		host = (i == 1 || i == 3 || i == 5000 || i == 5004 || i == 33333 || i == 60000) ? "evil.example" : "good" i ".example"
		printf "2026-11-01T00:00:00Z host%d GET http://%s/%0*d\n", i % 7, host, i % 90 + 1, i
	}
}' >log.txt
gzip -k log.txt
run scan --seal --case 2026-117 --reason 'told by an ally' --collector 'J. Doe' --around 3 --json list.txt -- log.txt.gz
is 'it hits' "$code $(tail -1 out.txt | jq .hits)" '0 6'
has 'the entry of the scan first' "$err" 'recorded as entry 2 of a.example/kulla'
has 'then the item' "$err" 'sealed as item sha256:'
zcat log.txt.gz | sed -n '1,6p;4997,5007p;33330,33336p;59997,60000p' >expected
file records | cmp - expected
is 'the records are those of the log, byte for byte' $? 0
is 'the index names the hits' "$(file records.jsonl | jq -c 'select(.kind == "hit").record_no' | tr '\n' ' ')" '1 3 5000 5004 33333 60000 '
is 'and where they stand' "$(file records.jsonl | jq -r 'select(.record_no == 33333) | "\(.offset) \(.bytes)"' | while read -r offset bytes; do zcat log.txt.gz | tail -c +$((offset + 1)) | head -c "$bytes"; done)" "$(sed -n 33333p log.txt)"
file records >records.out
is 'in both files' "$(file records.jsonl | jq -r 'select(.record_no == 5004) | "\(.at) \(.bytes)"' | while read -r at bytes; do tail -c +$((at + 1)) records.out | head -c "$bytes"; done)" "$(sed -n 5004p log.txt)"
is 'the inputs have the digest of the file as it lies there' "$(file inputs.json | jq -r '.files[] | select(.name == "log.txt.gz").sha256')" "$(sha256sum log.txt.gz | cut -d' ' -f1)"
file answer.jsonl | cmp - out.txt
is 'the answer is what was told' $? 0
is 'the coverage' "$(file coverage.jsonl | jq -r 'select(.kind == "file") | "\(.file) \(.records)"')" 'log.txt.gz 60000'
is 'what is said about it' "$(manifest | head -1 | jq -c '[.case,.reason,.collector,.source,.notes,.form,.files]')" '["2026-117","told by an ally","J. Doe","scan","scan: entry 2 of a.example/kulla","original",5]'
run evidence check
is 'the item is whole' "$code" 0
run verify
is 'the ledger holds' "$code" 0

# ---- threads and windows, against a slow reading ----
for around in 0 1 10 700; do
	run scan --seal --case C --around $around --threads 4 --quiet --json list.txt -- log.txt
	awk -v n=$around 'NR == FNR { if (/evil\.example/) hit[FNR]; next } { for (h in hit) if (FNR >= h - n && FNR <= h + n) { print; break } }' log.txt log.txt >expected
	file records | cmp - expected
	is "$around around" $? 0
done

# ---- other shapes ----
printf '#separator \\x09\n#fields\tts\tid.orig_h\tquery\n#types\ttime\taddr\tstring\n' >dns.log
for i in 1 2 3 4 5 6; do printf '17000000%d0.0\t10.0.0.%d\tname%d.example\n' $i $i $i; done | sed 's/name4.example/evil.example/' >>dns.log
printf '[{"a":"x"},\n {"b":"http://evil.example/"}, {"c":1},\n\n{"d":2}]\n' >list.json
printf 'one\n\n  \ntwo\r\nevil.example\r\nfour\n\nfive' >blank.log
run scan --seal --case C --around 1 --json list.txt -- dns.log list.json blank.log
is 'files each' "$code $(tail -1 out.txt | jq .hits)" '0 3'
{ sed -n '1,3p;6,8p' dns.log; printf '{"a":"x"}\n{"b":"http://evil.example/"}\n{"c":1}\n'; printf 'two\r\nevil.example\r\nfour\n'; } >expected
file records | cmp - expected
is 'a header comes with its records; spans, blank lines, line ends' $? 0
is 'their lines' "$(file records.jsonl | jq -c '[.kind,.file,.record_no,.line]' | tr '\n' ' ')" '["header","dns.log",null,1] ["around","dns.log",3,6] ["hit","dns.log",4,7] ["around","dns.log",5,8] ["around","list.json",1,1] ["hit","list.json",2,2] ["around","list.json",3,2] ["around","blank.log",2,4] ["hit","blank.log",3,5] ["around","blank.log",4,6] '
mkdir "$(printf 'odd\377')"
cp blank.log "$(printf 'odd\377/new\nline')"
run scan --seal --case C list.txt -- "$(printf 'odd\377')"
is 'a name that is no UTF-8' "$code $(file records.jsonl | jq -r 'select(.kind == "hit").file_base64' | base64 -d | od -An -c | tr -d ' \n')" '0 odd377/new\nline'
run scan --seal --case C --max-hits 1 --json list.txt -- log.txt
is 'stopped after a hit' "$code $(file records.jsonl | jq -c 'select(.kind == "hit").record_no' | tr '\n' ' ')" '0 1 '

# ---- refusals ----
before=$("$kulla" ledger tail -n 1 --json | jq .index)
run scan --seal --case "$(head -c 9000 /dev/zero | tr '\0' c)" list.txt -- blank.log
is 'a case that is too long: the scan stands, nothing is sealed' "$code $(echo "$err" | grep -c "recorded as entry $((before + 1))") $(echo "$err" | grep -c 'what it found was not sealed: the case is longer')" '2 1 1'
run scan --seal --case C --home nowhere list.txt -- blank.log
has 'a home that is not there' "$code $err" '2 kulla: nothing can be recorded: nowhere'
finish
