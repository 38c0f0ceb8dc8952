/* The answer as CSV (RFC 4180) with a header line; --count's answer too. */
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
	fputs("indicator,value,seen,type,match,typed,marking,suppressed_by,file,line,record_no,offset,time,host,field,name,author,record\r\n", s->out);
	return c;
}

static void put(struct buf *b, slice text)
{
	bool quote = false;
	for (size_t i = 0; i < text.n && !quote; i++) quote = text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' || text.p[i] == '\r';
	if (b->n > 0) buf_add_byte(b, ',');
	if (!quote) {
		buf_add(b, text);
		return;
	}
	buf_add_byte(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"') buf_add_byte(b, '"');
		buf_add_byte(b, text.p[i]);
	}
	buf_add_byte(b, '"');
}

static void put_number(struct buf *b, uint64_t n)
{
	buf_printf(b, ",%llu", (unsigned long long)n);
}

static void csv_hit(void *state, const struct answer_hit *h)
{
	struct csv_answer *c = state;
	struct buf *b = &c->line;
	const struct watched *w = &h->watched;
	char time[INSTANT_TEXT_BYTES] = "";
	if (h->hit->time != INSTANT_NONE) (void)instant_format(h->hit->time, -1, time);
	put(b, w->id);
	if (w->id.n == 0) buf_add_byte(b, ',');
	if (w->id.n == 0) {
		struct buf value = {0};
		put(&value, w->value);
		buf_add(b, buf_slice(&value));
		buf_free(&value);
	} else {
		put(b, w->value);
	}
	put(b, h->hit->seen);
	put(b, slice_from(observable_stix_type(w->type)));
	put(b, slice_from(match_kind_name(h->hit->kind)));
	put(b, h->hit->typed ? SLICE("true") : SLICE("false"));
	put(b, slice_from(tlp_text(w->marking)));
	put(b, w->warninglist);
	put(b, h->file);
	put_number(b, h->line);
	put_number(b, h->record_no);
	put_number(b, h->offset);
	put(b, slice_from(time));
	put(b, h->hit->host);
	put(b, h->hit->field);
	put(b, w->name);
	put(b, w->author);
	put(b, h->hit->record);
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
