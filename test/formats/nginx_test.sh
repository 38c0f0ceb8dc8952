#!/bin/sh
# nginx's combined and JSON access logs, as it writes them. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *

program, number = need("nginx"), port()
conf = write("nginx.conf", f"""daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{ client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
log_format rows escape=json '{{"time_iso8601":"$time_iso8601","remote_addr":"$remote_addr","request":"$request","http_host":"$http_host","request_uri":"$request_uri","status":$status,'
 '"http_user_agent":"$http_user_agent","http_referer":"$http_referer","server_port":"$server_port"}}';
access_log {folder}/access.log combined; access_log {folder}/access.json rows;
server {{ listen 127.0.0.1:{number}; server_name web1.example; location / {{ return 200 "ok"; }} location /files {{ root {folder}; }} }} }}
""")
running = start(program, "-p", folder, "-c", conf)
page = b"GET /gate.php?id=7 HTTP/1.1\r\nHost: www.evil.example\r\nUser-Agent: Mozilla/5.0 (\"odd\")\r\nReferer: http://refer.example/x\r\nConnection: close\r\n\r\n"
until(lambda: send(number, page), "an answer")
send(number, page.replace(b"/gate.php", b"/files/kit.bin"))
send(number, b"NONSENSE\"see 198.51.100.9\r\n\r\n")
until(lambda: holds("access.log", "198.51.100.9"), "a line")
stop(running)
check("combined_is_access", detected("access.log")["format"] == "access")
check("combined_client", typed("access.log", "127.0.0.1", "client"))
check("combined_referer", typed("access.log", "http://refer.example/x", "referer"))
check("combined_odd_request_is_kept", len(hits("access.log", "198.51.100.9")) == 1)
write("agent.json", '{"type":"bundle","id":"bundle--3d3b8f0a-6c0d-4b1c-8a3f-5b9b8f6a7e01","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000001",'
      '"created":"2026-03-02T08:00:00.000Z","modified":"2026-03-02T08:00:00.000Z","valid_from":"2026-03-01T00:00:00Z","pattern_type":"stix",'
      '"pattern":"[network-traffic:extensions.\'http-request-ext\'.request_header.\'User-Agent\' = \'Mozilla/5.0 (\\"odd\\")\']"}]}')
for log in "access.log", "access.json":
    out = subprocess.run([kulla, "scan", "--json", "--quiet", "agent.json", "--", log], stdout=subprocess.PIPE, check=False).stdout.splitlines()
    check(log + "_agent_is_the_whole_value", len(out) == 3 and json.loads(out[0])["typed"])
check("error_is_told", detected("error.log")["format"] == "web-error")
check("error_client", typed("error.log", "127.0.0.1", "client"))
check("error_host", typed("error.log", "www.evil.example", "vhost"))
check("error_url_is_joined", typed("error.log", "http://www.evil.example/files/kit.bin?id=7", "path"))
check("json_is_web", detected("access.json")["format"] == "web-json")
check("json_client", typed("access.json", "127.0.0.1", "remote_addr"))
check("json_url_is_joined", typed("access.json", f"http://www.evil.example:{number}/gate.php?id=7", "request_uri") or typed("access.json", "http://www.evil.example/gate.php?id=7", "request_uri"))
check("json_host", typed("access.json", "www.evil.example", "http_host"))
finish("access.log", "access.json", "error.log", "output")
PYTHON
