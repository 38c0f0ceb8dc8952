#!/bin/sh
# kulla verify: a sound ledger holds, a changed byte is named, a rolled-back one is found out by a head from outside.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
# flip FILE OFFSET: one bit of one byte
flip() {
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0] ^ 1; f.seek(int(sys.argv[2])); f.write(bytes([b]))' "$1" "$2"
}
# ask KEY: of the summary
ask() {
	tail -n 1 out.txt | python3 -c 'import json, sys
print(json.loads(sys.stdin.read())[sys.argv[1]])' "$1"
}

trap '"$kulla" keeper --home home --stop 2>/dev/null; "$kulla" keeper --home ally --stop 2>/dev/null; rm -rf "$work"' EXIT
run init home --origin cert.example/kulla
vkey=$(tail -n 1 out.txt)
run verify --home home
is 'a new home holds' "$code" 0
has 'and says that nobody outside knows it' "$out" 'a rollback cannot be excluded'
run verify --json --home home
is 'as JSON' "$code $(ask holds) $(ask entries) $(ask rollback)" '0 True 1 cannot be excluded'
root=$(ask root)
is 'nothing was written' "$(find home -name keeper.lock -o -name keeper.sock)" ''
run verify --json --home home --head "1 $root"
is 'the head given' "$code $(ask head)" '0 same'
run verify --json --home home --head home/ledger/checkpoint --key "$vkey"
is 'a checkpoint as the head, and the key' "$code $(ask head) $(ask key_given)" '0 same True'
run verify --json --home home --head "7 $root"
is 'a rollback is found' "$code $(ask head) $(ask rollback)" '1 ahead has happened'
run verify --json --home home --head "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
is 'so is another history' "$code $(ask head)" '1 conflict'

cp -R home/ledger copy
chmod -R a-w copy
run verify copy --key "$vkey"
is 'a copy of the folder alone, read-only' "$code" 0
chmod -R u+w copy
for file in checkpoint tile/0/000.p/1 tile/entries/000.p/1; do
	rm -rf broken
	cp -R copy broken
	flip "broken/$file" 25
	run verify --json broken
	is "a changed byte of $file" "$code $(grep -c "\"kind\":\"fault\",\"where\":\"$file\"" out.txt) $(ask holds)" '1 1 False'
	run verify broken
	has "and in words" "$out" "$file"
	has "which say so" "$out" 'DOES NOT HOLD'
done
rm broken/checkpoint
run verify --json broken
is 'no checkpoint' "$code" 1
mkdir empty
run verify empty
is 'no ledger: it could not be looked at' "$code" 2
run verify nowhere
is 'no folder' "$code" 2
run verify copy --key nonsense
is 'no key' "$code" 2
run verify copy --head nonsense
is 'no head' "$code" 2
run verify copy copy
is 'two folders' "$code" 2

# ---- blobs: a byte of one changes
printf 'badhost.example\n' >list.txt
printf '2026-11-24T10:00:00Z GET http://badhost.example/\n' >own.log
"$kulla" scan --record -q --home home list.txt -- own.log >/dev/null 2>&1
run verify --json --home home
is 'a scan with its blobs holds' "$code $(ask blobs)" '0 4'
blob=$(cd home && find blobs -type f -size +0 | LC_ALL=C sort | head -n 1)
flip "home/$blob" 3
run verify --json --home home
is 'a flipped byte of a blob is named' "$code $(grep -c "\"where\":\"$blob\"" out.txt) $(ask faults)" '1 1 1'
run verify --home home
has 'and in words' "$out" "$blob"
flip "home/$blob" 3
cp "home/$blob" kept
rm "home/$blob"
run verify --home home
has 'so is one that is missing' "$out" "$blob"
cp kept "home/$blob"
chmod 0600 "home/$blob"
run verify --home home
is 'and back' "$code" 0

# ---- an erasure that did not come to its end
"$kulla" ledger erase --home home --ground 'court order 7/2026' "sha256:${blob##*/}" >/dev/null
run verify --json --home home
is 'an erasure takes nothing from what holds' "$code $(ask erased)" '0 1'
cp kept "home/$blob"
run verify --home home
has 'a blob that was to be erased, and is there' "$code $out" "$blob"
has 'is a fault' "$out" 'the erasure in this entry names it'
"$kulla" ledger erase --home home --ground 'once more' "sha256:${blob##*/}" >/dev/null
run verify --home home
is 'until it is erased' "$code" 0

# ---- a policy
"$kulla" init ally --origin ally.example/kulla >/dev/null
witness=$("$kulla" witness key --home ally)
"$kulla" witness trust "$vkey" --home ally >/dev/null
"$kulla" witness add 'CERT of an ally' "$witness" --home home >/dev/null
printf 'witness ally %s\nquorum ally\n' "$witness" >policy
"$kulla" ledger policy policy --home home >/dev/null
run verify --json --home home
is 'a policy that nobody meets' "$code $(ask policy)" '0 not met'
"$kulla" witness request --home home --out request
"$kulla" witness cosign request --home ally >answer
"$kulla" witness accept request answer --home home >/dev/null
run verify --json --home home
is 'a policy that is met' "$code $(ask policy)" '0 met'
run verify --home home
has 'and in words' "$out" '1 witness cosigned 6 entries; the policy is met'

# ---- a key that is doubted
run ledger rotate --reason compromised --doubtful-since 2026-01-01T00:00:00Z --home home
is 'a key is replaced that somebody else may have' "$code" 0
run verify --json --home home
is 'what it signed since is told' "$code $(ask rotations) $(ask doubtful)" '0 1 6'
run verify --home home
has 'and in words' "$out" '7 entries since'
has 'how many' "$out" '6 of them doubtful'

# ---- a keeper that writes meanwhile
cat >append.py <<'P'
import socket, struct, sys
s = socket.socket(socket.AF_UNIX); s.connect("home/keeper.sock")
e = '{"body":{"how":"file","origin":"x.example","root":"dA+j7a2YYy7P0TJSqQMghCD7OIN9nIPImqgz8Tt48cI=","size":1,"verdict":"same"},"kind":"head"}'
m = ('{"do":"append","entries":[' + ",".join([e] * 40) + "]}").encode()
for i in range(400):
    s.sendall(struct.pack("<I", len(m)) + m)
    n = struct.unpack("<I", s.recv(4, socket.MSG_WAITALL))[0]
    assert b'"ok":true' in s.recv(n, socket.MSG_WAITALL)
P
"$kulla" witness key --home home >/dev/null
python3 append.py &
writer=$!
found='' looks=0
while kill -0 "$writer" 2>/dev/null; do
	"$kulla" verify --json --home home >during.txt 2>&1 || found="$(cat during.txt)"
	looks=$((looks + 1))
done
wait "$writer"
is 'verified while a keeper writes' "$found$([ "$looks" -gt 1 ] && echo ' often')" ' often'
"$kulla" keeper --home home --stop
run verify --json --home home
is 'and all of it is there' "$code $(ask entries)" '0 16007'
finish
