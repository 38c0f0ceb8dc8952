#!/bin/sh
# kulla evidence export, import, deliver: an item goes from one institution to another and back, stock tools check what travels, and whatever
# byte of it is changed is noticed by all that should.
# shellcheck disable=SC1091,SC2154
authority=$(realpath "$(dirname "$0")/authority")
script=$(realpath "$(dirname "$0")/../src/evidence/verify.py")
# shellcheck source=test/cli_tap.sh
. "$(dirname "$0")/cli_tap.sh"
trap 'for h in a b c d; do "$kulla" keeper --home $h --stop 2>/dev/null; done; kill $server 2>/dev/null; rm -rf "$work"' EXIT

server=
for h in a b c d; do "$kulla" init $h --origin $h.example/kulla | tail -1 >$h.key; done
key_a=$(cat a.key)
key_b=$(cat b.key)
# check BAG [ARGUMENTS]: the stranger's script; sets $out and $code
check() {
	python3 "$script" "$@" >out.txt 2>&1
	code=$?
	out=$(cat out.txt)
}
sums() {
	(cd "$1" && sha256sum --quiet --strict -c tagmanifest-sha256.txt && sha256sum --quiet --strict -c manifest-sha256.txt) >/dev/null 2>&1
}

# ---- what is handed over ----
mkdir -p case/sub
printf 'hello\n' >case/a.txt
printf 'other\n' >case/A.TXT
printf 'x' >"case/new
line"
printf 'y' >"$(printf 'case/\377\376')"
printf 'z' >'case/100%.txt'
: >case/empty
ln -s a.txt case/link
truncate -s 3M case/sub/image
printf 'end' >>case/sub/image
item=$("$kulla" evidence seal case --home a --case C-17 --reason search --collector Alice | grep -o '[0-9a-f]\{64\}' | head -1)
run evidence export "$item" --out early --reason look --home a
is 'an item that stays goes out too' "$code" 0
run evidence export "$item" --out early --reason look --home a
has 'not over what is there' "$code $err" '2 kulla: early: is there already'
run evidence export "$item" --out none --home a
has 'not without a reason' "$code $err" '2 kulla: what leaves needs its reason'
run evidence export 000000000000 --out none --reason x --home a
has 'an item that is not there' "$code $err" '2 kulla: no item begins with'
is 'leaves nothing' "$(ls -d none* 2>/dev/null)" ''
"$kulla" evidence transfer "$item" --to Bob --reason trial --by Alice --seal B-4 --home a >/dev/null
run evidence export "$item" --out bag --reason trial --party Bob --home a
has 'the package' "$code $out" '0 bag: 7 files, '
is 'its name is that of its tag manifest' "$(sed -n 's/^package sha256://p' out.txt)" "$(sha256sum bag/tagmanifest-sha256.txt | cut -d' ' -f1)"
run ledger show --kind package --home a
has 'is an entry' "$out" 'direction exported'
is 'nothing beside it' "$(ls -d bag?* 2>/dev/null)" ''
is 'holes stay holes' "$([ "$(du -k bag/data/*/case/sub/image | cut -f1)" -lt 1000 ] && echo yes)" yes

# ---- a stranger ----
sums bag
is 'sha256sum agrees' $? 0
check bag --key "$key_a"
is 'the script agrees' "$code $(tail -1 out.txt)" '0 the package holds'
has 'and counts what it proved' "$out" '3 entries proven in the ledger a.example/kulla'
is 'it has at most 250 lines' "$([ "$(wc -l <"$script")" -le 250 ] && echo yes)" yes
cmp -s "$script" bag/verify.py
is 'it travels with the package' $? 0
check bag
has 'without a key it says so' "$code $out" 'NO KEY WAS GIVEN'
check bag --key "$key_b"
has 'another key is none of it' "$code $out" 'no --key is one of the ledger'
is 'a name that not every system holds is told by its line' "$(jq -r 'select(.name=="case/100%.txt").bag' bag/metadata/*/names.jsonl | xargs -I{} cat bag/{})" z

# ---- the other institution ----
run evidence import bag --home b --by Bob --reason trial
has 'whose ledger must be told' "$code $err" '2 kulla: whose ledger is it?'
run evidence import bag --home b --key "$key_b" --by Bob --reason trial
has 'an unknown ledger is refused' "$code $err" 'which is none that you trust'
run evidence import bag --home b --key "$key_a" --by Eve --reason trial
has 'so is who it was not offered to' "$code $err" '2 kulla: refused (not-addressee)'
run evidence list --home b
is 'then nothing is here' "$out" ''
run evidence import bag --home b --key "$key_a" --by Bob --reason trial --receipt receipt
has 'it is received' "$code $out" "received sha256:$item"
run evidence list --home b
has 'and held' "$out" 'original  held         Bob'
run evidence import bag --home b --key "$key_a" --by Bob --reason trial --receipt again
cmp -s receipt again
is 'once: the same receipt is written again' "$code $?" '0 0'
run evidence check --home b
has 'its files are whole' "$code $out" '0 1 items read, 0 damaged'
run evidence import early --home b --key "$key_a" --by Bob --reason look
has 'what was offered to nobody is a copy' "$code $out" 'copy sha256:'
run evidence history "$item" --home b
has 'the other side has signed' "$out" 'signed     the other side'

# ---- the receipt ----
run evidence deliver "$item" --receipt receipt --key "$key_a" --by Alice --home a
is 'of another ledger it is none' "$code" 2
sed 's/^index .*/index 0/' receipt >forged
run evidence deliver "$item" --receipt forged --key "$key_b" --by Alice --home a
is 'nor a forged one' "$code" 2
run evidence deliver "$item" --receipt receipt --key "$key_b" --by Alice --home a
has 'it is delivered' "$code $out" '0 delivered, by entry'
run evidence list --home a
has 'and held there' "$out" 'handed over  Bob'
run evidence deliver "$item" --receipt receipt --key "$key_b" --by Alice --home a
has 'once' "$code $err" '2 kulla: refused (not-offered)'

# ---- and back ----
"$kulla" evidence transfer "$item" --to Alice --reason back --by Bob --home b >/dev/null
run evidence export "$item" --out back --reason back --home b
check back --key "$key_b"
has 'what another signed needs its key' "$code $out" 'whose key was not given'
check back --key "$key_b" --key "$key_a"
is 'with it nothing is left open' "$code $(grep -c note: out.txt)" '0 0'
run evidence import back --home a --key "$key_b" --by Alice --reason back --receipt receipt2
has 'it comes back' "$code $out" '0 checked: 1 items, 4 entries proven in the ledger b.example/kulla'
has 'with what an earlier institution signed' "$out" '3 entries of earlier institutions'
run evidence list --home a
has 'to who had it' "$out" 'original  held         Alice'
run evidence deliver "$item" --receipt receipt2 --key "$key_a" --by Bob --home b
is 'and is delivered there' "$code" 0
for h in a b; do
	run verify --home $h
	has "the ledger of $h holds" "$code $out" '0 The ledger holds'
done

# ---- to a third: all that was done with it comes along ----
echo third >third.txt
third=$("$kulla" evidence seal third.txt --home a --case C-20 --reason seizure --collector Alice |
	grep -o '[0-9a-f]\{64\}' | head -1)
"$kulla" evidence open "$third" --by Alice --reason inspection --home a >/dev/null
"$kulla" evidence return "$third" --by Alice --reason 'inspected it' --home a >/dev/null
run evidence return "$third" --by Alice --reason twice --home a
is 'a refused act is one too' "$code" 2
"$kulla" evidence transfer "$third" --to Bob --reason 'to Bob' --by Alice --home a >/dev/null
"$kulla" evidence export "$third" --out to-b --reason trial --home a >/dev/null
run evidence import to-b --home b --key "$key_a" --by Bob --reason trial
is 'it goes to B' "$code" 0
run evidence history "$third" --home b
has 'who sees what A did' "$out" 'open  at a.example/kulla'
has 'why' "$out" 'inspected it'
has 'and what was refused' "$out" 'return REFUSED  at a.example/kulla'
"$kulla" evidence open "$third" --by Bob --reason analysis --home b >/dev/null
"$kulla" evidence return "$third" --by Bob --reason analysed --home b >/dev/null
"$kulla" evidence transfer "$third" --to Carol --reason 'to Carol' --by Bob --home b >/dev/null
"$kulla" evidence export "$third" --out to-c --reason appeal --home b >/dev/null
is 'five entries of A travel' "$(find to-c/metadata/*/before -type f | wc -l)" 5
check to-c --key "$key_b" --key "$key_a"
is 'the script proves all with both keys' "$code $(grep -c note: out.txt)" '0 0'
check to-c --key "$key_b"
has 'and says how much it cannot tell with one' "$code $out" 'note: 6 entries of other institutions, whose key was not given'
check to-c --key "$key_b" --key "$(sed "s/^a\.example/b.example/" a.key)" --key "$(cat c.key)"
is 'a key that is none is told' "$code" 1
for file in to-c/metadata/*/before/*; do
	cp "$file" kept
	python3 -c 'import sys; p=sys.argv[1]; b=bytearray(open(p,"rb").read()); b[len(b)//2]^=1; open(p,"wb").write(b)' "$file"
	run evidence import to-c --home c --key "$key_b" --key "$key_a" --by Carol --reason appeal
	first=$code
	check to-c --key "$key_b" --key "$key_a"
	is 'a byte of it is no other' "$first $code" '2 1'
	cp kept "$file"
done
# the same byte, with manifests that were made to fit
cp -r to-c forged-c
file=$(ls forged-c/metadata/*/before/*2.tlog-proof)
sed -i 's/^\(extra .\{40\}\)\(.\)/\1_\2/; s/^\(extra .\{40\}\)_[^A]/\1A/; s/^\(extra .\{40\}\)_A/\1B/' "$file"
sed -i "s|^[0-9a-f]*\(  ${file#forged-c/}\)|$(sha256sum "$file" | cut -d' ' -f1)\1|" forged-c/tagmanifest-sha256.txt
sums forged-c
is 'manifests may fit' $? 0
run evidence import forged-c --home c --key "$key_b" --key "$key_a" --by Carol --reason appeal
has 'the proof does not' "$code $err" '2 kulla: metadata/'
run evidence import forged-c --home c --key "$key_b" --by Carol --reason appeal
has 'nor without the key of A' "$code $err" '2 kulla: metadata/'
check forged-c --key "$key_b"
is 'the script sees it too' "$code" 1
timeout -s KILL 0.05 "$kulla" evidence import to-c --home c --key "$key_b" --key "$key_a" --by Carol --reason appeal >/dev/null 2>&1
run evidence import to-c --home c --key "$key_b" --key "$key_a" --by Carol --reason appeal
is 'it goes to C' "$code" 0
run evidence history "$third" --home c
is 'who sees what both did' "$(grep -c 'at a.example/kulla$' out.txt) $(grep -c 'at b.example/kulla$' out.txt)" '5 5'
is 'in its order' "$(grep -o 'at [ab].example/kulla\|entry [0-9]* *receive$' out.txt | sed 's/ [0-9]* */ /' | uniq | tr '\n' ';')" \
	'at a.example/kulla;at b.example/kulla;entry receive;'
run evidence history "$third" --home c --json
is 'for programs too' "$(jq -r 'select(.origin)|[.origin,.kind,.act//"",.reason,.judged]|join(" ")' out.txt | head -4 | tail -3 | tr '\n' ';')" \
	'a.example/kulla custody open inspection true;a.example/kulla custody return inspected it true;a.example/kulla custody return twice true;'
run verify --home c
has 'and its ledger holds' "$code $out" '0 The ledger holds'
# a text that A's entries name can be erased at B, and does not come back with the item
text=$(sed -n 's/^extra //p' to-c/metadata/*/before/000000000002.tlog-proof | base64 -d | jq -r .body.reason)
run ledger erase "$text" --ground 'order 7' --home b
is 'a text of A is erased at B' "$code" 0
"$kulla" evidence transfer "$third" --to Dan --reason 'to Dan' --by Carol --home c >/dev/null
"$kulla" evidence export "$third" --out to-d --reason appeal --home c >/dev/null
run evidence import to-d --home d --key "$(cat c.key)" --by Dan --reason appeal
has 'D may not know all keys' "$code $out" 'entries of earlier institutions are in it'
run evidence history "$third" --home d
has 'then that is said' "$out" 'at a.example/kulla (not known who signed it'
"$kulla" evidence transfer "$third" --to Bob --reason back --by Dan --home d >/dev/null
"$kulla" evidence export "$third" --out back-b --reason back --home d >/dev/null
run evidence import back-b --home b --key "$(cat d.key)" --key "$key_a" --key "$key_b" --key "$(cat c.key)" --by Bob --reason back
is 'and back to B' "$code" 0
run evidence history "$third" --home b
is 'where nothing is told twice' "$(for h in a b c d; do grep -c "at $h.example/kulla$" out.txt; done | tr '\n' ' ')" '5 0 3 3 '
is 'nor what was erased' "$(grep -c inspection out.txt)" 0
run evidence export "$third" --out rest --reason look --home b
is 'what remains goes on' "$code $(find rest/metadata/*/before -type f | wc -l)" '0 11'
check rest --key "$(cat c.key)" --key "$(cat d.key)" --key "$key_a" --key "$key_b"
is 'and is proven' "$code $(grep -c note: out.txt)" '0 0'
run evidence check "$third" --home b
is 'what came along is whole' "$code" 0
blob=$(sha256sum rest/metadata/*/before/000000000003.tlog-proof | cut -d' ' -f1)
blob=b/blobs/$(echo "$blob" | cut -c 1-2)/$blob
cp "$blob" kept
python3 -c 'import sys; p=sys.argv[1]; b=bytearray(open(p,"rb").read()); b[len(b)//2]^=1; open(p,"wb").write(b)' "$blob"
run evidence check "$third" --home b
has 'when it is not, that is told' "$code $err" "1 kulla: $(echo "$third" | cut -c 1-12): ${blob#b/}: an entry of another institution"
run evidence history "$third" --home b
has 'there too' "$out" '(its entry is not here: erased, or damaged)  at a.example/kulla'
run evidence export "$third" --out none --reason look --home b
is 'and it does not leave' "$code $(ls -d none* 2>/dev/null)" '2 '
cp kept "$blob"
for h in b c d; do
	run verify --home $h
	has "the ledger of $h holds with it" "$code $out" '0 The ledger holds'
done

# ---- two items, a rotated key, a witness ----
printf 'second' >second
other=$("$kulla" evidence seal second --home a --case C-18 --reason search --collector Alice | grep -o '[0-9a-f]\{64\}' | head -1)
witness=$("$kulla" witness key --home b)
"$kulla" witness add B "$witness" --home a >/dev/null
"$kulla" witness trust "$key_a" --home b >/dev/null
"$kulla" witness request --home a --out request
"$kulla" witness cosign request --home b >answer
"$kulla" witness accept request answer --home a >/dev/null
run evidence export "$other" --out seen --reason x --home a
check seen --key "$key_a" --witness "$witness"
is 'one that has' "$code" 0
run evidence export "$other" --out same --reason x --home a
is 'under the same head the same bytes' "$(diff -rq seen same)" ''
run evidence import seen --home c --key "$key_a" --witness "$witness" --by Carol --reason x
is 'a quorum for the import' "$code" 0
"$kulla" ledger rotate --reason scheduled --home a >/dev/null
run evidence export "$other" "$item" --out two --reason both --home a
check two --key "$key_a"
is 'two items under a key that was replaced' "$code $(grep -c ^item out.txt)" '0 2'
check two --key "$key_a" --witness "$witness"
has 'a witness that must have cosigned and has not' "$code $out" '0 of 1 witnesses have cosigned'
run evidence import two --home c --key "$key_a" --by Carol --reason both
is 'come in by the old key' "$code $(grep -c ^copy out.txt)" '0 2'
run evidence import two --home c --key "$key_a" --witness "$witness" --by Carol --reason x
is 'that is not met' "$code" 2

# ---- one byte, anywhere ----
"$kulla" evidence transfer "$other" --to Dan --reason trial --by Alice --home a >/dev/null
run evidence export "$other" --out small --reason trial --home a
entries=$("$kulla" ledger show --home c | wc -l)
find small -type f | LC_ALL=C sort >files
taken='' believed='' summed=''
while read -r file; do
	cp "$file" kept
	python3 -c 'import sys; p=sys.argv[1]; b=bytearray(open(p,"rb").read()); b[len(b)//2]^=1; open(p,"wb").write(b)' "$file"
	run evidence import small --home c --key "$key_a" --by Dan --reason trial
	[ "$code" = 2 ] || taken="$taken $file"
	check small --key "$key_a"
	[ "$code" = 1 ] || believed="$believed $file"
	sums small && [ "$file" != small/tagmanifest-sha256.txt ] && summed="$summed $file"
	cp kept "$file"
done <files
is 'the import refuses each' "$taken" ''
is 'so does the script' "$believed" ''
is 'and sha256sum' "$summed" ''
is 'there were files enough' "$([ "$(wc -l <files)" -ge 20 ] && echo yes)" yes
# more than bytes
bad() {
	run evidence import small --home c --key "$key_a" --by Dan --reason trial
	check_code=$code
	check small --key "$key_a"
	is "$1" "$check_code $code" '2 1'
}
: >small/data/extra
bad 'a file too many'
rm small/data/extra
: >small/metadata/extra
bad 'beside the payload too'
rm small/metadata/extra
mv small/VERIFY.txt kept
bad 'a file too few'
ln -s "$work/kept" small/VERIFY.txt
bad 'a link to the very bytes'
rm small/VERIFY.txt
mkfifo small/VERIFY.txt
bad 'a pipe'
rm small/VERIFY.txt
mv kept small/VERIFY.txt
cp small/tagmanifest-sha256.txt kept
sed -i 's/^\(.*VERIFY.txt\)$/\1\n\1/' small/tagmanifest-sha256.txt
bad 'a line twice'
cp kept small/tagmanifest-sha256.txt
is 'nothing of all that came in' "$("$kulla" ledger show --home c | wc -l)" "$entries"

# ---- time stamps ----
"$authority" tsa make 2>/dev/null
cp tsa/root.pem d/tsa.pem
"$authority" tsa serve >port 2>serve.err &
server=$!
tries=0
while [ ! -s port ] && [ $((tries += 1)) -lt 200 ]; do sleep 0.05; done
echo "time-stamp = http://127.0.0.1:$(cat port)/good tsa.pem" >>d/kulla.conf
stamped=$("$kulla" evidence seal second --home d --case C-19 --reason search --collector Dan 2>/dev/null | grep -o '[0-9a-f]\{64\}' | head -1)
run evidence stamp --home d --item "$stamped" --timeout 20
has 'an item is stamped' "$code $out" '0 waiting; 1 had been stamped before'
run evidence export "$stamped" --out stamped --reason x --home d
check stamped --key "$(cat d.key)" --anchors tsa/root.pem
is 'its stamp travels' "$code $(tail -2 out.txt | head -1)" '0 3 entries proven in the ledger d.example/kulla, 1 time stamps'
check stamped --key "$(cat d.key)"
has 'by the roots in the package, if no others are given' "$code $out" 'anchors of time stamps were taken from the bag'
check stamped --key "$(cat d.key)" --anchors tsa/other.pem
is 'by other roots it does not hold' "$code" 1
is 'openssl agrees' "$(openssl ts -verify -digest "$stamped" -in stamped/metadata/*/stamps/*.tsr -CAfile tsa/root.pem 2>/dev/null)" 'Verification: OK'
run evidence import stamped --home c --key "$(cat d.key)" --by Carol --reason look
has 'the import judges it too' "$code $out" '0 checked: 1 items, 3 entries proven in the ledger d.example/kulla, 1 time stamps'
kill $server

# ---- killed at any time ----
half='' broken=''
for n in 1 2 3 4 5 6 8 10 12 15 20 30; do
	timeout -s KILL "0.0$n" "$kulla" evidence export "$other" --out killed --reason trial --home a >/dev/null 2>&1
	[ -e killed ] && ! sums killed && half="$half $n"
	rm -rf killed
	timeout -s KILL "0.0$n" "$kulla" evidence import small --home d --key "$key_a" --by Dan --reason trial >/dev/null 2>&1
	"$kulla" verify --home d >/dev/null 2>&1 || broken="$broken $n"
done
is 'an export that was killed leaves nothing half under its name' "$half" ''
is 'an import that was killed leaves a ledger that holds' "$broken" ''
run evidence import small --home d --key "$key_a" --by Dan --reason trial
is 'once more ends it' "$code" 0
run evidence list --home d
is 'one item is held' "$(grep -c "^$(echo "$other" | cut -c 1-12).*original  held         Dan" out.txt)" 1

# ---- holds ----
printf 'held\n' >held.txt
held=$("$kulla" evidence seal held.txt --home a --case H --reason R --collector Alice | grep -o '[0-9a-f]\{64\}' | head -1)
"$kulla" evidence hold "$held" --reason appeal --authority 'court, 3/26' --by Alice --home a >/dev/null
"$kulla" evidence transfer "$held" --to Bob --by Alice --reason trial --home a >/dev/null
"$kulla" evidence export "$held" --out heldbag --reason trial --home a >/dev/null
for n in 1 2; do run evidence import heldbag --home b --key "$key_a" --by Bob --reason trial; done
run evidence list --home b --json
is 'a hold goes along, once' "$(jq -r "select(.item==\"sha256:$held\") | [.state, .holds, .holder] | join(\" \")" out.txt)" 'held 1 Bob'
run evidence dispose "$held" --by Bob --reason closed --authority court --home b
has 'and forbids disposal there' "$code $err" '2 kulla: refused (under-hold)'

# ---- a bag without an item ----
cp -r heldbag none
rm -r none/data none/metadata/[0-9a-f]*
: >none/manifest-sha256.txt
sed -i 's/^Payload-Oxum:.*/Payload-Oxum: 0.0/' none/bag-info.txt
(cd none && rm tagmanifest-sha256.txt && find . -type f | sed 's,^\./,,' | LC_ALL=C sort | xargs -d '\n' sha256sum >../tags && mv ../tags tagmanifest-sha256.txt)
check none --key "$key_a"
has 'is no package' "$code $out" 'no item'
finish
