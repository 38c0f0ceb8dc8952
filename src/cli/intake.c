/* What was read. */
#include "intake.h"

#include <stdlib.h>

#include "canonical.h"
#include "digest_set.h"
#include "visible.h"

struct intake {
	struct arena *kept;
	struct intake_file *files;
	size_t files_n, room;
	enum intake_role role;
	bool ended;
};
static const char *const role_names[] = {[INTAKE_INTELLIGENCE] = "intelligence", [INTAKE_LOG] = "log"};

struct intake *intake_new(void)
{
	struct intake *i = mem_alloc(sizeof *i);
	*i = (struct intake){.kept = arena_new(0), .role = INTAKE_LOG};
	return i;
}

void intake_free(struct intake *i)
{
	if (i == NULL) return;
	arena_free(i->kept);
	free(i->files);
	free(i);
}

void intake_set_role(struct intake *i, enum intake_role role)
{
	i->role = role;
}

void intake_add(struct intake *i, const struct intake_file *file)
{
	if (i->files_n == i->room) {
		i->room = i->room > 0 ? i->room * 2 : 64;
		i->files = mem_resize(i->files, i->room * sizeof *i->files);
	}
	struct intake_file *kept = &i->files[i->files_n++];
	*kept = *file;
	kept->role = i->role;
	kept->name = arena_copy(i->kept, file->name);
	if (file->reason != NULL) kept->reason = (const char *)arena_copy(i->kept, slice_from(file->reason)).p;
}

void intake_end(struct intake *i)
{
	i->ended = true;
}

bool intake_reads_on(const struct intake *i)
{
	return !i->ended;
}

/* ---- the list without names ---- */

static void put_anonymous(struct buf *b, const struct intake_file *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	struct canonical_writer w = canonical_open(b);
	canonical_put_count(&w, "bytes", f->bytes);
	canonical_put_text(&w, "sha256", slice_from(digest_hex(&f->sha256, hex)));
	canonical_put_bool(&w, "whole", f->whole);
	canonical_close(&w);
	buf_add_byte(b, '\n');
}

struct intake_sums intake_sum(const struct intake *i, enum intake_role role)
{
	struct intake_sums sums = {0};
	struct buf line = {0};
	struct digest_set set = {0};
	for (size_t k = 0; k < i->files_n; k++) {
		const struct intake_file *f = &i->files[k];
		if (f->role != role) continue;
		sums.files++;
		sums.bytes += f->bytes;
		if (!f->opened) continue;
		buf_clear(&line);
		put_anonymous(&line, f);
		digest_set_add(&set, buf_slice(&line));
	}
	sums.sha256 = digest_set_end(&set);
	buf_free(&line);
	return sums;
}

/* ---- the list ---- */

static void put_named(struct buf *b, const struct intake_file *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	struct buf name = {0};
	struct canonical_writer w = canonical_open(b);
	visible_add(&name, f->name, false);
	if (f->opened) canonical_put_count(&w, "bytes", f->bytes);
	canonical_put_text(&w, "name", buf_slice(&name));
	if (f->reason != NULL) canonical_put_text(&w, "reason", slice_from(f->reason));
	canonical_put_text(&w, "role", slice_from(role_names[f->role]));
	if (f->opened) canonical_put_text(&w, "sha256", slice_from(digest_hex(&f->sha256, hex)));
	canonical_put_bool(&w, "whole", f->whole);
	canonical_close(&w);
	buf_free(&name);
}

#define TAIL_BYTES 64u /* for what stands behind the files */

uint64_t intake_put_list(struct buf *b, const struct intake *i, size_t bytes_max)
{
	const size_t start = b->n;
	size_t k = 0;
	buf_add_text(b, "{\"files\":[");
	for (; k < i->files_n; k++) {
		const size_t before = b->n;
		if (k > 0) buf_add_byte(b, ',');
		put_named(b, &i->files[k]);
		if (b->n - start + TAIL_BYTES <= bytes_max) continue;
		b->n = before;
		break;
	}
	buf_printf(b, "],\"left_out\":%zu}", i->files_n - k);
	return i->files_n - k;
}
