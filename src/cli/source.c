/* A stack of layers, and the walk through archives. Invariants: stack[0] is the file, each layer lies over the one before; between two
 * calls of source_next the top layer gives the part's bytes, or is an archive whose member was refused; `ends` has the length
 * of the name up to each archive on the stack. */
#include "source.h"
#include "layer_int.h"
#include "limit.h"
#include "text.h"
#include <stdlib.h>

#define STACK_MAX (2 * CONTAINER_DEPTH_MAX + 2) /* each archive has a member above it; the file; UTF-16 */

struct source {
	char *path;
	struct source_settings settings;
	struct layer_shared shared;
	struct layer *stack[STACK_MAX];
	size_t name_ends[STACK_MAX];
	size_t depth;
	bool opened, cut_name;
	uint64_t mark_bytes; /* of the part at hand */
	struct buf name;
};

const char *source_binary_format(slice start)
{
	const struct content *c = content_of(start);
	return c != NULL ? c->name : NULL;
}

static struct layer *top(const struct source *s)
{
	return s->depth > 0 ? s->stack[s->depth - 1] : NULL;
}

static void push(struct source *s, struct layer *l)
{
	s->name_ends[s->depth] = s->name.n;
	s->stack[s->depth++] = l;
}

static void pop(struct source *s)
{
	struct layer *l = s->stack[--s->depth];
	layer_close(l);
}

static bool is_member(const struct layer *l)
{
	return l->below != NULL && l->below->kind->is_archive;
}

/* Compressed files and archives on the stack. */
static int containers(const struct source *s)
{
	int n = 0;
	for (size_t i = 1; i < s->depth; i++) n += !is_member(s->stack[i]);
	return n;
}

/* ---- names ---- */

/* Control characters, those of Unicode that turn the direction of text, and bytes that are no UTF-8, as \xNN. */
static bool is_visible(slice bytes, uint32_t c)
{
	if (bytes.n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
	return !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff;
}

static void name_add(struct source *s, slice name)
{
	size_t start = s->name.n;
	buf_add_byte(&s->name, '!');
	for (size_t i = 0; i < name.n && s->name.n - start < MEMBER_NAME_BYTES_MAX;) {
		uint32_t c;
		unsigned n = text_utf8_next(slice_sub(name, i, 4), &c);
		if (is_visible(slice_sub(name, i, n), c)) {
			buf_add(&s->name, slice_sub(name, i, n));
			i += n;
			continue;
		}
		for (unsigned k = 0; k < (n > 0 ? n : 1); k++) buf_printf(&s->name, "\\x%02x", name.p[i++]);
	}
	s->cut_name = s->name.n - start >= MEMBER_NAME_BYTES_MAX;
	if (s->cut_name) buf_add_text(&s->name, "…");
}

/* ---- going down: what the bytes on top are ---- */

/* UTF-16 without a mark: nearly every other byte of the start is zero. */
static const char *encoding_guess(slice s)
{
	size_t zero[2] = {0, 0}, half = s.n / 2;
	if (s.n < 8) return NULL;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0) zero[i & 1]++;
	if (zero[1] * 10 >= half * 7 && zero[0] * 20 <= half) return "UTF-16LE";
	if (zero[0] * 10 >= half * 7 && zero[1] * 20 <= half) return "UTF-16BE";
	return NULL;
}

/* Nothing is known to start so, and it is hardly text. */
static bool looks_binary(slice s)
{
	size_t controls = 0;
	for (size_t i = 0; i < s.n; i++)
		controls += (s.p[i] < 0x20 && (s.p[i] < '\t' || s.p[i] > '\r') && s.p[i] != 0x1b) || s.p[i] == 0x7f;
	return controls > s.n / 16;
}

static void text_begin(struct source *s, slice start)
{
	static const struct {
		slice mark;
		const char *encoding;
	} marks[] = {
		{{(const uint8_t *)"\xef\xbb\xbf", 3}, NULL},
		{{(const uint8_t *)"\xff\xfe", 2}, "UTF-16LE"},
		{{(const uint8_t *)"\xfe\xff", 2}, "UTF-16BE"},
	};
	const char *encoding = NULL;
	size_t mark_bytes = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks && mark_bytes == 0; i++) {
		if (!slice_starts(start, marks[i].mark)) continue;
		mark_bytes = marks[i].mark.n;
		encoding = marks[i].encoding;
	}
	if (mark_bytes == 0) encoding = encoding_guess(start);
	top(s)->start_at += mark_bytes;
	if (encoding == NULL) {
		s->mark_bytes = mark_bytes;
		if (looks_binary(start) && top(s)->remark.kind == OK)
			(void)fault_set(&top(s)->remark, ERR_UNSUPPORTED, 0, 0,
				"looks like binary data of no known format: it was matched as bytes, line by line");
		return;
	}
	push(s, layer_text_new(top(s), &s->shared, encoding));
}

static enum err unsupported(const struct source *s, const struct content *c, struct fault *f)
{
	if (c->open != NULL) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is an archive (%s), expected a file", c->name);
	return fault_set(f, ERR_UNSUPPORTED, 0, 0, "%s%s is not supported by this version; nothing in it was matched", c->name,
		containers(s) > 0 ? " in a container" : "");
}

/* Put decoders on the stack until text or an archive is on top. */
static enum err descend(struct source *s, struct fault *f)
{
	for (;;) {
		slice start = layer_peek(top(s), layer_raw_is_pipe(s->stack[0]));
		const struct content *c = content_of(start);
		if (c == NULL) {
			if (top(s)->error == ERR_STOPPED) return fault_set(f, ERR_STOPPED, 0, 0, "stopped");
			text_begin(s, start);
			return OK;
		}
		if (c->open == NULL || (c->open == layer_archive_new && !s->settings.archives)) return unsupported(s, c, f);
		if (c->open == layer_capture_new && s->shared.captures == NULL)
			return fault_set(f, ERR_UNSUPPORTED, 0, 0,
				"%s: Suricata is needed to read it and is not installed; nothing in it was matched", c->name);
		if (containers(s) == CONTAINER_DEPTH_MAX)
			return fault_set(f, ERR_LIMIT, 0, 0,
				"%s: more than CONTAINER_DEPTH_MAX = %d containers within each other; nothing in it was matched", c->name,
				CONTAINER_DEPTH_MAX);
		push(s, c->open(top(s), &s->shared, c->name));
		if (top(s)->kind->is_archive) return OK;
	}
}

/* ---- the walk ---- */

static bool part_is(struct source *s, struct source_part *p, const struct fault *f, bool lost)
{
	*p = (struct source_part){.name = buf_slice(&s->name), .lost = lost};
	if (f != NULL) p->fault = *f;
	return true;
}

/* The archive on top has ended; true when there is something to say about it. */
static bool archive_end(struct source *s, const struct fault *fault, struct source_part *p)
{
	struct fault told = *fault;
	bool lost = fault->kind != OK, outermost = false;
	s->name.n = s->name_ends[s->depth - 1];
	while (s->depth > 0 && !outermost) {
		if (told.kind == OK) told = top(s)->remark;
		outermost = is_member(top(s));
		pop(s);
	}
	return told.kind != OK && part_is(s, p, &told, lost);
}

/* One member; true when it is a part to be told. */
static bool member_begin(struct source *s, const struct member *m, struct source_part *p)
{
	struct fault f = {0};
	s->name.n = s->name_ends[s->depth - 1];
	name_add(s, m->name);
	if (m->fault.kind != OK) return part_is(s, p, &m->fault, m->lost);
	push(s, m->layer);
	enum err e = descend(s, &f);
	f.kind = e;
	if (e != OK) return part_is(s, p, &f, true);
	return !top(s)->kind->is_archive && part_is(s, p, NULL, false);
}

/* Leave the part that was given; true when an archive is below it. */
static bool part_leave(struct source *s)
{
	while (s->depth > 0 && !top(s)->kind->is_archive) pop(s);
	return s->depth > 0;
}

static bool file_begin(struct source *s, struct source_part *p)
{
	struct layer *raw;
	struct fault f = {0};
	s->opened = true;
	buf_add_text(&s->name, s->path);
	f.kind = layer_raw_open(s->path, &s->settings, &s->shared, &raw, &f);
	if (f.kind != OK) return part_is(s, p, &f, true);
	push(s, raw);
	f.kind = descend(s, &f);
	if (f.kind != OK) return part_is(s, p, &f, true);
	return !top(s)->kind->is_archive && part_is(s, p, NULL, false);
}

/* The input as a whole is a bomb: told once, under its own name. */
static bool spent_end(struct source *s, struct source_part *p)
{
	struct fault f = {0};
	if (s->depth == 0) return false;
	while (s->depth > 0) pop(s);
	s->name.n = strlen(s->path);
	(void)fault_set(
		&f, ERR_LIMIT, 0, s->shared.read, "its containers together are taken for a decompression bomb; what follows was not read");
	return part_is(s, p, &f, true);
}

bool source_next(struct source *s, struct source_part *p)
{
	s->mark_bytes = 0;
	if (!s->opened && file_begin(s, p)) return true;
	while (part_leave(s) && !s->shared.spent) {
		struct member m;
		struct fault f;
		if (layer_archive_next(top(s), &m, &f)) {
			if (member_begin(s, &m, p)) return true;
		} else if (archive_end(s, &f, p)) {
			return true;
		}
	}
	return s->shared.spent && spent_end(s, p);
}

struct source *source_new(const char *path, const struct source_settings *settings)
{
	static const struct source_limits ordinary = {.decoded_bytes = DECODED_BYTES_MAX,
		.expansion_free = EXPANSION_FREE_BYTES,
		.expansion_archive = EXPANSION_ARCHIVE_BYTES,
		.expansion_ratio = EXPANSION_RATIO_MAX,
		.members = MEMBERS_MAX};
	struct source *s = mem_alloc(sizeof *s);
	size_t path_bytes = strlen(path) + 1;
	s->path = mem_alloc(path_bytes);
	memcpy(s->path, path, path_bytes);
	s->settings = *settings;
	s->shared.captures = settings->captures;
	s->shared.stop_fd = settings->stop_fd;
	s->shared.limits = settings->limits != NULL ? *settings->limits : ordinary;
	return s;
}

enum err source_open(const char *path, const struct source_settings *settings, struct source **out, struct fault *f)
{
	struct source_settings whole = *settings;
	struct source_part p = {0};
	whole.archives = false;
	struct source *s = source_new(path, &whole);
	(void)source_next(s, &p); /* without archives there is one part */
	if (p.fault.kind == OK) {
		*out = s;
		return OK;
	}
	if (f != NULL) *f = p.fault;
	enum err e = p.fault.kind;
	source_close(s);
	return e;
}

enum err source_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	*got = 0;
	struct layer *l = top(s);
	return l == NULL || l->kind->is_archive ? OK : layer_read(l, into, n, got, f);
}

uint64_t source_raw_bytes(const struct source *s)
{
	return s->shared.read;
}

uint64_t source_mark_bytes(const struct source *s)
{
	return s->mark_bytes;
}

bool source_is_live(const struct source *s)
{
	return s->depth > 0 && layer_raw_is_pipe(s->stack[0]);
}

bool source_is_decoded(const struct source *s)
{
	return s->depth > 1;
}

bool source_remark(const struct source *s, struct fault *f)
{
	for (const struct layer *l = top(s); l != NULL && !l->kind->is_archive; l = l->below) {
		if (l->remark.kind == OK) continue;
		*f = l->remark;
		return true;
	}
	if (s->cut_name && s->depth > 0 && !top(s)->kind->is_archive) {
		(void)fault_set(f, ERR_LIMIT, 0, 0, "the member's name is longer than MEMBER_NAME_BYTES_MAX = %u bytes and was cut",
			MEMBER_NAME_BYTES_MAX);
		return true;
	}
	return false;
}

void source_close(struct source *s)
{
	if (s == NULL) return;
	while (s->depth > 0) pop(s);
	buf_free(&s->name);
	free(s->path);
	free(s);
}
