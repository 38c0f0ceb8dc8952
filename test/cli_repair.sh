#!/bin/sh
# kulla ledger repair: what is damaged comes back from a copy, and an entry says so.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

run init home --origin cert.example/kulla
cp -R home copy
printf 'X' | dd of=home/ledger/tile/entries/000.p/1 bs=1 seek=30 conv=notrunc 2>dd.txt
run verify --json --home home
is 'it is damaged' "$code" 1
run ledger repair --home home --from copy
is 'it is repaired' "$code" 0
has 'and says what' "$out" 'put back: tile/entries/000.p/1'
has 'and which entry it is' "$out" 'it is entry 1'
run keeper --home home --stop
is 'the keeper ends' "$code" 0
run verify --json --home home
is 'the ledger holds' "$code" 0
has 'with the entry' "$out" '"entries":2'
is 'the damaged file was kept' "$(find home/ledger -name '*.damaged-*' | wc -l | tr -d ' ')" 1
run ledger repair --home home --from copy --json
is 'nothing more to do' "$code" 0
has 'nothing is entered' "$out" '"repaired":0'
"$kulla" init other --origin other.example/kulla >other.txt
rm home/ledger/tile/0/000.p/2
run ledger repair --home home --from other
is 'another ledger is refused' "$code" 2
is 'and nothing is put back' "$(find home/ledger/tile/0 -type f | grep -c 'p/2$')" 0
run ledger repair --home home
is 'which copy' "$code" 2

# ---- blobs
rm -rf home copy
"$kulla" init home --origin cert.example/kulla >/dev/null
printf 'badhost.example\n' >list.txt
printf '2026-11-24T10:00:00Z GET http://badhost.example/\n' >own.log
"$kulla" scan --record -q --home home list.txt -- own.log >/dev/null 2>&1
"$kulla" keeper --home home --stop
cp -R home copy
first=$(cd home && find blobs -type f | LC_ALL=C sort | sed -n 1p)
second=$(cd home && find blobs -type f | LC_ALL=C sort | sed -n 2p)
printf 'X' | dd of="home/$first" bs=1 seek=2 conv=notrunc 2>dd.txt
rm "home/$second"
run verify --json --home home
is 'a blob has changed, another is missing' "$code $(grep -c '"kind":"fault"' out.txt)" '1 2'
run ledger repair --home home --from copy
is 'both come back' "$code $(echo "$out" | grep -c "put back: $first\|put back: $second")" '0 2'
is 'as they were' "$(cmp "home/$first" "copy/$first" && cmp "home/$second" "copy/$second" && echo same)" same
run verify --home home
is 'and all holds' "$code" 0
rm "home/$first" "copy/$first"
"$kulla" keeper --home home --stop
run ledger repair --home home --from copy
is "what the copy does not have remains" "$code $out$err" "1 Nothing was put back; 1 faults remain: see kulla verify"

# ---- what witnesses saw, and the journal
"$kulla" init ours --origin ours.example/kulla >/dev/null
"$kulla" keeper --home ours &
keeper=$!
while [ ! -S ours/keeper.sock ]; do sleep 0.05; done
"$kulla" witness key --home ours >/dev/null
"$kulla" ledger policy policy --home ours >/dev/null 2>&1 || { printf 'quorum none\n' >policy; "$kulla" ledger policy policy --home ours >/dev/null; }
kill -9 "$keeper"
wait "$keeper" 2>/dev/null
cp -R ours theirs
journal=$(cd ours/ledger && find journal -type f | head -n 1)
printf 'X' | dd of="ours/ledger/$journal" bs=1 seek=60 conv=notrunc 2>dd.txt
run ledger tail --home ours
has 'a damaged journal is refused' "$code $err" "2 kulla: $journal: offset 0: "
run ledger repair --home ours --from theirs
has 'it comes back from the copy' "$code $out" "put back: $journal"
run verify --home ours
is 'and all of it holds' "$code" 0
"$kulla" keeper --home ours --stop
finish
