#!/bin/sh
# Containers as the user sees them: places within members, what is named, and a folder of many files that is accounted for.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

echo evil.example.com >list.txt
hits() { grep -c '"kind":"hit"' out.txt; }
eve='{"src_ip":"10.0.0.1","event_type":"dns","timestamp":"2024-01-01T00:00:00.000000+0000","dns":{"rrname":"evil.example.com"}}'
mkdir -p host/var/log
printf 'one\ntwo evil.example.com\n' >host/var/log/syslog
echo "$eve" >host/eve.json
printf '[\n%s\n]\n' "$eve" >host/array.json
tar cf host.tar host
zstd -q host.tar
zip -q case.zip host.tar.zst list.txt

run scan --json list.txt -- case.zip
is 'a tar.zst in a zip' "$code $(hits)" '0 4'
has 'a member with its own lines and offsets' "$out" '"file":"case.zip!host.tar.zst!host/var/log/syslog","line":2,"record_no":2,"offset":4'
has 'and formats' "$out" '"eve":{"files":2,"records":2'
has 'each a file' "$out" '"coverage":{"files":4,"unreadable":0,"complete":true'
run scan --json list.txt -- - <case.zip
has 'from standard input' "$out" '"file":"-!host.tar.zst!host/array.json","line":2,"record_no":1,"offset":2'
7z a -bd case.7z host.tar >/dev/null
run scan --json list.txt -- - <case.7z
is 'a 7z that standard input is redirected from' "$code $(hits)" '0 3'
# shellcheck disable=SC2002 # a pipe is what is meant
cat case.7z | "$kulla" scan --json list.txt -- - >out.txt 2>err.txt
has 'through a pipe it is refused, with the reason' "$(cat err.txt)" '7z: cannot be read from a pipe'

head -c $(($(wc -c <host.tar.zst) - 20)) host.tar.zst >cut.tar.zst
run scan --json list.txt -- cut.tar.zst host.tar
is 'a container that is cut is an error, the rest goes on' "$code" 2
has 'it is named' "$err" 'cut.tar.zst'
has 'with the reason' "$err" 'zstd: truncated'
zip -q -P secret locked.zip host/eve.json
run scan --json list.txt -- locked.zip
is 'an encrypted member' "$code" 2
has 'is named' "$err" 'kulla: locked.zip!host/eve.json: is encrypted'
head -c 300000000 /dev/zero | gzip -c >bomb.gz
tar cf bomb.tar bomb.gz host/eve.json
run scan --json list.txt -- bomb.tar
is 'a decompression bomb is left, the rest goes on' "$code $(hits)" '2 1'
has 'it is named' "$err" 'kulla: bomb.tar!bomb.gz:'
has 'for what it is' "$err" 'EXPANSION_RATIO_MAX'

# names that would lead out of a folder they were unpacked into
python3 - <<'PY'
import io, tarfile
with tarfile.open("tricks.tar", "w") as t:
    for name in ("../../etc/x.log", "/abs.log", "C:/x/../y.log", "a/../../z.log", "..\\w.log", "a/../in..log", "v..1/..log"):
        data = b"evil.example.com\n"
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
PY
run scan --json list.txt -- tricks.tar
is 'members whose names lead out are read' "$code $(hits)" '0 7'
has 'and nothing is unreadable' "$out" '"coverage":{"files":7,"unreadable":0,"complete":true'
is 'each is named, and no other' "$(grep -c 'name points outside of the archive; it is only a label here' err.txt) $(grep -c '^kulla: tricks.tar!' err.txt)" '5 5'
has 'up' "$err" 'tricks.tar!../../etc/x.log: '
has 'from the root' "$err" 'tricks.tar!/abs.log: '
has 'from a drive' "$err" 'tricks.tar!C:/x/../y.log: '
has 'up behind a folder' "$err" 'tricks.tar!a/../../z.log: '
has 'by backslashes' "$err" 'w.log: '
has 'in the answer too' "$out" '"troubles_all":5'
has 'with its text' "$(tail -1 out.txt)" 'name points outside of the archive; it is only a label here'

# 20,000 files of ten kinds: hard links, so that making them takes no time
mkdir many kinds
cp host/eve.json kinds/0.json
cp host/array.json kinds/1.json
printf 'text evil.example.com\n' >kinds/2.log
gzip -c kinds/2.log >kinds/3.log.gz
zstd -q kinds/2.log -o kinds/4.zst
(cd kinds && zip -q 5.zip 0.json 2.log)
: >kinds/6.log
head -c 12 kinds/3.log.gz >kinds/7.gz
printf '\324\303\262\241 capture' >kinds/8.bin
printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tquery\n#types\ttime\tstring\n1.5\tevil.example.com\n' >kinds/9.log
python3 -c '
import os
names = sorted(os.listdir("kinds"))
for i in range(20000):
    os.link("kinds/" + names[i % 10], "many/%05d-%s" % (i, names[i % 10]))'
run scan --json list.txt -- many
last=$(tail -1 out.txt)
is 'a folder of 20,000 files' "$code $(hits)" '2 16000'
# a zip is two files; what is cut or no log is unreadable
has 'all files are accounted for' "$last" '"coverage":{"files":22000,"unreadable":4000,"complete":false'
has 'by format' "$last" '"formats":{"text":{"files":12000,"records":8000,"bytes":176000},"zeek-tsv":{"files":2000,"records":2000,'
has 'each' "$last" '"eve":{"files":6000,"records":6000,'
has 'and trouble' "$last" '"troubles_all":4000'
finish
