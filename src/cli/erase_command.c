/* kulla ledger erase: destroy a blob, and say so in the ledger. */
#include <stdio.h>

#include "command.h"
#include "erase.h"
#include "home_option.h"

struct erase_options {
	const char *home, *ground;
	instant ordered;
};
static const struct option erase_options[] = {
	HOME_OPTION(struct erase_options, home),
	{.name = "ground",
		.kind = OPTION_TEXT,
		.place = offsetof(struct erase_options, ground),
		.argument = "TEXT",
		.help = "who ordered it, under which law; needed, and kept as a blob of its own"},
	{.name = "ordered",
		.kind = OPTION_TIME,
		.place = offsetof(struct erase_options, ordered),
		.argument = "TIME",
		.help = "when the order was given"},
	{0},
};

/* "sha256:<64 hex>", as entries write it, or the digits alone, as files are named. */
static bool digest_read(const char *text, digest *out)
{
	slice t = slice_from(text);
	return entry_get_digest(t, out) || digest_get_hex(t, out);
}

static enum err erase(const struct erase_options *o, const char *name, struct fault *f)
{
	struct erasure x = {.ground = slice_from(o->ground), .ordered = o->ordered};
	struct node_place place = {.size = 0};
	struct home *h = NULL;
	const char *path = NULL;
	if (!digest_read(name, &x.blob))
		return fault_set(f, ERR_USAGE, 0, 0, "the blob is named by its digest: sha256: and 64 hexadecimal digits in lower case");
	enum err e = home_option_find(o->home, &path, f);
	if (e == OK) e = home_open(path, &h, f);
	if (e == OK) e = node_erase(h, &x, &place, f);
	home_close(h);
	if (place.size > 0)
		printf("%s: entry %llu says so (checkpoint of %llu entries)\n", e == OK ? "erased" : "NOT erased, only ordered",
			(unsigned long long)place.index, (unsigned long long)place.size);
	return e;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct erase_options o = {.ordered = INSTANT_NONE};
	struct arguments rest;
	struct fault f = {0};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	if (options_parse(a, erase_options, argc, argv, &o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n != 1) code = command_usage_error(c, "ledger erase takes the digest of one blob");
	else if (o.ground == NULL) code = command_usage_error(c, "an erasure needs its ground: give --ground TEXT");
	else {
		enum err e = erase(&o, rest.items[0], &f);
		if (e != OK) complain(NULL, &f);
		code = e == OK ? 0 : EXIT_ERROR;
	}
	arena_free(a);
	return code;
}

const struct command command_ledger_erase = {
	.name = "ledger erase",
	.summary = "destroy a blob on a lawful order; the ledger says so",
	.usage = "[--home DIR] --ground TEXT [--ordered TIME] DIGEST",
	.text = "Appends an entry that names the blob, its size and the ground (as a salted text), then destroys the blob. Entries that "
		"name it stay,\n"
		"and every proof stays valid: verification reads the entry and takes the blob for erased, not for lost. What the disk, "
		"snapshots and\n"
		"copies keep is theirs: erase there too.\n",
	.examples = "  kulla ledger erase --home /var/lib/kulla --ground 'court of Arberia, 12/2026' sha256:9f86d081884c7d65…\n",
	.options = erase_options,
	.run = run,
};
