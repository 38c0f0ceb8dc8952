#!/bin/sh
# make demo's answer is true: what was planted is found, nothing else, and it says so. $1: the program. Prints TAP.
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
for word in 203.0.113.66 updates-cdn.example files.drop-office.example GoXML.exe "EXERCISE CERT of an ally" TLP:AMBER \
	"kulla exercise generate" "kulla scan" "kulla exercise score" "recorded as entry 1" "scan: a scan was answered" "The ledger holds"; do
	case $said in
	*"$word"*) ;;
	*) told=1; echo "# the answer does not tell $word" ;;
	esac
done
(exit $told)
ok demo_tells_what_was_planted_and_how
case $said in *' 0 missed, 0 false'*) ;; *) false ;; esac
ok demo_finds_all_and_nothing_false
case $said in *'0 on decoys, 0 misplaced'*) ;; *) false ;; esac
ok demo_leaves_the_decoys_alone
case $said in *'exercise-gov-net  '*2021-05-*) ;; *) false ;; esac
ok demo_tells_since_when
[ "$failed" -eq 0 ] || printf '%s\n' "$said" | sed 's/^/# /'
exit $failed
