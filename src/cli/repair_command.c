/* kulla ledger repair: what verification names as damaged comes back from a copy.
 * A child reads the copy: it can write below the home and nowhere else, and says on a pipe what it put back. The parent, which
 * reads nothing foreign but that, appends the entry through the keeper. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "confine.h"
#include "home_option.h"
#include "home_verify.h"
#include "json.h"
#include "keeper_client.h"
#include "limit.h"
#include "progress.h"
#include "repair.h"
#include "repair_blobs.h"
#include "salted.h"
#include "text.h"
#include "verify_print.h"

struct repair_options {
	const char *home, *from, *key;
	bool json;
};
static const struct option repair_options[] = {
	HOME_OPTION(struct repair_options, home),
	{.name = "from",
		.kind = OPTION_TEXT,
		.place = offsetof(struct repair_options, from),
		.argument = "DIR",
		.help = "a copy of the same home, or of its ledger's folder"},
	{.name = "key",
		.kind = OPTION_TEXT,
		.place = offsetof(struct repair_options, key),
		.argument = "VKEY",
		.help = "the ledger's key, as kulla init printed it: needed when the checkpoint cannot be read"},
	{.name = "json", .kind = OPTION_FLAG, .place = offsetof(struct repair_options, json), .help = "JSON lines"},
	{0},
};

struct repair_run {
	struct repair_options o;
	struct home *home;
	struct arena *arena;
	slice files[2 * REPAIR_FILES_MAX]; /* the ledger's, and blobs */
	size_t files_n;
	uint64_t left, entry;
	struct tree_head head;
};

/* ---- the child ---- */
/* "left N", "SIZE ROOT", then a file a line. */
static bool tell_parent(int fd, const struct repair_answer *a, const struct blob_repair *blobs)
{
	char root[DIGEST_BASE64_BYTES + 1];
	FILE *out = fdopen(fd, "w");
	if (out == NULL) return false;
	fprintf(out, "%llu\n%llu\n%s\n", (unsigned long long)(a->left + blobs->left), (unsigned long long)a->head.size,
		digest_base64(&a->head.root, root));
	for (size_t i = 0; i < blobs->files_n; i++) fprintf(out, "%s\n", blobs->files[i]); /* before the others by name */
	for (size_t i = 0; i < a->files_n; i++) fprintf(out, "%s\n", a->files[i]);
	return fclose(out) == 0;
}

static enum err repair_files(
	struct repair_run *r, struct verify_print *print, struct repair_answer *answer, struct blob_repair *blobs, struct fault *f)
{
	struct storage_folder *ours = NULL;
	struct home_files copy = {0};
	struct verify_request theirs = {0};
	(void)confine_keeper(r->home->path);
	enum err e = home_storage(r->home, &ours, f);
	if (e == OK) e = home_files_open(r->o.from, &copy, f);
	if (e == OK) {
		home_files_request(&copy, &theirs);
		struct repair_request q = {.home = storage_of_folder(ours),
			.copy = theirs.storage,
			.key = slice_from(r->o.key),
			.now = clock_now(),
			.tell = verify_print_finding,
			.tell_context = print};
		e = ledger_repair(&q, r->arena, answer, f);
		if (e == OK) e = blobs_repair(r->home, &copy, q.now, r->arena, blobs, f);
	}
	home_files_close(&copy);
	storage_folder_free(ours);
	return e;
}

static void child(struct repair_run *r, int fd)
{
	struct verify_print print = {.json = r->o.json, .out = stdout};
	struct repair_answer answer = {0};
	struct fault f = {0};
	struct blob_repair blobs = {0};
	enum err e = repair_files(r, &print, &answer, &blobs, &f);
	bool told = fflush(stdout) == 0 && e == OK && tell_parent(fd, &answer, &blobs);
	if (e != OK) complain(NULL, &f);
	_exit(told ? 0 : EXIT_ERROR);
}

/* ---- the parent ---- */
static bool read_all(int fd, struct buf *out)
{
	ssize_t n = 1;
	while (n > 0 && out->n < (size_t)REPAIR_FILES_MAX * 200) {
		(void)buf_reserve(out, 65536);
		n = read(fd, out->p + out->n, 65536);
		if (n < 0 && errno == EINTR) n = 1;
		else if (n > 0) out->n += (size_t)n;
	}
	return n == 0;
}

static bool take_told(struct repair_run *r, slice told)
{
	slice left = slice_cut(&told, '\n'), size = slice_cut(&told, '\n'), root = slice_cut(&told, '\n');
	if (!text_get_decimal(left, &r->left) || !text_get_decimal(size, &r->head.size) || !digest_get_base64(root, &r->head.root))
		return false;
	while (told.n > 0 && r->files_n < 2 * REPAIR_FILES_MAX) r->files[r->files_n++] = slice_cut(&told, '\n');
	return told.n == 0;
}

static enum err run_child(struct repair_run *r, struct fault *f)
{
	int ends[2], status = 0;
	struct buf told = {0};
	if (pipe2(ends, O_CLOEXEC) != 0) return fault_set(f, ERR_DISK, 0, 0, "no pipe: %s", strerror(errno));
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) child(r, ends[1]);
	close(ends[1]);
	bool read_well = pid > 0 && read_all(ends[0], &told);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
	bool fine = read_well && WIFEXITED(status) && WEXITSTATUS(status) == 0 && take_told(r, arena_copy(r->arena, buf_slice(&told)));
	buf_free(&told);
	if (fine) return OK;
	return fault_set(f, ERR_STOPPED, 0, 0, "nothing more was done");
}

/* ---- the entry ---- */
static void put_files(struct canonical_writer *w, const struct repair_run *r)
{
	canonical_put_key(w, "files");
	for (size_t i = 0; i < r->files_n && i < ENTRY_LIST_MAX; i++) {
		buf_add_text(w->b, i == 0 ? "[" : ",");
		json_put_text(w->b, r->files[i]);
	}
	buf_add_text(w->b, "]");
	canonical_put_count(w, "files_count", r->files_n);
}

static enum err put_blobs(struct repair_run *r, struct blob_store *store, digest blobs[2], struct fault *f)
{
	uint8_t salt[SALTED_SALT_BYTES];
	struct buf list = {0};
	if (getrandom(salt, sizeof salt, 0) != sizeof salt) return fault_set(f, ERR_DISK, 0, 0, "no randomness");
	enum err e = salted_put(store, slice_from(r->o.from), salt, &blobs[0], f);
	for (size_t i = 0; i < r->files_n; i++) buf_printf(&list, "%.*s\n", SLICE_PRINTF(r->files[i]));
	if (e == OK && r->files_n > ENTRY_LIST_MAX) e = blob_put(store, buf_slice(&list), &blobs[1], f);
	buf_free(&list);
	return e;
}

static enum err append_entry(struct repair_run *r, struct fault *f)
{
	struct keeper_client *keeper = NULL;
	struct blob_store *store = NULL;
	struct buf body = {0};
	digest blobs[2];
	bool list = r->files_n > ENTRY_LIST_MAX;
	enum err e = blob_store_open(r->home->fd, NULL, &store, f);
	if (e == OK) e = put_blobs(r, store, blobs, f);
	if (e == OK) e = keeper_connect(r->home, &keeper, f);
	if (e == OK) {
		struct canonical_writer w = canonical_open(&body);
		put_files(&w, r);
		if (list) entry_write_digest(&w, "list", &blobs[1]);
		entry_write_root(&w, "root", &r->head.root);
		canonical_put_count(&w, "size", r->head.size);
		entry_write_digest(&w, "source", &blobs[0]);
		canonical_close(&w);
		e = keeper_append(keeper, SLICE("repair"), buf_slice(&body), blobs, list ? 2 : 1, &r->entry, f);
	}
	if (e == OK) e = keeper_publish(keeper, NULL, f);
	keeper_close_client(keeper);
	blob_store_close(store);
	buf_free(&body);
	return e;
}

/* ---- the answer ---- */
static void answer_json(const struct repair_run *r, bool entered)
{
	char root[DIGEST_BASE64_BYTES + 1];
	struct buf b = {0};
	for (size_t i = 0; i < r->files_n; i++) {
		buf_add_text(&b, "{\"kind\":\"repaired\"");
		json_put_member_text(&b, "file", r->files[i]);
		buf_add_text(&b, "}\n");
	}
	buf_add_text(&b, "{\"kind\":\"summary\"");
	json_put_member_int(&b, "repaired", (int64_t)r->files_n);
	json_put_member_int(&b, "left", (int64_t)r->left);
	json_put_member_int(&b, "size", (int64_t)r->head.size);
	json_put_member_text(&b, "root", slice_from(digest_base64(&r->head.root, root)));
	if (entered) json_put_member_int(&b, "entry", (int64_t)r->entry);
	else json_put_member_null(&b, "entry");
	buf_add_text(&b, "}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

static void answer_text(const struct repair_run *r, bool entered)
{
	for (size_t i = 0; i < r->files_n; i++) printf("put back: %.*s\n", (int)r->files[i].n, (const char *)r->files[i].p);
	if (r->files_n == 0) fputs("Nothing was put back", stdout);
	else
		printf("%zu file%s put back, proven under the checkpoint of %llu entries", r->files_n, r->files_n > 1 ? "s" : "",
			(unsigned long long)r->head.size);
	if (entered) printf("; it is entry %llu", (unsigned long long)r->entry);
	if (r->left > 0) printf("; %llu faults remain: see kulla verify", (unsigned long long)r->left);
	putchar('\n');
}

/* Nobody may write meanwhile: the keeper's lock. */
static enum err take_lock(const struct home *h, int *lock, struct fault *f)
{
	int fd = openat(h->fd, "keeper.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return fault_set(f, errno == EACCES ? ERR_ACCESS : ERR_DISK, 0, 0, "%s/keeper.lock: %s", h->path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*lock = fd;
		return OK;
	}
	close(fd);
	return fault_set(
		f, ERR_EXISTS, 0, 0, "%s: a keeper is at work there; `kulla keeper --home %.100s --stop` ends it", h->path, h->path);
}

static int repair(struct repair_run *r, const char *path)
{
	struct fault f = {0};
	int lock = -1;
	enum err e = home_open(path, &r->home, &f);
	if (e == OK) e = take_lock(r->home, &lock, &f);
	if (e == OK) e = run_child(r, &f);
	if (lock >= 0) close(lock); /* the keeper takes it now */
	bool enter = e == OK && r->files_n > 0, entered = false;
	if (enter) {
		e = append_entry(r, &f);
		entered = e == OK;
	}
	if (enter || e == OK) (r->o.json ? answer_json : answer_text)(r, entered);
	if (e != OK) complain(NULL, &f);
	home_close(r->home);
	if (e != OK) return EXIT_ERROR;
	return r->left > 0 ? EXIT_NONE : 0;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct repair_run *r = mem_alloc(sizeof *r);
	struct arguments rest;
	struct fault f = {0};
	const char *path = NULL;
	int code = EXIT_ERROR;
	r->arena = arena_new(0);
	if (options_parse(r->arena, repair_options, argc, argv, &r->o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n > 0) code = command_usage_error(c, "ledger repair takes no arguments; the copy is --from DIR");
	else if (r->o.from == NULL) code = command_usage_error(c, "which copy? --from DIR");
	else if (home_option_find(r->o.home, &path, &f) != OK) code = command_usage_error(c, f.text);
	else code = repair(r, path);
	arena_free(r->arena);
	free(r);
	return code;
}

const struct command command_ledger_repair = {
	.name = "ledger repair",
	.summary = "put damaged files of the ledger back from a copy",
	.usage = "--from DIR [--home DIR] [--key VKEY] [--json]",
	.text = "Verifies the home's ledger, takes what is damaged or missing (tiles, entries, the checkpoint, journals, blobs) from a "
		"copy of the same "
		"ledger, "
		"and\n"
		"changes nothing before all of it, with these pieces in their places, leads to the signed checkpoint. What was there is "
		"kept "
		"beside\n"
		"as NAME.damaged-TIME. Then an entry says what was put back. No keeper may be at work: kulla keeper --stop ends it.\n"
		"Exit codes: 0 nothing is damaged any more, 1 something still is, 2 nothing could be done.\n",
	.examples = "  kulla keeper --home /var/lib/kulla --stop\n"
		    "  kulla ledger repair --home /var/lib/kulla --from /mnt/second-site/kulla\n",
	.options = repair_options,
	.run = run,
};
