#!/bin/sh
# Time stamps: an item gets one from every authority that is configured, stock tools agree, and whatever else an authority does is told and
# harms nothing. The authority is test/authority, on loopback.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
authority=$(realpath "$(dirname "$0")/authority")
. "$(dirname "$0")/cli_tap.sh"
servers=
leave() {
	[ -d "$work/home" ] && "$kulla" keeper --stop --home "$work/home" 2>/dev/null
	for s in $servers; do kill "$s" 2>/dev/null; done
	rm -rf "$work"
}
trap leave EXIT

# serve FILE [CERTIFICATE]: start an authority; its port stands in FILE
serve() {
	"$authority" tsa serve ${2:+"$2"} >"$1" 2>serve.err &
	servers="$servers $!"
	tries=0
	while [ ! -s "$1" ] && [ $((tries += 1)) -lt 200 ]; do sleep 0.05; done
}
# ask LINE…: configure exactly these authorities, and run
ask() {
	sed -i '/^time-stamp/d' home/kulla.conf
	for line in "$@"; do echo "time-stamp = $line" >>home/kulla.conf; done
	run evidence stamp --home home --item "$id" --timeout "${timeout:-1}"
}
# entry N MEMBER: of the body
cat >entry.py <<'P'
import glob, json, re, sys
best = max(glob.glob("home/ledger/tile/entries/000.p/*"), key=lambda p: int(p.rsplit("/", 1)[1]))
data, at, rows = open(best, "rb").read(), 0, []
while at < len(data):
    size = int.from_bytes(data[at:at + 2], "big")
    rows.append(json.loads(data[at + 2:at + 2 + size]))
    at += 2 + size
stamps = [e["body"] for e in rows if e["kind"] == "stamp"]
body = stamps[int(sys.argv[1])] if len(stamps) > int(sys.argv[1]) or sys.argv[1] == "-1" and stamps else {}
if sys.argv[2] == "items":
    print("\n".join(b["item"] for b in stamps if b["state"] == "granted"))
    sys.exit()
print(len(stamps) if sys.argv[2] == "count" else re.sub("^sha256:", "", body.get(sys.argv[2], "none")))
P
entry() { python3 entry.py "$@"; }
of() { # N MEMBER: the path of the blob
	d=$(entry "$@")
	echo "home/blobs/$(echo "$d" | cut -c 1-2)/$d"
}

"$authority" tsa make 2>/dev/null
"$kulla" init home --origin h.example/kulla >/dev/null
cp tsa/root.pem home/tsa.pem
cp tsa/other.pem other.pem
echo 'what was found' >found.txt
echo 'and more' >more.txt
"$kulla" evidence seal --home home --case C --reason R found.txt >sealed.txt 2>/dev/null
id=$(sed -n 's/^sealed sha256://p' sealed.txt)
is 'an item is there' "${#id}" 64
serve port
port=$(cat port)
at="http://127.0.0.1:$port"

run evidence stamp --home home
is 'with no authority nothing is asked' "$code $out" '0 0 stamped, 0 refused, 0 waiting; 0 had been stamped before'
has 'and that is told' "$err" 'no time-stamp authority is configured'

# ---- granted ----
timeout=20
ask "$at/good tsa.pem"
is 'an item is stamped' "$code" 0
has 'by whom and when is told' "$out" "by CN=Time stamps,O=Test of Arberia; entry 2"
is 'it is an entry' "$(entry 0 state) $(entry 0 item)" "granted $id"
cp "$(of 0 token)" token.tsr
is 'openssl agrees' "$(openssl ts -verify -digest "$id" -in token.tsr -CAfile tsa/root.pem 2>/dev/null)" 'Verification: OK'
has 'about the serial number too' "$(openssl ts -reply -in token.tsr -text 2>/dev/null | tr '[:upper:]' '[:lower:]')" "serial number: 0x0$(entry 0 serial)"
is 'the roots are kept' "$(cmp "$(of 0 anchors)" tsa/root.pem 2>&1)" ''
has 'the address is a salted text' "$(cat "$(of 0 authority)")" "$at/good"
is 'no address stands in an entry' "$(grep -c 127.0.0.1 home/ledger/tile/entries/000.p/3)" 0
ask "$at/good tsa.pem"
is 'it is not asked for again' "$code $out" '0 0 stamped, 0 refused, 0 waiting; 1 had been stamped before'
ask "http://localhost:$port/second $work/other.pem" "$at/good tsa.pem"
is 'a second authority is one more stamp' "$code $(echo "$out" | tail -1)" '0 1 stamped, 0 refused, 0 waiting; 1 had been stamped before'
has 'of its own name' "$out" 'O=Test of Elsewhere'

# ---- waiting ----
timeout=1
"$kulla" evidence seal --home home --case C --reason R more.txt >sealed.txt 2>/dev/null
id=$(sed -n 's/^sealed sha256://p' sealed.txt)
before=$(entry 0 count)
waits() { # NAME ADDRESS REASON
	ask "$2 tsa.pem"
	has "$1" "$code $out" "1 $(echo "$id" | cut -c 1-12) $2: waits: $3"
}
closed=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
waits 'a closed port' "http://127.0.0.1:$closed/" 'Failed to connect to 127.0.0.1'
waits 'an error of the server' "$at/500" 'the answer is HTTP 500: expected 200'
waits 'a redirection is not followed' "$at/redirect" 'the answer is HTTP 302: expected 200 (redirections are not followed'
waits 'another type' "$at/type" 'the answer is of type "text/html": expected application/timestamp-reply'
waits 'a huge answer' "$at/huge" 'the answer is longer than 131072 bytes'
waits 'an endless answer' "$at/endless" 'the answer is longer than 131072 bytes'
waits 'a slow answer' "$at/slow" 'Operation timed out after'
waits 'no answer' "$at/hangup" 'Empty reply from server'
waits 'a refusal' "$at/rejection" 'RFC 3161 2.4.2: the authority gave no token: status 2 (rejection), timeNotAvailable, "closed on Sundays"'
waits 'no time stamp at all' "$at/garbage" "RFC 3161 2.4.2: the answer's 43 bytes are no TimeStampResp"
waits 'an empty answer' "$at/empty" "RFC 3161 2.4.2: the answer's 0 bytes are no TimeStampResp"
cat tsa/web.pem tsa/middle.pem tsa/web.key >tsa/https.pem
serve https.port tsa/https.pem
waits 'https with a certificate that nobody knows' "https://127.0.0.1:$(cat https.port)/good" 'server certificate verification failed'
is 'waiting is no entry' "$(entry 0 count)" "$before"
timeout=20
export http_proxy="http://127.0.0.1:$closed" all_proxy="http://127.0.0.1:$closed"
ask "$at/good tsa.pem"
unset http_proxy all_proxy
is 'what waited is stamped later, past the proxies of the environment' "$code $(entry -1 state)" '0 granted'

# ---- refused ----
refused() { # NAME HOW REASON
	ask "$at/$2 tsa.pem"
	has "$1" "$code $out" "1 $(echo "$id" | cut -c 1-12) $at/$2: REFUSED: $3"
	has "$1, in the ledger" "$(entry -1 state) $(cat "$(of -1 failure)")" "\"text\":\"$3"
}
timeout=20
refused 'a stamp of something else' imprint 'RFC 3161 2.4.2: the message imprint is'
is 'the proof of it is kept' "$(openssl ts -reply -in "$(of -1 token)" -text 2>/dev/null | grep -c 'Serial number: 0x0A99')" 1
is 'and has no time' "$(entry -1 gen_time)" none
refused 'an answer to another request' nonce 'RFC 3161 2.4.2: the nonce is 4141'
ask "$at/replayed tsa.pem"
is 'the first answer of one who repeats it' "$code" 0
"$kulla" evidence seal --home home --case C --reason R found.txt more.txt >sealed.txt 2>/dev/null
id=$(sed -n 's/^sealed sha256://p' sealed.txt)
refused 'an old answer, replayed' replayed 'RFC 3161 2.4.2: the message imprint is'
refused 'a clock of 2001' past 'RFC 3161 2.4.2: genTime 2001-09-09T01:46:40Z is before the request at'
refused 'a clock of tomorrow' future 'RFC 3161 2.4.2: genTime'
refused 'an authority that has expired' expired "RFC 3161 2.3: the authority's certificate had expired: valid from 2020-"
refused 'a certificate for something else' web "RFC 3161 2.3: the signer's certificate has 1 extended key usages, not timeStamping alone"
refused 'a chain that is not whole' orphan "RFC 5280 6.1: the authority's certificate does not lead to a configured root"
refused 'another root' second "RFC 5280 6.1: the authority's certificate does not lead to a configured root"
refused 'a broken signature' signature "RFC 5652 5.6: the signature is not the signer's over this statement"
ask "$at/past tsa.pem" "$at/good tsa.pem"
is 'one that lies keeps no other from stamping' "$code $(echo "$out" | tail -1)" '1 1 stamped, 1 refused, 0 waiting; 0 had been stamped before'
id=
ask "$at/past tsa.pem"
has 'and is asked once in a call' "$(echo "$out" | tail -1)" '0 stamped, 1 refused, 2 waiting'
has 'which is told' "$out" 'waits: not asked any more: RFC 3161'

# ---- behind a seal ----
configure() {
	sed -i '/^time-stamp/d' home/kulla.conf
	for line in "$@"; do echo "time-stamp = $line" >>home/kulla.conf; done
}
configure "$at/good tsa.pem"
echo one >one.txt
run evidence seal --home home --case C --reason R one.txt
has 'a seal asks for its stamp' "$code $err" "by CN=Time stamps,O=Test of Arberia; entry"
configure "http://127.0.0.1:$closed/ tsa.pem" "$at/slow tsa.pem" "$at/past tsa.pem"
echo two >two.txt
run evidence seal --home home --case C --reason R two.txt
has 'authorities that fail do not fail it' "$code $out" '0 sealed sha256:'
is 'each is told' "$(echo "$err" | grep -c 'waits: \|REFUSED: ')" 3
configure "$at/good missing.pem"
echo three >three.txt
run evidence seal --home home --case C --reason R three.txt
has 'nor do settings that are wrong' "$code $out" '0 sealed sha256:'
has 'which are told' "$err" 'no time stamp: kulla.conf: time-stamp'

# ---- killed ----
configure
for n in 1 2 3 4 5 6; do
	echo "$n" >killed.txt
	"$kulla" evidence seal --home home --case K --reason R killed.txt >/dev/null 2>&1
done
configure "$at/good/again tsa.pem"
begun=$(entry 0 items | wc -l)
for pause in 0 0.01 0.02 0.03 0.05 0.07 0.1 0.15; do
	"$kulla" evidence stamp --home home --timeout 20 >>killed.out 2>&1 &
	stamping=$!
	sleep "$pause"
	kill -9 $stamping
	wait $stamping 2>/dev/null
done
run evidence stamp --home home --timeout 60
is 'what a kill left is stamped by the next call' "$code" 0
items=$(python3 -c 'import sys; print(len(set(sys.argv[1].split())))' "$(entry 0 items | tail -n +$((begun + 1)))")
is 'each item once' "$(entry 0 items | tail -n +$((begun + 1)) | wc -l)" "$items"
is 'and every one' "$(echo "$out" | tail -1)" "$(echo "$out" | grep -c stamped\ 2) stamped, 0 refused, 0 waiting; $((items - $(echo "$out" | grep -c stamped\ 2))) had been stamped before"
run evidence stamp --home home
has 'nothing is left' "$code $out" "0 0 stamped, 0 refused, 0 waiting; $items had been stamped before"

# ---- settings ----
id=
for line in 'ftp://tsa.example/ tsa.pem' 'http://tsa.example/' 'file:///etc/passwd tsa.pem'; do
	ask "$line"
	has "no authority: $line" "$code $err" "2 kulla: home/kulla.conf: line"
done
ask "$at/good missing.pem"
has 'certificates that are not there' "$code $err" "2 kulla: kulla.conf: time-stamp $at/good: missing.pem: No such file"
ask "$at/good kulla.conf"
has 'certificates that are none' "$code $err" 'kulla.conf: the anchors have no certificate'
ask "$at/good tsa.pem" "$at/good tsa.pem"
has 'an authority twice' "$code $err" 'the authority stands here twice'
ask "$at/good tsa.pem"
id=ffffffffffff
ask "$at/good tsa.pem"
has 'an item that is not there' "$code $err" "no item's digest begins with ffffffffffff"
id=xyz
ask "$at/good tsa.pem"
has 'an item that is no digest' "$code $err" '2 kulla: an item is named by its digest'
run verify --home home
is 'the ledger holds' "$code" 0
finish
