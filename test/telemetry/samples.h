/* The real samples: gzip files below data/telemetry of the shared data ($KULLA_SHARED, else ../shared). */
#ifndef TEST_TELEMETRY_SAMPLES_H
#define TEST_TELEMETRY_SAMPLES_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <isa-l.h>

#include "telemetry.h"

static inline const char *sample_root(void)
{
	const char *root = getenv("KULLA_SHARED");
	return root != NULL ? root : "../shared";
}

/* At most `max` decompressed bytes; 64 more are readable behind them. False when the file is missing or no gzip. */
static inline bool sample_read(const char *name, size_t max, struct buf *out)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/data/telemetry/%s", sample_root(), name);
	FILE *file = fopen(path, "rb");
	if (file == NULL) return false;
	struct buf packed = {.max = 0};
	if (!buf_reserve(&packed, 4u << 20) || !buf_reserve(out, max + 64)) fail_msg("no memory");
	packed.n = fread(packed.p, 1, 4u << 20, file);
	(void)fclose(file);
	struct inflate_state *state = calloc(1, sizeof *state);
	assert_non_null(state);
	isal_inflate_init(state);
	state->crc_flag = ISAL_GZIP;
	state->next_in = packed.p;
	state->avail_in = (uint32_t)packed.n;
	state->next_out = out->p;
	state->avail_out = (uint32_t)max;
	bool good = isal_inflate(state) == ISAL_DECOMP_OK;
	out->n = max - state->avail_out;
	memset(out->p + out->n, '"', 64);
	free(state);
	buf_free(&packed);
	return good && out->n > 0;
}

#define SAMPLE_OR_SKIP(name, max, out)                                                                                                     \
	do {                                                                                                                               \
		if (!sample_read((name), (max), (out))) {                                                                                  \
			print_message("SKIPPED: no sample %s below %s\n", (name), sample_root());                                          \
			buf_free(out);                                                                                                     \
			skip();                                                                                                            \
		}                                                                                                                          \
	} while (0)

/* The records of a text of lines: the next one that is neither blank nor a header; *header follows. */
static inline bool sample_record(struct arena *a, enum format f, const struct telemetry_header **header, slice *rest, slice *record)
{
	while (rest->n > 0) {
		*record = slice_cut(rest, '\n');
		if (record->n > 0 && record->p[record->n - 1] == '\r') record->n--;
		if (record->n == 0) continue;
		if (!telemetry_is_header(f, *header, *record)) return true;
		*header = telemetry_header_line(a, *header, *record);
	}
	return false;
}

/* A text with 64 bytes behind it, in memory of exactly that size. */
static inline slice padded(struct arena *a, slice text)
{
	uint8_t *p = arena_alloc(a, text.n + 64);
	if (text.n > 0) memcpy(p, text.p, text.n);
	memset(p + text.n, '"', 64);
	return slice_of(p, text.n);
}
static inline const struct field *field_named(const struct record_fields *r, const char *name, size_t nth)
{
	for (size_t i = 0; i < r->fields_n; i++) {
		if (!r->fields[i].is_key && slice_equal(r->fields[i].name, slice_from(name)) && nth-- == 0) return &r->fields[i];
	}
	return NULL;
}
#define assert_slice(s, text)                                                                                                              \
	do {                                                                                                                               \
		slice slice_ = (s);                                                                                                        \
		const char *want_ = (text);                                                                                                \
		if (!slice_equal(slice_, slice_from(want_))) fail_msg("%s: got '%.*s', expected '%s'", #s, SLICE_PRINTF(slice_), want_);   \
	} while (0)
#endif
