/* The templates of the line formats (template.c says what they mean): what the programs write, and which part of it is what.
 * The names are those of rows_line.c; the first template that fits counts, so that the one that says more stands before. */
#include "telemetry_int.h"

#define ACCESS_WHO "{?client} {ident} {+user} [{!time}] "
#define ACCESS_VHOST "{?vhost}:{#vport} " ACCESS_WHO
#define ACCESS_ASKED "\"{method} {+path} HTTP/{protocol}\" {#status} {bytes}"
#define ACCESS_TUNNEL "\"CONNECT {?target} HTTP/{protocol}\" {#status} {bytes}"
#define ACCESS_ODD "\"{'request}\" {#status} {bytes}"
#define ACCESS_SAYS " \"{'referer}\" \"{'agent}\""
const char *const access_templates[] = {
	ACCESS_VHOST ACCESS_TUNNEL,
	ACCESS_VHOST ACCESS_TUNNEL ACCESS_SAYS,
	ACCESS_VHOST ACCESS_TUNNEL ACCESS_SAYS " {+rest}",
	ACCESS_VHOST ACCESS_TUNNEL " {+rest}",
	ACCESS_VHOST ACCESS_ASKED,
	ACCESS_VHOST ACCESS_ASKED ACCESS_SAYS,
	ACCESS_VHOST ACCESS_ASKED ACCESS_SAYS " {+rest}",
	ACCESS_VHOST ACCESS_ASKED " {+rest}",
	ACCESS_VHOST ACCESS_ODD,
	ACCESS_VHOST ACCESS_ODD ACCESS_SAYS,
	ACCESS_VHOST ACCESS_ODD ACCESS_SAYS " {+rest}",
	ACCESS_VHOST ACCESS_ODD " {+rest}",
	ACCESS_WHO ACCESS_TUNNEL,
	ACCESS_WHO ACCESS_TUNNEL ACCESS_SAYS,
	ACCESS_WHO ACCESS_TUNNEL ACCESS_SAYS " {+rest}",
	ACCESS_WHO ACCESS_TUNNEL " {+rest}",
	ACCESS_WHO ACCESS_ASKED,
	ACCESS_WHO ACCESS_ASKED ACCESS_SAYS,
	ACCESS_WHO ACCESS_ASKED ACCESS_SAYS " {+rest}",
	ACCESS_WHO ACCESS_ASKED " {+rest}",
	ACCESS_WHO ACCESS_ODD,
	ACCESS_WHO ACCESS_ODD ACCESS_SAYS,
	ACCESS_WHO ACCESS_ODD ACCESS_SAYS " {+rest}",
	ACCESS_WHO ACCESS_ODD " {+rest}",
	NULL,
};
/* nginx's error log, behind its time; Apache's 2.4 and 2.2 */
#define NGINX_SAYS "[{level}] {process}: {+text}, client: {@client}, server: {.server_name}"
#define NGINX_ASKED ", request: \"{method} {+path} HTTP/{protocol}\""
#define NGINX_BEHIND ", upstream: \"{upstream}\""
#define APACHE_HEAD "[{weekday} {!time}] [{level}] [pid {+process}] [client {?client}] "
const char *const web_error_templates[] = {
	NGINX_SAYS NGINX_ASKED ", host: \"{vhost}\", referrer: \"{referer}\"",
	NGINX_SAYS NGINX_ASKED ", host: \"{vhost}\"",
	NGINX_SAYS NGINX_ASKED NGINX_BEHIND ", host: \"{vhost}\", referrer: \"{referer}\"",
	NGINX_SAYS NGINX_ASKED NGINX_BEHIND ", host: \"{vhost}\"",
	NGINX_SAYS ", request: \"{'request}\", host: \"{vhost}\"",
	NGINX_SAYS ", request: \"{'request}\"",
	NGINX_SAYS,
	NGINX_SAYS ", {+rest}",
	APACHE_HEAD "{+text}, referer: {referer}",
	APACHE_HEAD "{+text}",
	"[{weekday} {!time}] [{level}] [client {?client}] {+text}, referer: {referer}",
	"[{weekday} {!time}] [{level}] [client {?client}] {+text}",
	NULL,
};
#define SQUID_HEAD "{!time} {#elapsed} {?asker} {result}/{#status} {#bytes} "
const char *const squid_templates[] = {
	SQUID_HEAD "CONNECT {?target} {user} {hierarchy}/{?peer} {mime}",
	SQUID_HEAD "{method} {url} {user} {hierarchy}/{?peer} {mime}",
	SQUID_HEAD "{method} {url} {user} {hierarchy}/{?peer} {+mime}",
	NULL,
};
#define BIND_ASKS "query: {query} {class} {qtype} {flags}"
#define BIND_CLIENT "client {id} {@asker}#{#sport} ({query}): "
#define BIND_PLAIN "client {@asker}#{#sport} ({query}): "
/* older BIND tells no name behind the client; the oldest no flags */
#define BIND_OLD "client {@asker}#{#sport}: "
#define BIND_OLD_FORMS(head)                                                                                                               \
	head BIND_ASKS " ({@server})", head BIND_ASKS, head "query: {query} {class} {qtype}",                                              \
		head "view {view}: " BIND_ASKS " ({@server})", head "view {view}: " BIND_ASKS,                                             \
		head "view {view}: query: {query} {class} {qtype}"
const char *const bind_templates[] = {
	BIND_CLIENT BIND_ASKS " ({@server})",
	BIND_CLIENT BIND_ASKS,
	BIND_CLIENT "view {view}: " BIND_ASKS " ({@server})",
	BIND_CLIENT "view {view}: " BIND_ASKS,
	"queries: {severity}: " BIND_CLIENT BIND_ASKS " ({@server})",
	"queries: {severity}: " BIND_CLIENT "view {view}: " BIND_ASKS " ({@server})",
	"queries: " BIND_CLIENT BIND_ASKS " ({@server})",
	"{severity}: " BIND_CLIENT BIND_ASKS " ({@server})",
	"queries: {severity}: " BIND_CLIENT BIND_ASKS,
	BIND_PLAIN BIND_ASKS " ({@server})",
	"queries: {severity}: " BIND_PLAIN BIND_ASKS " ({@server})",
	"client {id} {@asker}#{#sport} ({query}): {+text}",
	"{category}: {severity}: client {id} {@asker}#{#sport} ({query}): {+text}",
	"{category}: {severity}: client {id} {@asker}#{#sport}: {+text}",
	BIND_OLD_FORMS(BIND_OLD),
	BIND_OLD_FORMS("queries: " BIND_OLD),
	BIND_OLD_FORMS("queries: {severity}: " BIND_OLD),
	BIND_OLD_FORMS(BIND_PLAIN),
	BIND_OLD "{+text}",
	"{category}: {severity}: " BIND_OLD "{+text}",
	NULL,
};
#define UNBOUND_HEAD "unbound[{#pid}:{#thread}] {severity}: "
#define UNBOUND_INNER "[{#pid}:{#thread}] {severity}: "
#define UNBOUND_ASKS "{@asker} {query} {qtype} {class}"
#define UNBOUND_REPLY UNBOUND_ASKS " {rcode} {+rest}"
#define UNBOUND_LOCAL "{zone} {action} {@asker}@{#sport} {query} {qtype} {class}"
const char *const unbound_templates[] = {
	UNBOUND_HEAD UNBOUND_ASKS,
	UNBOUND_HEAD UNBOUND_REPLY,
	UNBOUND_HEAD "query: " UNBOUND_ASKS,
	UNBOUND_HEAD "reply: " UNBOUND_REPLY,
	UNBOUND_HEAD UNBOUND_LOCAL,
	UNBOUND_INNER UNBOUND_ASKS,
	UNBOUND_INNER UNBOUND_REPLY,
	UNBOUND_INNER "query: " UNBOUND_ASKS,
	UNBOUND_INNER "reply: " UNBOUND_REPLY,
	UNBOUND_INNER UNBOUND_LOCAL,
	NULL,
};
const char *const dnsmasq_templates[] = {
	"query[{qtype}] {query} from {@asker}",
	"forwarded {query} to {@server}",
	"reply {query} is {answer}",
	"cached {query} is {answer}",
	"config {query} is {answer}",
	"reply {query} is {+text}",
	"cached-stale {query} is {answer}",
	"{file} {query} is {answer}",
	"gravity blocked {query} is {answer}",
	"{#serial} {@asker}/{#sport} query[{qtype}] {query} from {@asker}",
	"{#serial} {@client}/{#sport} forwarded {query} to {@server}",
	"{#serial} {@client}/{#sport} {verb} {query} is {answer}",
	"{#serial} {@client}/{#sport} {verb} {query} is {+text}",
	"DHCPACK({iface}) {@address} {mac} {?name}",
	"DHCPACK({iface}) {@address} {mac}",
	"DHCPREQUEST({iface}) {@address} {mac}",
	"DHCPOFFER({iface}) {@address} {mac}",
	"DHCPDISCOVER({iface}) {@address} {mac}",
	"DHCPDISCOVER({iface}) {mac}",
	"DHCPRELEASE({iface}) {@address} {mac}",
	NULL,
};
const char *const powerdns_templates[] = {
	"Remote {@asker} wants '{query}|{qtype}', {+text}",
	"Remote {@asker}:{#sport} wants '{query}|{qtype}', {+text}",
	"{#thread} [{steps}] question for '{query}|{qtype}' from {@asker}:{#sport}",
	"[{steps}] question for '{query}|{qtype}' from {@asker}:{#sport}",
	"{#thread} [{steps}] answer to question '{query}|{qtype}': {+text}",
	"[{steps}] answer to question '{query}|{qtype}': {+text}",
	NULL,
};
#define FILTERLOG_HEAD "{.rule},{.sub},{.anchor},{.tracker},{.iface},{.reason},{.action},{.way},"
#define FILTERLOG_V4 FILTERLOG_HEAD "4,{.tos},{.ecn},{.ttl},{.number},{.offset},{.flags},{#number},{proto},{#length},{@src},{@dst}"
#define FILTERLOG_V6 FILTERLOG_HEAD "6,{.class},{.flow},{.hops},{proto},{#number},{#length},{@src},{@dst}"
const char *const filterlog_templates[] = {
	FILTERLOG_V4 ",{#sport},{#dport},{+rest}",
	FILTERLOG_V4 ",{+rest}",
	FILTERLOG_V4,
	FILTERLOG_V6 ",{#sport},{#dport},{+rest}",
	FILTERLOG_V6 ",{+rest}",
	FILTERLOG_V6,
	NULL,
};
#define SSH_FROM " from {?src} port {#sport}"
const char *const sshd_templates[] = {
	"Accepted {method} for {user}" SSH_FROM " ssh2",
	"Accepted {method} for {user}" SSH_FROM " ssh2: {+key}",
	"Failed {method} for invalid user {+user}" SSH_FROM " ssh2",
	"Failed {method} for {user}" SSH_FROM " ssh2",
	"Failed {method} for {user}" SSH_FROM " ssh2: {+key}",
	"Failed {method} for invalid user {+user}" SSH_FROM " ssh2: {+key}",
	"Invalid user {+user}" SSH_FROM,
	"Connection" SSH_FROM " on {@dst} port {#dport}",
	"Connection" SSH_FROM " on {@dst} port {#dport} {+text}",
	"Connection {how} by {@src} port {#sport}",
	"Connection {how} by {@src} port {#sport} {+text}",
	"Connection {how} by {+kind} user {user} {@src} port {#sport} {+text}",
	"Received disconnect from {@src} port {#sport}:{+text}",
	"Disconnected from {@src} port {#sport}",
	"Disconnected from {@src} port {#sport} {+text}",
	"Disconnected from user {user} {@src} port {#sport}",
	"Disconnected from {+kind} user {user} {@src} port {#sport} {+text}",
	"Unable to negotiate with {@src} port {#sport}: {+text}",
	"banner exchange: Connection" SSH_FROM ": {+text}",
	NULL,
};
const char *const sudo_templates[] = {
	"{user} : TTY={tty} ; PWD={+cwd} ; USER={runas} ; COMMAND={+command}",
	"{user} : TTY={tty} ; PWD={+cwd} ; USER={runas} ; GROUP={group} ; COMMAND={+command}",
	"{user} : PWD={+cwd} ; USER={runas} ; COMMAND={+command}",
	"{user} : {+text} ; TTY={tty} ; PWD={+cwd} ; USER={runas} ; COMMAND={+command}",
	NULL,
};
const char *const postfix_templates[] = {
	"connect from {?peer_name}[{@src}]",
	"disconnect from {?peer_name}[{@src}]",
	"disconnect from {?peer_name}[{@src}] {+text}",
	"lost connection {+text} from {?peer_name}[{@src}]",
	"{queue}: client={?peer_name}[{@src}]",
	"{queue}: client={?peer_name}[{@src}], {+text}",
	"{queue}: from=<{.sender}>, {+text}",
	"{queue}: to=<{.recipient}>, orig_to=<{.recipient}>, relay={?relay}[{@dst}]:{#dport}, {+text}",
	"{queue}: to=<{.recipient}>, relay={?relay}[{@dst}]:{#dport}, {+text}",
	"{queue}: to=<{.recipient}>, {+text}",
	"{queue}: message-id=<{message_id}>",
	"{queue}: message-id={message_id}",
	"{queue}: {verb}: {stage} from {?peer_name}[{@src}]: {+text}; from=<{.sender}> to=<{.recipient}> proto={proto} helo=<{helo}>",
	"{queue}: {verb}: {stage} from {?peer_name}[{@src}]: {+text}",
	NULL,
};
