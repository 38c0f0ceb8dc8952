/* Times in lines of text and in fields, and the machine that a syslog line names. */
#include "samples.h"

struct line {
	const char *text, *time;
	bool guessed;
	const char *host;
};
/* zone +02:00 and year 2021 where the line says none */
static const struct line lines[] = {
	{"2021-05-01T10:00:00Z something", "2021-05-01T10:00:00Z", false, ""},
	{"2021-05-01T10:00:00.123456+02:00 web1 sshd[123]: Failed", "2021-05-01T08:00:00.123456Z", false, "web1"},
	{"2021-05-01 10:00:00,250 INFO x", "2021-05-01T08:00:00.250Z", true, ""},
	{"2021/05/01 10:00:00 [error] 1#1: *5 open() failed, client: 192.0.2.1", "2021-05-01T08:00:00Z", true, ""},
	{"level=info time=2021-05-01T10:00:00Z msg=x", "2021-05-01T10:00:00Z", false, ""},
	{"1521911720.865716 rest", "2018-03-24T17:15:20.865716Z", false, ""},
	{"1286536309.586    921 192.168.0.68 TCP_MISS/200 507 POST http://x.test/", "2010-10-08T11:11:49.586Z", false, ""},
	{"type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e", "2013-03-28T14:36:03.243Z", false, ""},
	{"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "2021-10-11T20:14:15Z", true, "mymachine"},
	{"Oct  1 02:14:15 gw.test.example kernel: [ 1.0] x", "2021-10-01T00:14:15Z", true, "gw.test.example"},
	{"Oct 11 22:14:15 su: no machine here", "2021-10-11T20:14:15Z", true, ""},
	{"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 - x", "2003-10-11T22:14:15.003Z", false,
		"mymachine.example.com"},
	{"<165>1 2003-10-11T22:14:15.003Z - evntslog - ID47 - x", "2003-10-11T22:14:15.003Z", false, ""},
	{"192.0.2.7 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 23", "2000-10-10T20:55:36Z", false, ""},
	{"[Wed Oct 11 14:32:52.123456 2000] [error] [client 127.0.0.1] x", "2000-10-11T12:32:52.123456Z", true, ""},
	{"[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] x", "2000-10-11T12:32:52Z", true, ""},
	{"Oct 11 2019 22:14:15: %ASA-6-302013: Built", "2019-10-11T20:14:15Z", true, ""},
	{"1521911720,a,b", "2018-03-24T17:15:20Z", false, ""},
	{"1521911720865 a b", "2018-03-24T17:15:20.865Z", false, ""},
	/* RFC 3164 5.4, example 4; ausearch -i */
	{"<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!", "1990-10-22T16:52:01Z", true, ""},
	{"1990 Oct 22 10:52:01 gw1 sched[0]: x", "1990-10-22T08:52:01Z", true, "gw1"},
	{"1990 Oct 22 10:52:01.250 GMT gw1 sched[0]: x", "1990-10-22T10:52:01.250Z", false, "gw1"},
	{"1990 Oct 99 10:52:01 gw1 sched[0]: x", NULL, false, ""},
	{"11/24/2026 10:11:12.123 x", "2026-11-24T08:11:12.123Z", true, ""},
	{"24/11/2026 10:11:12 x", "2026-11-24T08:11:12Z", true, ""},
	{"24/13/2026 10:11:12 x", NULL, false, ""},
	{"no time 10.0.0.1 at all 4111111111", NULL, false, ""},
	{"2021-13-01T10:00:00Z bad month", NULL, false, ""},
	{"Feb 30 10:00:00 host x: bad day", NULL, false, ""},
	{"Oct 99", NULL, false, ""},
	{"Oct 1", NULL, false, ""},
	{"Oct  ", NULL, false, ""},
	{"10/Oct/2000", NULL, false, ""},
	{"<34>", NULL, false, ""},
	{"", NULL, false, ""},
	{"<1234567890", NULL, false, ""},
};

static void check_line(struct telemetry_reader *reader, const struct line *l)
{
	struct arena *a = arena_new(0);
	struct record_fields r;
	char time[INSTANT_TEXT_BYTES] = "";
	slice text = padded(a, slice_from(l->text));
	telemetry_fields(reader, a, FORMAT_TEXT, NULL, text, &r);
	if (r.time != INSTANT_NONE) (void)instant_format(r.time, -1, time);
	if (strcmp(time, l->time != NULL ? l->time : "") != 0 || r.time_guessed != l->guessed)
		fail_msg("%s: %s%s", l->text, time, r.time_guessed ? " guessed" : "");
	assert_slice(r.host, l->host);
	assert_int_equal(r.fields_n, 1);
	assert_slice(r.fields[0].value, l->text);
	assert_false(r.as_text);
	arena_free(a);
}

static void lines_have_times(void **state)
{
	(void)state;
	const struct telemetry_settings settings = {.zone_minutes = 120, .year = 2021};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) check_line(reader, &lines[i]);
	telemetry_reader_free(reader);
}

static void a_year_that_nobody_told_gives_no_time(void **state)
{
	(void)state;
	struct telemetry_reader *reader = telemetry_reader_new(NULL);
	const struct line l = {"Oct 11 22:14:15 host su: x", NULL, false, ""};
	check_line(reader, &l);
	telemetry_reader_free(reader);
}

/* now: 2026-11-24T12:00:00Z, so nothing is later than a day behind it */
static void a_guessed_year_is_not_ahead_of_now(void **state)
{
	(void)state;
	const struct telemetry_settings settings = {.zone_minutes = 0, .year = 2026, .latest = INT64_C(1795608000) * 1000000};
	static const struct line guesses[] = {
		{"Dec 31 23:59:59 h a: x", "2025-12-31T23:59:59Z", true, "h"},
		{"Nov 24 11:59:59 h a: x", "2026-11-24T11:59:59Z", true, "h"},
		{"Nov 25 12:00:00 h a: x", "2026-11-25T12:00:00Z", true, "h"},
		{"Nov 25 12:00:01 h a: x", "2025-11-25T12:00:01Z", true, "h"},
		{"Jan  1 00:00:01 h a: x", "2026-01-01T00:00:01Z", true, "h"},
		{"Feb 29 10:00:00 h a: x", "2024-02-29T10:00:00Z", true, "h"},
		{"Feb 30 10:00:00 h a: x", NULL, false, ""},
		{"Dec 31 2026 23:59:59: told", "2026-12-31T23:59:59Z", true, ""},
		{"2031-12-31T23:59:59Z told", "2031-12-31T23:59:59Z", false, ""},
	};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) check_line(reader, &guesses[i]);
	telemetry_reader_free(reader);
}

/* Any bytes cut anywhere: no crash, one field. */
static void cut_lines_never_crash(void **state)
{
	(void)state;
	const struct telemetry_settings settings = {.zone_minutes = -120, .year = 2021};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		size_t n = strlen(lines[i].text);
		for (size_t cut = 0; cut <= n; cut++) {
			struct arena *a = arena_new(0);
			uint8_t *p = malloc(cut + 64);
			assert_non_null(p);
			memcpy(p, lines[i].text, cut);
			memset(p + cut, '0', 64);
			struct record_fields r;
			telemetry_fields(reader, a, FORMAT_TEXT, NULL, slice_of(p, cut), &r);
			assert_int_equal(r.fields_n, 1);
			free(p);
			arena_free(a);
		}
	}
	telemetry_reader_free(reader);
}

struct field_time {
	const char *json, *time;
	bool guessed;
};
static void times_in_json(void **state)
{
	(void)state;
	static const struct field_time cases[] = {
		{"{\"timestamp\":\"2021-05-01T10:00:00\"}", "2021-05-01T08:00:00Z", true},
		{"{\"timestamp\":1619863200}", "2021-05-01T10:00:00Z", false},
		{"{\"timestamp\":1619863200123}", "2021-05-01T10:00:00.123Z", false},
		{"{\"timestamp\":1619863200.5}", "2021-05-01T10:00:00.500Z", false},
		{"{\"time\":\"1619863200123\"}", "2021-05-01T10:00:00.123Z", false},
		{"{\"__REALTIME_TIMESTAMP\":\"1619863200123456\"}", "2021-05-01T10:00:00.123456Z", false},
		{"{\"time\":\"Oct 11 2019 22:14:15\"}", "2019-10-11T20:14:15Z", true},
		{"{\"time\":\"soon\",\"date\":\"2021-05-01T10:00:00Z\"}", "2021-05-01T10:00:00Z", false},
		{"{\"time\":\"2020-01-01T00:00:00Z\",\"@timestamp\":\"2021-05-01T10:00:00Z\"}", "2021-05-01T10:00:00Z", false},
		{"{\"time\":-5}", "", false},
		{"{\"time\":1e300}", "", false},
		{"{\"time\":\"99999999999999999999\"}", "", false},
		{"{\"ts\":1588205199824.37,\"uid\":\"C1\"}", "2020-04-30T00:06:39.824370Z", false},
		{"{\"ts\":\"2020-04-30T00:06:39.824370Z\",\"uid\":\"C1\"}", "2020-04-30T00:06:39.824370Z", false},
		{"{\"EventID\":1,\"Channel\":\"x\",\"UtcTime\":\"2021-05-01 10:00:00.250\"}", "2021-05-01T10:00:00.250Z", false},
		{"{\"EventID\":1,\"Channel\":\"x\",\"EventTime\":\"2021-05-01 10:00:00\"}", "2021-05-01T08:00:00Z", true},
		{"{\"Id\":1,\"ProviderName\":\"x\",\"TimeCreated\":\"/Date(1619863200123)/\"}", "2021-05-01T10:00:00.123Z", false},
	};
	const struct telemetry_settings settings = {.zone_minutes = 120, .year = 2021};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct record_fields r;
		char time[INSTANT_TEXT_BYTES] = "";
		telemetry_fields(reader, a, FORMAT_JSON, NULL, padded(a, slice_from(cases[i].json)), &r);
		if (r.time != INSTANT_NONE) (void)instant_format(r.time, -1, time);
		if (strcmp(time, cases[i].time) != 0 || r.time_guessed != cases[i].guessed)
			fail_msg("%s: %s%s", cases[i].json, time, r.time_guessed ? " guessed" : "");
		arena_free(a);
	}
	telemetry_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_times),
		cmocka_unit_test(a_year_that_nobody_told_gives_no_time),
		cmocka_unit_test(a_guessed_year_is_not_ahead_of_now),
		cmocka_unit_test(cut_lines_never_crash),
		cmocka_unit_test(times_in_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
