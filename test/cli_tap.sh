# shellcheck shell=sh disable=SC2034
# Shared by the shell tests of the program: TAP out, a folder of its own, the program in $kulla.
kulla=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
count=0
failed=0
# is NAME FOUND EXPECTED
is() {
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
	else
		failed=1
		echo "not ok $count - $1"
		printf '%s\n' "found:    $2" "expected: $3" | sed 's/^/# /'
	fi
}
# has NAME TEXT PART
has() {
	case $2 in
	*"$3"*) is "$1" yes yes ;;
	*) is "$1" "$2" "…$3…" ;;
	esac
}
# run ARGUMENTS: sets $out, $err, $code
run() {
	"$kulla" "$@" >out.txt 2>err.txt
	code=$?
	out=$(cat out.txt)
	err=$(cat err.txt)
}
finish() {
	echo "1..$count"
	exit $failed
}
