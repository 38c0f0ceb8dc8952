/* Inputs: chunks are whole records and add up to the file; files that change while they are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "input.h"
#include "limit.h"
#include "source.h"

static void write_file(const char *path, const void *p, size_t n, const char *mode)
{
	FILE *f = fopen(path, mode);
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* The chunks of one file joined; each ends at a newline unless it is the last or open. */
static struct buf chunks_of(const char *path, size_t *chunks, bool *unreadable, bool *open_end)
{
	struct input *in = input_new(&path, 1, NULL, -1);
	struct input_buffer b = {0};
	struct input_chunk c;
	struct buf all = {0};
	*chunks = 0;
	*open_end = false;
	bool ended = false;
	while (input_next(in, &b, &c)) {
		assert_false(ended);
		slice s = c.scan.bytes;
		for (size_t i = 0; i < SCAN_MARGIN && s.n > 0; i++) {
			assert_int_equal(s.p[s.n + i], 0);
			assert_int_equal(*(s.p - 1 - i), 0);
		}
		if (!c.file_ends && s.n > 0 && !c.open_end) assert_int_equal(s.p[s.n - 1], '\n');
		*open_end |= c.open_end;
		buf_add(&all, s);
		++*chunks;
		if (!c.file_ends) continue;
		ended = true;
		*unreadable = c.file->unreadable;
		input_file_free(c.file);
	}
	assert_true(ended);
	input_buffer_free(&b);
	input_free(in);
	return all;
}

static void chunks_add_up(void **state)
{
	(void)state;
	char path[] = "/tmp/kulla_input_XXXXXX";
	assert_true(mkstemp(path) >= 0);
	unsigned seed = 20220715;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 20; round++) {
		struct buf text = {0};
		size_t want = (size_t)rand_r(&seed) % (3u << 20);
		while (text.n < want) {
			size_t line = (size_t)rand_r(&seed) % (round % 4 == 0 ? 600000 : 200);
			for (size_t i = 0; i < line; i++) buf_add_byte(&text, (uint8_t)('a' + i % 26));
			buf_add_byte(&text, '\n');
		}
		if (round % 2 == 0) buf_add_text(&text, "no newline at the end");
		write_file(path, text.p, text.n, "w");
		size_t chunks;
		bool unreadable, open_end;
		struct buf all = chunks_of(path, &chunks, &unreadable, &open_end);
		assert_false(unreadable);
		assert_false(open_end);
		assert_true(slice_equal(buf_slice(&all), buf_slice(&text)));
		buf_free(&all);
		buf_free(&text);
	}
	(void)unlink(path);
}

static void long_record_is_cut(void **state)
{
	(void)state;
	char path[] = "/tmp/kulla_input_XXXXXX";
	assert_true(mkstemp(path) >= 0);
	size_t n = RECORD_BYTES_MAX + 100;
	uint8_t *p = mem_alloc(n);
	memset(p, 'x', n);
	write_file(path, p, n, "w");
	free(p);
	size_t chunks;
	bool unreadable, open_end;
	struct buf all = chunks_of(path, &chunks, &unreadable, &open_end);
	assert_int_equal(all.n, n);
	assert_int_equal(chunks, 2);
	assert_true(open_end);
	buf_free(&all);
	(void)unlink(path);
}

/* A document's chunks add up, its spans are in order and hold whole records. */
static struct fault document_check(slice text, size_t *records)
{
	char path[] = "/tmp/kulla_input_XXXXXX";
	assert_true(mkstemp(path) >= 0);
	write_file(path, text.p, text.n, "w");
	const char *paths[] = {path};
	struct input *in = input_new(paths, 1, NULL, -1);
	struct input_buffer b = {0};
	struct input_chunk c;
	struct fault remark = {0};
	size_t at = 0;
	*records = 0;
	while (input_next(in, &b, &c)) {
		assert_true(slice_equal(c.scan.bytes, slice_sub(text, at, c.scan.bytes.n)));
		at += c.scan.bytes.n;
		uint32_t end = 0;
		for (size_t i = 0; i < c.scan.spans_n; i++) {
			const struct scan_span *s = &c.scan.spans[i];
			assert_true(s->start >= end && s->n > 0 && s->start + s->n <= c.scan.bytes.n);
			assert_int_equal(c.scan.bytes.p[s->start], '{');
			assert_int_equal(c.scan.bytes.p[s->start + s->n - 1], '}');
			end = s->start + s->n;
		}
		*records += c.scan.spans_n;
		if (!c.file_ends) continue;
		remark = c.file->remark;
		input_file_free(c.file);
	}
	assert_int_equal(at, text.n);
	input_buffer_free(&b);
	input_free(in);
	(void)unlink(path);
	return remark;
}

static void documents_add_up(void **state)
{
	(void)state;
	unsigned seed = 20231105;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 20; round++) {
		struct buf text = {0};
		size_t want = (size_t)rand_r(&seed) % (3u << 20), made = 1, records;
		buf_add_text(&text, "[{\"a\":1}");
		for (; text.n < want; made++) {
			buf_add_text(&text, round % 2 == 0 ? ",\n{\"a\":\"" : ",{\"a\":\"");
			size_t n = (size_t)rand_r(&seed) % (round % 4 == 0 ? 700000 : 300);
			for (size_t i = 0; i < n; i++) buf_add_byte(&text, (uint8_t) "x}]\n,"[i % 5]);
			buf_add_text(&text, "\"}");
		}
		buf_add_text(&text, "]\n");
		struct fault remark = document_check(buf_slice(&text), &records);
		assert_int_equal(remark.kind, OK);
		assert_int_equal(records, made);
		buf_free(&text);
	}
}

/* A record that is too long: it and what follows is read by lines, and that is told. */
static void long_document_record(void **state)
{
	(void)state;
	struct buf text = {0};
	size_t records;
	buf_add_text(&text, "[{\"a\":1},{\"b\":\"");
	(void)buf_reserve(&text, RECORD_BYTES_MAX + 100);
	memset(text.p + text.n, 'x', RECORD_BYTES_MAX + 100);
	text.n += RECORD_BYTES_MAX + 100;
	buf_add_text(&text, "\"},\n{\"c\":1}]");
	struct fault remark = document_check(buf_slice(&text), &records);
	assert_int_equal(remark.kind, ERR_LIMIT);
	assert_non_null(strstr(remark.text, "RECORD_BYTES_MAX"));
	assert_int_equal(records, 1);
	buf_free(&text);
}

static void source_drain(const char *path, void (*between)(const char *path), enum err *error, size_t *bytes)
{
	struct source_settings s = {.named = true, .stop_fd = -1};
	struct source *source;
	struct fault f = {0};
	uint8_t *room = mem_alloc(1u << 20);
	*bytes = 0;
	*error = source_open(path, &s, &source, &f);
	if (*error == OK) {
		between(path);
		size_t got = 1;
		while (*error == OK && got > 0) {
			*error = source_read(source, room, 1u << 20, &got, &f);
			*bytes += got;
		}
		source_close(source);
	}
	free(room);
}

static void shorten(const char *path)
{
	assert_int_equal(truncate(path, 300000), 0);
}
static void grow(const char *path)
{
	write_file(path, "more\n", 5, "a");
}
static void vanish(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static void file_that_changes(void **state)
{
	(void)state;
	size_t n = 2u << 20, bytes;
	uint8_t *p = mem_alloc(n);
	memset(p, 'x', n);
	enum err e;
	char path[] = "/tmp/kulla_input_XXXXXX";
	assert_true(mkstemp(path) >= 0);
	write_file(path, p, n, "w");
	source_drain(path, grow, &e, &bytes);
	assert_int_equal(e, OK);
	assert_int_equal(bytes, n + 5);
	source_drain(path, shorten, &e, &bytes);
	assert_int_equal(e, ERR_CHANGED);
	source_drain(path, vanish, &e, &bytes);
	assert_int_equal(e, OK);
	assert_int_equal(bytes, 300000);
	source_drain(path, vanish, &e, &bytes);
	assert_int_equal(e, ERR_NOT_FOUND);
	free(p);
}

static void binary_formats(void **state)
{
	(void)state;
	assert_string_equal(source_binary_format(SLICE("ElfFile\0xxxx")), "Windows event log (EVTX)");
	assert_string_equal(source_binary_format(SLICE("BZh91AY&SY")), "bzip2");
	assert_null(source_binary_format(SLICE("ElfFile is a word")));
	assert_null(source_binary_format(SLICE("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chunks_add_up), cmocka_unit_test(long_record_is_cut),
		cmocka_unit_test(documents_add_up), cmocka_unit_test(long_document_record), cmocka_unit_test(file_that_changes),
		cmocka_unit_test(binary_formats)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
