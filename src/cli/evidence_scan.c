/* The conductor. Each file: open, hash and compare (what is damaged is scanned no further), ask for its hashes, lend its descriptor. */
#include "evidence_scan.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "blob.h"
#include "progress.h"

#define PIECE_BYTES (1u << 20)
#define HASH_SECONDS_MAX 60   /* one file's digests in a watchlist */
#define LOAD_SECONDS_MAX 3600 /* of intelligence */
#define GRACE_SECONDS 10      /* libyara looks at its clock now and then only */

struct evidence_scan {
	struct home *home;
	struct evidence_scan_settings settings;
	struct blob_store *blobs;
	struct digests *digests;
	struct worker yara, hash;
	struct wire_ready rules, hashes;
	struct evidence_scan_counts counts;
	uint8_t *pieces[2];
	struct wire_rule rule; /* large */
};

static bool wanted(const struct evidence_scan *s, const struct worker *w)
{
	return w == &s->yara ? s->settings.yara.sources_n > 0 : s->settings.hash.paths_n > 0;
}

/* ---- workers ---- */

static enum err babbles(struct fault *f)
{
	return fault_set(f, ERR_DAMAGED, 0, 0, "its process wrote what is no answer");
}

static enum err said(struct evidence_scan *s, slice body, struct fault *f)
{
	struct wire_says says;
	if (!wire_get_says(body, &says)) return babbles(f);
	s->settings.told.says(s->settings.told.context, &says);
	return OK;
}

/* Until a worker has compiled or loaded. */
static enum err await_ready(struct evidence_scan *s, struct worker *w, unsigned seconds, struct wire_ready *out, struct fault *f)
{
	double until = clock_seconds() + seconds;
	enum wire_kind kind = WIRE_SAYS;
	slice body;
	for (unsigned i = 0; i < YARA_FRAMES_MAX; i++) {
		enum err e = worker_frame(w, s->settings.stop_fd, until, &kind, &body, f);
		if (e != OK) return e;
		if (kind == WIRE_READY) return wire_get_ready(body, out) ? OK : babbles(f);
		if (kind == WIRE_END && w == &s->yara)
			return fault_set(f, ERR_SYNTAX, 0, 0, "the rules cannot be used: nothing was scanned");
		if (kind == WIRE_END) return fault_set(f, ERR_NOT_FOUND, 0, 0, "the intelligence cannot be used: nothing was scanned");
		e = kind == WIRE_SAYS ? said(s, body, f) : babbles(f);
		if (e != OK) return e;
	}
	return babbles(f);
}

/* How a worker ended stands in the fault. */
static enum err failed(struct worker *w, const char *who, enum err e, struct fault *f)
{
	char how[64];
	struct fault why = *f;
	worker_end(w, how, sizeof how);
	if (e != ERR_DAMAGED) return fault_set(f, e, 0, 0, "%s: %.200s", who, why.text);
	return fault_set(f, e, 0, 0, "%s: %.200s%s%s%s", who, why.text, how[0] != 0 ? " (" : "", how, how[0] != 0 ? ")" : "");
}

static enum err yara_ensure(struct evidence_scan *s, struct fault *f)
{
	struct worker_kind kind = {.run = yara_worker_run, .setup = &s->settings.yara};
	if (s->yara.pid > 0 || !wanted(s, &s->yara)) return OK;
	enum err e = worker_start(&s->yara, &kind, f);
	if (e != OK) return e;
	e = await_ready(s, &s->yara, YARA_COMPILE_SECONDS_MAX, &s->rules, f);
	if (e == OK || e == ERR_SYNTAX) return e;
	return failed(&s->yara, "compiling the rules", e, f);
}

static enum err hash_start(struct evidence_scan *s, struct fault *f)
{
	struct worker_kind kind = {.run = hash_worker_run, .setup = &s->settings.hash, .speaks = true, .stdin_too = true};
	if (!wanted(s, &s->hash)) return OK;
	enum err e = worker_start(&s->hash, &kind, f);
	if (e != OK) return e;
	e = await_ready(s, &s->hash, LOAD_SECONDS_MAX, &s->hashes, f);
	return e == OK || e == ERR_NOT_FOUND ? e : failed(&s->hash, "reading the intelligence", e, f);
}

enum err evidence_scan_new(struct home *h, const struct evidence_scan_settings *settings, struct evidence_scan **out, struct fault *f)
{
	struct evidence_scan *s = mem_alloc(sizeof *s);
	*s = (struct evidence_scan){.home = h, .settings = *settings};
	enum err e = hash_start(s, f);
	if (e == OK) e = yara_ensure(s, f);
	if (e == OK) e = blob_store_open(h->fd, NULL, &s->blobs, f);
	if (e != OK) {
		evidence_scan_free(s);
		return e;
	}
	s->digests = digests_new(s->hashes.digests);
	for (int i = 0; i < 2; i++) s->pieces[i] = mem_alloc(PIECE_BYTES);
	*out = s;
	return OK;
}

void evidence_scan_free(struct evidence_scan *s)
{
	if (s == NULL) return;
	worker_end(&s->yara, NULL, 0);
	worker_end(&s->hash, NULL, 0);
	blob_store_close(s->blobs);
	digests_free(s->digests);
	for (int i = 0; i < 2; i++) free(s->pieces[i]);
	free(s);
}

const struct wire_ready *evidence_scan_rules(const struct evidence_scan *s)
{
	return &s->rules;
}

const struct wire_ready *evidence_scan_hashes(const struct evidence_scan *s)
{
	return &s->hashes;
}

struct evidence_scan_counts evidence_scan_counts(const struct evidence_scan *s)
{
	return s->counts;
}

/* ---- one file ---- */

static bool stop_asked(const struct evidence_scan *s)
{
	struct pollfd p = {.fd = s->settings.stop_fd, .events = POLLIN};
	return poll(&p, 1, 0) > 0;
}

static enum err stopped(struct evidence_scan *s, struct fault *f)
{
	s->counts.stopped = true;
	return fault_set(f, ERR_STOPPED, 0, 0, "stopped");
}

/* All bytes into the digests. */
static enum err digest_file(struct evidence_scan *s, int fd, struct digests_result *out, struct fault *f)
{
	enum err e = OK;
	digests_start(s->digests);
	for (unsigned turn = 0; e == OK; turn ^= 1) {
		ssize_t n;
		do n = read(fd, s->pieces[turn], PIECE_BYTES);
		while (n < 0 && errno == EINTR);
		if (n < 0) e = fault_set(f, ERR_DISK, 0, 0, "it cannot be read: %s", strerror(errno));
		else if (stop_asked(s)) e = stopped(s, f);
		else if (n == 0) break;
		if (e == OK) digests_add(s->digests, slice_of(s->pieces[turn], (size_t)n));
		if (e == OK) s->counts.bytes += (uint64_t)n;
	}
	digests_wait(s->digests);
	if (e == OK) *out = digests_end(s->digests);
	return e;
}

static void take_not_scanned(struct evidence_scan *s, const struct scanned_file *at, const struct fault *why)
{
	s->counts.not_scanned++;
	s->settings.told.not_scanned(s->settings.told.context, at, why);
}

static enum err take_hashes(struct evidence_scan *s, const struct scanned_file *at, const struct digests_result *d, struct fault *f)
{
	double until = clock_seconds() + HASH_SECONDS_MAX;
	struct wire_hash hash;
	enum wire_kind kind = WIRE_HASH;
	slice body;
	if (!wanted(s, &s->hash)) return OK;
	if (!worker_ask(&s->hash, slice_of(d, sizeof *d), -1)) {
		(void)fault_set(f, ERR_DAMAGED, 0, 0, "its process ended");
		return failed(&s->hash, "the hashes", ERR_DAMAGED, f);
	}
	for (unsigned i = 0; i < YARA_FRAMES_MAX; i++) {
		enum err e = worker_frame(&s->hash, s->settings.stop_fd, until, &kind, &body, f);
		if (e == ERR_STOPPED) return stopped(s, f);
		if (e != OK) return failed(&s->hash, "the hashes", e, f);
		if (kind == WIRE_END) return OK;
		if (kind != WIRE_HASH || !wire_get_hash(body, &hash)) break;
		s->counts.matches++;
		s->settings.told.hash(s->settings.told.context, at, &hash);
	}
	(void)babbles(f);
	return failed(&s->hash, "the hashes", ERR_DAMAGED, f);
}

/* What the library says in the end; not OK: the file counts as not scanned. */
static enum err outcome_judge(const struct wire_end *end, unsigned seconds, struct fault *f)
{
	static const struct {
		enum err kind;
		const char *text;
	} rows[WIRE_OUTCOMES] = {
		[WIRE_TIMEOUT] = {ERR_LIMIT, "the rules took longer than --timeout allows"},
		[WIRE_MEMORY] = {ERR_LIMIT, "the rules need more memory than YARA_MEMORY_BYTES_MAX"},
		[WIRE_TOO_MANY] = {ERR_LIMIT, "an expression has more matches at once than libyara follows"},
		[WIRE_UNREADABLE] = {ERR_DISK, "it cannot be mapped"},
		[WIRE_FAILED] = {ERR_UNSUPPORTED, "libyara could not go on"},
	};
	if (end->outcome == WIRE_DONE) return OK;
	return fault_set(f, rows[end->outcome].kind, 0, 0, "%s (%s %u)", rows[end->outcome].text,
		end->outcome == WIRE_TIMEOUT ? "seconds:" : "its error", end->outcome == WIRE_TIMEOUT ? seconds : end->error);
}

/* The frames of one file. ERR_DAMAGED, ERR_LIMIT with the worker still running: it must be ended. */
static enum err take_frames(struct evidence_scan *s, const struct scanned_file *at, struct wire_end *end, struct fault *f)
{
	double until = clock_seconds() + s->settings.yara.seconds + GRACE_SECONDS;
	enum wire_kind kind = WIRE_RULE;
	slice body;
	for (unsigned i = 0; i <= YARA_FRAMES_MAX; i++) {
		enum err e = worker_frame(&s->yara, s->settings.stop_fd, until, &kind, &body, f);
		if (e != OK) return e;
		if (kind == WIRE_END) return wire_get_end(body, end) ? OK : babbles(f);
		if (kind != WIRE_RULE || !wire_get_rule(body, &s->rule) || s->rule.source >= s->settings.yara.sources_n) return babbles(f);
		s->counts.matches++;
		s->settings.told.rule(s->settings.told.context, at, &s->rule);
	}
	return babbles(f);
}

/* OK: the file was judged, or told as not scanned. */
static enum err take_rules(struct evidence_scan *s, const struct scanned_file *at, int fd, struct fault *f)
{
	struct wire_end end = {0};
	struct fault why = {0};
	if (!wanted(s, &s->yara)) return OK;
	if (at->file->bytes > s->settings.file_bytes_max) {
		(void)fault_set(&why, ERR_LIMIT, 0, 0, "it has %llu bytes: rules are tried on files of at most %llu",
			(unsigned long long)at->file->bytes, (unsigned long long)s->settings.file_bytes_max);
		take_not_scanned(s, at, &why);
		return OK;
	}
	enum err e = yara_ensure(s, f);
	if (e != OK) return e;
	e = worker_ask(&s->yara, at->file->name, fd) ? take_frames(s, at, &end, &why)
						     : fault_set(&why, ERR_DAMAGED, 0, 0, "its process ended");
	if (e == ERR_STOPPED) return stopped(s, f);
	if (e != OK) e = failed(&s->yara, "libyara on this file", e, &why);
	else {
		s->counts.cut += end.cut;
		if (end.cut) s->settings.told.cut(s->settings.told.context, at);
		e = outcome_judge(&end, s->settings.yara.seconds, &why);
	}
	if (e != OK) take_not_scanned(s, at, &why);
	return OK;
}

static enum err digest_judge(const struct scanned_file *at, const struct digests_result *d, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	if (digest_equal(&d->sha256, &at->file->blob)) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0, "damaged: its bytes have the digest sha256:%s", digest_hex(&d->sha256, hex));
}

static enum err scan_file(struct evidence_scan *s, const struct scanned_file *at, struct fault *f)
{
	struct digests_result d;
	struct fault why = {0};
	int fd = -1;
	s->counts.files++;
	enum err e = blob_open(s->blobs, &at->file->blob, &fd, &why);
	if (e == OK) e = digest_file(s, fd, &d, &why);
	if (e == OK) e = digest_judge(at, &d, &why);
	if (e != OK) {
		if (fd >= 0) (void)close(fd);
		if (e == ERR_STOPPED) return stopped(s, f);
		take_not_scanned(s, at, &why);
		return OK;
	}
	e = take_hashes(s, at, &d, f);
	if (e == OK) e = take_rules(s, at, fd, f);
	(void)close(fd);
	return e;
}

enum err evidence_scan_item(struct evidence_scan *s, const struct evidence_item *item, struct fault *f)
{
	struct buf manifest = {.max = MANIFEST_BYTES_MAX};
	struct arena *a = arena_new(0);
	struct manifest_walk walk;
	struct manifest_file file;
	struct scanned_file at = {.item = &item->id, .file = &file};
	bool end = false;
	enum err e = evidence_manifest(s->home, &item->id, &manifest, f);
	if (e == OK) e = manifest_open(buf_slice(&manifest), a, &walk, f);
	while (e == OK) {
		e = manifest_next(&walk, a, &file, &end, f);
		if (e != OK || end) break;
		if (file.kind == MANIFEST_FILE) e = scan_file(s, &at, f);
		s->counts.broken |= e != OK && e != ERR_STOPPED;
		if (e == OK && !s->settings.told.more(s->settings.told.context)) break;
	}
	buf_free(&manifest);
	arena_free(a);
	return e;
}
