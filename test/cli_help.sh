#!/bin/sh
# Help, man pages and completion: made from one table, so that what is in one is in all.
# shellcheck disable=SC2154
commands=$(grep -hoE '^	\.name = "[a-z ]+"' src/cli/*.c | sed 's/.*"\(.*\)"/\1/' | LC_ALL=C sort)
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

run
is 'alone it shows the commands and is an error' "$code $out" '2 '
has 'with a place to start' "$err" 'Start here: kulla scan list.txt -- /var/log'
run help
is 'help lists every command' "$(sed -n 's/^  \([a-z ]*[a-z]\)  .*/\1/p' out.txt | grep -v '^help' | LC_ALL=C sort)" "$commands"
wrong=
printf '%s\n' "$commands" | while read -r command; do
	# shellcheck disable=SC2086
	"$kulla" help $command | grep -oE '^  (-.,|   ) --[a-z0-9-]+' | grep -oE -e '--.*' | sort >options.txt
	# shellcheck disable=SC2086
	"$kulla" help --man $command >page.1
	sed 's/\\-/-/g' page.1 | grep -oE '^(\\fB-.\\fR, )?\\fB--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+' | sort >man.txt
	cmp -s options.txt man.txt || echo "$command: man"
	"$kulla" completion bash | sed -n "s/^\t\"$command *\"\**) options=\"--help\(.*\)\" ;;/\1/p" | tr -s ' ' '\n' | grep . | sort >completion.txt
	cmp -s options.txt completion.txt || echo "$command: completion of bash"
	"$kulla" completion zsh | sed -n "/^\t\"$command *\"\**) _arguments/,/;;\$/p" | grep -oE "^[[:space:]]+'(\*|\([^)]*\)'[{]-.[+]?,)?--[a-z0-9-]+" | grep -oE -e '--[a-z0-9-]+$' | sort >completion.txt
	cmp -s options.txt completion.txt || echo "$command: completion of zsh"
	"$kulla" completion fish | sed -n "s/^complete -c kulla -n '__kulla_begins $command' -l \([a-z0-9-]*\).*/--\1/p" | sort >completion.txt
	cmp -s options.txt completion.txt || echo "$command: completion of fish"
	# shellcheck disable=SC2086
	"$kulla" $command --help | cmp -s - out.txt && echo "$command: --help"
	if command -v groff >/dev/null; then groff -man -Tutf8 -ww -K utf8 page.1 2>&1 >/dev/null | sed "s/^/$command: /"; fi
done >wrong.txt
is 'man pages and completion have the options that help has' "$(cat wrong.txt)" "$wrong"
run help --man
has 'the page of the program names the others' "$(sed 's/\\-/-/g' out.txt)" 'kulla-watchlist-build (1)'
run help scan
has 'what scan reads' "$(echo "$out" | tr -s ' \n' ' ')" 'JSON arrays and wrappers, Windows event logs (EVTX), packet captures where Suricata is installed'
run help watchlist
has 'help of a group' "$out" 'kulla watchlist show:'
run watchlist
is 'a group alone is an error' "$code" 2
has 'that names its words' "$err" 'watchlist build or watchlist show'
run watchlist bild
has 'a slip in the second word' "$err" 'did you mean watchlist build?'
run help confinement
has 'what this machine gives' "$out" 'Here: '
run completion tcsh
is 'completion of an unknown shell' "$code" 2

completed() {
	bash -c '. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kulla; echo "${COMPREPLY[*]}"' kulla "$@"
}
"$kulla" completion bash >completion.bash
is 'completes commands' "$(completed kulla sc)" scan
is 'completes words of a group' "$(completed kulla watchlist s)" show
is 'completes options' "$(completed kulla scan --js)" --json
is 'completes values' "$(completed kulla scan --marking a)" 'amber amber+strict'
is 'leaves files to bash' "$(completed kulla scan list)" ''

"$kulla" completion zsh >_kulla
"$kulla" completion fish >kulla.fish
# without SHELL NAME: whether the shell is not there, which is told as a skipped test.
without() {
	command -v "$1" >/dev/null && return 1
	count=$((count + 1))
	echo "ok $count - $2 # SKIP $1 is not installed"
}
fish_completed() {
	fish --no-config -c "source kulla.fish; complete -C '$1'" | cut -f1 | sort | tr '\n' ' '
}
without zsh 'zsh reads its completion' || is 'zsh reads its completion' "$(zsh -f -n _kulla 2>&1)" ''
without fish 'fish reads its completion' || is 'fish reads its completion' "$(fish --no-config -n kulla.fish 2>&1)" ''
without fish 'fish completes commands, words, options and values' || is 'fish completes commands, words, options and values' \
	"$(for line in 'kulla wat' 'kulla watchlist ' 'kulla scan --js' 'kulla scan --marking am' 'kulla completion '; do fish_completed "$line"; done)" \
	'watchlist build show --json amber amber+strict bash fish zsh '
finish
