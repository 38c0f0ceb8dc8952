#!/bin/sh
# kulla evidence scan: rules and hashes over files of evidence, against the yara command, and against hostile rules and names.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154,SC2016
. "$(dirname "$0")/cli_tap.sh"
trap '"$kulla" keeper --home h --stop 2>/dev/null; rm -rf "$work"' EXIT
"$kulla" init h --origin a.example/kulla >/dev/null
export KULLA_HOME=h

# ---- without evidence, without anything to look for ----
echo 'rule always { condition: true }' >always.yar
run evidence scan --rules always.yar
has 'no evidence' "$code $err" '2 kulla: there is no evidence in this home'
mkdir -p in/deep
printf 'MZ this is an evil payload' >in/deep/A.EXE
printf 'clean' >in/b.txt
: >in/empty
printf 'evil one' >"in/new
line"
printf 'evil two' >"$(printf 'in/\377bad.bin')"
cp /bin/true in/true
head -c 3000000 /dev/zero >in/zeros
printf 'evil' >>in/zeros
run evidence seal in --case C1 --reason R --json
item=$(jq -r 'select(.item != null).item' out.txt | head -1)
printf 'other' >other
run evidence seal other --case C2 --reason R
run evidence scan
has 'nothing to look for' "$code $err" '2 kulla: nothing to look for: give --rules FILE'
echo 'example.org' >names.txt
run evidence scan names.txt
has 'intelligence without a hash' "$code $err" '2 kulla: nothing was looked for'
run evidence scan --rules always.yar -- sha256:0000000000000000000000000000000000000000000000000000000000000000
is 'an item that is not there' "$code" 2

# ---- rules ----
cat >rules.yar <<'R'
import "elf"
import "math"
private rule helper { strings: $e = "evil" condition: $e }
rule mz_evil : implant windows { meta: author = "a" score = 75 sure = true strings: $mz = "MZ" $e = "evil" condition: $mz at 0 and $e }
rule any_evil { strings: $e = "evil" nocase condition: $e }
rule by_helper { condition: helper and filesize < 100 }
rule is_elf { condition: elf.type == elf.ET_DYN or elf.type == elf.ET_EXEC }
rule flat { condition: filesize > 1000 and math.entropy(0, filesize) < 1 }
R
run evidence scan --rules rules.yar --json -- "$item"
is 'it matches' "$code" 0
is 'every line is of a kind' "$(jq -r .kind out.txt | sort | uniq -c | tr -s ' ' | tr '\n' ',')" ' 1 item, 10 match, 1 summary,'
is 'the last line is the summary' "$(tail -1 out.txt | jq -c '[.kind,.matches,.matches_rules,.not_scanned,.complete,.items,.files,.rules_count]')" '["summary",10,10,0,true,1,7,6]'
is 'tags and metadata' "$(jq -c 'select(.rule == "mz_evil") | [.file,.tags,[.meta[].value]]' out.txt)" '["in/deep/A.EXE",["implant","windows"],["a",75,true]]'
is 'where its strings are' "$(jq -c 'select(.rule == "mz_evil").strings[] | [.name,.offset,.bytes,.shown]' out.txt | tr '\n' ' ')" '["$mz",0,2,"4d5a"] ["$e",14,4,"6576696c"] '
is 'a name with a newline' "$(jq -c 'select(.rule == "any_evil").file' out.txt | grep -c 'new.nline')" 1
is 'a name that is no UTF-8' "$(jq -r 'select(.rule == "any_evil").file_base64 // empty' out.txt | base64 -d | od -An -c | tr -d ' ')" 'in/377bad.bin'
mine=$(jq -r 'select(.kind == "match") | .rule + " " + .blob' out.txt | LC_ALL=C sort)
theirs=$(find in -type f -print0 | xargs -0 -I{} sh -c 'yara -w rules.yar "$1" | while read -r rule rest; do echo "$rule sha256:$(sha256sum <"$1" | cut -d" " -f1)"; done' - {} |
	grep ' sha256:' | grep -E '^(mz_evil|any_evil|by_helper|is_elf|flat) ' | LC_ALL=C sort)
is 'the yara command names the same rules for the same files' "$mine" "$theirs"
run evidence scan --rules rules.yar -- "$item"
has 'for people' "$out" 'mz_evil  in/deep/A.EXE  (item '
has 'a newline is shown' "$out" 'in/new\x0aline'
has 'the entry is told' "$err" 'recorded as entry 4'
run ledger show 3 --json
is 'the entry' "$(jq -c '.entry.body | [.complete,.files,.indicators,.items,.matches,.not_scanned,.marking]' out.txt)" '[true,7,6,1,10,0,"TLP:AMBER"]'
answer=$(jq -r .entry.body.answer out.txt | cut -d: -f2)
is 'its answer is a blob that has the matches' "$(jq -r 'select(.rule == "mz_evil").file' "h/blobs/$(echo "$answer" | cut -c1-2)/$answer")" 'in/deep/A.EXE'
cat >where.yar <<'R'
rule upper { condition: filename == "A.EXE" and extension == ".exe" and filepath == "in/deep" }
rule neither { condition: filename == "b.txt" and extension == ".exe" }
R
run evidence scan --rules where.yar --json
is 'rules know name, folder and extension' "$(jq -r 'select(.kind == "match").rule' out.txt)" upper
echo 'rule never { strings: $a = "no such thing" condition: $a }' >never.yar
run evidence scan --rules never.yar
is 'nothing found is 1, and an entry' "$code $(echo "$err" | grep -c recorded)" '1 1'
run evidence scan --rules rules.yar --rules always.yar --json
is 'two files of rules, all items' "$(jq -r 'select(.rule == "always").namespace' out.txt | sort | uniq -c | tr -s ' ')" ' 8 always.yar'

# ---- hashes ----
{ md5sum in/b.txt; sha1sum in/empty; sha512sum other; } | cut -d' ' -f1 >hashes.txt
cat >ally.json <<J
{"type":"bundle","id":"bundle--0a7c1d52-3b1e-4f6a-8d20-000000000001","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000003","created":"2024-01-01T00:00:00Z","modified":"2024-01-01T00:00:00Z","pattern":"[file:hashes.'SHA-256' = '$(sha256sum in/deep/A.EXE | cut -d' ' -f1)']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","name":"implant"}]}
J
run evidence scan hashes.txt ally.json --json
is 'MD5, SHA-1, SHA-256, SHA-512' "$code $(jq -r 'select(.kind == "match") | .algorithm + " " + .file' out.txt | LC_ALL=C sort | tr '\n' ',')" '0 MD5 in/b.txt,SHA-1 in/empty,SHA-256 in/deep/A.EXE,SHA-512 other,'
is 'the indicator' "$(jq -c 'select(.algorithm == "SHA-256") | [.indicator,.name,.marking]' out.txt)" '["indicator--0a7c1d52-3b1e-4f6a-8d20-000000000003","implant","TLP:AMBER+STRICT"]'
run evidence scan ally.json -- "$(jq -r 'select(.kind == "item").item' out.txt | tail -1)"
is 'only the item that was named' "$code" 1
run evidence scan ally.json --rules never.yar --rules broken.yar
has 'rules that cannot be read' "$code $err" '2 kulla: broken.yar'

# ---- rules that are wrong, or mean ----
printf 'rule ok { condition: true }\nrule x {\n condition: nothing }\n' >wrong.yar
run evidence scan --rules wrong.yar
has 'file, line, message' "$code $err" '2 kulla: wrong.yar: line 3: undefined identifier "nothing"'
before=$("$kulla" ledger tail -n 1 --json | jq .index)
echo 'include "/etc/passwd"' >include.yar
run evidence scan --rules include.yar
has 'includes are off' "$code $err" '2 kulla: include.yar: line 1: includes are disabled'
echo 'import "cuckoo" rule x { condition: not cuckoo.network.http_request(/x/) }' >cuckoo.yar
run evidence scan --rules cuckoo.yar
has 'a module without its data' "$code $err" '2 kulla: the module cuckoo is not to be had here'
echo 'import "nosuchmodule" rule x { condition: true }' >module.yar
run evidence scan --rules module.yar
has 'a module that is not known' "$code $err" '2 kulla: module.yar: line 1: unknown module'
printf 'rule x { condition: true }\000rule y {' >nul.yar
run evidence scan --rules nul.yar
has 'a NUL byte hides nothing' "$code $err" '2 kulla: nul.yar: rules are text'
{ printf 'rule x { condition: '; head -c 3000000 /dev/zero | tr '\0' '('; } >deep.yar
run evidence scan --rules deep.yar
is 'a deep condition' "$code" 2
is 'none of them is an entry' "$("$kulla" ledger tail -n 1 --json | jq .index)" "$before"
i=0
while [ $i -lt 3000 ]; do
	echo "rule r$i { strings: \$a = \"needle$i-\" \$b = /x[0-9]{3}y$i/ condition: any of them }"
	i=$((i + 1))
done >many.yar
run evidence scan --rules many.yar --json
is 'thousands of rules' "$code $(tail -1 out.txt | jq .rules_count)" '1 3000'
cat >slow.yar <<'R'
rule slow { condition: filename == "b.txt" and for all i in (0..9000000000000): ( uint8(i % 4) != 300 ) }
rule quick { condition: filename == "zeros" }
R
run evidence scan --rules slow.yar --timeout 1 --json -- "$item"
is 'a rule that does not end costs its file' "$code $(jq -r 'select(.kind == "not_scanned") | .file + " " + .error' out.txt)" '2 in/b.txt limit'
is 'and only that' "$(jq -r 'select(.rule == "quick").file' out.txt) $(tail -1 out.txt | jq -c '[.not_scanned,.complete]')" 'in/zeros [1,false]'
run evidence scan --rules always.yar --max-bytes 1000 --json -- "$item"
is 'long files are named' "$code $(jq -r 'select(.kind == "not_scanned").file' out.txt | tr '\n' ' ')" '2 in/true in/zeros '

# ---- its process dies ----
"$kulla" evidence scan --rules slow.yar --json -- "$item" >out.txt 2>err.txt &
scan=$!
worker=
while [ -z "$worker" ] && kill -0 $scan; do
	for p in $(pgrep -P $scan); do
		# The one that has run for a while tries the rule that does not end.
		[ "$(cut -d' ' -f14 "/proc/$p/stat" 2>/dev/null || echo 0)" -gt 20 ] && worker=$p
	done
	sleep 0.1
done
kill -ABRT "$worker"
wait $scan
code=$?
is 'a crash costs that file' "$code $(jq -r 'select(.kind == "not_scanned") | .file + ": " + .reason' out.txt)" '2 in/b.txt: libyara on this file: its process ended (ended by signal 6)'
is 'and the rest goes on with a new process' "$(jq -r 'select(.rule == "quick").file' out.txt)" in/zeros

# ---- evidence that changed ----
blob=$(sha256sum in/b.txt | cut -d' ' -f1)
chmod u+w "h/blobs/$(echo "$blob" | cut -c1-2)/$blob"
printf 'dirty' >"h/blobs/$(echo "$blob" | cut -c1-2)/$blob"
run evidence scan --rules always.yar --json -- "$item"
has 'damage is named and not scanned' "$code $(jq -r 'select(.kind == "not_scanned") | .file + " " + .error + " " + .reason' out.txt)" '2 in/b.txt damaged damaged: its bytes have the digest sha256:'
rm -f "h/blobs/$(echo "$blob" | cut -c1-2)/$blob"
run evidence scan --rules always.yar --json -- "$item"
has 'a blob that is gone' "$code $(jq -r 'select(.kind == "not_scanned") | .file + " " + .error' out.txt)" '2 in/b.txt not found'
hex=${item#sha256:}
chmod u+w "h/blobs/$(echo "$hex" | cut -c1-2)/$hex"
echo x >>"h/blobs/$(echo "$hex" | cut -c1-2)/$hex"
run evidence scan --rules always.yar --json
is 'an item whose manifest is damaged is told, the others are scanned' "$code $(jq -c 'select(.kind == "item") | [.item == "'"$item"'", .files, .unreadable != null]' out.txt | tr '\n' ' ')$(tail -1 out.txt | jq -c '[.items_unreadable,.complete]')" '2 [true,0,true] [false,1,false] [1,false]'
finish
