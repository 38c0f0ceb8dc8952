#!/bin/sh
# make demo's answer is true: each indicator that was planted is told, nothing else. $1: the program. Prints TAP.
set -u
program=$1
count=0
failed=0
ok() { # NAME, after a command
	status=$?
	count=$((count + 1))
	if [ "$status" -eq 0 ]; then
		echo "ok $count - $1"
	else
		failed=1
		echo "not ok $count - $1"
	fi
}
echo "1..5"
said=$(tools/demo "$program" 2>&1)
ok demo_ends_well
told=0
for word in 203.0.113.66 198.51.100.140 node7.updates-cdn.example files.drop.example FIN-WS04 "CERT Arberia" TLP:AMBER; do
	case $said in
	*"$word"*) ;;
	*) told=1; echo "# the answer does not tell $word" ;;
	esac
done
(exit $told)
ok demo_tells_what_was_planted
summary=$(printf '%s\n' "$said" | tail -n 1)
case $summary in '{"kind":"summary",'*'"hits":8,'*) ;; *) echo "# $summary"; false ;; esac
ok demo_counts_eight_hits
case $summary in *'"marking":"TLP:AMBER"'*) ;; *) echo "# $summary"; false ;; esac
ok demo_carries_the_marking
case $summary in *'"unreadable":0'*) ;; *) echo "# $summary"; false ;; esac
ok demo_reads_everything
[ "$failed" -eq 0 ] || printf '%s\n' "$said" | sed 's/^/# /'
exit $failed
