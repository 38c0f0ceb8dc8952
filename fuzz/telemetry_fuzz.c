/* Any bytes as the start of a file and its lines: the format is told, each record gives fields that lie in the arena or the record, also as
 * a line of a syslog file, where every syntax is tried. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "telemetry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one_record(struct telemetry_reader *reader, enum format f, const struct telemetry_header *header, slice line)
{
	uint8_t *p = malloc(line.n + 64); /* of exactly the size that the header promises */
	if (p == NULL) abort();
	if (line.n > 0) memcpy(p, line.p, line.n);
	memset(p + line.n, ' ', 64);
	struct arena *a = arena_new(0);
	struct record_fields r;
	uint64_t sum = 0;
	telemetry_fields(reader, a, f, header, slice_of(p, line.n), &r);
	for (size_t i = 0; i < r.fields_n; i++) {
		const struct field *field = &r.fields[i];
		assert(field->type < OBSERVABLE_COUNT);
		for (size_t k = 0; k < field->name.n; k++) sum += field->name.p[k];
		for (size_t k = 0; k < field->value.n; k++) sum += field->value.p[k];
	}
	for (size_t k = 0; k < r.url_host.n; k++) sum += r.url_host.p[k];
	assert((r.url_host.n == 0) == (r.url_path.n == 0));
	assert(!r.as_text || r.fields_n == 1);
	assert(r.kind < FORMAT_COUNT && r.inner < FORMAT_COUNT);
	slice hidden = telemetry_hidden(reader, a, f, header, slice_of(p, line.n));
	for (size_t k = 0; k < hidden.n; k++) sum += hidden.p[k];
	assert(sum != UINT64_MAX);
	arena_free(a);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct telemetry_settings settings = {.zone_minutes = 60, .year = 2021};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	struct arena *a = arena_new(0);
	const struct telemetry_header *header;
	slice rest = slice_of(data, size);
	enum format f = telemetry_detect(a, rest, &header);
	for (size_t lines = 0; rest.n > 0 && lines < 256; lines++) {
		slice line = slice_cut(&rest, '\n');
		if (telemetry_is_header(f, header, line)) header = telemetry_header_line(a, header, line);
		else one_record(reader, f, header, line);
		one_record(reader, FORMAT_SYSLOG, NULL, line); /* where every line's format may stand */
	}
	arena_free(a);
	telemetry_reader_free(reader);
	return 0;
}
