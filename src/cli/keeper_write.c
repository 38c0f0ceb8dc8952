/* The keeper's writer and publisher.
 * The writer takes all jobs that wait. Appends that stand in a row become one frame of the journal: one signature, one sync, however many
 * clients asked (group commit). Then their answers go out together. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "keeper_int.h"
#include "limit.h"

#define PUBLISH_BYTES (16u << 20)                    /* so much waits: publish before its time */
#define CLOGGED_BYTES (LEDGER_PENDING_BYTES_MAX / 2) /* so much: clients wait until it is in tiles */
#define ROW_BYTES (64u << 20)                        /* of one frame: what is answered must fit a journal that can be read again */
_Static_assert(
	LEDGER_PENDING_BYTES_MAX + ROW_BYTES + 2ull * PROTOCOL_MESSAGE_BYTES_MAX < LEDGER_JOURNAL_BYTES_MAX, "a journal can be read");

void jobs_add(struct jobs *list, struct job *j)
{
	j->next = NULL;
	if (list->first == NULL) list->end = &list->first;
	*list->end = j;
	list->end = &j->next;
	list->n++;
}

void job_free(struct job *j)
{
	if (j == NULL) return;
	buf_free(&j->request);
	buf_free(&j->answer);
	free(j);
}

instant keeper_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (instant)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

uint64_t keeper_steady_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- publishing ---- */

/* Take the publisher's result, if there is one. Called with the lock held. */
static void collect(struct keeper *k)
{
	if (k->publication == NULL || !k->publication_done) return;
	ledger_log_published(k->log, k->publication, k->publication_ok);
	k->publication = NULL;
	k->publication_done = false;
}

static void hand_over(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	collect(k);
	if (k->publication == NULL) {
		k->publication = ledger_log_publish(k->log);
		if (k->publication != NULL) pthread_cond_signal(&k->publish);
	}
	pthread_mutex_unlock(&k->lock);
}

enum err keeper_publish_now(struct keeper *k, struct fault *f)
{
	pthread_mutex_lock(&k->lock);
	while (k->publication != NULL && !k->publication_done) pthread_cond_wait(&k->work, &k->lock);
	collect(k);
	pthread_mutex_unlock(&k->lock);
	return ledger_log_publish_now(k->log, f);
}

void *keeper_publisher(void *keeper)
{
	struct keeper *k = keeper;
	pthread_mutex_lock(&k->lock);
	for (;;) {
		while (!k->stopping && (k->publication == NULL || k->publication_done)) pthread_cond_wait(&k->publish, &k->lock);
		if (k->publication == NULL || k->publication_done) break;
		struct ledger_publication *p = k->publication;
		pthread_mutex_unlock(&k->lock);
		struct fault f;
		bool written = ledger_publication_write(p, &f) == OK;
		pthread_mutex_lock(&k->lock);
		k->publication_ok = written;
		k->publication_done = true;
		pthread_cond_signal(&k->work);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

/* ---- answers ---- */
static void refuse(struct job *j, enum err e, const struct fault *f)
{
	buf_clear(&j->answer);
	protocol_put_error(&j->answer, e, f);
	j->refused = true;
}

static void answer_append(struct job *j, uint64_t first)
{
	char time[INSTANT_TEXT_BYTES];
	size_t at = protocol_begin(&j->answer);
	struct canonical_writer w = canonical_open(&j->answer);
	canonical_put_count(&w, "first", first);
	canonical_put_bool(&w, "ok", true);
	canonical_put_text(&w, "time", slice_from(instant_format(j->time, 6, time)));
	canonical_close(&w);
	protocol_end(&j->answer, at);
}

/* Where the entries of a request are that was answered before, or would have been. */
static void answer_found(struct job *j, uint64_t first)
{
	size_t at = protocol_begin(&j->answer);
	struct canonical_writer w = canonical_open(&j->answer);
	canonical_put_bool(&w, "again", true);
	canonical_put_count(&w, "first", first);
	canonical_put_bool(&w, "ok", true);
	canonical_close(&w);
	protocol_end(&j->answer, at);
}

static void answer_hello(struct keeper *k, struct job *j)
{
	struct buf witness = {0};
	note_key_put(&witness, &k->witness.signer.key);
	size_t at = protocol_begin(&j->answer);
	struct canonical_writer w = canonical_open(&j->answer);
	canonical_put_text(&w, "confined", slice_from(k->confined));
	canonical_put_count(&w, "dropped_bytes", k->recovery.dropped_bytes);
	canonical_put_bool(&w, "ok", true);
	canonical_put_count(&w, "pid", (uint64_t)getpid());
	canonical_put_count(&w, "recovered", k->recovery.recovered);
	canonical_put_count(&w, "size", ledger_log_head(k->log).size);
	canonical_put_text(&w, "version", SLICE(KULLA_VERSION));
	canonical_put_text(&w, "witness", buf_slice(&witness));
	canonical_close(&w);
	protocol_end(&j->answer, at);
	buf_free(&witness);
}

static void answer_published(struct keeper *k, struct job *j)
{
	struct fault f = {0};
	enum err e = keeper_publish_now(k, &f);
	if (e != OK) {
		refuse(j, e, &f);
		return;
	}
	size_t at = protocol_begin(&j->answer);
	struct canonical_writer w = canonical_open(&j->answer);
	canonical_put_text(&w, "note", ledger_log_note(k->log));
	canonical_put_bool(&w, "ok", true);
	canonical_put_count(&w, "size", ledger_log_head(k->log).size);
	canonical_close(&w);
	protocol_end(&j->answer, at);
}

/* ---- appending ---- */

/* The journal's end is unknown after a write that failed and could not be taken back: recover, as after a crash. */
static void reopen(struct keeper *k)
{
	struct fault f = {0};
	pthread_mutex_lock(&k->lock);
	while (k->publication != NULL && !k->publication_done) pthread_cond_wait(&k->work, &k->lock);
	collect(k);
	pthread_mutex_unlock(&k->lock);
	ledger_log_free(k->log);
	k->log = NULL;
	const struct note_signer *next = k->next.key != NULL ? &k->next.signer : NULL;
	enum err e = ledger_log_open(storage_of_folder(k->folder), &k->key.signer, next, &k->log, &k->recovery, &f);
	if (e == OK) return;
	pthread_mutex_lock(&k->lock);
	k->broken = f;
	pthread_mutex_unlock(&k->lock);
}

static enum err append(struct keeper *k, const struct ledger_batch *b, uint64_t *first, struct fault *f)
{
	enum err e = ledger_log_append_batch(k->log, b, first, f);
	if (e == ERR_DAMAGED) reopen(k);
	return e;
}

enum err keeper_append_own(struct keeper *k, slice kind, slice body, instant now, uint64_t *first, struct fault *f)
{
	struct buf bytes = {0};
	struct entry_draft d = {.actor = k->actor, .kind = kind, .body = body, .time = now};
	enum err e = entry_compose(&bytes, &d, f);
	slice entry = buf_slice(&bytes);
	if (e == OK) e = append(k, &(struct ledger_batch){.entries = &entry, .n = 1}, first, f);
	buf_free(&bytes);
	return e;
}

/* What one frame is made of. */
struct row {
	struct job *behind; /* the first job that is not in it */
	slice *entries;
	struct journal_request *requests;
	size_t n, requests_n;
};

/* A request that was sent before begins a row: whether it was appended is known then. */
static struct row gather(struct job *jobs)
{
	struct row r = {.behind = jobs};
	size_t n = 0, bytes = 0, jobs_n = 0, at = 0;
	for (struct job *j = jobs; j != NULL && j->kind == JOB_APPEND && n + j->count <= LEDGER_APPEND_MAX && bytes < ROW_BYTES;
		j = j->next) {
		if (j->again && j != jobs) break;
		n += j->count;
		bytes += j->request.n;
		jobs_n++;
		r.behind = j->next;
	}
	r.entries = mem_alloc((n + 1) * sizeof *r.entries);
	r.requests = mem_alloc((jobs_n + 1) * sizeof *r.requests);
	for (struct job *j = jobs; j != r.behind; j = j->next) {
		if (j->named) r.requests[r.requests_n++] = (struct journal_request){j->id, (uint32_t)at};
		for (slice rest = buf_slice(&j->request); bundle_next(&rest, &r.entries[at], NULL) == OK;) at++;
	}
	r.n = at;
	return r;
}

/* Whether a request that was sent before needs no append. */
static bool is_settled(struct keeper *k, struct job *j)
{
	uint64_t first;
	struct fault f;
	if (!j->again) return false;
	if (ledger_log_find_request(k->log, &j->id, &first)) answer_found(j, first);
	else if (j->since < ledger_log_requests_since(k->log))
		refuse(j,
			fault_set(&f, ERR_CHANGED, 0, 0,
				"the keeper died before it answered, and too much was appended since: whether this was done shows the "
				"ledger, "
				"from entry %llu on",
				(unsigned long long)j->since),
			&f);
	else return false;
	return true;
}

/* Appends that stand in a row, together; returns the job behind them. */
static struct job *append_row(struct keeper *k, struct job *jobs, struct jobs *done)
{
	if (is_settled(k, jobs)) {
		struct job *behind = jobs->next;
		jobs_add(done, jobs);
		return behind;
	}
	struct row r = gather(jobs);
	uint64_t first = 0, found;
	struct fault f = {0};
	enum err e = k->log != NULL && ledger_log_pending(k->log) > CLOGGED_BYTES ? keeper_publish_now(k, &f) : OK;
	if (e == OK) e = append(k, &(struct ledger_batch){r.entries, r.n, r.requests, r.requests_n}, &first, &f);
	free(r.entries);
	free(r.requests);
	for (struct job *j = jobs, *next; j != r.behind; j = next) {
		next = j->next;
		if (e == OK) answer_append(j, first);
		else if (j->named && k->log != NULL && ledger_log_find_request(k->log, &j->id, &found)) answer_found(j, found);
		else refuse(j, e, &f);
		first += j->count;
		jobs_add(done, j);
	}
	return r.behind;
}

static void (*const SPECIAL[])(struct keeper *, struct job *) = {[JOB_HELLO] = answer_hello,
	[JOB_PUBLISH] = answer_published,
	[JOB_ROTATE] = keeper_rotate,
	[JOB_COSIGN] = keeper_cosign,
	[JOB_TRUST] = keeper_trust,
	[JOB_FOLLOW] = keeper_follow,
	[JOB_COSIGNED] = keeper_cosigned};

static void work(struct keeper *k, struct job *jobs)
{
	struct jobs done = {0};
	while (jobs != NULL) {
		struct job *next = jobs->next;
		if (k->broken.kind != OK) refuse(jobs, k->broken.kind, &k->broken);
		else if (jobs->kind == JOB_APPEND) {
			jobs = append_row(k, jobs, &done);
			continue;
		} else if (jobs->kind != JOB_ANSWERED) {
			k->actor = slice_from(jobs->actor);
			SPECIAL[jobs->kind](k, jobs);
		}
		jobs_add(&done, jobs);
		jobs = next;
	}
	pthread_mutex_lock(&k->lock);
	if (done.first != NULL) {
		if (k->done.first == NULL) k->done.end = &k->done.first;
		*k->done.end = done.first;
		k->done.end = done.end;
	}
	pthread_mutex_unlock(&k->lock);
	uint64_t one = 1;
	(void)!write(k->door, &one, sizeof one);
}

static void wait_for_work(struct keeper *k, uint64_t until_ms)
{
	struct timespec t;
	uint64_t now = keeper_steady_ms(), more = until_ms > now ? until_ms - now : 0;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(more / 1000);
	t.tv_nsec += (long)(more % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&k->work, &k->lock, &t);
}

void *keeper_writer(void *keeper)
{
	struct keeper *k = keeper;
	uint64_t due = 0; /* when what waits is to be published; 0: nothing waits */
	bool stopping = false;
	while (!stopping) {
		pthread_mutex_lock(&k->lock);
		while (k->waiting.first == NULL && !k->stopping && (due == 0 || keeper_steady_ms() < due)) {
			if (due == 0) pthread_cond_wait(&k->work, &k->lock);
			else wait_for_work(k, due);
			if (k->log != NULL) collect(k);
		}
		struct job *jobs = k->waiting.first;
		k->waiting = (struct jobs){0};
		stopping = k->stopping && jobs == NULL;
		pthread_mutex_unlock(&k->lock);
		if (jobs != NULL) work(k, jobs);
		if (k->log == NULL) continue;
		size_t pending = ledger_log_pending(k->log);
		if (pending == 0) due = 0;
		else if (due == 0) due = keeper_steady_ms() + k->home->settings.publish_ms;
		if (pending > PUBLISH_BYTES || (due != 0 && keeper_steady_ms() >= due)) {
			hand_over(k);
			due = keeper_steady_ms() + k->home->settings.publish_ms;
		}
	}
	struct fault f;
	if (k->log == NULL) return NULL;
	if (keeper_publish_now(k, &f) == OK) ledger_log_forget_requests(k->log);
	else if (k->broken.kind == OK) k->broken = f; /* the journal has it all */
	return NULL;
}
