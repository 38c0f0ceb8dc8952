/* One worker a digest. The caller hands all of them a piece and goes on; the next piece waits until all are done with it.
 * round: pieces handed out; a worker that has done as many rounds is idle. */
#include "digests.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#define WORKERS_MAX (1 + DIGESTS_EXTRA)
#define INLINE_BYTES 262144u /* a piece that is shorter costs less than waking a thread */

static const struct {
	unsigned bit;
	const char *name;
	size_t place; /* in digests_result */
} EXTRA[DIGESTS_EXTRA] = {
	{DIGESTS_MD5, "MD5", offsetof(struct digests_result, md5)},
	{DIGESTS_SHA1, "SHA1", offsetof(struct digests_result, sha1)},
	{DIGESTS_SHA512, "SHA512", offsetof(struct digests_result, sha512)},
};

struct worker {
	struct digests *all;
	pthread_t thread;
	uint64_t done;   /* rounds */
	EVP_MD_CTX *evp; /* NULL: SHA-256 */
	unsigned which;  /* row of EXTRA */
};
struct digests {
	struct digest_stream sha256;
	struct worker workers[WORKERS_MAX];
	unsigned n;
	bool started; /* the threads are there */
	pthread_mutex_t lock;
	pthread_cond_t posted, finished;
	slice piece;
	uint64_t round;
	bool leaving;
};

static void must(bool ok)
{
	if (!ok) abort(); /* libcrypto without a digest that it always has, or without memory (decision 0002) */
}

static void hash(struct worker *w, slice piece)
{
	if (w->evp == NULL) digest_add(&w->all->sha256, piece);
	else must(EVP_DigestUpdate(w->evp, piece.p, piece.n) == 1);
}

static void *work(void *context)
{
	struct worker *w = context;
	struct digests *d = w->all;
	pthread_mutex_lock(&d->lock);
	for (;;) {
		while (!d->leaving && w->done == d->round) pthread_cond_wait(&d->posted, &d->lock);
		if (w->done == d->round) break;
		slice piece = d->piece;
		pthread_mutex_unlock(&d->lock);
		hash(w, piece);
		pthread_mutex_lock(&d->lock);
		w->done++;
		pthread_cond_signal(&d->finished);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

struct digests *digests_new(unsigned extra)
{
	struct digests *d = mem_alloc(sizeof *d);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->posted, NULL);
	pthread_cond_init(&d->finished, NULL);
	d->workers[d->n++] = (struct worker){.all = d};
	for (unsigned i = 0; i < DIGESTS_EXTRA; i++) {
		if ((extra & EXTRA[i].bit) == 0) continue;
		d->workers[d->n++] = (struct worker){.all = d, .evp = EVP_MD_CTX_new(), .which = i};
		must(d->workers[d->n - 1].evp != NULL);
	}
	digests_start(d);
	return d;
}

static void threads_start(struct digests *d)
{
	if (d->started) return;
	for (unsigned i = 0; i < d->n; i++) must(pthread_create(&d->workers[i].thread, NULL, work, &d->workers[i]) == 0);
	d->started = true;
}

void digests_free(struct digests *d)
{
	if (d == NULL) return;
	pthread_mutex_lock(&d->lock);
	d->leaving = true;
	pthread_cond_broadcast(&d->posted);
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < d->n; i++) {
		if (d->started) pthread_join(d->workers[i].thread, NULL);
		EVP_MD_CTX_free(d->workers[i].evp);
	}
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->posted);
	pthread_cond_destroy(&d->finished);
	free(d);
}

void digests_start(struct digests *d)
{
	digests_wait(d);
	digest_start(&d->sha256);
	for (unsigned i = 1; i < d->n; i++)
		must(EVP_DigestInit_ex(d->workers[i].evp, EVP_get_digestbyname(EXTRA[d->workers[i].which].name), NULL) == 1);
}

void digests_wait(struct digests *d)
{
	pthread_mutex_lock(&d->lock);
	for (unsigned i = 0; i < d->n; i++)
		while (d->started && d->workers[i].done < d->round) pthread_cond_wait(&d->finished, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

void digests_add(struct digests *d, slice piece)
{
	digests_wait(d);
	if (piece.n < INLINE_BYTES) {
		for (unsigned i = 0; i < d->n; i++) hash(&d->workers[i], piece);
		return;
	}
	threads_start(d);
	pthread_mutex_lock(&d->lock);
	d->piece = piece;
	d->round++;
	pthread_cond_broadcast(&d->posted);
	pthread_mutex_unlock(&d->lock);
}

void digests_add_zeros(struct digests *d, uint64_t n)
{
	static const uint8_t ZEROS[1u << 20];
	while (n > 0) {
		slice piece = slice_of(ZEROS, n < sizeof ZEROS ? (size_t)n : sizeof ZEROS);
		digests_add(d, piece);
		n -= piece.n;
	}
}

struct digests_result digests_end(struct digests *d)
{
	struct digests_result r = {.md5 = {0}};
	digests_wait(d);
	r.sha256 = digest_end(&d->sha256);
	for (unsigned i = 1; i < d->n; i++)
		must(EVP_DigestFinal_ex(d->workers[i].evp, (uint8_t *)&r + EXTRA[d->workers[i].which].place, NULL) == 1);
	return r;
}
