#!/bin/sh
# Apache's vhost_combined and common logs, as it writes them. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("apache2"), port()
modules = "/usr/lib/apache2/modules"
conf = write("httpd.conf", f"""ServerRoot {folder}
ServerName www.evil.example
Listen 127.0.0.1:{number}
PidFile {folder}/httpd.pid
DefaultRuntimeDir {folder}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
<IfModule !unixd_module>
LoadModule unixd_module {modules}/mod_unixd.so
</IfModule>
User nobody
Group nogroup
UseCanonicalName Off
DocumentRoot {folder}
ErrorLog {folder}/error.log
LogLevel info
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog {folder}/vhost.log vhost_combined
CustomLog {folder}/common.log common
""")
running = start(program, "-X", "-f", conf)
page = b"GET /gate.php?id=7 HTTP/1.1\r\nHost: www.evil.example\r\nUser-Agent: probe/1\r\nReferer: http://refer.example/x\r\nConnection: close\r\n\r\n"
until(lambda: send(number, page), "an answer")
send(number, b"NONSENSE\r\n\r\n")
until(lambda: holds("vhost.log", "NONSENSE") and holds("common.log", "NONSENSE"), "lines")
stop(running)
check("vhost_is_access", detected("vhost.log")["format"] == "access")
check("vhost_is_typed", typed("vhost.log", "www.evil.example", "vhost"))
check("vhost_url_is_joined", typed("vhost.log", "http://www.evil.example/gate.php?id=7", "path"))
check("vhost_referer", typed("vhost.log", "refer.example", "referer"))
check("common_is_access", detected("common.log")["format"] == "access")
check("common_client", typed("common.log", "127.0.0.1", "client"))
check("error_client", typed("error.log", "127.0.0.1", "client"))
finish("vhost.log", "common.log", "error.log", "output")
PYTHON
