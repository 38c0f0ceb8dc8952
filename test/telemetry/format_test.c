/* Every format on its samples: detection, time, machine, types, STIX paths; then through the whole scan: what a typed field holds hits
 * typed, what matching as text finds is found, and a record cut anywhere invents nothing. */
#include "samples.h"

#include "format_samples.h"
#include "match.h"
#include "text.h"

#define VALUES_MAX 256

static const struct telemetry_settings settings = {.year = 2021};

static void check_field(const struct sample *s, const struct record_fields *r, const struct sample_field *want)
{
	for (size_t i = 0; i < r->fields_n; i++) {
		const struct field *f = &r->fields[i];
		if (f->is_key || !slice_equal(f->name, slice_from(want->name)) || !slice_equal(f->value, slice_from(want->value))) continue;
		if (f->type != want->type)
			fail_msg("%s: %s = %s has type %d, expected %d", s->record, want->name, want->value, (int)f->type, (int)want->type);
		if (!slice_equal(slice_from(f->stix_path), slice_from(want->stix)))
			fail_msg("%s: %s has path %s, expected %s", s->record, want->name, f->stix_path != NULL ? f->stix_path : "none",
				want->stix != NULL ? want->stix : "none");
		return;
	}
	for (size_t i = 0; i < r->fields_n; i++)
		fprintf(stderr, "  %.*s = %.*s\n", SLICE_PRINTF(r->fields[i].name), SLICE_PRINTF(r->fields[i].value));
	fail_msg("%s: no field %s = %s", s->record, want->name, want->value);
}

static void check_sample(const struct sample *s)
{
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	const struct telemetry_header *header;
	struct record_fields r;
	char time[INSTANT_TEXT_BYTES + 1] = "~";
	enum format f = telemetry_detect(a, arena_printf(a, "%s%s\n", s->header, s->record), &header);
	if (f != s->file) fail_msg("%s: %s, expected %s", s->record, format_name(f), format_name(s->file));
	telemetry_fields(reader, a, f, header, padded(a, slice_from(s->record)), &r);
	if (r.kind != s->file || r.inner != s->inner)
		fail_msg("%s: %s with %s inside, expected %s", s->record, format_name(r.kind), format_name(r.inner), format_name(s->inner));
	if (r.time != INSTANT_NONE) (void)instant_format(r.time, -1, time + 1);
	const char *told = time + !r.time_guessed, *want = s->time != NULL ? s->time : "";
	if (strcmp(r.time != INSTANT_NONE ? told : "", want) != 0) fail_msg("%s: time %s, expected %s", s->record, told, want);
	if (!slice_equal(r.host, slice_from(s->host))) fail_msg("%s: host %.*s, expected %s", s->record, SLICE_PRINTF(r.host), s->host);
	slice url = r.url_path.n > 0 ? arena_printf(a, "%.*s %.*s", SLICE_PRINTF(r.url_host), SLICE_PRINTF(r.url_path)) : r.url_host;
	assert_slice(url, s->url);
	for (size_t i = 0; i < FIELDS_EXPECTED && s->fields[i].name != NULL; i++) check_field(s, &r, &s->fields[i]);
	telemetry_reader_free(reader);
	arena_free(a);
}

static void samples_say_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES_N; i++) check_sample(&samples[i]);
}

/* A format that no sample and no file of the shared data shows is not done. */
static void every_format_has_a_sample(void **state)
{
	(void)state;
	for (enum format f = FORMAT_ECS; f < FORMAT_COUNT; f++) {
		bool seen = false;
		for (size_t i = 0; i < SAMPLES_N; i++) seen |= samples[i].file == f || samples[i].inner == f;
		if (!seen) fail_msg("no sample of %s", format_name(f));
		assert_true(strlen(format_sample(f)) > 0 && strlen(format_summary(f)) > 0);
	}
}

/* ---- through the scan ---- */
struct values {
	slice at[VALUES_MAX];
	size_t n;
	enum observable type;
};
static struct watchlist *watch(struct arena *a, const struct values *v)
{
	const struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist_builder *b = watchlist_builder_new(&ws);
	struct watchlist *w = NULL;
	struct fault fault;
	for (size_t i = 0; i < v->n; i++) {
		struct indicator_term *t = ARENA_NEW(a, struct indicator_term);
		*t = (struct indicator_term){.op = TERM_EQUAL, .type = v->type, .value = v->at[i]};
		struct indicator in = {.id = arena_printf(a, "indicator--%zu", i),
			.marking = TLP_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = INSTANT_NONE,
			.modified = INSTANT_NONE,
			.confidence = -1,
			.terms = t,
			.terms_n = 1};
		if (watchlist_builder_add(b, &in, &fault) != OK) continue;
	}
	assert_int_equal(watchlist_builder_finish(b, &w, &fault), OK);
	return w;
}

/* The hits of one record; `at` and what the hits borrow live in the arena. */
struct seen {
	struct hit *at;
	size_t n;
};
static struct seen scan_record(
	struct arena *a, const struct watchlist *w, enum format f, const struct telemetry_header *header, slice record)
{
	const struct scan_settings s = {.telemetry = settings};
	struct scanner *scanner = scanner_new(w, &s, SCAN_BEST);
	uint8_t *bytes = arena_alloc(a, record.n + 2 * SCAN_MARGIN);
	if (record.n > 0) memcpy(bytes + SCAN_MARGIN, record.p, record.n);
	struct scan_chunk chunk = {.bytes = slice_of(bytes + SCAN_MARGIN, record.n), .format = f, .header = header};
	struct scan_result result;
	scan_chunk(scanner, &chunk, &result);
	struct seen out = {arena_array(a, result.hits_n + 1, sizeof *out.at), result.hits_n};
	for (size_t i = 0; i < out.n; i++) {
		out.at[i] = result.hits[i];
		out.at[i].seen = arena_copy(a, result.hits[i].seen);
		out.at[i].field = arena_copy(a, result.hits[i].field);
	}
	scanner_free(scanner);
	return out;
}

static const struct hit *hit_of(const struct watchlist *w, const struct seen *hits, slice id)
{
	for (size_t i = 0; i < hits->n; i++) {
		if (slice_equal(watchlist_get(w, hits->at[i].term).id, id)) return &hits->at[i];
	}
	return NULL;
}

static bool is_observable(enum observable o)
{
	return o == OBSERVABLE_ADDRESS || o == OBSERVABLE_URL || o == OBSERVABLE_EMAIL || o == OBSERVABLE_FILE_NAME ||
	       (o >= OBSERVABLE_MD5 && o <= OBSERVABLE_SHA512);
}

/* A host field's value as an indicator: without port and brackets; single labels are no indicators. */
static slice as_indicator(slice v, enum observable type)
{
	if (type != OBSERVABLE_HOST) return v;
	if (v.n > 0 && v.p[0] == '[') return slice_sub(v, 1, slice_find_byte(v, ']') - 1);
	size_t colon = slice_find_byte(v, ':');
	bool six = colon < v.n && slice_find_byte(slice_sub(v, colon + 1, v.n), ':') < v.n - colon - 1;
	return six ? v : slice_sub(v, 0, colon);
}

static void typed_fields_hit_typed(void **state)
{
	(void)state;
	size_t checked = 0;
	for (size_t i = 0; i < SAMPLES_N; i++) {
		const struct sample *s = &samples[i];
		struct arena *a = arena_new(0);
		const struct telemetry_header *header;
		enum format f = telemetry_detect(a, arena_printf(a, "%s%s\n", s->header, s->record), &header);
		for (size_t k = 0; k < FIELDS_EXPECTED && s->fields[k].name != NULL; k++) {
			slice value = as_indicator(slice_from(s->fields[k].value), s->fields[k].type);
			bool host = s->fields[k].type == OBSERVABLE_HOST &&
				    (slice_find_byte(value, '.') < value.n || slice_find_byte(value, ':') < value.n);
			if (!host && !is_observable(s->fields[k].type)) continue;
			struct watchlist *w =
				watch(a, &(struct values){{value}, 1,
						 s->fields[k].type == OBSERVABLE_FILE_NAME ? OBSERVABLE_FILE_NAME : OBSERVABLE_NONE});
			struct seen hits = scan_record(a, w, f, header, slice_from(s->record));
			bool before =
				hits.n == 1 && !slice_equal(hits.at[0].field, slice_from(s->fields[k].name)); /* the leftmost counts */
			if (hits.n != 1 || (!hits.at[0].typed && !before))
				fail_msg("%s: %s does not hit typed in %s (%zu hits)", s->record, s->fields[k].value, s->fields[k].name,
					hits.n);
			watchlist_free(w);
			checked++;
		}
		arena_free(a);
	}
	assert_true(checked > 80);
}

static bool separates(uint8_t c)
{
	return c <= ' ' || strchr("\"'<>()[]{}|,;=^", c) != NULL;
}

/* What may be an indicator in the record: its pieces between separators, and their parts behind '/'. */
static struct values pieces(struct arena *a, slice record)
{
	struct values v = {.n = 0};
	for (size_t i = 0; i < record.n;) {
		size_t k = i;
		while (k < record.n && !separates(record.p[k])) k++;
		slice piece = arena_copy(a, slice_sub(record, i, k - i));
		if (piece.n > 0 && piece.p[piece.n - 1] == '\\') piece.n--;     /* half of an escape */
		if (piece.n > 0 && piece.p[0] == ':') piece = (slice){NULL, 0}; /* a number of JSON */
		for (size_t part = 0; piece.n > 3 && part < 3 && v.n < VALUES_MAX; part++) {
			bool half = piece.p[0] == '/' && (piece.p[1] == '/' || (part > 0 && piece.p[-1] == '/')); /* of "//" */
			if (!half) v.at[v.n++] = piece;
			size_t at = slice_find_byte(piece, part == 0 ? ':' : part == 1 ? '/' : '@');
			if (at + 1 >= piece.n) break;
			piece = slice_sub(piece, at + 1, piece.n);
		}
		i = k + 1;
	}
	return v;
}

/* Times and numbers of known fields are no observables; a file's name counts as a whole. */
static bool ignored(struct arena *a, enum format f, const struct telemetry_header *h, slice record, slice value)
{
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	struct record_fields r;
	bool found = false;
	telemetry_fields(reader, a, f, h, padded(a, record), &r);
	for (size_t i = 0; i < r.fields_n; i++)
		found |= (r.fields[i].type == OBSERVABLE_IGNORED || r.fields[i].type == OBSERVABLE_FILE_NAME) &&
			 slice_find(text_lower_ascii(a, r.fields[i].value), text_lower_ascii(a, value)) < r.fields[i].value.n;
	telemetry_reader_free(reader);
	return found;
}

/* A file of JSON matches other lines as text: what is found so must be found in the known format. */
static void nothing_that_text_finds_is_lost(void **state)
{
	(void)state;
	size_t found = 0;
	for (size_t i = 0; i < SAMPLES_N; i++) {
		const struct sample *s = &samples[i];
		if (s->record[0] == '{') continue;
		struct arena *a = arena_new(0);
		const struct telemetry_header *header;
		enum format f = telemetry_detect(a, arena_printf(a, "%s%s\n", s->header, s->record), &header);
		struct values v = pieces(a, slice_from(s->record));
		struct watchlist *w = watch(a, &v);
		struct seen text = scan_record(a, w, FORMAT_JSON, NULL, slice_from(s->record)),
			    known = scan_record(a, w, f, header, slice_from(s->record));
		for (size_t k = 0; k < text.n; k++) {
			struct watched x = watchlist_get(w, text.at[k].term);
			if (x.type >= OBSERVABLE_REGISTRY_KEY) continue; /* words: of fields, whole values (docs/decisions/0003, 9) */
			bool version = x.type == OBSERVABLE_FILE_NAME && x.value.p[x.value.n - 1] <= '9'; /* HTTP/1.0 */
			bool packed = f == FORMAT_AUDIT && x.type >= OBSERVABLE_MD5 &&
				      x.type <= OBSERVABLE_SHA512; /* a socket address in hex is no hash */
			if (!version && !packed && hit_of(w, &known, x.id) == NULL &&
				!ignored(a, f, header, slice_from(s->record), x.value))
				fail_msg("%s: %.*s is found in text only", s->record, SLICE_PRINTF(x.value));
			found++;
		}
		watchlist_free(w);
		arena_free(a);
	}
	assert_true(found > 100);
}

/* Whether the bytes, decoded or not, hold what a hit says it saw. */
static bool stands(struct arena *a, struct telemetry_reader *r, enum format f, const struct telemetry_header *h, slice record, slice seen)
{
	struct record_fields fields;
	if (slice_find(record, seen) < record.n) return true;
	telemetry_fields(r, a, f, h, record, &fields);
	for (size_t i = 0; i < fields.fields_n; i++) {
		if (slice_find(fields.fields[i].value, seen) < fields.fields[i].value.n) return true;
	}
	slice url = arena_printf(a, "%.*s%.*s", SLICE_PRINTF(fields.url_host), SLICE_PRINTF(fields.url_path));
	return slice_equal(url, seen);
}

static void check_cuts(const struct sample *s, const struct watchlist *w, enum format f, const struct telemetry_header *header)
{
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	slice whole = slice_from(s->record);
	for (size_t n = 0; n <= whole.n; n++) {
		struct arena *a = arena_new(0);
		uint8_t *p = malloc(n + 64); /* of its size: the sanitizers see a read beyond */
		assert_non_null(p);
		memcpy(p, whole.p, n);
		memset(p + n, '}', 64);
		slice cut = slice_of(p, n);
		struct record_fields r;
		telemetry_fields(reader, a, f, header, cut, &r);
		(void)telemetry_hidden(reader, a, f, header, cut);
		if (n > 3) {
			struct seen hits = scan_record(a, w, f, header, cut);
			for (size_t i = 0; i < hits.n; i++) {
				if (!stands(a, reader, f, header, cut, hits.at[i].seen))
					fail_msg("%.*s: invents %.*s", SLICE_PRINTF(cut), SLICE_PRINTF(hits.at[i].seen));
			}
		}
		free(p);
		arena_free(a);
	}
	telemetry_reader_free(reader);
}

static void cut_records_invent_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES_N; i++) {
		const struct sample *s = &samples[i];
		struct arena *a = arena_new(0);
		const struct telemetry_header *header;
		enum format f = telemetry_detect(a, arena_printf(a, "%s%s\n", s->header, s->record), &header);
		struct values v = pieces(a, slice_from(s->record));
		struct watchlist *w = watch(a, &v);
		check_cuts(s, w, f, header);
		watchlist_free(w);
		arena_free(a);
	}
}

/* A line of each format in a file of another: text at least, and what hides values stays shut where the scanner does not look. */
static void lines_in_files_of_other_formats(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < SAMPLES_N; i++) {
		for (enum format f = FORMAT_TEXT; f < FORMAT_COUNT; f++) {
			struct record_fields r;
			telemetry_fields(reader, a, f, NULL, padded(a, slice_from(samples[i].record)), &r);
			assert_true(r.fields_n > 0);
			slice record = padded(a, slice_from("type=SOCKADDR msg=audit(1364481363.243:24287): saddr=02000050CB007142"));
			telemetry_fields(reader, a, f, NULL, record, &r);
			bool opened = f == FORMAT_AUDIT || f == FORMAT_SYSLOG;
			assert_int_equal(r.kind == FORMAT_AUDIT, opened);
			assert_int_equal(telemetry_hidden(reader, a, f, NULL, record).n > 0, opened);
		}
		arena_reset(a);
	}
	telemetry_reader_free(reader);
	arena_free(a);
}

/* What a chunk's readings hold of one record. */
static void chunk_reads(struct arena *a, slice record, struct buf *found)
{
	uint64_t *hex = arena_array(a, record.n / 64 + 2, sizeof *hex);
	for (size_t i = 0; i < record.n; i++) hex[i / 64] |= (uint64_t)(text_hex_value(record.p[i]) >= 0) << i % 64;
	for (uint32_t at = 2; at < record.n; at++)
		if (record.p[at] == '=' && telemetry_encoded(record.p, &(uint32_t){at}, 1) == 1)
			(void)telemetry_decode(record, hex, at, found);
	if (slice_find(record, SLICE(TELEMETRY_SPLITS)) < record.n) telemetry_join(slice_trim(record), found);
	for (enum telemetry_undoing u = 0; u < UNDO_COUNT; u++) telemetry_undo(u, record, found);
	buf_add(found, text_unescape_json(a, record)); /* JSON within syslog */
}

static void check_hidden(struct telemetry_reader *reader, enum format f, const struct telemetry_header *header, const char *text)
{
	struct arena *a = arena_new(0);
	struct buf found = {0};
	slice record = padded(a, slice_from(text)), hidden = telemetry_hidden(reader, a, f, header, record);
	assert_true(hidden.n == 0 || telemetry_encodes(f) || telemetry_undoings(f) != 0);
	chunk_reads(a, record, &found);
	while (hidden.n > 0) {
		slice line = slice_cut(&hidden, '\n');
		if (slice_find(buf_slice(&found), line) == found.n)
			fail_msg("%s: \"%.*s\" is not in \"%.*s\"", text, SLICE_PRINTF(line), (int)found.n, (const char *)found.p);
	}
	buf_free(&found);
	arena_free(a);
}

/* What the scanner gathers from a whole chunk holds all that the records themselves say is hidden. */
static void chunks_hold_what_records_hide(void **state)
{
	(void)state;
	static const char *const records[] = {
		"type=EXECVE msg=audit(1364481363.243:24287): argc=4 a0=\"curl\" a1=2D4F a2=687474703A2F2F64726F702E6578616D706C652F6B6974 "
		"a3=\"x\"",
		"type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0=\"sh\" a1_len=4 a1=6120620063\r",
		"type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=636174002F6574632F7373682F737368645F636F6E666967",
		"type=PATH msg=audit(1364481363.243:24287): item=0 name=2F746D702F6120622E646F63 inode=10 dev=fd:00",
		"type=SOCKADDR msg=audit(1364481363.243:24287): saddr=02000050CB0071420000000000000000",
		"type=SOCKADDR msg=audit(1364481363.243:24287): saddr=0A0001BB0000000020010DB800000000000000000000006600000000",
		"type=SOCKADDR msg=audit(1364481363.243:24287): saddr=01002F72756E2F782E736F636B00",
		"type=USER_CMD msg=audit(1364475353.159:24270): pid=3280 msg='cwd=\"/\" cmd=6C73202F726F6F74 terminal=pts/0 acct=6120627A'",
		"type=SYSCALL msg=audit(1364481363.243:24287): a0=AABB comm=6120 exe=2F612062 key=(null)",
	};
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		assert_true(telemetry_hidden(reader, a, FORMAT_AUDIT, NULL, padded(a, slice_from(records[i]))).n > 0);
		check_hidden(reader, FORMAT_AUDIT, NULL, records[i]);
	}
	for (size_t i = 0; i < SAMPLES_N; i++) {
		const struct telemetry_header *header;
		enum format f = telemetry_detect(a, arena_printf(a, "%s%s\n", samples[i].header, samples[i].record), &header);
		check_hidden(reader, f, header, samples[i].record);
	}
	telemetry_reader_free(reader);
	arena_free(a);
}

/* Lines and records that say too little about themselves stay of unknown format, so that any text is looked for in them. */
static void what_says_little_stays_unknown(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum format format;
	} cases[] = {
		{"time=2021-05-01T10:00:00Z level=info msg=\"opened Global\\\\x\"", FORMAT_TEXT},
		{"2021-05-01 10:00:00,250 INFO main: started", FORMAT_TEXT},
		{"10:00 a b c", FORMAT_TEXT},
		{"reply a.example is 192.0.2.1", FORMAT_TEXT},
		{"alice : TTY=x ; PWD=/ ; USER=root ; COMMAND=ls", FORMAT_TEXT},
		{"a,b,c", FORMAT_TEXT},
		{"CEF:zero|a|b", FORMAT_TEXT},
		{"type=x of msg=audit", FORMAT_TEXT},
		{"{\"@timestamp\":\"2021-05-01T10:00:00Z\",\"source\":\"/var/log/x\",\"message\":\"text\"}", FORMAT_JSON},
		{"{\"event\":\"login\",\"source\":\"app\"}", FORMAT_JSON},
		{"{\"status\":200,\"request\":\"x\"}", FORMAT_JSON},
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct telemetry_header *header;
		enum format f = telemetry_detect(a, arena_printf(a, "%s\n", cases[i].text), &header);
		if (f != cases[i].format) fail_msg("%s: %s, expected %s", cases[i].text, format_name(f), format_name(cases[i].format));
	}
	arena_free(a);
}

/* BIND's word behind the time is no machine, also where its line is text in a file of JSON. */
static void client_is_no_host(void **state)
{
	(void)state;
	static const char *const records[] = {
		"02-May-2022 10:11:12.123 client 203.0.113.9#53124: query: evil.example IN A +",
		"May  2 10:11:12 client 203.0.113.9#53124: query: evil.example IN A +",
	};
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		struct record_fields r;
		telemetry_fields(reader, a, FORMAT_JSON, NULL, padded(a, slice_from(records[i])), &r);
		assert_true(r.as_text);
		assert_slice(r.host, "");
	}
	telemetry_reader_free(reader);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_say_what_they_say),
		cmocka_unit_test(every_format_has_a_sample),
		cmocka_unit_test(typed_fields_hit_typed),
		cmocka_unit_test(nothing_that_text_finds_is_lost),
		cmocka_unit_test(cut_records_invent_nothing),
		cmocka_unit_test(lines_in_files_of_other_formats),
		cmocka_unit_test(chunks_hold_what_records_hide),
		cmocka_unit_test(client_is_no_host),
		cmocka_unit_test(what_says_little_stays_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
