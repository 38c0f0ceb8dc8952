/* The answer as CSV (RFC 4180) with a header line: docs/json.md; --count's answer too. */
#include <stdlib.h>
#include "answer.h"
#include "text.h"

struct csv_answer {
	const struct answer_settings *settings;
	struct buf line;
};

static void *csv_open(const struct answer_settings *s)
{
	struct csv_answer *c = mem_alloc(sizeof *c);
	c->settings = s;
	fputs("indicator,value,seen,type,match,typed,marking,suppressed_by,file,line,record_no,offset,time,host,field,name,author,record,"
	      "marking_from,time_guessed,confidence,labels,record_base64\r\n",
		s->out);
	return c;
}

/* Starts of a cell that make a formula of it, the full-width forms too (OWASP, CSV Injection). */
static bool starts_formula(slice text)
{
	static const char *const starts[] = {
		"=", "+", "-", "@", "\t", "\r", "\n", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (slice_starts(text, slice_from(starts[i]))) return true;
	return false;
}

/* One character, quotes doubled; a byte that is no UTF-8 becomes U+FFFD. Returns the bytes used. */
static unsigned put_character(struct buf *b, slice text)
{
	uint32_t c;
	unsigned n = text.p[0] < 0x80 ? 1 : text_utf8_next(slice_sub(text, 0, 4), &c);
	if (n == 0) {
		buf_add(b, SLICE("\xef\xbf\xbd"));
		return 1;
	}
	if (text.p[0] == '"') buf_add_byte(b, '"');
	buf_add(b, slice_sub(text, 0, n));
	return n;
}

/* A cell of foreign text and the comma behind it. */
static void put(struct buf *b, slice text)
{
	bool quote = false;
	for (size_t i = 0; i < text.n && !quote; i++)
		quote = text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' || text.p[i] == '\r';
	if (quote) buf_add_byte(b, '"');
	if (starts_formula(text)) buf_add_byte(b, '\'');
	for (size_t i = 0; i < text.n;) i += put_character(b, slice_sub(text, i, text.n));
	buf_add_text(b, quote ? "\"," : ",");
}

static void put_own(struct buf *b, const char *text)
{
	buf_printf(b, "%s,", text);
}

static void put_number(struct buf *b, uint64_t n)
{
	buf_printf(b, "%llu,", (unsigned long long)n);
}

static void put_indicator(struct buf *b, const struct answer_hit *h)
{
	const struct watched *w = &h->watched;
	put(b, w->id);
	put(b, w->value);
	put(b, h->hit->seen);
	put_own(b, observable_stix_type(h->hit->type));
	put_own(b, match_kind_name(h->hit->kind));
	put_own(b, h->hit->typed ? "true" : "false");
	put_own(b, tlp_text(w->marking));
	put(b, w->warninglist);
}

static void put_place(struct buf *b, const struct answer_hit *h)
{
	char time[INSTANT_TEXT_BYTES] = "";
	if (h->hit->time != INSTANT_NONE) (void)instant_format(h->hit->time, -1, time);
	put(b, h->file);
	put_number(b, h->line);
	put_number(b, h->record_no);
	put_number(b, h->offset);
	put_own(b, time);
	put(b, h->hit->host);
	put(b, h->hit->field);
}

static void csv_hit(void *state, const struct answer_hit *h)
{
	struct csv_answer *c = state;
	struct buf *b = &c->line;
	const struct watched *w = &h->watched;
	bool text = text_is_utf8(h->hit->record);
	put_indicator(b, h);
	put_place(b, h);
	put(b, w->name);
	put(b, w->author);
	put(b, text ? h->hit->record : (slice){0});
	put_own(b, w->marking_default ? "default" : "");
	put_own(b, h->hit->time_guessed && h->hit->time != INSTANT_NONE ? "true" : "");
	if (w->confidence >= 0) buf_printf(b, "%d", w->confidence);
	buf_add_byte(b, ',');
	put(b, w->labels);
	if (!text) text_put_base64(b, h->hit->record);
	buf_add_text(b, "\r\n");
	(void)fwrite(b->p, 1, b->n, c->settings->out);
	buf_clear(b);
}

static void csv_close(void *state, const struct summary *s)
{
	(void)s;
	struct csv_answer *c = state;
	buf_free(&c->line);
	free(c);
}

const struct answer answer_csv = {csv_open, csv_hit, csv_close};

static void *count_open(const struct answer_settings *s)
{
	struct csv_answer *c = mem_alloc(sizeof *c);
	c->settings = s;
	return c;
}

static void count_hit(void *state, const struct answer_hit *h)
{
	(void)state;
	(void)h;
}

static void count_close(void *state, const struct summary *s)
{
	struct csv_answer *c = state;
	fprintf(c->settings->out, "%llu\n", (unsigned long long)s->hits);
	free(c);
}

const struct answer answer_count = {count_open, count_hit, count_close};
