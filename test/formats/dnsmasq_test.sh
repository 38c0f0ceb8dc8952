#!/bin/sh
# dnsmasq's log of queries, as it writes it. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("dnsmasq"), port(socket.SOCK_DGRAM)
for name, extra in ("plain.log", ["--log-queries"]), ("extra.log", ["--log-queries=extra"]):
    running = start(program, "--keep-in-foreground", "--conf-file=/dev/null", f"--port={number}", "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts",
                    "--user=", f"--log-facility={folder}/{name}", "--pid-file=", "--address=/evil.example/203.0.113.66", *extra)
    until(lambda: ask(number, "www.evil.example"), "an answer")
    stop(running)
year = ("--year", "2026")
for log in "plain.log", "extra.log":
    check(log + "_is_syslog", detected(log, *year)["format"] == "syslog")
    check(log + "_query_is_typed", typed(log, "www.evil.example", "query", options=year))
    check(log + "_asker_is_typed", typed(log, "127.0.0.1", "asker", options=year))
    check(log + "_answer_is_typed", typed(log, "203.0.113.66", "answer", options=year))
    check(log + "_without_a_year_no_time", detected(log)["time"] is None and detected(log, *year)["time_guessed"])
finish("plain.log", "extra.log", "output")
PYTHON
