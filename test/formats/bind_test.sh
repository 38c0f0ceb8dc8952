#!/bin/sh
# BIND's queries category, as named writes it. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("named"), port(socket.SOCK_DGRAM)
conf = write("named.conf", f"""options {{ directory "{folder}"; listen-on port {number} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; pid-file none; session-keyfile none;
recursion no; allow-query {{ any; }}; dnssec-validation no; managed-keys-directory "{folder}"; }};
controls {{ }};
logging {{ channel queries {{ file "{folder}/queries.log"; print-time yes; print-category yes; print-severity yes; }};
channel bare {{ file "{folder}/bare.log"; print-time iso8601; }}; category queries {{ queries; bare; }}; }};
""")
running = start(program, "-f", "-c", conf, "-p", str(number))
until(lambda: ask(number, "node7.evil.example"), "an answer")
ask(number, "_ldap._tcp.evil.example", 33)
stop(running)
for log in "queries.log", "bare.log":
    check(log + "_is_bind", detected(log)["format"] == "bind")
    check(log + "_query_is_typed", typed(log, "node7.evil.example", "query", host="127.0.0.1"))
    check(log + "_asker_is_typed", typed(log, "127.0.0.1", "asker"))
    check(log + "_subdomain_is_typed", len(hits(log, "evil.example")) >= 2 and all(h["typed"] for h in hits(log, "evil.example")))
finish("queries.log", "bare.log", "output")
PYTHON
