/* The index of a MISP feed: it holds no indicators, but says which events should lie beside it. */
#include <unistd.h>
#include "json.h"
#include "limit.h"
#include "load.h"
#include "source.h"

struct missing {
	uint64_t events, missing;
	struct buf first;
};

static enum err manifest_read(struct source *s, slice start, struct buf *text, struct fault *f)
{
	uint8_t piece[16u << 10];
	size_t got = 1;
	enum err e = OK;
	buf_add(text, start);
	while (e == OK && got > 0 && text->n <= INTEL_OBJECT_BYTES_MAX) {
		e = source_read(s, piece, sizeof piece, &got, f);
		buf_add(text, slice_of(piece, got));
	}
	if (e == OK && text->n > INTEL_OBJECT_BYTES_MAX)
		e = fault_set(f, ERR_LIMIT, 0, text->n,
			"the manifest is longer than INTEL_OBJECT_BYTES_MAX = %u bytes; was every event read?", INTEL_OBJECT_BYTES_MAX);
	return e;
}

/* A key is foreign: only one that is a plain name is made a path. */
static bool event_is_there(slice folder, slice key, struct buf *path)
{
	static const char *const ends[] = {".json", ".json.gz"};
	bool there = false;
	if (slice_find_byte(key, '/') < key.n || slice_find_byte(key, 0) < key.n) return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends && !there; i++) {
		buf_clear(path);
		buf_add(path, folder);
		buf_add(path, key);
		buf_add_text(path, ends[i]);
		buf_add_byte(path, 0);
		there = access((const char *)path->p, F_OK) == 0;
	}
	return there;
}

static void events_look(json_value root, slice folder, struct missing *m)
{
	struct buf path = {0};
	struct json_iter i = json_iter(root);
	while (json_next(&i)) {
		m->events++;
		if (event_is_there(folder, i.key, &path)) continue;
		if (m->missing++ == 0) buf_add(&m->first, i.key);
	}
	buf_free(&path);
}

enum err load_manifest(struct source *s, const char *path, slice start, struct fault *trouble, struct fault *f)
{
	struct buf text = {0};
	struct missing m = {0};
	struct json_parser *parser = json_parser_new();
	const char *slash = strrchr(path, '/');
	json_value root;
	trouble->kind = OK;
	enum err e = manifest_read(s, start, &text, f);
	if (e == OK) e = json_parse(parser, buf_slice(&text), &root, f);
	if (e == OK) events_look(root, slice_of(path, slash != NULL ? (size_t)(slash + 1 - path) : 0), &m);
	if (m.missing > 0)
		(void)fault_set(trouble, ERR_NOT_FOUND, 0, 0,
			"%llu of the feed's %llu %s not in its folder and %s not read, the first: %.*s.json", (unsigned long long)m.missing,
			(unsigned long long)m.events,
			m.events == 1    ? "event is"
			: m.missing == 1 ? "events is"
					 : "events are",
			m.missing == 1 ? "was" : "were", (int)(m.first.n < 64 ? m.first.n : 64), (const char *)m.first.p);
	json_parser_free(parser);
	buf_free(&m.first);
	buf_free(&text);
	return e;
}
