#!/bin/sh
# OpenSSH's messages, as its server writes them; the header of syslog is ours. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

server, client, keygen, number = need("sshd"), need("ssh"), need("ssh-keygen"), port()
other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
subprocess.run([*other, keygen, "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/key"], check=True)
write("empty", "")
running = start(*other, server, "-D", "-e", "-f", "/dev/null", "-h", f"{folder}/key", "-o", f"ListenAddress=127.0.0.1:{number}", "-o", "PidFile=none", "-o", "UsePAM=no", "-o", "LogLevel=VERBOSE", output="sshd.raw")
until(lambda: send(number, b"no such protocol\r\n"), "an answer")
for user in "admin", "root":
    subprocess.run([client, "-F", "/dev/null", "-p", str(number), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityFile=none",
                    f"{user}@127.0.0.1", "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
until(lambda: holds("sshd.raw", "Invalid user", "Connection closed"), "lines")
stop(running)
with open("sshd.raw", encoding="utf-8", errors="replace") as raw:
    said = [line.strip() for line in raw if line.strip()]
write("sshd.log", "".join(f"2026-05-01T10:00:00Z gw.example sshd[{running.pid}]: {line}\n" for line in said))
about = [line for line in said if "127.0.0.1 port" in line and "listening" not in line]
check("the_server_spoke", len(about) >= 3)
check("every_address_is_typed", typed("sshd.log", "127.0.0.1", "src", host="gw.example"))
untyped = [h["record"] for h in hits("sshd.log", "127.0.0.1") if not h["typed"] and "listening" not in h["record"]]
for record in untyped:
    print("# not typed:", record)
check("no_message_is_left_as_text", not untyped)
finish("sshd.raw", "output")
PYTHON
