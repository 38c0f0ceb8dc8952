#!/bin/sh
# Headers in the middle of files, and what counts as a record. $1: the program. Prints TAP.
set -u
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(dirname "$0") exec python3 - "$1" <<'PYTHON'
from real import *


def summary(path):
    out = subprocess.run([kulla, "scan", "--json", "--quiet", "indicators.txt", "--", path], stdout=subprocess.PIPE, check=False).stdout
    return json.loads(out.splitlines()[-1])


# IIS writes its header again when it starts; the fields may be others then
write("iis.log", """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-05-01 00:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent)
2021-05-01 10:00:00 192.0.2.80 GET /a - 443 203.0.113.7 Mozilla/5.0+(X11)
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-05-02 00:00:00
#Fields: time c-ip cs-method cs-uri-stem cs-uri-query cs-host

10:00:01 203.0.113.8 POST /owa/x.aspx a=1 mail.ministry.example
10:00:02 203.0.113.8 POST /owa/x.aspx a=2 mail.ministry.example
""")
check("iis_is_w3c", detected("iis.log")["format"] == "w3c")
check("iis_first_fields", typed("iis.log", "203.0.113.7", "c-ip", host="192.0.2.80"))
second = hits("iis.log", "203.0.113.8")
check("iis_second_fields", [h["typed"] for h in second] == [True, True] and second[0]["field"] == "c-ip")
check("iis_places", [(h["line"], h["record_no"]) for h in second] == [(11, 2), (12, 3)])
check("iis_date_of_the_header", second[0]["time"] == "2021-05-02T10:00:01Z")
url = hits("iis.log", "http://mail.ministry.example/owa/x.aspx?a=2")
check("iis_url_from_three_fields", len(url) == 1 and url[0]["typed"] and url[0]["line"] == 12)
check("iis_headers_are_no_records", summary("iis.log")["records"] == 3)
write("agent.json", '{"type":"bundle","id":"bundle--3d3b8f0a-6c0d-4b1c-8a3f-5b9b8f6a7e01","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--0a7c1d52-3b1e-4f6a-8d20-000000000001",'
      '"created":"2026-03-02T08:00:00.000Z","modified":"2026-03-02T08:00:00.000Z","valid_from":"2026-03-01T00:00:00Z","pattern_type":"stix",'
      '"pattern":"[network-traffic:extensions.\'http-request-ext\'.request_header.\'User-Agent\' = \'Mozilla/5.0 (X11)\']"}]}')
out = subprocess.run([kulla, "scan", "--json", "--quiet", "agent.json", "--", "iis.log"], stdout=subprocess.PIPE, check=False).stdout.splitlines()
check("iis_plus_is_a_blank", len(out) == 2 and json.loads(out[0])["typed"])

# headers beyond the first chunk, with other columns each time
columns = (("date time c-ip cs-host", "2021-05-01 10:00:00 192.0.2.{0} h{0}.example"), ("cs-host time c-ip", "h{0}.example 10:00:00 192.0.2.{0}"))
with open("long.log", "w", encoding="utf-8") as long_log:
    for block in range(40):
        names, row = columns[block % 2]
        long_log.write(f"#Version: 1.0\n#Date: 2021-05-{block % 28 + 1:02} 00:00:00\n#Fields: {names}\n")
        for number in range(1000):
            long_log.write(row.format(number % 250) + "\n")
found = hits("long.log", "192.0.2.77")
check("long_every_block_is_typed", len(found) == 160 and all(h["typed"] and h["field"] == "c-ip" for h in found))
check("long_places", [h["line"] for h in found] == [b * 1003 + 3 + n + 1 for b in range(40) for n in range(77, 1000, 250)] and [h["record_no"] for h in found][-1] == 39 * 1000 + 827 + 1)
check("long_dates_follow", {h["time"] for h in found if h["line"] > 1003 and h["line"] < 2006} == {"2021-05-02T10:00:00Z"})
check("long_records", summary("long.log")["records"] == 40000)

write("table.csv", "timestamp,src_ip,dest_ip,note\r\n2021-05-01T10:00:00Z,192.0.2.5,203.0.113.7,\"a \"\"b\"\" evil.example\"\r\ntimestamp,src_ip,dest_ip,note\r\n2021-05-01T10:00:00Z,192.0.2.5,203.0.113.8,x\r\n")
check("csv_is_told", detected("table.csv")["format"] == "csv")
check("csv_is_typed", typed("table.csv", "203.0.113.7", "dest_ip"))
check("csv_note_is_text", [h["typed"] for h in hits("table.csv", "evil.example")] == [False])
last = hits("table.csv", "203.0.113.8")
check("csv_places", [(h["line"], h["record_no"]) for h in last] == [(4, 2)])
check("csv_header_is_no_record", summary("table.csv")["records"] == 2)
write("words.csv", "the,quick,brown\nfox,203.0.113.8,dog\n")
check("names_that_say_nothing_are_text", detected("words.csv")["format"] == "text" and hits("words.csv", "203.0.113.8"))

# the values of an audit log that its bytes do not show
write("audit.log", "type=SOCKADDR msg=audit(1364481363.243:1): saddr=02000050CB0071420000000000000000\n"
      "type=EXECVE msg=audit(1364481363.243:2): argc=3 a0=\"curl\" a1=\"-O\" a2=687474703A2F2F64726F702E6578616D706C652F6B6974\n"
      "type=PROCTITLE msg=audit(1364481363.243:2): proctitle=6375726C002D4F00687474703A2F2F64726F702E6578616D706C652F6B6974\n")
check("audit_address_in_hex", typed("audit.log", "203.0.113.66", "saddr"))
check("audit_title_in_hex", len(hits("audit.log", "drop.example")) == 2)
check("audit_url_in_hex", len(hits("audit.log", "http://drop.example/kit")) == 2)
check("an_unknown_file_is_text_and_told", detected("words.csv")["fields"][0]["type"] == "text")
listed = subprocess.run([kulla, "formats", "--json"], stdout=subprocess.PIPE, check=False).stdout.splitlines()
rows = [json.loads(line) for line in listed]
check("every_format_is_listed", len(rows) >= 30 and all(r["kind"] in ("format", "decoder") and r["name"] and r["summary"] and r["sample"] for r in rows) and len({r["name"] for r in rows}) == len(rows))
check("a_missing_file_is_an_error", subprocess.run([kulla, "formats", "--detect", "nowhere"], stderr=subprocess.DEVNULL, check=False).returncode == 2)
text = subprocess.run([kulla, "formats", "--detect", "iis.log"], stdout=subprocess.PIPE, check=False).stdout.decode()
check("detect_for_people", "format    w3c" in text and "c-ip  [address, network-traffic:src_ref.value]  203.0.113.7" in text and "host      192.0.2.80" in text)
finish()
PYTHON
