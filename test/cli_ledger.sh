#!/bin/sh
# kulla init, ledger and witness: homes, entries, proofs, keys, and an ally's cosignature, by files.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
trap 'for h in a b; do "$kulla" keeper --home $h --stop 2>/dev/null; done; rm -rf "$work"' EXIT

# ---- homes ----
run ledger show
is 'a command without a home' "$code $err" '2 kulla: no home: give --home DIR, or set KULLA_HOME; kulla init makes one'
run ledger show --home nowhere
has 'a home that is not there' "$code $err" '2 kulla: nowhere: cannot be opened'
mkdir plain
run ledger show --home plain
has 'a folder that is no home' "$code $err" '2 kulla: plain: is no home'
run init a --origin 'a name'
has 'an origin that is no name' "$code $err" '2 kulla: origin "a name": a name without spaces'
is 'leaves nothing' "$(ls)" "$(printf '%s\n' err.txt out.txt plain)"
run init a --origin a.example/kulla
key_a=$(tail -1 out.txt)
has 'init prints the key' "$code $out" '0 a is a home'
is 'the owner alone can reach it' "$(find a -perm /077)" ''
is 'what lies in it' "$(find a -type f | LC_ALL=C sort | tr '\n' ' ')" \
	'a/keys/ledger.key a/keys/witness.key a/kulla.conf a/ledger/checkpoint a/ledger/tile/0/000.p/1 a/ledger/tile/entries/000.p/1 '
run init a
has 'twice is refused' "$code $err" '2 kulla: a: is not empty'
run init b --origin b.example/kulla --exercise
key_b=$(tail -1 out.txt)
run ledger show --home b
has 'an exercise says so in its first entry' "$out" 'exercise true, origin b.example/kulla'

# ---- entries ----
run witness key --home b
witness=$out
run witness add 'CERT Polska' "$key_b" --home a
has 'the key of a ledger is none of a witness' "$code $err" '2 kulla: the key is of type 0x01'
run witness add 'CERT Polska' "$witness" --home a
is 'a witness is added by an entry' "$code $out" '0 a witness more, by entry 1'
run witness add 'CERT Polska' "$witness" --home a
has 'not twice' "$code $err" 'is a witness already'
is 'its name stands in no entry' "$(grep -rl Polska a/ledger)" ''
run witness list --home a
has 'but is known' "$out" 'CERT Polska'
run ledger show 1 --json --home a
is 'an entry as JSON, as it was hashed' "$(jq -c '[.kind, .index, .valid, .entry.kind, .entry.body.state]' out.txt)" '["entry",1,true,"witness","added"]'
run ledger show 0-1 --kind home --home a
is 'only one kind' "$(wc -l <out.txt | tr -d ' ')" 1
run ledger show 7 --home a
has 'an entry that is not there' "$code $err" '2 kulla: "7": the ledger has the entries 0 to 1'
run ledger tail -n 1 --home a
has 'the newest' "$out" 'witness: a witness was added'

# ---- an ally cosigns ----
"$kulla" witness request --home a --out request
run witness cosign request --home b
is 'an unknown ledger is not cosigned' "$code $out" '1 '
has 'and it says why' "$err" 'not cosigned (404)'
run witness trust "$key_a" --home b
is 'it is trusted' "$code" 0
run witness trust "$key_a" --home b
has 'once' "$code $err" '2 kulla: a.example/kulla is trusted already'
run witness cosign request --home b
cp out.txt answer
is 'and cosigned' "$code $(cut -d' ' -f1-2 out.txt)" '0 — b.example/kulla'
run witness accept request answer --home a
is 'the cosignature is kept' "$code $out" '0 1 cosignature is kept with the checkpoint'
sed 's/kulla \(..\)/kulla \1A/' answer >forged
run witness accept request forged --home a
is 'a forged one is not' "$code" 2
run witness cosign request --home b
is 'the same request again: the witness has seen more' "$code $out" '1 2'

run ledger prove 1 --home a --out entry-1.tlog-proof
is 'a proof' "$code $(head -1 entry-1.tlog-proof)" '0 c2sp.org/tlog-proof@v1'
has 'carries the cosignature' "$(tail -1 entry-1.tlog-proof)" '— b.example/kulla'
"$kulla" ledger show 1 --json --home a | jq -cj .entry >entry-1.json
run ledger check entry-1.tlog-proof entry-1.json --key "$key_a"
is 'a stranger checks it' "$code $out" '0 holds: entry 1 of a.example/kulla, under its checkpoint of 2 entries'
printf 'log %s\nwitness pl %s\nquorum pl\n' "$key_a" "$witness" >policy
run ledger check entry-1.tlog-proof entry-1.json --policy policy
is 'by a policy' "$code" 0
sed 's/added/adde0/' entry-1.json >other.json
run ledger check entry-1.tlog-proof other.json --policy policy
has 'another entry does not hold' "$code $out" '1 does not hold'
grep -v '^— b' entry-1.tlog-proof >bare.tlog-proof
run ledger check bare.tlog-proof entry-1.json --policy policy
has 'without the cosignature the quorum is missing' "$code $out" '1 does not hold'

# a copy that goes another way: the witness tells
"$kulla" keeper --home a --stop
cp -r a fork
cp -r a older
"$kulla" ledger policy policy --home a >/dev/null
"$kulla" witness request --home a --out request2
"$kulla" witness cosign request2 --home b >answer2
"$kulla" witness accept request2 answer2 --home a >/dev/null
cp a/ledger/cosigned older/ledger/cosigned
run ledger policy policy --home older
has 'a keeper does not continue less than witnesses saw' "$code $err" '2 kulla: ledger/cosigned: witnesses cosigned 3 entries, 2 are here: the ledger was rolled back'
"$kulla" witness remove "$witness" --home fork >/dev/null
run witness request --old 3 --home fork --out request3
run witness cosign request3 --home b
has 'two histories of one ledger are told' "$code $err" '1 kulla: not cosigned (409)'
run ledger show --kind head --home b
has 'and become an entry' "$out" 'verdict conflict'
"$kulla" keeper --home fork --stop

# ---- policy and key ----
run ledger policy --home a
is 'the policy as it was set' "$out" "$(cat policy)"
printf 'quorum nobody\n' >wrong
run ledger policy wrong --home a
has 'a policy that breaks a rule' "$code $err" '2 kulla: line 1: '
run ledger rotate --reason scheduled --home a
has 'the key is replaced' "$code $out" '0 a new key signs from now on:'
is 'the old one is gone' "$(find a/keys -type f | LC_ALL=C sort | tr '\n' ' ')" 'a/keys/ledger.key a/keys/witness.key '
run ledger show --kind key --home a
has 'by an entry' "$out" 'reason scheduled'
"$kulla" keeper --home a --stop
run ledger rotate --home a
is 'and again, by another keeper' "$code" 0

# a witness follows the key, and its own entries know what it cosigned
run witness request --old 3 --home a --out request4
run witness cosign request4 --home b
has 'a key that the witness does not know' "$code $err" '1 kulla: not cosigned (403)'
index=$("$kulla" ledger show --kind key --json --home a | jq -r .index | head -n 1)
"$kulla" ledger show "$index" --json --home a | jq -cj .entry >first
"$kulla" ledger show "$((index + 1))" --json --home a | jq -cj .entry >second
run witness follow second --home b
has 'the second rotation without the first' "$code $err" '2 kulla: follow: the key that the entry replaces is not trusted here'
sed 's/"signature_old":"./"signature_old":"\//' first >forged
run witness follow forged --home b
has 'a rotation that the old key did not sign' "$code $err" '2 kulla: follow: the entry does not replace the key'
run witness follow first --home b
is 'one that both signed' "$code" 0
run witness follow second --home b
is 'and the next' "$code" 0
run witness cosign request4 --home b
is 'then it cosigns' "$code" 0
"$kulla" keeper --home b --stop
find b/witness -type f -name '[0-9a-f]*' -size -2 -delete
is 'a state that was lost' "$(find b/witness -type f | wc -l | tr -d ' ')" 1
run witness cosign request3 --home b
has 'its entries know what it cosigned: a fork is a fork still' "$code $err" '1 kulla: not cosigned (40'
run witness cosign request4 --home b
has 'and it signs nothing below' "$code $out" '1 '

# an older checkpoint alone, out of a backup
"$kulla" keeper --home a --stop
"$kulla" init d --origin d.example/kulla >/dev/null
cp d/ledger/checkpoint backup
"$kulla" ledger policy policy --home d >/dev/null
"$kulla" keeper --home d --stop
cp d/ledger/checkpoint newest
cp backup d/ledger/checkpoint
run verify --home d
has 'verify tells an older checkpoint' "$code $out$err" 'an older checkpoint took the place of a newer one'
run ledger policy policy --home d
has 'and no keeper continues it' "$code $err" '2 kulla: checkpoint: with the journals it covers 1 entries, but '
cp newest d/ledger/checkpoint
run verify --home d
is 'the newest one holds' "$code" 0

# ---- settings ----
"$kulla" keeper --home a --stop
printf 'keeper-idle = soon\n' >>a/kulla.conf
run ledger show --home a
has 'a setting that is wrong is named' "$code $err" '2 kulla: a/kulla.conf: line 18: keeper-idle is "soon", expected a number from 0 to 86400'
finish
