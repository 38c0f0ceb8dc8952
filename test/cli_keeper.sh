#!/bin/sh
# The keeper: started when it is needed, alone, private, and replaceable at any time.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"
trap '"$kulla" keeper --home home --stop 2>/dev/null; rm -rf "$work"' EXIT

pid_of() { # the keeper that answers
	"$python" - "$1" <<'P'
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1] + "/keeper.sock")
m = b'{"do":"hello"}'; s.sendall(struct.pack("<I", len(m)) + m)
n = struct.unpack("<I", s.recv(4))[0]; print(json.loads(s.recv(n))["pid"])
P
}
ask() { # HOME MESSAGE: the raw answer
	"$python" - "$1" "$2" <<'P'
import socket, struct, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1] + "/keeper.sock")
m = sys.argv[2].encode(); s.sendall(struct.pack("<I", len(m)) + m)
h = s.recv(4); print(s.recv(struct.unpack("<I", h)[0]).decode() if len(h) == 4 else "closed")
P
}
python=$(command -v python3)
"$kulla" init home --origin h.example/kulla >/dev/null
head='{"body":{"how":"file","origin":"x.example","root":"dA+j7a2YYy7P0TJSqQMghCD7OIN9nIPImqgz8Tt48cI=","size":1,"verdict":"same"},"kind":"head"}'

run keeper --home home --stop
is 'none runs: nothing to stop' "$code $err" '0 '
run ledger tail --home home
is 'reading starts none' "$(find home -name keeper.sock)" ''
run witness key --home home
is 'who needs it starts it' "$code $(find home -name keeper.sock)" '0 home/keeper.sock'
is 'the socket is for its owner' "$(stat -c %a home/keeper.sock)" 600
first=$(pid_of home)
run witness key --home home
is 'once' "$(pid_of home)" "$first"
run keeper --home home
has 'a second one is refused' "$code $err" '2 kulla: home: another keeper has it'

has 'an append' "$(ask home "{\"do\":\"append\",\"entries\":[$head]}")" '"first":1,"ok":true,"time":"'
has 'several at once' "$(ask home "{\"do\":\"append\",\"entries\":[$head,$head,$head]}")" '"first":2,"ok":true'
has 'a request that is no JSON' "$(ask home 'append')" '"error":"syntax","ok":false'
has 'that is not canonical' "$(ask home '{"do": "hello"}')" '"error":"syntax","ok":false'
has 'that it does not know' "$(ask home '{"do":"dance"}')" 'this keeper cannot \"dance\"'
has 'an entry that breaks a rule' "$(ask home '{"do":"append","entries":[{"body":{"how":"file"},"kind":"head"}]}')" '"ok":false'
has 'an unknown kind' "$(ask home '{"do":"append","entries":[{"body":{},"kind":"gossip"}]}')" '"ok":false'
has 'a kind of its own' "$(ask home '{"do":"append","entries":[{"body":{},"kind":"home"}]}')" 'is made by the keeper alone'
run ledger show --home home
is 'what was refused is not there' "$(wc -l <out.txt | tr -d ' ')" 5

# killed: what was answered is there, and the next command has a keeper again
kill -9 "$first"
while kill -0 "$first" 2>/dev/null; do sleep 0.05; done
run witness add 'CERT Polska' b.example/kulla+e33be6a9+BAD3viiV70Tt3z9/kC7smMhip1xP5qwAtGl0bbfz6l+D --home home
is 'after a kill another one is started' "$code $out" '0 a witness more, by entry 5'
second=$(pid_of home)
ask home "{\"do\":\"append\",\"entries\":[$head]}" >answer.txt
kill -9 "$second"
has 'answered, and killed at once' "$(cat answer.txt)" '"first":6,"ok":true'
while kill -0 "$second" 2>/dev/null; do sleep 0.05; done
run ledger tail -n 1 --home home
has 'it is there' "$out" '       6  '

# 8 clients at once, every answer a different place
for i in 1 2 3 4 5 6 7 8; do
	(for j in 1 2 3 4 5; do ask home "{\"do\":\"append\",\"entries\":[$head]}"; done >"answers.$i"; : "$j") &
done
wait
is 'clients at once: every answer has its own place' "$(cat answers.* | grep -o '"first":[0-9]*' | sort -u | wc -l | tr -d ' ')" 40
run ledger show --home home
is 'and all are there' "$(wc -l <out.txt | tr -d ' ')" 47

# confinement is told, and what it got
third=$(pid_of home)
has 'it says how it is confined' "$(ask home '{"do":"hello"}')" '"confined":"'
run keeper --home home --stop
is 'told to leave' "$code $(find home -name keeper.sock)" '0 '
while kill -0 "$third" 2>/dev/null; do sleep 0.05; done
is 'nothing waits in the journal' "$(find home/ledger/journal -type f)" ''

# keys and permissions
chmod 0640 home/keys/ledger.key
run witness key --home home
has 'a key that others can read is refused' "$code $err" '2 kulla: home/keys/ledger.key: others can reach it (mode 0640, expected 0600)'
chmod 0600 home/keys/ledger.key
chmod 0750 home/keys
run witness key --home home
has 'so is their folder' "$code $err" '2 kulla: home/keys: others can reach it (mode 0750, expected 0700)'
chmod 0700 home/keys
mv home/keys elsewhere
ln -s ../elsewhere home/keys
run witness key --home home
has 'and a link in its place' "$code $err" '2 kulla: home/keys: is no folder of its own'
rm home/keys
mv elsewhere home/keys
chmod 0777 home
run witness key --home home
has 'a home that others can write to' "$code $err" '2 kulla: home: others can write to it'
chmod 0700 home
printf 'PRIVATE+KEY+h.example/kulla+00000000+AAAA\n' >home/keys/next.key
chmod 0600 home/keys/next.key
run witness key --home home
has 'a key that is none' "$code $err" '2 kulla: home/keys/next.key: is no private key'
rm home/keys/next.key
printf 'x' | dd of=home/ledger/checkpoint bs=1 seek=20 conv=notrunc 2>/dev/null
run witness key --home home
has 'a checkpoint that has changed is damage' "$code $err" '2 kulla: checkpoint: '
finish
