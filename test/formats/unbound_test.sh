#!/bin/sh
# Unbound's log of queries and replies, as it writes it. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("unbound"), port(socket.SOCK_DGRAM)
for name, extra in ("plain.log", ""), ("tags.log", "log-tag-queryreply: yes\nlog-time-ascii: yes"):
    conf = write(name + ".conf", f"""server:
interface: 127.0.0.1
port: {number}
do-daemonize: no
use-syslog: no
logfile: "{folder}/{name}"
username: ""
chroot: ""
directory: "{folder}"
pidfile: ""
log-queries: yes
log-replies: yes
log-local-actions: yes
{extra}
local-zone: "evil.example." static
local-data: "www.evil.example. A 203.0.113.66"
local-zone: "sink.example." always_nxdomain
remote-control:
control-enable: no
""")
    running = start(program, "-d", "-c", conf)
    until(lambda: ask(number, "www.evil.example"), "an answer")
    ask(number, "a.sink.example")
    stop(running)
check("unbound_is_told", detected("plain.log")["format"] == "unbound")
check("query_is_typed", typed("plain.log", "www.evil.example", "query", host="127.0.0.1"))
check("asker_is_typed", typed("plain.log", "127.0.0.1", "asker"))
check("local_action_is_typed", typed("plain.log", "a.sink.example", "query"))
check("tags_and_words_for_time", typed("tags.log", "www.evil.example", "query", options=("--year", "2026")))
check("time_is_not_guessed", all(not h.get("time_guessed") for h in hits("plain.log", "evil.example")))
check("every_way_is_typed", all(h["typed"] for h in hits("plain.log", "evil.example") if "static" not in h["record"].split("info:")[0]))
finish("plain.log", "tags.log", "output")
PYTHON
