#!/bin/sh
# make install: what lies where.
# shellcheck disable=SC2154
tools=$PWD/tools
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/../cli_tap.sh"

"$tools/install" "$kulla" "$work/usr" 2>err.txt
is 'installs' "$? $(cat err.txt)" '0 '
pages=$("$kulla" help | sed -n 's/^  \([a-z ]*[a-z]\)  .*/\1/p' | grep -v '^help' | tr ' ' '-' | sed 's/.*/.\/share\/man\/man1\/kulla-&.1/')
is 'the program, its pages, its completion' "$(cd usr && find . -type f | LC_ALL=C sort)" "$(printf '%s\n' ./bin/kulla \
	./share/bash-completion/completions/kulla ./share/fish/vendor_completions.d/kulla.fish "$pages" ./share/man/man1/kulla.1 \
	./share/zsh/site-functions/_kulla | LC_ALL=C sort)"
is 'no page is empty' "$(find usr -size 0)" ''
has 'a page of its command' "$(cat usr/share/man/man1/kulla-watchlist-show.1)" '.B kulla watchlist show'
finish
