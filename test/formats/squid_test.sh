#!/bin/sh
# Squid's native access.log, as it writes it. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *
import threading

program, number, origin = need("squid"), port(), socket.create_server(("127.0.0.1", 0))


def serve():
    while True:
        wire, _ = origin.accept()
        with wire:
            wire.recv(65536)
            wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nok")


threading.Thread(target=serve, daemon=True).start()
conf = write("squid.conf", f"""http_port 127.0.0.1:{number}
access_log stdio:{folder}/access.log squid
cache_log {folder}/cache.log
pid_filename {folder}/squid.pid
coredump_dir {folder}
cache deny all
strip_query_terms off
http_access allow all
visible_hostname proxy1.example
shutdown_lifetime 1 seconds
netdb_filename none
logfile_rotate 0
buffered_logs off
icp_port 0
""")
running = start(program, "-N", "-f", conf)
target = origin.getsockname()[1]
until(lambda: b"ok" in send(number, f"GET http://127.0.0.1:{target}/gate.php?id=7 HTTP/1.0\r\n\r\n".encode()), "an answer")
send(number, f"CONNECT 127.0.0.1:{target} HTTP/1.0\r\n\r\nhello".encode())
send(number, b"GET http://www.evil.invalid/kit HTTP/1.0\r\n\r\n")
until(lambda: holds("access.log", "CONNECT", "evil.invalid"), "lines")
stop(running)
check("squid_is_told", detected("access.log")["format"] == "squid")
check("url_is_typed", typed("access.log", f"http://127.0.0.1:{target}/gate.php?id=7", "url", host="127.0.0.1"))
check("url_host_is_typed", typed("access.log", "www.evil.invalid", "url"))
check("asker_is_typed", typed("access.log", "127.0.0.1", "asker"))
check("tunnel_is_typed", any(h["field"] in ("asker", "target") and h["typed"] and "CONNECT" in h["record"] for h in hits("access.log", "127.0.0.1")))
finish("access.log", "cache.log", "output")
PYTHON
