#!/bin/sh
# Packet captures: a stand-in for Suricata shows what the helper does; the real one is tried where it is installed.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

echo evil.example.com >list.txt
hits() { grep -c '"kind":"hit"' out.txt; }
# A capture with one DNS query for evil.example.com: header, record header, Ethernet, IPv4, UDP, DNS.
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\004\000\001\000\000\000'
	printf '\000\000\221\145\000\000\000\000\114\000\000\000\114\000\000\000'
	printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
	printf '\105\000\000\076\000\001\000\000\100\021\146\254\012\000\000\001\012\000\000\002'
	printf '\234\100\000\065\000\052\000\000'
	printf '\022\064\001\000\000\001\000\000\000\000\000\000\004evil\007example\003com\000\000\001\000\001'
} >x.pcap
real=$(command -v suricata)
mkdir fake tmp
export TMPDIR="$work/tmp"
system=/usr/bin:/bin
# stand_in TEXT: the shell text that stands for Suricata, in the folder that it is given
stand_in() { printf '#!/bin/sh\n%s\n' "$1" >fake/suricata; chmod +x fake/suricata; }
eve='{"timestamp":"2024-01-01T00:00:00.000000+0000","event_type":"dns","src_ip":"10.0.0.1","dns":{"rrname":"evil.example.com"}}'

PATH=$system run scan --json list.txt -- x.pcap
if [ -x /usr/bin/suricata ]; then
	echo "ok $((count = count + 1)) - without Suricata # SKIP it is installed"
else
	is 'without Suricata a capture is unreadable' "$code" 2
	has 'and the reason is told' "$err" 'kulla: x.pcap: packet capture (pcap): Suricata is needed to read it and is not installed'
fi

stand_in "[ \"\$2\" = capture ] && wc -c <capture >size && printf '%s\n' '$eve' >eve.json"
PATH=$work/fake:$system run scan --json list.txt -- x.pcap
is 'the records of a capture are matched' "$code $(hits)" '0 1'
has 'under its name' "$out" '"file":"x.pcap","line":1,"record_no":1,"offset":0'
has 'as EVE' "$out" '"formats":{"eve":{"files":1,"records":1'
cp x.pcap y.pcap
tar czf c.tar.gz x.pcap list.txt y.pcap
PATH=$work/fake:$system run scan --json list.txt -- c.tar.gz x.pcap
is 'in archives, one after the other' "$code $(hits)" '0 4'
has 'under the member' "$out" '"file":"c.tar.gz!x.pcap"'
is 'nothing is left behind' "$(ls tmp)" ''

stand_in "printf '%s\n' '$eve' >eve.json; exit 1"
PATH=$work/fake:$system run scan --json list.txt -- x.pcap x.pcap
is 'a capture that fails is an error, what was written is matched' "$code $(hits)" '2 2'
has 'and told' "$err" 'kulla: x.pcap: Suricata: did not read the capture to its end'
stand_in 'kill -9 $$'
PATH=$work/fake:$system run scan --json list.txt -- x.pcap list.txt
is 'one that is killed too, the rest goes on' "$code $(hits)" '2 1'
stand_in "ls / >/dev/null; echo x >../outside; echo x >'$work/outside'; printf '%s\n' '$eve' >eve.json"
PATH=$work/fake:$system run scan --json list.txt -- x.pcap
if python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)'; then # landlock_create_ruleset: its version
	is 'it cannot write outside of its folder' "$(ls outside tmp/outside 2>/dev/null)" ''
else
	echo "ok $((count = count + 1)) - it cannot write outside of its folder # SKIP no Landlock in this kernel"
fi
rm -f outside tmp/outside
head -c 400000 /dev/zero | cat x.pcap - >large.pcap
stand_in "[ \"\$(wc -c <capture)\" -eq $(wc -c <large.pcap) ] && i=0; while [ \$i -lt 3000 ]; do printf '%s\n' '$eve'; i=\$((i + 1)); done >eve.json"
PATH=$work/fake:$system run scan --json list.txt -- large.pcap
is 'more than a frame each way' "$code $(hits)" '0 3000'
PATH=$work/fake:$system run scan --json --max-hits 2 list.txt -- large.pcap x.pcap
is 'ended early' "$(hits)" 2
stand_in 'sleep 60'
PATH=$work/fake:$system timeout --foreground -s INT 1 "$kulla" scan --json list.txt -- x.pcap >out.txt 2>err.txt
has 'a user who stops does not wait' "$(tail -1 out.txt)" '"ended_by":"user"'
is 'and nothing is left behind' "$(ls tmp)" ''

if [ -n "$real" ]; then
	run scan --json list.txt -- x.pcap
	is 'Suricata itself' "$code $(hits)" '0 1'
else
	echo "ok $((count = count + 1)) - Suricata itself # SKIP it is not installed"
fi
finish
