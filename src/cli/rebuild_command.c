/* kulla rebuild: the view, made again from the ledger. */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "confine.h"
#include "home_option.h"
#include "json.h"
#include "progress.h"
#include "rebuild.h"

#define TELL_SECONDS 0.2

struct rebuild_options {
	const char *home;
	bool json;
};
static const struct option rebuild_options[] = {
	HOME_OPTION(struct rebuild_options, home),
	{.name = "json", .kind = OPTION_FLAG, .place = offsetof(struct rebuild_options, json), .help = "one JSON line"},
	{0},
};

/* ---- on a terminal ---- */

struct told {
	bool on, shown;
	double started, last;
};

static const char *const STAGES[] = {[REBUILD_ENTRIES] = "entries",
	[REBUILD_DIGEST] = "digest of the content",
	[REBUILD_SYNC] = "writing it to the disk",
	[REBUILD_REPLACE] = "putting it in place"};

static bool tell(void *context, enum rebuild_stage stage, uint64_t done, uint64_t all)
{
	struct told *t = context;
	double now = clock_seconds();
	if (stage == REBUILD_DONE || !t->on || now - t->last < TELL_SECONDS) return true;
	t->last = now;
	t->shown = true;
	if (stage != REBUILD_ENTRIES) fprintf(stderr, "\r\033[K%s", STAGES[stage]);
	else
		fprintf(stderr, "\r\033[K%llu of %llu entries (%.0f %%)  %.0f/s", (unsigned long long)done, (unsigned long long)all,
			all > 0 ? 100.0 * (double)done / (double)all : 100.0, (double)done / (now - t->started));
	(void)fflush(stderr);
	return true;
}

/* ---- the answer ---- */

static void show_text(const struct rebuild_result *r, double seconds)
{
	char hex[DIGEST_HEX_BYTES + 1], root[DIGEST_BASE64_BYTES + 1];
	printf("The view has %llu %s", (unsigned long long)r->head.size, r->head.size == 1 ? "entry" : "entries");
	if (isatty(STDOUT_FILENO)) printf(", made in %.1f s, %.0f a second", seconds, seconds > 0 ? (double)r->head.size / seconds : 0);
	printf(".\nroot     %s\ncontent  sha256:%s\n", digest_base64(&r->head.root, root), digest_hex(&r->content, hex));
	if (r->unreadable > 0)
		printf("Of these %llu break the rules of their kind: rows without time, kind and actor; kulla verify names them\n",
			(unsigned long long)r->unreadable);
}

static void show_json(const struct rebuild_result *r)
{
	struct buf b = {0}, content = {0};
	char root[DIGEST_BASE64_BYTES + 1];
	entry_put_digest(&content, &r->content);
	buf_add_text(&b, "{\"kind\":\"summary\"");
	json_put_member_int(&b, "entries", (int64_t)r->head.size);
	json_put_member_int(&b, "unreadable", (int64_t)r->unreadable);
	json_put_member_text(&b, "root", slice_from(digest_base64(&r->head.root, root)));
	json_put_member_text(&b, "content", buf_slice(&content));
	buf_add_text(&b, "}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&content);
	buf_free(&b);
}

/* ---- the command ---- */

static int rebuild_in(const char *path, bool json)
{
	struct told t = {.on = isatty(STDERR_FILENO), .started = clock_seconds()};
	struct rebuild_watch watch = {&t, tell};
	struct rebuild_result r;
	struct fault f = {0};
	struct home *h = NULL;
	t.last = t.started;
	enum err e = home_open(path, &h, &f);
	if (e == OK) (void)confine_view(h->path);
	if (e == OK) e = view_rebuild(h, &watch, &r, &f);
	if (t.shown) fputs("\r\033[K", stderr);
	if (e != OK) complain(NULL, &f);
	else if (json) show_json(&r);
	else show_text(&r, clock_seconds() - t.started);
	home_close(h);
	return e == OK ? 0 : EXIT_ERROR;
}

static int rebuild_run(const struct command *c, int argc, char *const *argv)
{
	struct rebuild_options o = {0};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	const char *path = NULL;
	int code = EXIT_ERROR;
	enum err e = options_parse(a, rebuild_options, argc, argv, &o, &rest, &f);
	if (e == OK && rest.n > 0) e = fault_set(&f, ERR_USAGE, 0, 0, "rebuild takes no arguments: the home is --home DIR");
	if (e == OK) e = home_option_find(o.home, &path, &f);
	if (e != OK) (void)command_usage_error(c, f.text);
	else code = rebuild_in(path, o.json);
	arena_free(a);
	return code;
}

const struct command command_rebuild = {
	.name = "rebuild",
	.summary = "make the view again from the ledger",
	.usage = "[--home DIR] [--json]",
	.text = "The view (view.db in the home, SQLite) holds the ledger's entries as tables, for questions. Nothing in it is true because "
		"it\n"
		"stands there: this makes it from nothing, out of the entries that the published checkpoint covers, and puts it in the "
		"old\n"
		"one's place only when it is whole. The digest of its content is the same every time and on every machine: two sites that\n"
		"have the same ledger print the same.\n"
		"An interrupted rebuild leaves the old view; the next one removes what it left. Exit codes: 0 made, 2 error.\n",
	.examples = "  kulla rebuild --home /var/lib/kulla\n"
		    "  KULLA_HOME=/var/lib/kulla kulla rebuild --json\n"
		    "  sqlite3 /var/lib/kulla/view.db 'SELECT idx, hits, marking FROM kind_scan ORDER BY idx DESC LIMIT 10'\n",
	.options = rebuild_options,
	.run = rebuild_run,
};
