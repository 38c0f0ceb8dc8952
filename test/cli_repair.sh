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
finish
