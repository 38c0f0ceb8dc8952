#!/bin/sh
# The PowerDNS Recursor's log of questions, as it writes it. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("pdns_recursor"), port(socket.SOCK_DGRAM)
write("evil.zone", "@ 60 IN SOA a.example. b.example. 1 60 60 60 60\nwww 60 IN A 203.0.113.66\n")
os.mkdir("conf")
write("conf/recursor.conf", "")
for name, structured in ("pairs.log", "yes"), ("words.log", "no"):
    running = start(program, f"--config-dir={folder}/conf", f"--socket-dir={folder}", f"--local-port={number}", "--local-address=127.0.0.1", "--daemon=no", "--quiet=no", "--disable-syslog=yes",
                "--threads=1", f"--structured-logging={structured}", f"--auth-zones=evil.example={folder}/evil.zone", "--log-common-errors=yes", "--loglevel=6", "--security-poll-suffix=", output=name)
    until(lambda: ask(number, "www.evil.example"), "an answer")
    until(lambda: holds(name, "uestion", "www.evil.example"), "a line")
    stop(running)
year = ("--year", "2026")
check("query_is_typed", typed("words.log", "www.evil.example", "query", options=year))
check("asker_is_typed", typed("words.log", "127.0.0.1", "asker", options=year))
check("structured_query_is_typed", typed("pairs.log", "www.evil.example", "qname", options=year))
check("structured_asker_is_typed", typed("pairs.log", "127.0.0.1", "remote", options=year))
finish("words.log", "pairs.log")
PYTHON
