#!/bin/sh
# Syslog in the forms in which rsyslog writes it, with messages of other formats inside. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("rsyslogd"), port(socket.SOCK_DGRAM)
forms = {"traditional.log": "RSYSLOG_TraditionalFileFormat", "file.log": "RSYSLOG_FileFormat", "protocol.log": "RSYSLOG_SyslogProtocol23Format", "received.log": "received"}
lines = "\n".join(f'action(type="omfile" file="{folder}/{name}" template="{form}")' for name, form in forms.items())
conf = write("rsyslog.conf", f"""global(workDirectory="{folder}" net.enableDNS="off")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="{number}" ruleset="all")
template(name="received" type="string" string="<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag%%msg%\\n")
ruleset(name="all") {{ {lines} }}
""")
messages = [
    "<38>Oct 11 22:14:15 gw.example sshd[811]: Failed password for invalid user admin from 203.0.113.7 port 40022 ssh2",
    "<4>Oct 11 22:14:16 gw.example kernel: [ 12.5] DROP IN=wan OUT=lan MAC=00:11 SRC=203.0.113.8 DST=192.0.2.4 LEN=60 PROTO=TCP SPT=4 DPT=22 SYN",
    '<14>Oct 11 22:14:17 gw.example app: @cee: {"@timestamp":"2026-10-11T22:14:17.5Z","source":{"ip":"203.0.113.9"},"event":{"kind":"event"},"url":{"full":"http://evil.example/a"}}',
    "<14>Oct 11 22:14:18 gw.example CEF:0|Vendor|Product|1|9|name|5|src=203.0.113.10 request=http://cef.example/q?a\\=b msg=free text",
    "<85>Oct 11 22:14:19 gw.example sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/curl http://sudo.example/x",
    "<14>Oct 11 22:14:20 gw.example app[5]: nothing known, but 203.0.113.11 and sha1 4dd1c9a2a2d4a5e9e3f2b0c1d2e3f4a5b6c7d8e9",
    '<165>1 2026-10-11T22:14:21.003Z gw.example app 7 ID47 [meta@1 ip="203.0.113.12" note="a \\"b\\" c\\]"] \ufeffbody 203.0.113.13',
]
running = start(program, "-n", "-f", conf, "-i", f"{folder}/pid", "-C")


def deliver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for message in messages:
            wire.sendto(message.encode(), ("127.0.0.1", number))
    time.sleep(0.3)
    return all(holds(name, "203.0.113.7", "203.0.113.13") for name in forms)


until(deliver, "lines")
stop(running)
year = ("--year", "2026")
for log in forms:
    with open(log, encoding="utf-8") as file:
        login = write(log + ".login", next(line for line in file if "Failed password" in line))  # the first datagrams may be lost
    check(log + "_is_syslog", detected(login, *year)["format"] == "syslog" and detected(login, *year)["message"] == "sshd")
    for value, field in (("203.0.113.7", "src"), ("203.0.113.8", "SRC"), ("203.0.113.9", "source.ip"), ("http://evil.example/a", "url.full"), ("203.0.113.10", "src")):
        check(f"{log}_{value}_in_{field}", typed(log, value, field, host="gw.example", options=year))
    check(log + "_command", any(h["field"] == "command" for h in hits(log, "sudo.example", options=year)))
    check(log + "_text_stays_text", all(not h["typed"] and h["host"] == "gw.example" for h in hits(log, "203.0.113.11", options=year)) and hits(log, "203.0.113.11"))
    check(log + "_hash_in_text", len(hits(log, "4dd1c9a2a2d4a5e9e3f2b0c1d2e3f4a5b6c7d8e9")) >= 1)
    check(log + "_body", any(h["field"] == "message" for h in hits(log, "203.0.113.13")))
check("structured_data", any(h["field"] == "meta@1.ip" for h in hits("protocol.log", "203.0.113.12")))
check("a_year_is_guessed_only_where_it_lacks", detected("traditional.log", *year)["time_guessed"] and not detected("protocol.log", *year)["time_guessed"])
finish("traditional.log", "file.log", "protocol.log", "received.log", "output")
PYTHON
