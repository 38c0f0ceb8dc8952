#!/bin/sh
# docs/json.md, as another program would use it: keys, order, places that can be read back, exit codes, threads.
# $1: the program. Prints TAP.
set -u
exec python3 - "$1" <<'PYTHON'
import base64, gzip, json, os, subprocess, sys, tempfile

program = os.path.realpath(sys.argv[1])
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
HIT = ("indicator value seen type match typed marking file line record_no offset segment source time host field").split()
SUMMARY = "records bytes hits marking indicators unreadable coverage".split()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def kulla(*arguments, stdin=b""):
    done = subprocess.run([program, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout


write("list.txt", b"203.0.113.0/24\nevil[.]example\n")
log = b"".join([b"\n", b"a 203.0.113.9 b\n", b"nothing here\r\n", b"c www.evil.example. d\n", b"\xff evil.example\n"])
write("a.log", log)
write("a.log.gz", gzip.compress(log))
write("none.log", b"nothing\n")
status, out = kulla("scan", "--json", "list.txt", "--", "a.log")
rows = [json.loads(line) for line in out.splitlines()]
hits, summary = rows[:-1], rows[-1]


def kind_is_first():
    return all(line.startswith((b'{"kind":"hit",', b'{"kind":"summary",')) for line in out.splitlines())


def keys_are_there():
    return all(key in hit for hit in hits for key in HIT) and all(key in summary for key in SUMMARY)


def hits_are_those():
    return [(h["line"], h["record_no"], h["match"], h["seen"].rstrip(".")) for h in hits] == [
        (2, 1, "range", "203.0.113.9"), (4, 3, "subdomain", "www.evil.example"), (5, 4, "exact", "evil.example")]


def places_read_back():
    for hit in hits:
        record = hit["record"].encode() if "record" in hit else base64.b64decode(hit["record_base64"])
        if log[hit["offset"]:hit["offset"] + len(record)] != record:
            return False
    return "record_base64" in hits[2]


def summary_counts():
    return summary["records"] == 4 and summary["bytes"] == len(log) and summary["hits"] == 3 and summary["unreadable"] == 0


def marking_by_default():
    return all(h["marking"] == "TLP:AMBER+STRICT" and h["marking_from"] == "default" for h in hits)


def gzip_and_input_say_the_same():
    def told(*arguments, stdin=b""):
        told_rows = [json.loads(line) for line in kulla("scan", "--json", "list.txt", "--", *arguments, stdin=stdin)[1].splitlines()]
        return [{k: v for k, v in row.items() if k != "file"} for row in told_rows[:-1]]
    plain = told("a.log")
    return len(plain) == 3 and told("a.log.gz") == plain and told("-", stdin=log) == plain


def threads_change_nothing():
    write("big.log", log * 20000)
    one = kulla("scan", "--json", "--threads", "1", "list.txt", "--", "big.log", "a.log")[1]
    return one.count(b"\n") == 60004 and one == kulla("scan", "--json", "--threads", "5", "list.txt", "--", "big.log", "a.log")[1]


def exit_codes():
    lost = kulla("scan", "--json", "list.txt", "--", "none.log", "missing.log")
    return (status == 0 and kulla("scan", "list.txt", "--", "none.log")[0] == 1 and lost[0] == 2
            and json.loads(lost[1].splitlines()[-1])["unreadable"] == 1 and kulla("scan", "list.txt")[0] == 2)


def a_compiled_set_says_the_same():
    if kulla("watchlist", "build", "-o", "x.watchlist", "list.txt")[0] != 0:
        return False
    return kulla("scan", "--json", "x.watchlist", "--", "a.log")[1].splitlines()[:-1] == out.splitlines()[:-1]


tests = [kind_is_first, keys_are_there, hits_are_those, places_read_back, summary_counts, marking_by_default,
         gzip_and_input_say_the_same, threads_change_nothing, exit_codes, a_compiled_set_says_the_same]
print(f"1..{len(tests)}")
failed = 0
for number, test in enumerate(tests, 1):
    try:
        good = test()
    except Exception as error:  # the answer is not even of the right shape
        print(f"# {error!r}")
        good = False
    failed += not good
    print("ok" if good else "not ok", number, "-", test.__name__)
if failed:
    print("#", out.decode(errors="replace").replace("\n", "\n# "))
os.chdir("/")
sys.exit(1 if failed else 0)
PYTHON
