/* A whole body of each kind, and the values that its rules accept and refuse. */
#ifndef TEST_LEDGER_ENTRY_SAMPLES_H
#define TEST_LEDGER_ENTRY_SAMPLES_H
#include "entry_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_A "\"sha256:" HEX_A "\""
#define DIGEST_B "\"sha256:" HEX_B "\""
/* Of C2SP's and Tessera's documents (../shared/data/vectors/tlog): real ids of real keys. */
#define VKEY "\"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\""
#define ROOT "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\""

/* One accepted value for each rule; for a word the row's first. */
static inline const char *sample_value(const struct entry_field *field, char room[80])
{
	static const char *const VALUES[ENTRY_RULES] = {
		[ENTRY_DIGEST] = DIGEST_A,
		[ENTRY_BLOB] = DIGEST_A,
		[ENTRY_SALTED] = DIGEST_B,
		[ENTRY_DIGESTS] = "[" DIGEST_A "," DIGEST_B "]",
		[ENTRY_COUNT] = "12",
		[ENTRY_BOOL] = "false",
		[ENTRY_TIME] = "\"2026-11-24T15:30:00.123456Z\"",
		[ENTRY_VERSION] = "\"0.1.0\"",
		[ENTRY_MARKING] = "\"TLP:AMBER+STRICT\"",
		[ENTRY_VKEY] = VKEY,
		[ENTRY_SIGNATURE] = "\"AAAA\"",
		[ENTRY_ROOT] = ROOT,
		[ENTRY_ORIGIN] = "\"example.com/log\"",
		[ENTRY_STIX_ID] = "null",
		[ENTRY_PATHS] = "[\"checkpoint\",\"tile/0/x001/067\",\"tile/entries/000.p/5\"]",
		[ENTRY_ACTOR] = "\"unix:1000\"",
		[ENTRY_OBJECT] = "{}",
	};
	if (field->rule != ENTRY_WORD) return VALUES[field->rule];
	size_t n = field->words != NULL ? strcspn(field->words, "|") : 1;
	(void)snprintf(room, 80, "\"%.*s\"", (int)n, field->words != NULL ? field->words : "x");
	return room;
}

/* A body with every field, but `without` (NULL: none) and with `value` in place of the one called `changed` (NULL: none). */
static inline void sample_body(struct buf *b, const struct entry_kind *k, const char *without, const char *changed, const char *value)
{
	char room[80];

	buf_clear(b);
	struct canonical_writer w = canonical_open(b);
	for (unsigned i = 0; i < k->field_count; i++) {
		const char *name = k->fields[i].name, *put = sample_value(&k->fields[i], room);
		if (without != NULL && strcmp(name, without) == 0) continue;
		if (changed != NULL && strcmp(name, changed) == 0) put = value;
		canonical_put_raw(&w, name, slice_from(put));
	}
	canonical_close(&w);
}

/* The blobs that sample_body names. Returns how many. */
static inline unsigned sample_blobs(const struct entry_kind *k, const char *without, digest out[2])
{
	bool a = false, b = false;
	unsigned n = 0;

	for (unsigned i = 0; i < k->field_count; i++) {
		if (without != NULL && strcmp(k->fields[i].name, without) == 0) continue;
		a = a || k->fields[i].rule == ENTRY_BLOB;
		b = b || k->fields[i].rule == ENTRY_SALTED;
	}
	if (b) memset(&out[n++], 0xbb, sizeof *out); /* in the wrong order: compose sorts */
	if (a) memset(&out[n++], 0xaa, sizeof *out);
	return n;
}
#endif
