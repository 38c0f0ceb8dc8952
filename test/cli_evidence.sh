#!/bin/sh
# kulla evidence: sealing, custody, what is listed and found, what is refused, and what a kill, a full disk or a damaged byte leaves.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
trap '"$kulla" keeper --home h --stop 2>/dev/null; chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
run init h --origin h.example/kulla
KULLA_HOME=$work/h
export KULLA_HOME

# ---- sealing ----
run evidence list
is 'nothing yet' "$code $out" '1 '
run evidence seal nothing --case C --reason R
has 'a file that is not there' "$code $err" '2 kulla: nothing: cannot be sealed: No such file'
run evidence seal / --case C
has 'a reason must be given' "$code $err" '2 kulla: evidence needs a case and a reason'
mkdir -p disk/sub
echo hello >disk/a.log
printf 'MZ\0' >disk/sub/b.exe
ln -s /etc/passwd disk/link
mkfifo disk/pipe
echo odd >"disk/$(printf 'new\nline')"
echo odd >"disk/$(printf '\377\376')"
truncate -s 40M disk/sparse.img
printf X | dd of=disk/sparse.img bs=1 seek=20000000 conv=notrunc 2>/dev/null
run evidence seal disk --case 2026-117 --reason 'seized' --exhibit 4 --md5 --sha1 --sha512 --collector 'E. Hoxha' --notes 'write blocker' --json
item=$(jq -r .item out.txt | cut -c 8-)
is 'a folder is sealed' "$code $(jq -c '[.kind, .entry]' out.txt)" '0 ["item",1]'
is 'its id is the digest of its manifest' "$(sha256sum <"h/blobs/$(echo "$item" | cut -c 1-2)/$item" | cut -c 1-64)" "$item"
run evidence show "$item" --json
is 'its files' "$(jq -r 'select(.kind=="file") | .name // .name_base64' out.txt | tr '\n' '|')" \
	'disk|disk/a.log|disk/link|disk/new|line|disk/pipe|disk/sparse.img|disk/sub|disk/sub/b.exe|ZGlzay///g==|'
is 'digests as the tools have them' "$(jq -r 'select(.name=="disk/a.log") | [.blob, .md5, .sha1, .sha512] | join(" ")' out.txt)" \
	"sha256:$(sha256sum <disk/a.log | cut -d ' ' -f 1) $(md5sum <disk/a.log | cut -d ' ' -f 1) $(sha1sum <disk/a.log | cut -d ' ' -f 1) $(sha512sum <disk/a.log | cut -d ' ' -f 1)"
is 'of an image with holes too' "$(jq -r 'select(.name=="disk/sparse.img") | .blob + " " + .sha1' out.txt)" \
	"sha256:$(sha256sum <disk/sparse.img | cut -d ' ' -f 1) $(sha1sum <disk/sparse.img | cut -d ' ' -f 1)"
is 'which stay holes' "$(test "$(du -sk h/blobs | cut -f 1)" -lt 20000 && echo small)" small
is 'no name stands in the ledger' "$(grep -rlE 'Hoxha|2026-117|a\.log' h/ledger)" ''
run evidence seal disk/a.log disk/sub/../a.log --case C --reason R
has 'two files of one name' "$code $err" '2 kulla: two files would be called a.log in the item'
echo from a pipe | "$kulla" evidence seal - --case C --reason 'standard input' >out.txt
run evidence list --case C --json
is 'standard input is sealed' "$(jq -r '[.files, .bytes] | join(" ")' out.txt)" '1 12'
run evidence seal disk --derived-from "$item" --case 2026-117 --reason 'unpacked'
run evidence list --case 2026-117 --json
is 'a derived item names where it comes from' "$(jq -r 'select(.form=="derived") | .from' out.txt)" "sha256:$item"
run evidence list
is 'a table for people' "$(sed -n '2s/ .*//p' out.txt)" "$(echo "$item" | cut -c 1-12)"
is 'and everything exists by its entry' "$("$kulla" ledger show --kind item --json | wc -l | tr -d ' ')" 3

# a file that somebody writes to
(i=0; while [ $i -lt 3000 ]; do echo more; i=$((i + 1)); done >growing; while :; do echo more >>growing; done) &
writer=$!
"$kulla" init g >/dev/null
run evidence seal growing --case C --reason R --home g
while [ "$code" = 0 ]; do run evidence seal growing --case C --reason R --home g; done
"$kulla" keeper --home g --stop
kill $writer
wait $writer 2>/dev/null
has 'a file that changes is refused' "$code $err" '2 kulla: growing: it changed while it was read'

# ---- custody ----
short=$(echo "$item" | cut -c 1-8)
run evidence open "$short" --reason analysis --by 'B. Kola' --out lab
is 'taken out' "$code $out" '0 taken out, by entry 4'
is 'its files are there, for reading' "$(cmp lab/disk/a.log disk/a.log && stat -c %a lab/disk/sparse.img)" 400
run evidence open "$short" --reason again --by 'B. Kola' --out lab
has 'nothing is written down when the folder is there already' "$code $err" '2 kulla: lab: is there already'
run evidence open "$short" --reason too --by 'C. Dushku'
is 'not twice' "$code $err" '2 kulla: refused (is-open): the item is taken out for examination: it must be returned first; entry 5 says so'
is 'holes are holes there too' "$(test "$(du -sk lab | cut -f 1)" -lt 20000 && echo small)" small
chmod u+w lab/disk/a.log && echo changed >lab/disk/a.log && echo more >lab/new
run evidence return "$short" --reason finished --by 'B. Kola' --path h
has 'a wrong folder is no return' "$code $err" "kulla: h: none of the item's files lies there"
run evidence return "$short" --reason finished --by 'B. Kola' --path lab
is 'what came back is compared' "$code $out" '1 returned, by entry 6; ITS FILES ARE NOT AS THEY WERE SEALED'
has 'and the file is named' "$err" 'damaged: disk/a.log: its bytes are not those that were sealed'
has 'so is what is new' "$err" 'damaged: new: the item has no such file'
run evidence transfer "$short" --to 'M. Leka' --reason trial --by 'B. Kola'
has 'only the holder hands over' "$code $err" '2 kulla: refused (not-holder)'
run evidence transfer "$short" --to 'M. Leka' --reason trial --by 'E. Hoxha' --seal B-00417
run evidence receive "$short" --reason trial --by 'Somebody Else'
has 'only the addressee receives' "$code $err" '2 kulla: refused (not-addressee)'
run evidence receive "$short" --reason trial --by 'M. Leka' --at 2020-01-01
has 'not before it was offered' "$code $err" '2 kulla: refused (time-order)'
run evidence receive "$short" --reason trial --by 'M. Leka'
is 'received' "$code" 0
run evidence hold "$short" --reason appeal
has 'a hold needs an authority' "$code $err" '2 kulla: refused (no-authority)'
run evidence hold "$short" --reason appeal --authority 'prosecutor, 5/2027'
run evidence dispose "$short" --reason closed --authority 'court' --by 'M. Leka'
has 'no disposal under hold' "$code $err" '2 kulla: refused (under-hold)'
run ledger erase "sha256:$(sha256sum <disk/a.log | cut -d ' ' -f 1)" --ground court
has 'nor an erasure' "$code $err" '2 kulla: refused (under-hold): it belongs to the evidence item'
run evidence release "$short" --reason decided --authority 'prosecutor, 9/2027'
run evidence copy "$short" --reason 'for the defence'
copy=$(sed -n 's/^copy sha256://p' out.txt)
run evidence list --json
is 'a copy is an item of its own' "$(jq -r "select(.item==\"sha256:$copy\") | [.form, .from, .state] | join(\" \")" out.txt)" "copy sha256:$item held"
run evidence history "$short" --json
is 'every act, refused ones too' "$(jq -r '.act + (if .done then "" else "!" + .rule end)' out.txt | tr '\n' ' ')" \
	'open open!is-open return transfer!not-holder transfer receive!not-addressee receive!time-order receive hold!no-authority hold dispose!under-hold release copy '
is 'with what was found' "$(jq -r "select(.act==\"open\" and .done) | .before==\"sha256:$item\"" out.txt) $(jq -r "select(.act==\"return\") | .after==\"sha256:$item\"" out.txt)" 'true false'

# ---- looking ----
run evidence search "$(sha1sum <disk/sub/b.exe | cut -d ' ' -f 1)"
has 'a file by its digest' "$code $out" 'disk/sub/b.exe'
run evidence search 'b-00417' --json
is 'an item by the number of a bag' "$code $(jq -r .item out.txt)" "0 sha256:$item"
run evidence search nowhere-at-all
is 'nothing is found' "$code" 1
run evidence show 00
has 'a name that is none' "$code $err" '2 kulla: an item is named by its id'

# ---- damage ----
run evidence check
is 'all is as it was sealed' "$code $(echo "$out" | sed 's/, by.*//')" '0 4 items read, 0 damaged'
run evidence check --older 1
is 'what was read today is not read again' "$code $out" '0 nothing to check'
blob=$(sha256sum <disk/a.log | cut -d ' ' -f 1)
chmod u+w "h/blobs/$(echo "$blob" | cut -c 1-2)/$blob"
echo hellO >"h/blobs/$(echo "$blob" | cut -c 1-2)/$blob"
run evidence check "$item"
is 'a damaged byte is found' "$code $(echo "$out" | sed 's/, by.*//')" '1 1 items read, 1 damaged'
run evidence check --older 30
has 'what was found damaged stays due' "$code $out" '1 1 items read, 1 damaged'
has 'and its file named' "$err" 'disk/a.log: its bytes are not those that were sealed'
run evidence open "$short" --reason look --by 'M. Leka' --out lab2
is 'it is not written out' "$code $(ls -d lab2 2>/dev/null)" '2 '
echo hello >"h/blobs/$(echo "$blob" | cut -c 1-2)/$blob"
run evidence return "$short" --reason back --by 'M. Leka'
is 'mended, it is as sealed' "$code" 0

# ---- the end ----
run evidence dispose "$copy" --reason 'case closed' --authority 'court, 88/2027'
has 'a copy goes' "$code $out" '0 disposed of, by entry'
has 'the bytes stay for the other items' "$out" '0 files destroyed, 5 kept'
run evidence dispose "$copy" --reason 'case closed' --authority 'court, 88/2027'
has 'asked for again, it goes on' "$code $out" '0 0 files destroyed, 5 kept'
{ sleep 2; echo late; } | "$kulla" evidence seal disk/sub - --case C --reason 'takes its time' >late.txt 2>&1 &
sleep 0.5
run evidence dispose "$item" --by 'M. Leka' --reason 'case closed' --authority 'court, 89/2027'
has 'no disposal while somebody seals: it may come to share the files' "$code $err" '2 kulla: evidence is being sealed'
wait
run evidence check
is 'they are' "$code $(echo "$out" | sed 's/, by.*//')" '0 4 items read, 0 damaged'
run evidence open "$copy" --reason again
has 'nothing can be done with it any more' "$code $err" '2 kulla: refused (not-held)'
run verify
is 'the ledger holds' "$code" 0

# ---- no space, and kills ----
before=$("$kulla" evidence list --json | wc -l)
(
	trap '' XFSZ
	ulimit -f 2000
	"$kulla" evidence seal disk/sparse.img --case full --reason 'no space' 2>err.txt
	echo $? >code.txt
)
is 'a disk that is full' "$(cat code.txt)" 2
has 'says so' "$(cat err.txt)" 'a new blob: cannot'
is 'and leaves nothing' "$("$kulla" evidence list --json | wc -l) $(find h/blobs -name '.new-*' | wc -l | tr -d ' ')" "$before 0"
head -c 20000000 /dev/urandom >random
kills=$((${KULLA_KILLS:-200} / 10))
began=$(date +%s%N)
"$kulla" evidence seal random disk --case 'how long' --reason R >/dev/null
took=$((($(date +%s%N) - began) / 1000000)) # ms
acknowledged=0
i=0
while [ $i -lt "$kills" ]; do
	i=$((i + 1))
	"$kulla" evidence seal random disk --case "kill $i" --reason R >sealed.txt 2>/dev/null &
	pid=$!
	after=$((took * ((i * 37) % 150) / 100)) # from at once to when it is over
	sleep "$((after / 1000)).$(printf %03d $((after % 1000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	if grep -q '^sealed' sealed.txt; then
		acknowledged=$((acknowledged + 1))
		"$kulla" evidence list --case "kill $i" --json | grep -q item || echo "$i" >>lost.txt
	fi
done
is 'some seals were answered, some were not' "$([ $acknowledged -gt 0 ] && [ $acknowledged -lt "$kills" ] && echo both)" both
is "$kills kills, $acknowledged seals answered: none lost" "$(cat lost.txt 2>/dev/null)" ''
run evidence check
is 'nothing half there' "$code $(echo "$out" | sed 's/.*read, \(.*\), by.*/\1/')" '0 0 damaged'
run verify
is 'the ledger holds after the kills' "$code" 0
finish
