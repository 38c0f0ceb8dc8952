/* Five files, one item. */
#include "record_seal.h"

#include "seal.h"

static enum err add_all(struct seal *s, const struct scan_material *m, const struct record_excerpt *x, struct fault *f)
{
	const struct {
		const char *name;
		int fd;
	} files[] = {{"answer.jsonl", m->answer}, {"coverage.jsonl", m->coverage}, {"inputs.json", m->inputs}, {"records", x->records},
		{"records.jsonl", x->index}};
	enum err e = OK;
	for (size_t i = 0; i < sizeof files / sizeof *files && e == OK; i++)
		e = seal_add(s, slice_from(files[i].name), files[i].fd, files[i].name, f);
	return e;
}

enum err record_seal(struct home *h, const struct scan_facts *s, const struct scan_material *m, const struct record_excerpt *x,
	const struct record_seal *what, uint64_t scan_entry, struct record_item *out, struct fault *f)
{
	struct seal_options options = {.digests = 0};
	struct seal *seal = NULL;
	struct buf notes = {0};
	buf_printf(&notes, "scan: entry %llu of %.*s", (unsigned long long)scan_entry, (int)slice_sub(what->origin, 0, 1000).n,
		(const char *)what->origin.p);
	struct manifest_head head = {.case_name = what->case_name,
		.reason = what->reason,
		.collector = what->collector,
		.version = m->version,
		.notes = buf_slice(&notes),
		.source = SLICE("scan"),
		.began = s->began,
		.ended = s->ended,
		.form = ITEM_ORIGINAL,
		.marking = tlp_stricter(s->marking, TLP_AMBER),
		.exercise = s->exercise};
	enum err e = seal_begin(h, &options, &seal, f);
	if (e == OK) e = add_all(seal, m, x, f);
	if (e == OK) e = seal_end(seal, &head, &out->id, &out->place, f);
	seal_free(seal);
	buf_free(&notes);
	return e;
}
