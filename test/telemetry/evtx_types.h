/* One value of each BinXML type, as JSON shows it. Written down from [MS-EVEN6] 2.2.12 and [MS-DTYP]; which of the judges can show it
 * the same way is known from trying (evtxexport reads negative numbers as sign and magnitude and misses pairs of surrogates,
 * python-evtx takes milliseconds for microseconds). */
#ifndef TEST_TELEMETRY_EVTX_TYPES_H
#define TEST_TELEMETRY_EVTX_TYPES_H
#include "evtx_writer.h"

enum { JUDGE_PYTHON = 1, JUDGE_EXPORT = 2, JUDGE_BOTH = 3 };
static const struct type_case {
	const char *name;
	struct w_value value;
	const char *json;
	unsigned judges;
} type_cases[] = {
	{"null", {0, {NULL, 0}}, "null", JUDGE_BOTH},
	{"text", W_VALUE(0x01, "a\0\"\0\\\0\x1f\0\xac\x20\n\0"), "\"a\\\"\\\\\\u001f\xe2\x82\xac\\n\"", JUDGE_BOTH},
	{"text_pair", W_VALUE(0x01, "\x3d\xd8\x00\xde"), "\"\xf0\x9f\x98\x80\"", JUDGE_PYTHON},
	{"text_nul", W_VALUE(0x01, "a\0\0\0\0\0"), "\"a\"", JUDGE_PYTHON},
	{"text_lone",
		W_VALUE(0x01, "\x3d\xd8"
			      "a\0\x00\xde"),
		"\"\xef\xbf\xbd"
		"a\xef\xbf\xbd\"",
		0},
	{"text_odd", W_VALUE(0x01, "a\0b"), "\"a\"", 0},
	{"text_empty", {0x01, {NULL, 0}}, "\"\"", JUDGE_BOTH},
	{"ansi", W_VALUE(0x02, "caf\xe9 \x80\t\0"), "\"caf\xc3\xa9 \xe2\x82\xac\\t\"", 0},
	{"int8", W_VALUE(0x03, "\x80"), "-128", JUDGE_PYTHON},
	{"uint8", W_VALUE(0x04, "\xff"), "255", JUDGE_BOTH},
	{"int16", W_VALUE(0x05, "\xfe\xff"), "-2", JUDGE_PYTHON},
	{"uint16", W_VALUE(0x06, "\xfe\xff"), "65534", JUDGE_BOTH},
	{"int32", W_VALUE(0x07, "\xff\xff\xff\xff"), "-1", JUDGE_PYTHON},
	{"int32_plus", W_VALUE(0x07, "\xff\xff\xff\x7f"), "2147483647", JUDGE_BOTH},
	{"int32_far", W_VALUE(0x07, "\x1f\x80\x03\x80"), "-2147254241", JUDGE_PYTHON},
	{"uint32", W_VALUE(0x08, "\xff\xff\xff\xff"), "4294967295", JUDGE_BOTH},
	{"int64", W_VALUE(0x09, "\x00\x00\x00\x00\x00\x00\x00\x80"), "-9223372036854775808", JUDGE_PYTHON},
	{"uint64", W_VALUE(0x0a, "\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615", JUDGE_BOTH},
	{"real32", W_VALUE(0x0b, "\x00\x00\xc0\x3f"), "1.5", JUDGE_BOTH},
	{"real32_nan", W_VALUE(0x0b, "\x00\x00\xc0\x7f"), "\"NaN\"", 0},
	{"real64", W_VALUE(0x0c, "\x00\x00\x00\x00\x00\x00\x04\xc0"), "-2.5", JUDGE_BOTH},
	{"real64_inf", W_VALUE(0x0c, "\x00\x00\x00\x00\x00\x00\xf0\xff"), "\"-Infinity\"", 0},
	{"bool_true", W_VALUE(0x0d, "\x01\x00\x00\x00"), "true", JUDGE_BOTH},
	{"bool_false", W_VALUE(0x0d, "\x00\x00\x00\x00"), "false", JUDGE_BOTH},
	{"bool_odd", W_VALUE(0x0d, "\x10"), "true", 0},
	{"binary", W_VALUE(0x0e, "\x00\x01\xfe"), "\"0001fe\"", JUDGE_BOTH},
	{"guid", W_VALUE(0x0f, "\x5f\x38\x70\x57\x2a\xc2\xe0\x43\xbf\x4c\x06\xf5\x69\x8f\xfb\xd9"),
		"\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\"", JUDGE_BOTH},
	{"size32", W_VALUE(0x10, "\x1f\x00\x00\x00"), "\"0x1f\"", JUDGE_BOTH},
	{"size64", W_VALUE(0x10, "\x1f\x00\x00\x00\x00\x00\x00\x80"), "\"0x800000000000001f\"", JUDGE_BOTH},
	{"filetime", W_VALUE(0x11, "\xe2\x53\xe7\xe1\x72\x18\xd7\x01"), "\"2021-03-14T01:39:32.6091234Z\"", 0},
	{"filetime_zero", W_VALUE(0x11, "\x00\x00\x00\x00\x00\x00\x00\x00"), "\"1601-01-01T00:00:00.0000000Z\"", 0},
	{"filetime_far", W_VALUE(0x11, "\xff\xff\xff\xff\xff\xff\xff\xff"), "\"0xffffffffffffffff\"", 0},
	{"systemtime", W_VALUE(0x12, "\xe5\x07\x03\x00\x00\x00\x0e\x00\x01\x00\x27\x00\x20\x00\x61\x02"), "\"2021-03-14T01:39:32.609Z\"",
		JUDGE_EXPORT},
	{"systemtime_wrong", W_VALUE(0x12, "\xe5\x07\x0d\x00\x00\x00\x0e\x00\x01\x00\x27\x00\x20\x00\x61\x02"),
		"\"e5070d0000000e000100270020006102\"", 0},
	{"sid", W_VALUE(0x13, "\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"), "\"S-1-5-32-544\"", JUDGE_BOTH},
	{"sid_wrong", W_VALUE(0x13, "\x01\x03\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"),
		"\"01030000000000052000000020020000\"", 0},
	{"hex32", W_VALUE(0x14, "\x00\x00\x00\x80"), "\"0x80000000\"", JUDGE_BOTH},
	{"hex64", W_VALUE(0x15, "\x00\x00\x00\x00\x00\x00\x20\x80"), "\"0x8020000000000000\"", JUDGE_BOTH},
	{"int32_short", W_VALUE(0x07, "\xff\xff"), "\"ffff\"", 0},
	{"unknown", W_VALUE(0x2f, "\x01\x02"), "\"0102\"", 0},
};
/* The same as arrays; the values of one key. */
static const struct type_case array_cases[] = {
	{"texts", W_VALUE(0x81, "a\0\0\0\0\0b\0"), "[\"a\",\"\",\"b\"]", JUDGE_BOTH},
	{"ansis", W_VALUE(0x82, "a\0b\0"), "[\"a\",\"b\"]", 0},
	{"bytes", W_VALUE(0x84, "\x01\x02"), "[1,2]", 0},
	{"int16s", W_VALUE(0x85, "\xff\xff\x02\x00"), "[-1,2]", 0},
	{"uint32s", W_VALUE(0x88, "\x01\x00\x00\x00\x02\x00\x00\x00"), "[1,2]", 0},
	{"bools", W_VALUE(0x8d, "\x01\x00\x00\x00\x00\x00\x00\x00"), "[true,false]", 0},
	{"guids", W_VALUE(0x8f, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2"),
		"[\"{00000000-0000-0000-0000-000000000001}\",\"{00000000-0000-0000-0000-000000000002}\"]", 0},
	{"sids", W_VALUE(0x93, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x05\x13\x00\x00\x00"),
		"[\"S-1-5-18\",\"S-1-5-19\"]", 0},
	{"hex64s", W_VALUE(0x95, "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"), "[\"0x1\",\"0x2\"]", 0},
	{"cut", W_VALUE(0x88, "\x01\x00\x00\x00\x02"), "[1,\"02\"]", 0},
};
#define TYPE_CASES (sizeof type_cases / sizeof type_cases[0])
#define ARRAY_CASES (sizeof array_cases / sizeof array_cases[0])

static inline void w_types_template(struct writer *w)
{
	w_fragment(w);
	uint32_t size = w_open(w, "EventData", false);
	w_content(w);
	for (unsigned i = 0; i < TYPE_CASES; i++) w_data(w, type_cases[i].name, i, type_cases[i].value.type);
	for (unsigned i = 0; i < ARRAY_CASES; i++) w_data(w, array_cases[i].name, (unsigned)TYPE_CASES + i, array_cases[i].value.type);
	w_close(w, size);
	w_end(w);
}
static inline bool w_shown(const struct type_case *c, unsigned judges)
{
	return (c->judges & judges) == judges;
}
/* An event with all values that every one of the judges can show (0: all), the others null; its JSON is appended to *json. */
static inline void w_types_event(struct writer *w, unsigned judges, struct buf *json)
{
	struct w_value v[TYPE_CASES + ARRAY_CASES] = {{0, {NULL, 0}}};
	buf_printf(json, "{" W_SYSTEM_JSON("%llu") ",\"EventData\":", (unsigned long long)w->id);
	for (size_t i = 0; i < TYPE_CASES + ARRAY_CASES; i++) {
		const struct type_case *c = i < TYPE_CASES ? &type_cases[i] : &array_cases[i - TYPE_CASES];
		if (w_shown(c, judges)) v[i] = c->value;
		buf_printf(json, "%c\"%s\":%s", i == 0 ? '{' : ',', c->name, w_shown(c, judges) ? c->json : "null");
	}
	buf_add_text(json, "}}\n");
	w_event(w, 9, w_types_template, v, TYPE_CASES + ARRAY_CASES);
}
#endif
