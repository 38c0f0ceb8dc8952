#!/bin/sh
# kulla rebuild: the view of a home, and the digest of its content as decision 0010 defines it, computed here from nothing but the tables.
# shellcheck source=test/cli_tap.sh disable=SC1091,SC2154
. "$(dirname "$0")/cli_tap.sh"

beside() {
	for file in home/view.db?*; do [ ! -e "$file" ] || echo "$file"; done
}

run rebuild
is 'without a home it is an error' "$code" 2
has 'that says what to give' "$err" '--home DIR'
mkdir empty
run rebuild --home empty
is 'a folder that is no home is an error' "$code" 2
run rebuild --home empty more
is 'it takes no arguments' "$code" 2

run init home --origin kulla.example/rebuild
is 'a home' "$code" 0
run rebuild --home home
is 'its view is made' "$code$err" 0
has 'with its entries' "$out" 'The view has 1 entry.'
content=$(echo "$out" | sed -n 's/^content *//p')
KULLA_HOME=home run rebuild --json
is 'a second time the content is the same' "$(echo "$out" | sed -n 's/.*"content":"\([^"]*\)".*/\1/p')" "$content"
has 'and JSON says it' "$out" '{"kind":"summary","entries":1,"unreadable":0,"root":"'
is 'only the owner can read it' "$(stat -c %a home/view.db)" 600
is 'nothing is left beside it' "$(beside)" ''

cat >digest.py <<'END'
import hashlib, sqlite3, struct, sys
db = sqlite3.connect(sys.argv[1])
names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'state' ORDER BY name")]
assert names[0] == "entries"
text = lambda s: struct.pack("<I", len(s)) + s
out = b""
for name in names:
    rows = db.execute(f'SELECT * FROM "{name}" ORDER BY idx')
    columns = [column[0].encode() for column in rows.description]
    out += b"T" + text(name.encode()) + struct.pack("<I", len(columns)) + b"".join(map(text, columns))
    for row in rows:
        out += b"R"
        for v in row:
            if v is None: out += b"N"
            elif isinstance(v, int): out += b"I" + struct.pack("<q", v)
            elif isinstance(v, str): out += b"S" + text(v.encode())
            else: out += b"B" + text(v)
    out += b"E"
print("sha256:" + hashlib.sha256(out).hexdigest())
END
is 'the digest is what its definition says' "$(python3 digest.py home/view.db)" "$content"

printf 'no database' >home/view.db
run rebuild --home home
is 'a damaged view is replaced' "$code $(echo "$out" | sed -n 's/^content *//p')" "0 $content"
printf x >home/view.db.new
run rebuild --home home
is 'what an earlier one left is removed' "$code$(beside)" 0
finish
