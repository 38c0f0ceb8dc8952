#!/bin/sh
# Linux audit records, raw (the kernel's and PAM's, as in the RHEL Security Guide) and as ausearch -i shows them. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

ausearch = need("ausearch")
write("audit.log", """type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=42 success=no exit=-13 a0=3 a1=7ffd a2=10 items=0 ppid=2686 pid=3538 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="curl" exe="/usr/bin/curl" key="net"
type=SOCKADDR msg=audit(1364481363.243:24287): saddr=02000050CB0071420000000000000000
type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=6375726C002D4F00687474703A2F2F64726F702E6578616D706C652F6B6974
type=USER_AUTH msg=audit(1364475353.159:24270): pid=3280 uid=1000 auid=1000 ses=1 msg='op=PAM:authentication acct="root" exe="/bin/su" hostname=jump.example addr=192.0.2.9 terminal=pts/0 res=failed'
""")
shown = subprocess.run([ausearch, "-i", "-if", f"{folder}/audit.log"], env=dict(os.environ, LC_ALL="C", TZ="UTC"), stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60, check=False).stdout
write("shown.log", shown)
check("ausearch_showed_them", "msg=audit(03/28/13 14:36:03.243:24287) :" in shown)
for name, field in ("audit.log", "saddr"), ("shown.log", "laddr"):
    check(f"{name}_addresses_are_typed", typed(name, "203.0.113.66", field) and typed(name, "192.0.2.9", "addr"))
    check(f"{name}_names_are_typed", typed(name, "jump.example", "hostname"))
    found = hits(name, "http://drop.example/kit")
    check(f"{name}_command_lines_are_met", [h["field"] for h in found] == ["proctitle"])
    check(f"{name}_times", found and found[0]["time"] == "2013-03-28T14:36:03.243Z")
finish("audit.log", "shown.log")
PYTHON
