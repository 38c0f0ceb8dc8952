#!/bin/sh
# make install: what lies where.
# shellcheck disable=SC2154
tools=$PWD/tools
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/../cli_tap.sh"

"$tools/install" "$kulla" "$work/usr" 2>err.txt
is 'installs' "$? $(cat err.txt)" '0 '
is 'the program, its pages, its completion' "$(cd usr && find . -type f | LC_ALL=C sort | tr '\n' ' ')" \
	'./bin/kulla ./share/bash-completion/completions/kulla ./share/fish/vendor_completions.d/kulla.fish ./share/man/man1/kulla-completion.1 ./share/man/man1/kulla-exercise-generate.1 ./share/man/man1/kulla-exercise-score.1 ./share/man/man1/kulla-formats.1 ./share/man/man1/kulla-scan.1 ./share/man/man1/kulla-stix-pattern.1 ./share/man/man1/kulla-watchlist-build.1 ./share/man/man1/kulla-watchlist-show.1 ./share/man/man1/kulla.1 ./share/zsh/site-functions/_kulla '
is 'no page is empty' "$(find usr -size 0)" ''
has 'a page of its command' "$(cat usr/share/man/man1/kulla-watchlist-show.1)" '.B kulla watchlist show'
finish
