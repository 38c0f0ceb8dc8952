/* kulla evidence seal: files, folders and devices become an evidence item. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "days.h"
#include "evidence_options.h"
#include "evidence_stamp.h"
#include "progress.h"
#include "seal.h"
#include "text.h"

slice person_given(struct home_call *call, const char *given)
{
	const struct passwd *p = given == NULL ? getpwuid(geteuid()) : NULL;
	if (given != NULL) return text_nfc(call->arena, slice_from(given)); /* one name has one spelling */
	if (p == NULL) return arena_printf(call->arena, "user %lu", (unsigned long)geteuid());
	slice gecos = slice_from(p->pw_gecos), name = slice_cut(&gecos, ',');
	if (name.n == 0 || slice_equal(name, slice_from(p->pw_name)) || !text_is_utf8(name))
		return arena_copy(call->arena, slice_from(p->pw_name));
	return arena_printf(call->arena, "%.*s (%s)", (int)name.n, (const char *)name.p, p->pw_name);
}

/* ---- walking ---- */
struct sealing {
	struct home_call *call;
	struct seal *seal;
	const char *root; /* the argument that is walked */
	slice name;       /* of the root, in the item */
	struct buf full;  /* of what is sealed now */
	bool standard;    /* standard input was sealed */
};

static enum err refuse(const char *path, int error, struct fault *f)
{
	char why[64];
	enum err kind = error == ENOENT ? ERR_NOT_FOUND : error == EACCES || error == EPERM ? ERR_ACCESS : ERR_DISK;
	return fault_set(f, kind, 0, 0, "%.200s: cannot be sealed: %s", path, strerror_r(error, why, sizeof why));
}

/* Its name in the item: the root's, and what lies below it. */
static slice name_of(struct sealing *s, const FTSENT *e, size_t root_n)
{
	slice below = slice_sub(slice_from(e->fts_path), root_n, SIZE_MAX);
	while (below.n > 0 && below.p[0] == '/') below = slice_sub(below, 1, SIZE_MAX);
	buf_clear(&s->full);
	buf_add(&s->full, s->name);
	if (below.n > 0) buf_add_byte(&s->full, '/');
	buf_add(&s->full, below);
	return buf_slice(&s->full);
}

/* What was listed is what is opened: nobody puts a link or another file in its place meanwhile. */
static enum err seal_file(struct sealing *s, const FTSENT *e, slice name, struct fault *f)
{
	struct stat st;
	int fd = open(e->fts_accpath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) return refuse(e->fts_path, errno, f);
	enum err x = OK;
	if (fstat(fd, &st) != 0) x = refuse(e->fts_path, errno, f);
	else if (st.st_ino != e->fts_statp->st_ino || st.st_dev != e->fts_statp->st_dev)
		x = fault_set(f, ERR_CHANGED, 0, 0, "%.200s: another file was put in its place while it was sealed", e->fts_path);
	else x = seal_add(s->seal, name, fd, e->fts_path, f);
	close(fd);
	return x;
}

static enum err seal_link(struct sealing *s, const FTSENT *e, slice name, struct fault *f)
{
	char target[PATH_MAX];
	ssize_t n = readlink(e->fts_accpath, target, sizeof target);
	if (n <= 0) return refuse(e->fts_path, errno, f);
	return seal_add_other(s->seal, name, e->fts_statp, slice_of(target, (size_t)n), f);
}

static enum err seal_one(struct sealing *s, const FTSENT *e, size_t root_n, struct fault *f)
{
	slice name = name_of(s, e, root_n);
	switch (e->fts_info) {
	case FTS_D: return seal_add_other(s->seal, name, e->fts_statp, (slice){0}, f);
	case FTS_DP: return OK;
	case FTS_F: return seal_file(s, e, name, f);
	case FTS_SL:
	case FTS_SLNONE: return seal_link(s, e, name, f);
	case FTS_DEFAULT:
		if (S_ISBLK(e->fts_statp->st_mode)) return seal_file(s, e, name, f);
		return seal_add_other(s->seal, name, e->fts_statp, (slice){0}, f);
	default: return refuse(e->fts_path, e->fts_errno != 0 ? e->fts_errno : EIO, f);
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The last part of a path; of ".", ".." and "/" that of the folder they are. */
static enum err root_name(struct sealing *s, const char *path, struct fault *f)
{
	slice p = slice_from(path);
	while (p.n > 1 && p.p[p.n - 1] == '/') p.n--;
	slice last = p;
	for (size_t i = 0; i < p.n; i++)
		if (p.p[i] == '/') last = slice_sub(p, i + 1, SIZE_MAX);
	if (last.n > 0 && !slice_equal(last, SLICE(".")) && !slice_equal(last, SLICE(".."))) {
		s->name = arena_copy(s->call->arena, last);
		return OK;
	}
	char *real = realpath(path, NULL);
	if (real == NULL) return refuse(path, errno, f);
	const char *base = strrchr(real, '/') + 1;
	s->name = arena_copy(s->call->arena, *base != 0 ? slice_from(base) : SLICE("root"));
	free(real);
	return OK;
}

static enum err seal_path(struct sealing *s, const char *path, struct fault *f)
{
	char *paths[] = {(char *)(uintptr_t)path, NULL}; /* fts takes them without const and leaves them alone */
	if (strcmp(path, "-") == 0) return seal_add(s->seal, SLICE("stdin"), 0, "standard input", f);
	enum err e = root_name(s, path, f);
	if (e != OK) return e;
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, by_name);
	if (walk == NULL) return refuse(path, errno, f);
	size_t root_n = strlen(path);
	errno = 0;
	for (const FTSENT *at; e == OK && (at = fts_read(walk)) != NULL; errno = 0) e = seal_one(s, at, root_n, f);
	if (e == OK && errno != 0) e = refuse(path, errno, f);
	fts_close(walk);
	return e;
}

/* ---- the command ---- */
static void told(void *context, uint64_t bytes, uint64_t files)
{
	progress_tell(context, bytes, files);
}

static struct manifest_head head_of(struct home_call *call)
{
	const struct evidence_options *o = &call->options.evidence;
	return (struct manifest_head){.case_name = text_given(o->case_name),
		.reason = text_given(o->reason),
		.collector = person_given(call, o->collector),
		.version = SLICE(KULLA_VERSION),
		.authority = text_given(o->authority),
		.device = text_given(o->device),
		.exhibit = text_given(o->exhibit),
		.notes = text_given(o->notes),
		.place = text_given(o->place),
		.seal = text_given(o->seal),
		.source = text_given(o->source),
		.form = ITEM_ORIGINAL,
		.marking = o->marking != TLP_NONE ? o->marking : TLP_AMBER};
}

/* A derived item names the one it was made from. */
static enum err head_derived(struct home_call *call, struct manifest_head *head, struct fault *f)
{
	struct evidence_register all = {0};
	struct evidence_item *from = NULL;
	if (call->options.evidence.derived == NULL) return OK;
	enum err e = home_call_view(call, f);
	if (e == OK) e = evidence_register_read(&call->view, call->arena, &all, f);
	if (e == OK) e = evidence_find(&all, slice_from(call->options.evidence.derived), &from, f);
	if (e != OK) return e;
	head->form = ITEM_DERIVED;
	head->has_from = true;
	head->from = from->id;
	return OK;
}

static void tell_sealed(const struct home_call *call, const digest *id, const struct node_place *place)
{
	char hex[DIGEST_HEX_BYTES + 1];
	digest_hex(id, hex);
	if (call->options.json)
		printf("{\"kind\":\"item\",\"item\":\"sha256:%s\",\"entry\":%llu}\n", hex, (unsigned long long)place->index);
	else printf("sealed sha256:%s\nentry %llu of %llu\n", hex, (unsigned long long)place->index, (unsigned long long)place->size);
}

static enum err seal_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	const struct evidence_options *o = &call->options.evidence;
	struct manifest_head head = head_of(call);
	struct progress progress = progress_start(true, call->arguments.items, call->arguments.n);
	struct seal_options options = {
		.digests = (o->md5 ? DIGESTS_MD5 : 0u) | (o->sha1 ? DIGESTS_SHA1 : 0u) | (o->sha512 ? DIGESTS_SHA512 : 0u),
		.progress = told,
		.context = &progress};
	struct sealing s = {.call = call};
	struct node_place place;
	digest id;
	enum err e = head.case_name.n == 0 || head.reason.n == 0
			     ? fault_set(f, ERR_USAGE, 0, 0, "evidence needs a case and a reason: give --case TEXT and --reason TEXT")
			     : head_derived(call, &head, f);
	if (e == OK) e = seal_begin(call->home, &options, &s.seal, f);
	head.began = clock_now();
	for (size_t i = 0; i < call->arguments.n && e == OK; i++) e = seal_path(&s, call->arguments.items[i], f);
	head.ended = clock_now();
	progress_end(&progress);
	if (e == OK) e = seal_end(s.seal, &head, &id, &place, f);
	if (e == OK) tell_sealed(call, &id, &place);
	seal_free(s.seal);
	buf_free(&s.full);
	if (e == OK) stamp_try(call->home, &id, true);
	return e;
}

static int seal_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, SIZE_MAX, false, seal_use);
}

static const struct option seal_options[] = {HOME_CALL_OPTION, CASE_OPTION, REASON_OPTION,
	EVIDENCE_TEXT("collector", collector, "NAME", "who secured it (default: the name of who is logged in)"), AUTHORITY_OPTION,
	EVIDENCE_TEXT("source", source, "TEXT", "from which system, place or person"),
	EVIDENCE_TEXT("exhibit", exhibit, "NUMBER", "the exhibit's number"),
	EVIDENCE_TEXT("device", device, "TEXT", "make, model, serial number"),
	EVIDENCE_TEXT("notes", notes, "TEXT", "how it was acquired: tool, write blocker, what could not be avoided"), PLACE_OPTION,
	SEAL_OPTION, EVIDENCE_TEXT("derived-from", derived, "ITEM", "this was made from that item: a derived item"),
	{.name = "marking",
		.kind = OPTION_TLP,
		.place = EVIDENCE_PLACE(marking),
		.argument = "TLP",
		.help = "its marking (default: TLP:AMBER)"},
	{.name = "md5", .kind = OPTION_FLAG, .place = EVIDENCE_PLACE(md5), .help = "also MD5, for whoever still compares it"},
	{.name = "sha1", .kind = OPTION_FLAG, .place = EVIDENCE_PLACE(sha1), .help = "also SHA-1"},
	{.name = "sha512", .kind = OPTION_FLAG, .place = EVIDENCE_PLACE(sha512), .help = "also SHA-512"}, JSON_OPTION, {0}};
const struct command command_evidence_seal = {
	.name = "evidence seal",
	.summary = "take files, folders or a device in as evidence",
	.usage = "FILE… --case TEXT --reason TEXT [OPTIONS] [--home DIR]",
	.text = "Reads every byte once, keeps it under its SHA-256 beside the ledger, and appends an entry that names the item. What "
		"changes while it\n"
		"is read is refused; links are kept as links; a disk image keeps its holes. Nothing is half there: an error leaves no "
		"item.\n"
		"Its id is the digest of its manifest, in which names, sizes, times, digests and what you say about it stand.\n",
	.examples = "  kulla evidence seal disk.img notes/ --case 2026-117 --reason 'seized at the ministry' --exhibit 4 --sha512\n"
		    "  kulla evidence seal /dev/sdb --case 2026-117 --reason 'laptop' --device 'ThinkPad X1, S/N PF-1234' --authority "
		    "'court of Tirana, 12/2026'\n"
		    "  ssh server 'cat /var/log/auth.log' | kulla evidence seal - --case 2026-117 --reason 'log of the entry server'\n",
	.options = seal_options,
	.run = seal_run,
};
