/* What the sensors write. Each record carries the word `exercise` in a place that its format has for names or ids, so that a record
 * that was copied out of its file still says what it is. Sources: the formats' pages as src/telemetry names them. */
#include "record_int.h"

#define COUNT(rows) (sizeof rows / sizeof *rows)
#define SYSLOG "$date$T$clock$.$us$+00:00 $key$-"

/* ---- Zeek ---- */
#define ZEEK_HEAD(path)                                                                                                                    \
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t" path                                        \
	"\n#exercise\tEXERCISE EXERCISE EXERCISE\n"
#define ZEEK_ID "$epoch6$\t$uid$\t$client$\t$client_port=port$\t"

static const struct record_row conn_rows[] = {
	{"connection", 8,
		ZEEK_ID "$peer$\t$peer_port=service_port$\ttcp\t$service$\t$=#0-59$.$=#100000-999999$\t$sent=#"
			"200-90000$\t$got=#300-900000$\tSF\n"},
	{"lookup", 5, ZEEK_ID "$peer=dns$\t53\tudp\tdns\t0.0$=#10000-99999$\t$=#40-90$\t$=#60-400$\tSF\n"},
	{"knock", 2,
		"$epoch6$\t$uid$\t$client=outside$\t$client_port=#1024-65535$\t$peer=nat$\t$peer_port=?22|23|445|3389|8080|5900$\ttcp\t-\t-"
		"\t-\t-\tS0\n"},
	{"letter", 1,
		"$epoch6$\t$uid$\t$client=outside$\t$client_port=port$\t$peer=mail$\t25\ttcp\tsmtp\t$=#0-9$.$=#100000-999999$\t$sent=#"
		"2000-90000$\t$got=#300-900$\tSF\n"},
	{"inside", 3,
		ZEEK_ID "$peer=mail$\t$peer_port=?445|88|389|135$\ttcp\t$service=?gssapi,smb|krb_tcp|ldap|dce_rpc$\t$=#0-9$.$=#100000-"
			"999999$\t$sent=#200-9000$\t$got=#300-9000$\tSF\n"},
};
static const struct record_row http_rows[] = {
	{"request", 9,
		ZEEK_ID "$peer$\t$peer_port=?80$\t1\t$method=?GET|GET|GET|POST$\t$site$\t$path$\t-\t1.1\t$agent$\t$=#0-900$\t$=#200-90000$"
			"\t$status=?200|200|200|304|404$\n"},
	{"update", 2,
		ZEEK_ID "$peer$\t$peer_port=?80$\t1\tGET\t$site$\t/updates/v$=#1-9$/kb$=#1000000-5999999$.cab\t-\t1.1\tUpdate-Agent/"
			"10.0\t0\t$=#20000-900000$\t206\n"},
};
static const struct record_row dns_rows[] = {
	{"query", 9,
		"{\"_path\":\"dns\",\"ts\":$epoch6$,\"uid\":\"$uid$\",\"id.orig_h\":\"$client$\",\"id.orig_p\":$client_port=port$,"
		"\"id.resp_h\":\"$dns$\",\"id.resp_p\":53,"
		"\"proto\":\"udp\",\"query\":\"$site$\",\"qclass_name\":\"C_INTERNET\",\"qtype_name\":\"$type=?A|A|AAAA$\",\"rcode_name\":"
		"\"NOERROR\",\"answers\":[\"$peer$\"],\"exercise\":true}\n"},
	{"missing", 1,
		"{\"_path\":\"dns\",\"ts\":$epoch6$,\"uid\":\"$uid$\",\"id.orig_h\":\"$client$\",\"id.orig_p\":$client_port=port$,"
		"\"id.resp_h\":\"$dns$\",\"id.resp_p\":53,"
		"\"proto\":\"udp\",\"query\":\"$site$\",\"qclass_name\":\"C_INTERNET\",\"qtype_name\":\"A\",\"rcode_name\":\"NXDOMAIN\","
		"\"exercise\":true}\n"},
};

/* ---- Suricata ---- */
#define EVE(type, port)                                                                                                                    \
	"{\"timestamp\":\"$date$T$clock$.$us$+0000\",\"flow_id\":$=#1000000-99999999$,\"in_iface\":\"eth1\",\"event_type\":\"" type        \
	"\",\"src_ip\":\"$client$\",\"src_port\":$client_port=port$,"                                                                      \
	"\"dest_ip\":\"$peer$\",\"dest_port\":" port ",\"proto\":\"TCP\",\"host\":\"$key$-ids1\",\"exercise\":true,"
static const struct record_row eve_rows[] = {
	{"tls", 6,
		EVE("tls", "443") "\"tls\":{\"subject\":\"CN=$site$\",\"issuerdn\":\"CN=Exercise CA\",\"version\":\"TLS "
				  "1.2\",\"sni\":\"$site$\"}}\n"},
	{"http", 3,
		EVE("http", "80") "\"http\":{\"hostname\":\"$site$\",\"url\":\"$path$\",\"http_user_agent\":\"$agent$\",\"http_method\":\"$"
				  "method=?GET|GET|POST$\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"length\":$=#200-90000$}}\n"},
	{"file", 1,
		EVE("fileinfo", "80") "\"http\":{\"hostname\":\"$site$\",\"url\":\"$path$\",\"http_method\":\"GET\",\"status\":200},"
				      "\"fileinfo\":{\"filename\":\"$file=path$\",\"state\":\"CLOSED\",\"md5\":\"$md5=hex32$\","
				      "\"sha256\":\"$sha256=hex64$\",\"size\":$=#2000-900000$}}\n"},
	{"flow", 4,
		EVE("flow", "$peer_port=?443|80|993|8443$") "\"flow\":{\"pkts_toserver\":$=#4-900$,\"pkts_toclient\":$=#4-900$,\"bytes_"
							    "toserver\":$=#400-90000$,\"bytes_toclient\":$=#400-900000$,\"state\":"
							    "\"closed\"}}\n"},
	{"scan", 2,
		"{\"timestamp\":\"$date$T$clock$.$us$+0000\",\"flow_id\":$=#1000000-99999999$,\"in_iface\":\"eth0\",\"event_type\":"
		"\"alert\",\"src_ip\":\"$client=outside$\",\"src_port\":$client_port=#1024-65535$,\"dest_ip\":\"$peer=nat$\","
		"\"dest_port\":$peer_port=?22|23|445|3389$,\"proto\":\"TCP\",\"host\":\"$key$-ids1\",\"exercise\":true,\"alert\":{"
		"\"action\":\"allowed\",\"gid\":1,\"signature_id\":$=#2000000-2009999$,\"rev\":3,"
		"\"signature\":\"$signature=?SCAN port sweep|SCAN SSH brute force|POLICY cleartext login$\",\"category\":\"Misc "
		"activity\",\"severity\":3}}\n"},
};

/* ---- Windows, Sysmon ---- */
#define WINDOWS(channel, id)                                                                                                               \
	"{\"@timestamp\":\"$date$T$clock$.$ms$Z\",\"Channel\":\"" channel "\",\"EventID\":" id                                             \
	",\"EventRecordID\":$=#1000-9999999$,\"Hostname\":\"EXERCISE-$client_host$.$domain$\",\"Tags\":\"EXERCISE\","
#define SYSMON "Microsoft-Windows-Sysmon/Operational"
#define SYSTEM32 "C:\\\\Windows\\\\System32\\\\"
#define PROCESS(image, command, parent)                                                                                                    \
	WINDOWS(SYSMON, "1")                                                                                                               \
	"\"Image\":\"$image=?" image "$\",\"CommandLine\":\"$command=?" command                                                            \
	"$\",\"User\":\"$upper$\\\\$user$\",\"ParentImage\":\"$parent=?" parent "$\","                                                     \
	"\"Hashes\":\"MD5=$md5=hex32$,SHA256=$sha256=hex64$,IMPHASH=$=hex32$\"}\n"
#define IMAGES                                                                                                                             \
	"?" SYSTEM32 "svchost.exe|" SYSTEM32                                                                                               \
	"taskhostw.exe|C:\\\\Program Files\\\\Office\\\\WINWORD.EXE|C:\\\\Program Files\\\\Browser\\\\browser.exe|" SYSTEM32 "conhost.exe"
static const struct record_row windows_rows[] = {
	{"process", 1, PROCESS(SYSTEM32 "conhost.exe", "conhost.exe 0x4", SYSTEM32 "cmd.exe")},
	{"service", 2, PROCESS(SYSTEM32 "svchost.exe", "svchost.exe -k netsvcs|svchost.exe -k LocalService", SYSTEM32 "services.exe")},
	{"office", 1, PROCESS("C:\\\\Program Files\\\\Office\\\\WINWORD.EXE", "WINWORD.EXE /n", "C:\\\\Windows\\\\explorer.exe")},
	{"browser", 2,
		PROCESS("C:\\\\Program Files\\\\Browser\\\\browser.exe", "browser.exe --type=renderer|browser.exe --type=gpu",
			"C:\\\\Program Files\\\\Browser\\\\browser.exe")},
	{"connect", 4,
		WINDOWS(SYSMON, "3") "\"Image\":\"$image=" IMAGES
				     "$\",\"User\":\"$upper$\\\\$user$\",\"Protocol\":\"tcp\",\"SourceIp\":\"$client$\",\"SourcePort\":$"
				     "client_port=port$,\"DestinationIp\":\"$peer$\","
				     "\"DestinationPort\":$peer_port=service_port$}\n"},
	{"file", 2,
		WINDOWS(SYSMON,
			"11") "\"Image\":\"$image=" IMAGES
			      "$\",\"TargetFilename\":\"$file=?C:\\\\Users\\\\Public\\\\Documents\\\\plan.docx|C:"
			      "\\\\Windows\\\\Temp\\\\msi.tmp|C:\\\\Users\\\\Public\\\\list.xlsx$\",\"User\":\"$upper$\\\\$user$\"}\n"},
	{"driver", 0,
		WINDOWS(SYSMON, "6") "\"ImageLoaded\":\"$image=" IMAGES
				     "$\",\"Hashes\":\"MD5=$md5=hex32$,SHA256=$sha256=hex64$\",\"Signed\":\"true\",\"Signature\":\"$signer="
				     "?Exercise Hardware Vendor$\"}\n"},
	{"registry", 1,
		WINDOWS(SYSMON, "13") "\"Image\":\"$image=" IMAGES
				      "$\",\"TargetObject\":\"$registry_key=?HKLM\\\\SOFTWARE\\\\Vendor\\\\Version|"
				      "HKCU\\\\Software\\\\Office\\\\Recent$\",\"Details\":\"$details=?1|2$\"}\n"},
	{"logon", 4,
		WINDOWS("Security", "4624") "\"TargetUserName\":\"$user$\",\"TargetDomainName\":\"$upper$\",\"LogonType\":$logon=?3|3|2|10$"
					    ",\"IpAddress\":\"$client$\"}\n"},
	{"logon-failed", 1,
		WINDOWS("Security", "4625") "\"TargetUserName\":\"$user$\",\"TargetDomainName\":\"$upper$\",\"LogonType\":3,\"IpAddress\":"
					    "\"$client$\",\"Status\":\"0xc000006d\"}\n"},
};

/* ---- IIS, Exchange ---- */
#define IIS_HEAD                                                                                                                           \
	"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Remark: EXERCISE EXERCISE EXERCISE\n#Date: $date$ "      \
	"00:00:00\n"                                                                                                                       \
	"#Fields: date time s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs-host "        \
	"sc-status sc-bytes time-taken\n"
#define IIS "$date$ $clock$ EXERCISE-$upper$-WEB1 $web$ "
static const struct record_row iis_rows[] = {
	{"request", 8,
		IIS "$method=?GET|GET|GET|POST$ $path$ $query=?-$ 443 - $client=outside$ $agent_w3c$ $site=web_host$ "
		    "$status=?200|200|304|404$ $=#200-90000$ $=#1-900$\n"},
	{"probe", 3,
		IIS "GET $path=?/.env|/wp-login.php|/owa/auth/logon.aspx|/autodiscover/autodiscover.xml|/_layouts/15/start.aspx$ - 443 - "
		    "$client=outside$ Mozilla/5.0+zgrab/0.x $site=web_host$ 404 $=#200-900$ $=#1-90$\n"},
	{"staff", 2,
		IIS "$method=?GET|POST$ /owa/ev.owa2 ns=PendingRequest 443 $upper$\\$user$ $client$ $agent_w3c$ $site=mail_host$ 200 "
		    "$=#200-900$ $=#1-900$\n"},
};
#define EXCHANGE_HEAD                                                                                                                      \
	"#Software: Microsoft Exchange Server\n#Version: 15.02.0986.005\n#Log-type: Message Tracking Log EXERCISE EXERCISE "               \
	"EXERCISE\n#Date: $date$T00:00:00.000Z\n"                                                                                          \
	"#Fields: "                                                                                                                        \
	"date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,"   \
	"message-id,network-message-id,recipient-address,recipient-status,"                                                                \
	"total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path\n"
#define EXCHANGE_TIME "$date$T$clock$.$ms$Z,"
static const struct record_row exchange_rows[] = {
	{"receive", 5,
		EXCHANGE_TIME "$client=outside$,$sender_host=outside_host$,$mail$,EXERCISE-$upper$-EX01,$=hex8$,EX01\\Default,SMTP,RECEIVE,"
			      "$=#1000-9999999$,<$=hex32$@$sender_host=outside_host$>,$=hex32$,$user$@$domain$,,$bytes=#2000-90000$,1,,,"
			      "$subject$,$sender$,$sender$\n"},
	{"send", 3,
		EXCHANGE_TIME
		"$mail$,EXERCISE-$upper$-EX01,$client=outside$,$sender_host=outside_host$,$=hex8$,Internet,SMTP,SEND,$=#1000-9999999$,<$="
		"hex32$@$domain$>,$=hex32$,$recipient=sender$,250 OK,$bytes=#2000-90000$,1,,,$subject$,$user$@$domain$,"
		"$user$@$domain$\n"},
	{"deliver", 4,
		EXCHANGE_TIME ",,$mail$,EXERCISE-$upper$-EX01,$=hex8$,,STOREDRIVER,DELIVER,$=#1000-9999999$,<$=hex32$@$domain$>,$=hex32$,$"
			      "user$@$domain$,,$bytes=#2000-90000$,1,,,$subject$,office@$domain$,office@$domain$\n"},
};

/* ---- proxy, names, mail, firewall, leases ---- */
static const struct record_row proxy_rows[] = {
	{"get", 5,
		"$epoch3$ $=#5-900$ $client$ TCP_MISS/200 $bytes=#300-90000$ $method=?GET|GET|POST$ http://$site$$path$ $key$/$user$ "
		"HIER_DIRECT/$peer$ text/html\n"},
	{"connect", 7,
		"$epoch3$ $=#50-90000$ $client$ TCP_TUNNEL/200 $bytes=#3000-900000$ CONNECT $site$:443 $key$/$user$ HIER_DIRECT/$peer$ "
		"-\n"},
	{"update", 1,
		"$epoch3$ $=#5-900$ $client$ TCP_HIT/200 $=#30000-900000$ GET http://$site$/updates/kb$=#1000000-5999999$.cab $key$/$user$ "
		"HIER_NONE/- application/octet-stream\n"},
};
#define BIND                                                                                                                               \
	"$bind_date$ $clock$.$ms$ queries: info: client @0x7f$=hex8$ $client$#$client_port=port$ ($site$): view exercise: query: "         \
	"$site$ IN "
static const struct record_row bind_rows[] = {
	{"query", 8, BIND "$type=?A|A|AAAA|HTTPS$ + ($dns$)\n"},
	{"mail", 1, BIND "MX +E(0)K ($dns$)\n"},
};
#define MAIL SYSLOG "mx1 postfix/"
static const struct record_row mail_rows[] = {
	{"connect", 4, MAIL "smtpd[$=#300-9999$]: connect from $sender_host=outside_host$[$client=outside$]\n"},
	{"from", 4, MAIL "qmgr[$=#300-999$]: $=hex8$: from=<$sender$>, size=$=#900-90000$, nrcpt=1 (queue active)\n"},
	{"to", 4,
		MAIL "smtp[$=#300-9999$]: $=hex8$: to=<$user$@$domain$>, relay=mail.$domain$[$mail$]:25, delay=0.$=#1-9$, status=sent (250 "
		     "ok)\n"},
	{"reject", 5,
		MAIL "smtpd[$=#300-9999$]: NOQUEUE: reject: RCPT from $sender_host=outside_host$[$client=outside$]: 554 5.7.1 <$sender$>: "
		     "$why=?blocked by list|denied|greylisted$; from=<$sender$> to=<$user$@$domain$> proto=ESMTP "
		     "helo=<$sender_host=outside_host$>\n"},
};
#define KERNEL SYSLOG "fw1 kernel: [$=#1000-9999999$.$=#100000-999999$] nft "
#define PACKET(port) "LEN=$=#40-1500$ TOS=0x00 PREC=0x00 TTL=$=#40-63$ ID=$=#0-65535$ DF PROTO=TCP SPT=$client_port=" port "$ DPT="
static const struct record_row firewall_rows[] = {
	{"drop", 7,
		KERNEL "drop IN=wan0 OUT= MAC=$mac$:00:16:3e:00:00:01:08:00 SRC=$client=outside$ DST=$peer=nat$ " PACKET(
			"#1024-65535") "$peer_port=?22|23|445|3389|5900|8080$ WINDOW=1024 RES=0x00 SYN URGP=0\n"},
	{"accept", 5,
		KERNEL "accept IN=lan0 OUT=wan0 MAC=$mac$:00:16:3e:00:00:01:08:00 SRC=$client$ DST=$peer$ " PACKET(
			"port") "$peer_port=service_port$ WINDOW=64240 RES=0x00 SYN URGP=0\n"},
	{"letter", 1,
		KERNEL "accept IN=wan0 OUT=dmz0 MAC=00:16:3e:00:00:19:00:16:3e:00:00:01:08:00 SRC=$client=outside$ DST=$peer=mail$ " PACKET(
			"port") "25 WINDOW=64240 RES=0x00 SYN URGP=0\n"},
	{"snat", 4,
		KERNEL "snat IN= OUT=wan0 SRC=$client=nat$ DST=$peer$ " PACKET(
			"port") "$peer_port=service_port$ WINDOW=64240 RES=0x00 SYN URGP=0\n"},
};
static const struct record_row dhcp_rows[] = {
	{"lease", 3, SYSLOG "gw1 dnsmasq-dhcp[$=#300-999$]: DHCPACK(lan0) $client$ $mac$ EXERCISE-$client_host$\n"},
	{"ask", 3, SYSLOG "gw1 dnsmasq-dhcp[$=#300-999$]: DHCPREQUEST(lan0) $client$ $mac$\n"},
	{"discover", 1, SYSLOG "gw1 dnsmasq-dhcp[$=#300-999$]: DHCPDISCOVER(lan0) $mac$\n"},
};

static const struct sensor_row sensors[] = {
	{"conn", "zeek-tsv", "conn.log", ESCAPE_NONE,
		ZEEK_HEAD("conn") "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_"
				  "bytes\tresp_bytes\tconn_state\n"
				  "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\n",
		conn_rows, COUNT(conn_rows)},
	{"http", "zeek-tsv", "http.log", ESCAPE_NONE,
		ZEEK_HEAD("http") "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_"
				  "depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\trequest_body_len\tresponse_body_len\tstatus_"
				  "code\n"
				  "#types\ttime\tstring\taddr\tport\taddr\tport\tcount\tstring\tstring\tstring\tstring\tstring\tstring\tcou"
				  "nt\tcount\tcount\n",
		http_rows, COUNT(http_rows)},
	{"dns", "zeek-json", "dns.json", ESCAPE_JSON, "", dns_rows, COUNT(dns_rows)},
	{"eve", "eve", "eve.json", ESCAPE_JSON, "", eve_rows, COUNT(eve_rows)},
	{"windows", "windows-json", "windows.json", ESCAPE_JSON, "", windows_rows, COUNT(windows_rows)},
	{"iis", "w3c", "u_ex.log", ESCAPE_W3C, IIS_HEAD, iis_rows, COUNT(iis_rows)},
	{"exchange", "exchange", "msgtrk.log", ESCAPE_CSV, EXCHANGE_HEAD, exchange_rows, COUNT(exchange_rows)},
	{"proxy", "squid", "access.log", ESCAPE_NONE, "", proxy_rows, COUNT(proxy_rows)},
	{"bind", "bind", "query.log", ESCAPE_NONE, "", bind_rows, COUNT(bind_rows)},
	{"mail", "syslog", "mail.log", ESCAPE_NONE, "", mail_rows, COUNT(mail_rows)},
	{"firewall", "syslog", "firewall.log", ESCAPE_NONE, "", firewall_rows, COUNT(firewall_rows)},
	{"dhcp", "syslog", "dhcp.log", ESCAPE_NONE, "", dhcp_rows, COUNT(dhcp_rows)},
};

const struct sensor_row *sensor_row(size_t i)
{
	return i < COUNT(sensors) ? &sensors[i] : NULL;
}

bool sensor_find(slice key, size_t *index)
{
	for (size_t i = 0; i < COUNT(sensors); i++) {
		if (!slice_equal(key, slice_from(sensors[i].key))) continue;
		*index = i;
		return true;
	}
	return false;
}

bool record_find(const struct sensor_row *s, slice key, size_t *index)
{
	for (size_t i = 0; i < s->records_n; i++) {
		if (!slice_equal(key, slice_from(s->records[i].key))) continue;
		*index = i;
		return true;
	}
	return false;
}
