/* Threads take the files of an exercise in turn. In a folder each is written where it belongs; in a stream whoever has the next turn writes
 * through, the others keep what they have made, up to EXERCISE_AHEAD_BYTES, until their turn comes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "exercise_folder.h"
#include "exercise_pack.h"
#include "progress.h"

#define PATH_BYTES 4352u
#define TELL_SECONDS 0.2

struct truth_part {
	size_t file;
	struct exercise_truth truth;
};
struct making {
	const struct exercise_output *o;
	bool streams;
	int fd;
	atomic_size_t next;
	atomic_bool ended; /* stopped or failed: nobody goes on */
	pthread_mutex_t lock;
	pthread_cond_t turned;
	/* under the lock: */
	size_t turn;
	struct truth_part *parts;
	size_t parts_n, parts_room;
	struct fault fault;
	struct exercise_written done;
	double started, told;
	bool shown;
};
/* One thread's file. */
struct output {
	struct making *m;
	struct exercise_writer *writer;
	size_t file;
	int fd;
	struct packer *packer;
	uint64_t bytes, disk_bytes;
	struct buf ahead;
};

/* ---- what threads share ---- */

static void fail(struct making *m, const char *path, const char *what)
{
	int error = errno;
	(void)pthread_mutex_lock(&m->lock);
	if (m->fault.kind == OK) (void)fault_set(&m->fault, ERR_DISK, 0, 0, "%s: %s: %s", path, what, strerror(error));
	atomic_store(&m->ended, true);
	(void)pthread_cond_broadcast(&m->turned);
	(void)pthread_mutex_unlock(&m->lock);
}

static bool stop_asked(struct making *m)
{
	struct pollfd p = {.fd = m->o->stop_fd, .events = POLLIN};
	if (atomic_load(&m->ended)) return true;
	if (m->o->stop_fd < 0 || poll(&p, 1, 0) != 1) return false;
	(void)pthread_mutex_lock(&m->lock);
	m->done.stopped = true;
	atomic_store(&m->ended, true);
	(void)pthread_cond_broadcast(&m->turned);
	(void)pthread_mutex_unlock(&m->lock);
	return true;
}

/* Under the lock. */
static void tell(struct making *m)
{
	char done[24], all[24], rate[24];
	double now = clock_seconds();
	if (!m->o->progress || now - m->told < TELL_SECONDS) return;
	m->told = now;
	m->shown = true;
	fprintf(stderr, "\r\033[K%s of %s  %s/s  %llu %s", progress_bytes_text(m->done.bytes, done),
		progress_bytes_text(m->o->bytes_all, all),
		progress_bytes_text((uint64_t)((double)m->done.bytes / (now - m->started + 0.001)), rate),
		(unsigned long long)m->done.files, m->done.files == 1 ? "file" : "files");
	(void)fflush(stderr);
}

static void count(struct output *out, uint64_t bytes, uint64_t disk_bytes, bool file)
{
	struct making *m = out->m;
	(void)pthread_mutex_lock(&m->lock);
	m->done.bytes += bytes;
	m->done.disk_bytes += disk_bytes;
	m->done.files += file;
	tell(m);
	(void)pthread_mutex_unlock(&m->lock);
}

static bool write_all(int fd, slice bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return false;
		bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
	return true;
}

/* ---- one file in a folder ---- */

static bool write_packed(void *context, slice bytes)
{
	struct output *out = context;
	out->disk_bytes += bytes.n;
	return write_all(out->fd, bytes);
}

static bool emit_to_file(void *context, slice bytes)
{
	struct output *out = context;
	out->bytes += bytes.n;
	return !stop_asked(out->m) && packer_add(out->packer, bytes);
}

/* As the sensors do it: Zeek rotates its logs into gzip; who ships the others packs them with zstd. */
static enum pack_kind pack_kind_of(const struct making *m, size_t file)
{
	static const enum pack_kind kinds[] = {
		[EXERCISE_COMPRESS_NONE] = PACK_NONE, [EXERCISE_COMPRESS_GZIP] = PACK_GZIP, [EXERCISE_COMPRESS_ZSTD] = PACK_ZSTD};
	const char *format = exercise_sensor_format(exercise_file_sensor(m->o->exercise, file));
	if (m->o->compress != EXERCISE_COMPRESS_MIXED) return kinds[m->o->compress];
	return strncmp(format, "zeek", 4) == 0 ? PACK_GZIP : PACK_ZSTD;
}

static bool path_in(const struct exercise_output *o, const char *name, const char *end, char out[PATH_BYTES])
{
	int n = snprintf(out, PATH_BYTES, "%s/%s%s", o->folder, name, end);
	return n > 0 && n < (int)PATH_BYTES;
}

/* takes the truth */
static void truth_keep(struct making *m, size_t file, struct exercise_truth *truth)
{
	if (m->o->folder == NULL || (truth->places.n == 0 && !m->streams)) return;
	(void)pthread_mutex_lock(&m->lock);
	if (m->parts_n == m->parts_room) {
		m->parts_room = m->parts_room == 0 ? 64 : m->parts_room * 2;
		m->parts = mem_resize(m->parts, m->parts_room * sizeof *m->parts);
	}
	m->parts[m->parts_n++] = (struct truth_part){file, *truth};
	(void)pthread_mutex_unlock(&m->lock);
	*truth = (struct exercise_truth){0};
}

static bool file_fill(struct output *out, enum pack_kind kind, struct exercise_truth *truth)
{
	out->bytes = out->disk_bytes = 0;
	packer_begin(out->packer, kind);
	return exercise_write(out->writer, out->file, emit_to_file, out, truth) && packer_end(out->packer);
}

static void file_make(struct output *out)
{
	struct making *m = out->m;
	char name[EXERCISE_PATH_BYTES], path[PATH_BYTES], part[PATH_BYTES];
	struct exercise_truth truth = {0};
	const enum pack_kind kind = pack_kind_of(m, out->file);
	(void)exercise_file_path(m->o->exercise, out->file, name);
	if (!path_in(m->o, name, pack_ending(kind), path) || !path_in(m->o, name, ".part", part)) {
		errno = ENAMETOOLONG;
		fail(m, name, "cannot be made");
		return;
	}
	out->fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool good = out->fd >= 0 && file_fill(out, kind, &truth);
	int error = errno;
	if (out->fd >= 0 && close(out->fd) != 0 && good) good = false;
	if (good && rename(part, path) == 0) {
		truth_keep(m, out->file, &truth);
		count(out, out->bytes, out->disk_bytes, true);
	} else {
		if (out->fd >= 0) (void)unlink(part);
		errno = error;
		if (!atomic_load(&m->ended)) fail(m, path, "cannot be written");
	}
	buf_free(&truth.places);
}

/* ---- one file in a stream ---- */

/* Waits for this file's turn; false when nobody goes on. */
static bool turn_wait(struct output *out)
{
	struct making *m = out->m;
	(void)pthread_mutex_lock(&m->lock);
	while (m->turn != out->file && !atomic_load(&m->ended)) (void)pthread_cond_wait(&m->turned, &m->lock);
	bool mine = m->turn == out->file && !atomic_load(&m->ended);
	(void)pthread_mutex_unlock(&m->lock);
	return mine;
}

static bool turn_mine(struct output *out)
{
	(void)pthread_mutex_lock(&out->m->lock);
	bool mine = out->m->turn == out->file;
	(void)pthread_mutex_unlock(&out->m->lock);
	return mine;
}

static void turn_pass(struct output *out)
{
	struct making *m = out->m;
	(void)pthread_mutex_lock(&m->lock);
	m->turn++;
	(void)pthread_cond_broadcast(&m->turned);
	(void)pthread_mutex_unlock(&m->lock);
}

static void stream_left(struct making *m)
{
	(void)pthread_mutex_lock(&m->lock);
	m->done.enough = true;
	atomic_store(&m->ended, true);
	(void)pthread_cond_broadcast(&m->turned);
	(void)pthread_mutex_unlock(&m->lock);
}

static bool write_through(struct output *out, slice bytes)
{
	bool good = write_all(out->m->fd, buf_slice(&out->ahead)) && write_all(out->m->fd, bytes);
	if (good) count(out, out->ahead.n + bytes.n, out->ahead.n + bytes.n, false);
	else if (errno != EPIPE) fail(out->m, "standard output", "cannot be written");
	else stream_left(out->m);
	buf_clear(&out->ahead);
	return good;
}

static bool emit_to_stream(void *context, slice bytes)
{
	struct output *out = context;
	if (stop_asked(out->m)) return false;
	if (!turn_mine(out) && out->ahead.n + bytes.n <= EXERCISE_AHEAD_BYTES) {
		buf_add(&out->ahead, bytes);
		return true;
	}
	return turn_wait(out) && write_through(out, bytes);
}

static void file_stream(struct output *out)
{
	struct exercise_truth truth = {0};
	bool good = exercise_write(out->writer, out->file, emit_to_stream, out, &truth) && turn_wait(out) && write_through(out, (slice){0});
	buf_clear(&out->ahead);
	if (good) {
		truth_keep(out->m, out->file, &truth);
		count(out, 0, 0, true);
	}
	buf_free(&truth.places);
}

/* ---- threads ---- */

static void *work(void *context)
{
	struct making *m = context;
	struct output *out = mem_alloc(sizeof *out);
	size_t files = exercise_files(m->o->exercise);
	out->m = m;
	out->writer = exercise_writer_new(m->o->exercise);
	out->packer = packer_new(write_packed, out);
	while (!stop_asked(m)) {
		out->file = atomic_fetch_add(&m->next, 1);
		if (out->file >= files) break;
		if (exercise_file_exists(m->o->exercise, out->file)) (m->streams ? file_stream : file_make)(out);
		else if (m->streams && !turn_wait(out)) break;
		if (m->streams) turn_pass(out);
	}
	packer_free(out->packer);
	exercise_writer_free(out->writer);
	buf_free(&out->ahead);
	free(out);
	return NULL;
}

static void work_all(struct making *m)
{
	pthread_t *threads = mem_alloc(m->o->threads * sizeof *threads);
	unsigned n = 0;
	m->started = clock_seconds();
	(void)pthread_mutex_init(&m->lock, NULL);
	(void)pthread_cond_init(&m->turned, NULL);
	while (n + 1 < m->o->threads && pthread_create(&threads[n], NULL, work, m) == 0) n++;
	(void)work(m);
	while (n > 0) (void)pthread_join(threads[--n], NULL);
	(void)pthread_cond_destroy(&m->turned);
	(void)pthread_mutex_destroy(&m->lock);
	free(threads);
	m->done.seconds = clock_seconds() - m->started;
	if (m->shown) fputs("\r\033[K", stderr);
}

/* ---- beside the telemetry ---- */

static bool small_write(struct making *m, const char *name, slice text)
{
	char path[PATH_BYTES], part[PATH_BYTES];
	int fd = -1;
	bool good = path_in(m->o, name, "", path) && path_in(m->o, name, ".part", part) &&
		    (fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) >= 0 && write_all(fd, text);
	if (fd >= 0 && close(fd) != 0) good = false;
	good = good && rename(part, path) == 0;
	if (!good) fail(m, name, "cannot be written");
	return good;
}

static bool folder_make(struct making *m, const char *name)
{
	char path[PATH_BYTES];
	if (path_in(m->o, name, "", path) && (mkdir(path, 0755) == 0 || errno == EEXIST)) return true;
	fail(m, name, "cannot be made");
	return false;
}

/* Folders of the institutions and of their sensors. */
static bool folders_make(struct making *m)
{
	char name[EXERCISE_PATH_BYTES], last[EXERCISE_PATH_BYTES] = "";
	for (size_t i = 0; i < exercise_files(m->o->exercise); i++) {
		(void)exercise_file_path(m->o->exercise, i, name);
		*strrchr(name, '/') = '\0';
		if (strcmp(name, last) == 0) continue;
		(void)snprintf(last, sizeof last, "%s", name);
		char *slash = strrchr(name, '/');
		*slash = '\0';
		if (!folder_make(m, name)) return false;
		*slash = '/';
		if (!folder_make(m, name)) return false;
	}
	return true;
}

typedef void put_document(const struct exercise *e, struct buf *out);

static bool document_write(struct making *m, const char *name, put_document *put)
{
	struct buf b = {0};
	put(m->o->exercise, &b);
	bool good = small_write(m, name, buf_slice(&b));
	buf_free(&b);
	return good;
}

static int part_compare(const void *x, const void *y)
{
	const struct truth_part *a = x, *b = y;
	return a->file < b->file ? -1 : a->file > b->file;
}

static bool truth_write(struct making *m)
{
	struct buf b = {0};
	struct exercise_counts before = {0};
	exercise_put_truth_head(m->o->exercise, &b);
	if (m->parts_n > 0) qsort(m->parts, m->parts_n, sizeof *m->parts, part_compare);
	for (size_t i = 0; i < m->parts_n; i++) {
		const struct exercise_truth *t = &m->parts[i].truth;
		exercise_put_truth(m->o->exercise, m->parts[i].file, t, m->streams ? &before : NULL, &b);
		before.lines += t->counts.lines;
		before.records += t->counts.records;
		before.bytes += t->counts.bytes;
	}
	exercise_put_truth_lost(m->o->exercise, &b);
	bool good = small_write(m, "truth.jsonl", buf_slice(&b));
	buf_free(&b);
	return good;
}

/* The warning last: whoever waits for it may read all the others. */
static bool begin(struct making *m)
{
	return document_write(m, "EXERCISE", exercise_put_marker) &&
	       small_write(m, "INCOMPLETE",
		       SLICE("kulla exercise generate has not finished here: the telemetry and the truth are not whole.\n")) &&
	       folder_make(m, "warninglist") && (m->streams || (folder_make(m, "telemetry") && folders_make(m))) &&
	       document_write(m, "warninglist/list.json", exercise_put_warninglist) &&
	       document_write(m, "warning.json", exercise_put_warning);
}

static bool finish(struct making *m)
{
	char path[PATH_BYTES];
	if (!truth_write(m) || !document_write(m, "case.json", exercise_put_case)) return false;
	if (path_in(m->o, "INCOMPLETE", "", path) && unlink(path) == 0) return true;
	fail(m, "INCOMPLETE", "cannot be removed");
	return false;
}

static enum err make_all(struct making *m, struct exercise_written *done, struct fault *f)
{
	bool folder = m->o->folder != NULL;
	if (!folder || begin(m)) work_all(m);
	if (folder && !atomic_load(&m->ended)) (void)finish(m);
	for (size_t i = 0; i < m->parts_n; i++) buf_free(&m->parts[i].truth.places);
	free(m->parts);
	*done = m->done;
	if (m->fault.kind != OK) *f = m->fault;
	return m->fault.kind;
}

enum err exercise_folder_write(const struct exercise_output *o, struct exercise_written *done, struct fault *f)
{
	struct making m = {.o = o};
	return make_all(&m, done, f);
}

enum err exercise_stream_write(const struct exercise_output *o, int fd, struct exercise_written *done, struct fault *f)
{
	struct making m = {.o = o, .streams = true, .fd = fd};
	return make_all(&m, done, f);
}
