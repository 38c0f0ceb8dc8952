#!/bin/sh
# Inputs of kulla scan: folders, gzip, UTF-16, binary formats, special files, faults.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

echo evil.example.com >list.txt
hits() { grep -c '"kind":"hit"' out.txt; }

mkdir -p logs/b logs/a
echo 'one evil.example.com' >logs/b/x.log
echo 'two evil.example.com' >logs/a/y.log
printf 'three evil.example.com' >logs/c.log
: >logs/empty.log
run scan --json list.txt -- logs
is 'folders in sorted order' "$(grep -o '"file":"[^"]*"' out.txt | head -3 | tr '\n' ' ')" '"file":"logs/a/y.log" "file":"logs/b/x.log" "file":"logs/c.log" '
has 'empty files count' "$out" '"coverage":{"files":4,"unreadable":0,"complete":true'

gzip -c logs/a/y.log >y.gz
cat y.gz y.gz >two.gz
run scan --json list.txt -- y.gz two.gz
is 'gzip, also of several members' "$code $(hits)" '0 3'
has 'lines go on over members' "$out" '"file":"two.gz","line":2,"record_no":2,"offset":21'
{ cat two.gz; head -c 100 /dev/zero; } >padded.gz
run scan --json list.txt -- padded.gz
is 'zero padding loses nothing' "$code $(hits)" '0 2'
has 'but is told' "$err" 'kulla: padded.gz: byte '
{ cat two.gz; echo garbage; } >garbage.gz
run scan --json list.txt -- garbage.gz
is 'garbage behind the members' "$code $(hits)" '2 2'
has 'is told' "$err" 'behind the last member'
head -c 30 y.gz >short.gz
run scan --json list.txt -- short.gz
is 'truncated gzip' "$code" 2
has 'is told with its place' "$err" 'kulla: short.gz: byte 30: gzip: truncated'
for n in 1 2 3 9 10 11; do
	head -c $n y.gz >start.gz
	run scan --json list.txt -- start.gz
	is "even after $n bytes" "$code $err" "2 kulla: start.gz: byte $n: gzip: truncated; the bytes before were read"
done
printf '\037\213\n' >start.txt
run scan --json list.txt -- start.txt
is 'but other bytes behind them are text' "$code" 1
i=0
while [ $i -lt 3000 ]; do echo "$i $((i * 7919)) evil.example.com"; i=$((i + 1)); done >long.log
gzip -c long.log >long.gz
size=$(wc -c <long.gz)
head -c $((size - 6)) long.gz >cut.gz
run scan --json list.txt -- cut.gz
is 'the bytes before a truncation are scanned' "$code $(hits)" '2 3000'
{ head -c $((size - 8)) long.gz; printf 'AAAA'; tail -c 4 long.gz; } >crc.gz
run scan --json list.txt -- crc.gz
is 'a wrong checksum' "$code" 2
has 'is told' "$err" 'checksum'
has 'and counted' "$out" '"unreadable":1'

printf '\377\376e\0v\0i\0l\0.\0e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m\0\n\0' >mark.txt
printf 'e\0v\0i\0l\0.\0e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m\0\n\0' >plain16.txt
printf '\376\377\0e\0v\0i\0l\0.\0e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m\0\n' >big.txt
printf '\357\273\277evil.example.com\n' >mark8.txt
run scan --json list.txt -- mark.txt plain16.txt big.txt mark8.txt
is 'UTF-16 and byte-order marks' "$code $(hits)" '0 4'
has 'the record is UTF-8' "$out" '"record":"evil.example.com"}'
has 'offsets count decoded bytes, the mark is none' "$(grep -o '"offset":[0-9]*' out.txt | sort -u)" '"offset":0'
{ cat mark.txt; cat plain16.txt; } >lines16.txt
run scan --json list.txt -- lines16.txt
has 'so they agree with the record, in UTF-16 too' "$(sed -n 2p out.txt)" '"line":2,"record_no":2,"offset":17,'
has 'and there is nothing to tell' "$out" '"troubles":[]'
{ cat mark.txt; printf '\000\330x\0\000\334\n\0\375\377'; cat plain16.txt; printf 'x'; } >lone16.txt
run scan --json list.txt -- lone16.txt
is 'units that are no characters lose nothing else' "$code $(hits)" '0 2'
has 'but are told' "$err" 'kulla: lone16.txt: UTF-16: 3 units are no characters (halves of pairs, or an odd byte at the end): U+FFFD stands in their place'

printf 'ElfFile\0evil.example.com\n' >x.evtx
printf '\324\303\262\241evil.example.com\n' >x.pcap
printf 'PK\003\004evil.example.com\n' >x.zip
gzip -c x.evtx >evtx.gz
run scan --json list.txt -- x.evtx x.pcap x.zip evtx.gz
is 'binary formats are never a silent no hit' "$code" 2
has 'all are counted' "$out" '"unreadable":4'
has 'with the reason' "$err" 'kulla: x.evtx: EVTX: the file has 25 bytes of header'

run scan --json list.txt -- missing.log logs/c.log
is 'a missing file is counted, the rest goes on' "$code $(hits)" '2 1'
mkfifo pipe
run scan --json list.txt -- pipe
is 'a special file is refused' "$code" 2
has 'and said so' "$err" 'special file'
ln -s . logs/loop
run scan --json list.txt -- logs
is 'a folder in a circle ends' "$(hits)" 3
rm logs/loop

{ head -c 3000000 /dev/zero | tr '\0' x; printf ' evil.example.com '; head -c 3000000 /dev/zero | tr '\0' y; printf '\nnext evil.example.com\n'; } >wide.log
run scan --json list.txt -- wide.log
is 'a line of 6 MB' "$(hits)" 2
has 'and the line behind it' "$out" '"line":2,"record_no":2,"offset":6000019'
printf 'a\0b evil.example.com\0c\n' >nul.log
run scan --json list.txt -- nul.log
is 'NULs' "$(hits)" 1

printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tquery\tid.orig_h\n#types\ttime\tstring\taddr\n1521911720.5\tevil.example.com\t10.0.0.1\n' >z1.log
printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tid.orig_h\tts\tquery\n#types\taddr\ttime\tstring\n10.0.0.2\t1521911721.5\tevil.example.com\n' >z2.log
cat z1.log z2.log >z.log
run scan --json list.txt -- z.log
has 'Zeek: the first header' "$(head -1 out.txt)" '"line":8,"record_no":1'
has 'its field and time' "$(head -1 out.txt)" '"time":"2018-03-24T17:15:20.500Z"'
has 'Zeek: the header changes in the middle' "$(sed -n 2p out.txt)" '"time":"2018-03-24T17:15:21.500Z"'
has 'its line' "$(sed -n 2p out.txt)" '"line":16,"record_no":2'

head -c 5 y.gz >header.gz
run scan --json list.txt -- header.gz
is 'gzip cut within its header' "$code" 2
has 'is told too' "$err" 'gzip: truncated'
"$kulla" scan --count list.txt -- - </dev/null >out.txt 2>err.txt
is 'nothing on standard input' "$? $(cat out.txt)" '1 0'
if [ -w /dev/full ]; then
	"$kulla" scan --json list.txt -- long.log >/dev/full 2>err.txt
	is 'an answer that cannot be written is an error' "$?" 2
fi

{ echo evil.example.com; sleep 5; } | {
	timeout --foreground -s INT 2 "$kulla" scan --json list.txt -- - >out.txt 2>err.txt
}
has 'interrupted: the answer so far' "$(tail -1 out.txt)" '"hits":1'
has 'says who ended it' "$(tail -1 out.txt)" '"ended_by":"user"'
# What damage cuts off is no record: half an address may be another's. Stored as it is, so that each cut gives all bytes before it.
echo 203.0.113.9 >half.txt
printf 'y 203.0.113.99 z\ny 203.0.113.99 z\n' >whole.log
python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.compress(open("whole.log", "rb").read(), 0))' >whole.gz
at=12
invented=
while [ $at -lt "$(wc -c <whole.gz)" ]; do
	head -c $at whole.gz >cut.gz
	[ "$("$kulla" scan --count -q half.txt -- cut.gz 2>/dev/null)" = 0 ] || invented="$invented $at"
	at=$((at + 1))
done
is 'a cut file invents no hit' "$invented" ''
finish
