/* The keeper's door: the lock, the socket, connections, requests in and answers out.
 * Foreign to it is everything that a connection says: lengths, JSON, the rules of entries are judged here, in the process that has the
 * key, by code that neither allocates by what it is told nor recurses (protocol.c, canonical.c, entry.c). */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "confine.h"
#include "keeper_client.h"
#include "keeper_int.h"
#include "limit.h"

#define READ_BYTES 65536u
#define LISTEN_BACKLOG 512
#define LEAVE_MS 5000 /* so long a leaving keeper waits for its clients */

struct client {
	int fd; /* -1: free */
	unsigned generation;
	struct buf in, out;
	size_t out_at, jobs, job_bytes;
	bool ending; /* no more is read; closed when its answers are out */
	char actor[ACTOR_BYTES];
	uint64_t used_ms; /* when it asked last */
};
struct door {
	struct keeper *keeper;
	struct client clients[KEEPER_CLIENTS_MAX];
	struct pollfd polls[KEEPER_CLIENTS_MAX + 3];
	unsigned polled[KEEPER_CLIENTS_MAX + 3]; /* which client stands where */
	int listener, signals;
	instant last;                /* time of the last entry */
	bool behind;                 /* the clock is behind it */
	unsigned clients_n, high;    /* how many are there; all of them stand below `high` */
	const struct client *asking; /* whose messages are being taken */
	uint64_t quiet_since_ms, leaving_since_ms;
	bool leaving;
	bool submitted; /* in this round of the loop: the writer is woken once, for all of it */
};

/* ---- requests ---- */
static void give_to_writer(struct door *d, struct job *j)
{
	pthread_mutex_lock(&d->keeper->lock);
	jobs_add(&d->keeper->waiting, j);
	pthread_mutex_unlock(&d->keeper->lock);
	d->submitted = true;
}

static void submit(struct door *d, unsigned client, struct job *j)
{
	struct client *c = &d->clients[client];
	j->client = client;
	j->generation = c->generation;
	c->jobs++;
	c->job_bytes += sizeof *j + j->request.n;
	memcpy(j->actor, c->actor, sizeof j->actor);
	give_to_writer(d, j);
}

static void submit_refusal(struct door *d, unsigned client, enum err e, const struct fault *f)
{
	struct job *j = mem_alloc(sizeof *j);
	j->kind = JOB_ANSWERED;
	protocol_put_error(&j->answer, e, f);
	submit(d, client, j);
}

/* An entry of the keeper's own: it is not the request's, and stands before it. */
static void submit_clock(struct door *d, instant read)
{
	struct job *j = mem_alloc(sizeof *j);
	struct buf body = {0}, entry = {0};
	struct canonical_writer w = canonical_open(&body);
	entry_write_time(&w, "last", d->last);
	entry_write_time(&w, "read", read);
	canonical_close(&w);
	struct entry_draft draft = {.actor = SLICE("node"), .kind = SLICE("clock"), .body = buf_slice(&body), .time = d->last};
	struct fault f;
	bool fine = entry_compose(&entry, &draft, &f) == OK && bundle_add(&j->request, buf_slice(&entry)) == OK;
	j->client = JOB_OWN;
	j->count = 1;
	if (fine) give_to_writer(d, j);
	else job_free(j);
	buf_free(&body);
	buf_free(&entry);
}

/* Entries' times never go back. The first time that the clock does, an entry says so. */
static instant time_of_entry(struct door *d)
{
	instant now = keeper_now();
	if (now >= d->last) {
		d->behind = false;
		return d->last = now;
	}
	if (!d->behind) submit_clock(d, now);
	d->behind = true;
	return d->last;
}

static enum err draft_blobs(slice list, digest *blobs, unsigned *n, struct fault *f)
{
	slice text;
	struct canonical_walk w = canonical_walk(list);
	for (*n = 0; canonical_next(&w); ++*n) {
		if (*n == ENTRY_LIST_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "ENTRY_LIST_MAX: more than %u blobs", ENTRY_LIST_MAX);
		if (!canonical_get_plain(w.value, &text) || !entry_get_digest(text, &blobs[*n]))
			return fault_set(f, ERR_SYNTAX, 0, 0, "blob %u is no \"sha256:…\"", *n + 1);
	}
	return OK;
}

/* The message is canonical: so is the body within it. */
static enum err compose_one(slice actor, slice given, instant now, struct buf *entry, struct fault *f)
{
	digest blobs[ENTRY_LIST_MAX];
	struct canonical_value body, kind, list;
	struct entry_draft draft = {.actor = actor, .time = now, .blobs = blobs};
	enum err e = OK;
	if (!canonical_member(given, "body", &body) || !canonical_member(given, "kind", &kind) || !canonical_get_plain(kind, &draft.kind))
		return fault_set(f, ERR_SYNTAX, 0, 0, "an entry needs \"body\" and \"kind\"");
	draft.body = body.raw;
	if (canonical_member(given, "blobs", &list)) e = draft_blobs(list.raw, blobs, &draft.blob_count, f);
	return e == OK ? entry_compose_judged(entry, &draft, f) : e;
}

/* Which kinds a command may append: those that the keeper makes itself are its own. */
static bool is_own(slice given)
{
	static const slice own[] = {SLICE("clock"), SLICE("cosigned"), SLICE("home"), SLICE("key")};
	struct canonical_value kind;
	slice word;
	if (!canonical_member(given, "kind", &kind) || !canonical_get_plain(kind, &word)) return false;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (slice_equal(word, own[i])) return true;
	return false;
}

/* "request": the name that its client gave it; "since": it was sent before, when the ledger had so many entries. */
static enum err request_name(slice message, struct job *j, struct fault *f)
{
	struct canonical_value name, since;
	slice hex;
	j->named = canonical_member(message, "request", &name);
	j->again = canonical_member(message, "since", &since);
	bool fine = !j->named || (canonical_get_plain(name, &hex) && protocol_get_request(hex, &j->id));
	if (j->again) fine = fine && j->named && canonical_get_count(since, &j->since);
	return fine ? OK : fault_set(f, ERR_SYNTAX, 0, 0, "append: \"request\" is 32 lower-case hex digits, \"since\" with it a count");
}

static enum err compose_all(struct door *d, slice message, struct job *j, struct buf *entry, struct fault *f)
{
	struct canonical_value entries;
	if (!canonical_member(message, "entries", &entries)) return fault_set(f, ERR_SYNTAX, 0, 0, "append: no \"entries\"");
	enum err named = request_name(message, j, f);
	if (named != OK) return named;
	j->time = time_of_entry(d);
	struct canonical_walk w = canonical_walk(entries.raw);
	while (canonical_next(&w)) {
		if (j->count == LEDGER_APPEND_MAX)
			return fault_set(f, ERR_LIMIT, 0, 0, "LEDGER_APPEND_MAX: more than %u entries at once", LEDGER_APPEND_MAX);
		if (is_own(w.value.raw)) return fault_set(f, ERR_ACCESS, 0, 0, "append: an entry of this kind is made by the keeper alone");
		buf_clear(entry);
		enum err e = compose_one(slice_from(d->asking->actor), w.value.raw, j->time, entry, f);
		if (e == OK) e = bundle_add(&j->request, buf_slice(entry));
		if (e != OK) return e;
		j->count++;
	}
	return j->count > 0 ? OK : fault_set(f, ERR_SYNTAX, 0, 0, "append: no entry");
}

static enum err ask_append(struct door *d, slice message, struct job *j, struct fault *f)
{
	struct buf entry = {0};
	enum err e = compose_all(d, message, j, &entry, f);
	buf_free(&entry);
	return e;
}

static enum err ask_message(struct door *d, slice message, struct job *j, struct fault *f)
{
	(void)f;
	j->time = d->last = d->last > keeper_now() ? d->last : keeper_now();
	buf_add(&j->request, message);
	return OK;
}

static enum err ask_stop(struct door *d, slice message, struct job *j, struct fault *f)
{
	d->leaving = true;
	return ask_message(d, message, j, f);
}

static const struct request {
	slice name;
	enum job_kind kind;
	enum err (*ask)(struct door *d, slice message, struct job *j, struct fault *f);
} requests[] = {
	{SLICE("append"), JOB_APPEND, ask_append},
	{SLICE("publish"), JOB_PUBLISH, ask_message},
	{SLICE("hello"), JOB_HELLO, ask_message},
	{SLICE("rotate"), JOB_ROTATE, ask_message},
	{SLICE("cosign"), JOB_COSIGN, ask_message},
	{SLICE("trust"), JOB_TRUST, ask_message},
	{SLICE("follow"), JOB_FOLLOW, ask_message},
	{SLICE("cosigned"), JOB_COSIGNED, ask_message},
	{SLICE("stop"), JOB_PUBLISH, ask_stop},
};

static enum err ask(struct door *d, slice message, struct job *j, struct fault *f)
{
	struct canonical_value what;
	slice word;
	enum err e = canonical_check(message, f);
	if (e != OK) return e;
	if (!canonical_member(message, "do", &what) || !canonical_get_plain(what, &word))
		return fault_set(f, ERR_SYNTAX, 0, 0, "a request needs \"do\"");
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (!slice_equal(word, requests[i].name)) continue;
		j->kind = requests[i].kind;
		return requests[i].ask(d, message, j, f);
	}
	return fault_set(f, ERR_UNSUPPORTED, 0, 0, "this keeper cannot \"%.*s\"", (int)(word.n < 40 ? word.n : 40), (const char *)word.p);
}

static void take_messages(struct door *d, unsigned client)
{
	struct client *c = &d->clients[client];
	slice rest = buf_slice(&c->in), message;
	struct fault f = {0};
	enum err e;
	d->asking = c;
	c->used_ms = keeper_steady_ms();
	while ((e = protocol_next(&rest, &message, &f)) == OK) {
		struct job *j = mem_alloc(sizeof *j);
		enum err refused = ask(d, message, j, &f);
		if (refused == OK) submit(d, client, j);
		else {
			job_free(j);
			submit_refusal(d, client, refused, &f);
		}
	}
	if (e == ERR_LIMIT) {
		submit_refusal(d, client, e, &f);
		c->ending = true;
		rest.n = 0;
	}
	memmove(c->in.p, rest.p, rest.n);
	c->in.n = rest.n;
}

/* ---- connections ---- */
static void drop_client(struct door *d, unsigned client)
{
	struct client *c = &d->clients[client];
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	*c = (struct client){.fd = -1, .generation = c->generation + 1}; /* answers that are still being worked out find nobody */
	d->clients_n--;
	while (d->high > 0 && d->clients[d->high - 1].fd < 0) d->high--;
	d->quiet_since_ms = keeper_steady_ms();
}

static void read_client(struct door *d, unsigned client)
{
	struct client *c = &d->clients[client];
	(void)buf_reserve(&c->in, READ_BYTES);
	ssize_t n = read(c->fd, c->in.p + c->in.n, READ_BYTES);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
	if (n <= 0) {
		c->ending = true;
		if (n < 0 || (c->jobs == 0 && c->out.n == 0)) drop_client(d, client); /* it may have closed only its own side */
		return;
	}
	c->in.n += (size_t)n;
	take_messages(d, client);
}

static void write_client(struct door *d, unsigned client)
{
	struct client *c = &d->clients[client];
	while (c->out_at < c->out.n) {
		ssize_t n = send(c->fd, c->out.p + c->out_at, c->out.n - c->out_at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0 && errno == EAGAIN) return;
		if (n < 0) {
			drop_client(d, client);
			return;
		}
		c->out_at += (size_t)n;
	}
	buf_clear(&c->out);
	c->out_at = 0;
	if (c->ending && c->jobs == 0) drop_client(d, client);
}

/* Only the home's owner, and root. */
static bool peer_allowed(int fd, struct ucred *peer)
{
	socklen_t n = sizeof *peer;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &n) == 0 && (peer->uid == geteuid() || peer->uid == 0);
}

static bool is_idle(const struct client *c)
{
	return c->fd >= 0 && c->jobs == 0 && c->in.n == 0 && c->out.n == 0;
}

/* Room for one more: when all places are taken, the connection that has asked nothing for longest is closed (who had it connects again).
 * KEEPER_CLIENTS_MAX: all of them wait for answers. */
static unsigned find_room(struct door *d)
{
	unsigned at = 0, idlest = KEEPER_CLIENTS_MAX;
	while (at < KEEPER_CLIENTS_MAX && d->clients[at].fd >= 0) at++;
	if (at < KEEPER_CLIENTS_MAX) return at;
	for (unsigned i = 0; i < KEEPER_CLIENTS_MAX; i++)
		if (is_idle(&d->clients[i]) && (idlest == KEEPER_CLIENTS_MAX || d->clients[i].used_ms < d->clients[idlest].used_ms))
			idlest = i;
	if (idlest < KEEPER_CLIENTS_MAX) drop_client(d, idlest);
	return idlest;
}

static void turn_away(int fd, enum err e, const char *why)
{
	struct buf answer = {0};
	struct fault f;
	protocol_put_error(&answer, fault_set(&f, e, 0, 0, "%s", why), &f);
	(void)send(fd, answer.p, answer.n, MSG_NOSIGNAL);
	buf_free(&answer);
	close(fd);
}

static void accept_client(struct door *d)
{
	struct ucred peer;
	int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) return;
	if (!peer_allowed(fd, &peer)) {
		turn_away(fd, ERR_ACCESS, "the keeper answers its home's owner and root only");
		return;
	}
	unsigned at = find_room(d);
	if (at == KEEPER_CLIENTS_MAX) {
		turn_away(fd, ERR_LIMIT, "KEEPER_CLIENTS_MAX: too many connections, and all of them wait for answers; try again");
		return;
	}
	struct client *c = &d->clients[at];
	c->fd = fd;
	c->used_ms = keeper_steady_ms();
	(void)snprintf(c->actor, sizeof c->actor, "unix:%u", (unsigned)peer.uid);
	d->clients_n++;
	if (at >= d->high) d->high = at + 1;
}

static void deliver(struct door *d)
{
	uint64_t count;
	(void)!read(d->keeper->door, &count, sizeof count);
	pthread_mutex_lock(&d->keeper->lock);
	struct job *j = d->keeper->done.first, *next;
	d->keeper->done = (struct jobs){0};
	if (d->keeper->broken.kind != OK) d->leaving = true;
	pthread_mutex_unlock(&d->keeper->lock);
	for (; j != NULL; j = next) {
		next = j->next;
		if (j->client == JOB_OWN) {
			if (j->refused) d->behind = false; /* the next request says it again */
			job_free(j);
			continue;
		}
		struct client *c = &d->clients[j->client];
		if (c->fd >= 0 && c->generation == j->generation) {
			buf_add(&c->out, buf_slice(&j->answer));
			c->jobs--;
			c->job_bytes -= sizeof *j + j->request.n;
		}
		job_free(j);
	}
	for (unsigned i = 0; i < d->high; i++)
		if (d->clients[i].fd >= 0 && d->clients[i].out.n > 0) write_client(d, i);
}

/* ---- the loop ---- */
static nfds_t fill_polls(struct door *d)
{
	nfds_t n = 0;
	d->polls[n++] = (struct pollfd){.fd = d->keeper->door, .events = POLLIN};
	d->polls[n++] = (struct pollfd){.fd = d->signals, .events = POLLIN};
	d->polls[n++] = (struct pollfd){.fd = d->listener, .events = POLLIN};
	for (unsigned i = 0; i < d->high; i++) {
		const struct client *c = &d->clients[i];
		if (c->fd < 0) continue;
		bool reads = !c->ending && c->job_bytes < KEEPER_CLIENT_BYTES_MAX && c->out.n < KEEPER_CLIENT_BYTES_MAX;
		d->polled[n] = i;
		d->polls[n++] = (struct pollfd){.fd = c->fd, .events = (short)((reads ? POLLIN : 0) | (c->out.n > 0 ? POLLOUT : 0))};
	}
	return n;
}

static bool quiet_long_enough(const struct door *d)
{
	uint64_t idle = d->keeper->home->settings.keeper_idle_s;
	return idle > 0 && d->clients_n == 0 && keeper_steady_ms() - d->quiet_since_ms > idle * 1000;
}

static bool nothing_owed(struct door *d)
{
	pthread_mutex_lock(&d->keeper->lock);
	bool none = d->keeper->waiting.first == NULL && d->keeper->done.first == NULL;
	pthread_mutex_unlock(&d->keeper->lock);
	for (unsigned i = 0; i < d->high; i++)
		if (d->clients[i].fd >= 0 && (d->clients[i].jobs > 0 || d->clients[i].out.n > 0)) none = false;
	return none;
}

static void wake_writer(struct door *d)
{
	pthread_mutex_lock(&d->keeper->lock);
	pthread_cond_signal(&d->keeper->work);
	pthread_mutex_unlock(&d->keeper->lock);
	d->submitted = false;
}

/* Who does not fetch an answer holds nobody up for ever: what was appended is in the journal. */
static bool may_leave(struct door *d)
{
	if (!d->leaving) return false;
	if (d->leaving_since_ms == 0) d->leaving_since_ms = keeper_steady_ms();
	return nothing_owed(d) || keeper_steady_ms() - d->leaving_since_ms > LEAVE_MS;
}

static void serve(struct door *d)
{
	d->quiet_since_ms = keeper_steady_ms();
	while (!quiet_long_enough(d) && !may_leave(d)) {
		nfds_t n = fill_polls(d);
		if (poll(d->polls, n, d->leaving ? 20 : 1000) < 0) continue;
		if ((d->polls[1].revents & POLLIN) != 0) d->leaving = true;
		if ((d->polls[0].revents & POLLIN) != 0) deliver(d);
		for (nfds_t i = 3; i < n; i++) {
			unsigned at = d->polled[i];
			short events = d->polls[i].revents;
			if (events == 0 || d->clients[at].fd != d->polls[i].fd) continue;
			if ((events & POLLOUT) != 0) write_client(d, at);
			if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && d->clients[at].fd == d->polls[i].fd && !d->clients[at].ending)
				read_client(d, at);
			else if ((events & (POLLHUP | POLLERR)) != 0 && d->clients[at].fd == d->polls[i].fd) drop_client(d, at);
		}
		if ((d->polls[2].revents & POLLIN) != 0 && !d->leaving) accept_client(d);
		if (d->submitted) wake_writer(d);
	}
}

/* ---- starting ---- */
static enum err take_lock(const struct home *h, struct fault *f)
{
	char why[64];
	int fd = openat(h->fd, "keeper.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fault_set(f, errno == EACCES || errno == EROFS ? ERR_ACCESS : ERR_DISK, 0, 0, "%s/keeper.lock: cannot be made: %s",
			h->path, strerror_r(errno, why, sizeof why));
	/* Held until this process ends. The folder's own lock as well, where the file system has it: the file can be removed by mistake. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && (flock(h->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)) return OK;
	close(fd);
	return fault_set(f, ERR_EXISTS, 0, 0, "%s: another keeper has it", h->path);
}

/* A socket that is there belongs to a keeper that died: the lock says so. */
static enum err open_socket(const struct home *h, int *out, struct fault *f)
{
	char why[64];
	struct sockaddr_un address;
	mode_t before = umask(0177);
	(void)unlinkat(h->fd, KEEPER_SOCKET, 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	keeper_address(h, &address);
	bool fine = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, LISTEN_BACKLOG) == 0;
	int reason = errno;
	(void)umask(before);
	if (fine) {
		*out = fd;
		return OK;
	}
	if (fd >= 0) close(fd);
	return fault_set(f, ERR_DISK, 0, 0, "%s/" KEEPER_SOCKET ": cannot be made: %s", h->path, strerror_r(reason, why, sizeof why));
}

static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum err open_keys(struct keeper *k, struct fault *f)
{
	enum err e = home_key_load(k->home, HOME_KEY_LEDGER, NOTE_ED25519, &k->key, f);
	if (e == OK) e = home_key_load(k->home, HOME_KEY_WITNESS, NOTE_COSIGNATURE, &k->witness, f);
	if (e != OK) return e;
	e = home_key_load(k->home, HOME_KEY_NEXT, NOTE_ED25519, &k->next, f);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err last_time(struct keeper *k, instant *out, struct fault *f)
{
	struct entry entry;
	slice bytes;
	uint64_t size = ledger_log_head(k->log).size;
	struct ledger_reader *r = ledger_reader_new(storage_of_folder(k->folder));
	enum err e = size > 0 ? ledger_read_entry(r, size - 1, size, &bytes, f) : ERR_NOT_FOUND;
	if (e == OK) e = entry_parse(bytes, &entry, f);
	if (e == OK) *out = entry.time;
	ledger_reader_free(r);
	return e;
}

/* What witnesses cosigned must be here: otherwise an append would make a second history of it. A file that this key did not sign says
 * nothing here; verification tells it. */
static enum err check_rollback(struct keeper *k, struct fault *f)
{
	const struct storage *s = storage_of_folder(k->folder);
	struct tree_head head = ledger_log_head(k->log);
	struct checkpoint c;
	struct note note;
	struct buf bytes = {0};
	struct arena *a = arena_new(0);
	enum err e = s->get(s->context, LEDGER_COSIGNED, NOTE_BYTES_MAX, &bytes, NULL);
	if (e == OK) e = checkpoint_open(buf_slice(&bytes), (struct note_keys){&k->key.signer.key, 1}, a, &note, &c, NULL);
	bool back = e == OK && c.head.size > head.size;
	if (back)
		e = fault_set(f, ERR_DAMAGED, 0, 0,
			"ledger/" LEDGER_COSIGNED
			": witnesses cosigned %llu entries, %llu are here: the ledger was rolled back; nothing can "
			"be appended before `kulla ledger repair --from` a newer copy",
			(unsigned long long)c.head.size, (unsigned long long)head.size);
	arena_free(a);
	buf_free(&bytes);
	return back ? e : OK;
}

static enum err open_ledger(struct keeper *k, instant *last, struct fault *f)
{
	slice witness = arena_printf(k->home->arena, "%s/witness", k->home->path);
	enum err e = home_storage(k->home, &k->folder, f);
	if (e == OK) e = storage_folder_open((const char *)witness.p, NULL, &k->witness_folder, f);
	if (e == OK) e = open_keys(k, f);
	if (e == OK)
		e = ledger_log_open(storage_of_folder(k->folder), &k->key.signer, k->next.key != NULL ? &k->next.signer : NULL, &k->log,
			&k->recovery, f);
	if (e == OK) e = keeper_settle_keys(k, f);
	if (e == OK) e = check_rollback(k, f);
	if (e == OK) e = home_genesis(k->home, &k->genesis, f);
	return e == OK ? last_time(k, last, f) : e;
}

static void keeper_confine(struct keeper *k)
{
	FILE *out = fmemopen(k->confined, sizeof k->confined - 1, "w");
	struct confinement c = confine_keeper(k->home->path);
	if (out == NULL) return;
	confinement_put(out, c);
	fclose(out);
}

static void keeper_close(struct keeper *k)
{
	free(k->cosigned);
	ledger_log_free(k->log);
	storage_folder_free(k->folder);
	storage_folder_free(k->witness_folder);
	home_key_free(&k->key);
	home_key_free(&k->next);
	home_key_free(&k->witness);
}

static void tell(int ready, const char *text)
{
	if (ready < 0) return;
	(void)!write(ready, text, strlen(text));
	close(ready);
}

static void run_threads(struct keeper *k, struct door *d, int ready)
{
	pthread_t writer, publisher;
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->work, &steady);
	pthread_cond_init(&k->publish, &steady);
	if (pthread_create(&writer, NULL, keeper_writer, k) != 0 || pthread_create(&publisher, NULL, keeper_publisher, k) != 0) abort();
	tell(ready, "ok\n");
	serve(d);
	(void)unlinkat(k->home->fd, KEEPER_SOCKET, 0); /* who comes now starts the next one */
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_cond_broadcast(&k->work);
	pthread_mutex_unlock(&k->lock);
	pthread_join(writer, NULL);
	pthread_mutex_lock(&k->lock);
	pthread_cond_broadcast(&k->publish);
	pthread_mutex_unlock(&k->lock);
	pthread_join(publisher, NULL);
}

enum err keeper_run(struct home *h, int ready, struct fault *f)
{
	struct keeper k = {.home = h, .actor = arena_printf(h->arena, "unix:%u", (unsigned)geteuid()), .door = -1};
	struct door *d = mem_alloc(sizeof *d);
	d->keeper = &k;
	d->listener = -1;
	for (unsigned i = 0; i < KEEPER_CLIENTS_MAX; i++) d->clients[i].fd = -1;
	enum err e = take_lock(h, f);
	if (e == OK) e = open_ledger(&k, &d->last, f);
	if (e == OK) e = open_socket(h, &d->listener, f);
	if (e == OK) {
		d->signals = open_signals();
		k.door = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		keeper_confine(&k);
		run_threads(&k, d, ready);
		for (unsigned i = 0; i < KEEPER_CLIENTS_MAX; i++)
			if (d->clients[i].fd >= 0) drop_client(d, i);
		e = k.broken.kind;
		if (e != OK) *f = k.broken;
	} else if (ready >= 0) {
		tell(ready, e == ERR_EXISTS ? "busy\n" : f->text);
	}
	keeper_close(&k);
	free(d);
	return e;
}
