/* Both ends of the recorder's pipes. To it: one byte (RECORD, SEAL: record and seal, LEAVE), with the first two a struct scan_facts. From
 * it, after RECORD: a struct reply. Both are one program, so that a struct's bytes mean the same on both sides. */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture_int.h"
#include "command.h"
#include "keeper_client.h"
#include "rebuild.h"
#include "visible.h"

enum { RECORD = 'R', SEAL = 'S', LEAVE = 'L' };
struct reply {
	enum err kind;
	struct node_place place; /* of the scan's entry; its size is 0: there is none */
	struct record_item item;
	struct fault fault;
};
struct recorder {
	pid_t child;
	int to, from;
	FILE *streams[RECORDER_STREAMS];
	unsigned streams_n;
	struct buf origin, command, seal_texts;
	struct record_seal seal;
	struct home_genesis genesis; /* only what is no slice */
};

/* ---- the recorder's process ---- */

/* Ctrl-C is for the one that scans: it ends, and then says what there is to record. */
static void settle(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)setpgid(0, 0);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	if (null < 0) return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
}

static enum err record_and_seal(struct home *h, const struct recorder *r, const struct scan_facts *facts, bool seal, struct reply *reply)
{
	struct scan_material m = {.answer = fileno(r->streams[RECORDER_ANSWER]),
		.coverage = fileno(r->streams[RECORDER_COVERAGE]),
		.inputs = fileno(r->streams[RECORDER_INPUTS]),
		.command = buf_slice(&r->command),
		.version = SLICE(KULLA_VERSION)};
	enum err e = record_scan(h, facts, &m, &reply->place, &reply->fault);
	if (e != OK || !seal) return e;
	struct record_excerpt x = {.records = fileno(r->streams[RECORDER_RECORDS]), .index = fileno(r->streams[RECORDER_INDEX])};
	return record_seal(h, facts, &m, &x, &r->seal, reply->place.index, &reply->item, &reply->fault);
}

/* The entry is there whatever becomes of the view; where there is none, `kulla rebuild` makes it. */
static void catch_up(const struct home *h)
{
	struct rebuild_result unused;
	struct fault f;
	enum err e = view_catch_up(h, NULL, &unused, &f);
	(void)e;
}

static void serve(struct home *h, const struct recorder *r, int in, int out)
{
	uint8_t what = 0;
	struct scan_facts facts;
	struct reply reply = {0};
	settle();
	bool told = capture_read_all(in, &what, 1);
	if (told && what == LEAVE) return;
	bool seal = what == SEAL && r->streams_n == RECORDER_STREAMS;
	if (!told || (what != RECORD && !seal) || !capture_read_all(in, &facts, sizeof facts)) {
		fputs("kulla: the scan ended before its answer was whole: nothing was recorded\n", stderr);
		return;
	}
	reply.kind = record_and_seal(h, r, &facts, seal, &reply);
	(void)capture_write_all(out, &reply, sizeof reply);
	if (reply.place.size > 0) catch_up(h);
}

/* ---- the other side ---- */

static enum err streams_make(const struct home *h, struct recorder *r, struct fault *f)
{
	for (unsigned i = 0; i < r->streams_n; i++) {
		int fd = -1;
		enum err e = record_file(h, &fd, f);
		if (e != OK) return e;
		r->streams[i] = fdopen(fd, "w+");
		if (r->streams[i] == NULL) {
			(void)close(fd);
			return fault_set(f, ERR_DISK, 0, 0, "the answer's file cannot be opened: %s", strerror(errno));
		}
	}
	return OK;
}

static enum err keeper_answers(const struct home *h, struct fault *f)
{
	struct keeper_client *c = NULL;
	enum err e = keeper_connect(h, &c, f);
	keeper_close_client(c);
	return e;
}

static enum err fork_recorder(struct home *h, struct recorder *r, struct fault *f)
{
	int p[4] = {-1, -1, -1, -1}; /* to the recorder: p[0] is its end; from it: p[3] is */
	if (pipe2(p, O_CLOEXEC) == 0 && pipe2(p + 2, O_CLOEXEC) == 0) r->child = fork();
	if (r->child == 0) {
		(void)close(p[1]);
		(void)close(p[2]);
		serve(h, r, p[0], p[3]);
		_exit(0);
	}
	if (p[0] >= 0) (void)close(p[0]);
	if (p[3] >= 0) (void)close(p[3]);
	r->to = p[1];
	r->from = p[2];
	return r->child > 0 ? OK : fault_set(f, ERR_DISK, 0, 0, "the recorder cannot be started: %s", strerror(errno));
}

/* All in one buffer, so that they live as long as the recorder. */
static void seal_copy(struct recorder *r, const struct record_seal *seal)
{
	struct buf *b = &r->seal_texts;
	const slice texts[] = {seal->case_name, seal->reason, seal->collector};
	slice *const to[] = {&r->seal.case_name, &r->seal.reason, &r->seal.collector};
	size_t at = 0;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) buf_add(b, texts[i]);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*to[i] = slice_sub(buf_slice(b), at, texts[i].n);
		at += texts[i].n;
	}
}

enum err recorder_start(const char *home, slice command, const struct record_seal *seal, struct recorder **out, struct fault *f)
{
	struct home *h = NULL;
	struct recorder *r = mem_alloc(sizeof *r);
	*r = (struct recorder){.child = -1, .to = -1, .from = -1, .streams_n = seal != NULL ? RECORDER_STREAMS : RECORDER_RECORDS};
	if (seal != NULL) seal_copy(r, seal);
	visible_add(&r->command, command, false);
	enum err e = home_open(home, &h, f);
	if (e == OK) e = home_genesis(h, &r->genesis, f);
	if (e == OK) {
		buf_add(&r->origin, r->genesis.origin);
		r->seal.origin = buf_slice(&r->origin);
		e = streams_make(h, r, f);
	}
	if (e == OK) e = keeper_answers(h, f);
	if (e == OK) e = fork_recorder(h, r, f);
	home_close(h);
	r->genesis.vkey = (slice){0};
	r->genesis.origin = buf_slice(&r->origin);
	if (e == OK) *out = r;
	else recorder_free(r);
	return e;
}

enum err recorder_allows(const struct recorder *r, bool exercise, struct fault *f)
{
	return record_allowed(&r->genesis, exercise, f);
}

slice recorder_origin(const struct recorder *r)
{
	return buf_slice(&r->origin);
}

FILE *recorder_stream(struct recorder *r, enum recorder_stream s)
{
	return r->streams[s];
}

static enum err streams_whole(const struct recorder *r, struct fault *f)
{
	for (unsigned i = 0; i < r->streams_n; i++)
		if (fflush(r->streams[i]) != 0 || ferror(r->streams[i]) != 0)
			return fault_set(f, ERR_DISK, 0, 0, "the answer could not be kept in the home (is its disk full?)");
	return OK;
}

/* A recorder that is gone is an error that is told, no end of this process. */
static bool send_facts(const struct recorder *r, const struct scan_facts *facts, bool seal)
{
	const uint8_t what = seal ? SEAL : RECORD;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	(void)sigaction(SIGPIPE, &ignore, &before);
	bool sent = capture_write_all(r->to, &what, 1) && capture_write_all(r->to, facts, sizeof *facts);
	(void)sigaction(SIGPIPE, &before, NULL);
	return sent;
}

enum err recorder_end(
	struct recorder *r, const struct scan_facts *facts, struct node_place *out, struct record_item *sealed, struct fault *f)
{
	struct reply reply;
	enum err e = streams_whole(r, f);
	if (e != OK) return e;
	bool answered = send_facts(r, facts, sealed != NULL) && capture_read_all(r->from, &reply, sizeof reply);
	(void)close(r->to);
	r->to = -1;
	if (!answered)
		return fault_set(f, ERR_DISK, 0, 0, "the process that records has ended: whether the scan was recorded shows the ledger");
	if (reply.kind == OK || reply.place.size > 0) *out = reply.place;
	if (reply.kind == OK && sealed != NULL) *sealed = reply.item;
	if (reply.kind != OK && f != NULL) *f = reply.fault;
	return reply.kind;
}

void recorder_free(struct recorder *r)
{
	const uint8_t what = LEAVE;
	uint8_t rest;
	if (r == NULL) return;
	if (r->to >= 0 && r->child > 0) (void)capture_write_all(r->to, &what, 1);
	if (r->to >= 0) (void)close(r->to);
	if (r->from >= 0) {
		while (capture_read_all(r->from, &rest, 1)) continue; /* until it has ended: waiting for a process may be forbidden here */
		(void)close(r->from);
	}
	if (r->child > 0) (void)waitpid(r->child, NULL, 0);
	for (unsigned i = 0; i < r->streams_n; i++)
		if (r->streams[i] != NULL) (void)fclose(r->streams[i]);
	buf_free(&r->origin);
	buf_free(&r->command);
	buf_free(&r->seal_texts);
	free(r);
}
