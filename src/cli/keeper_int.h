/* What the keeper's files share. Three threads: the door (keeper.c: connections, requests, answers), the writer (keeper_write.c: the
 * only one that touches log and keys), the publisher (tiles and syncs, so that appends need not wait for them).
 * A job goes from the door to the writer and back; whoever has it owns it. */
#ifndef CLI_KEEPER_INT_H
#define CLI_KEEPER_INT_H
#include <limits.h>
#include <pthread.h>

#include "blob.h"
#include "home.h"
#include "keeper.h"
#include "protocol.h"

enum job_kind { JOB_APPEND, JOB_HELLO, JOB_PUBLISH, JOB_ROTATE, JOB_COSIGN, JOB_TRUST, JOB_FOLLOW, JOB_COSIGNED, JOB_ANSWERED };
#define ACTOR_BYTES 24   /* "unix:4294967295" */
#define JOB_OWN UINT_MAX /* client of a job that the keeper has of itself */
struct job {
	struct job *next;
	enum job_kind kind;
	unsigned client, generation;
	struct buf request; /* JOB_APPEND: entries as a bundle has them; else the message */
	uint32_t count;     /* entries */
	instant time;
	char actor[ACTOR_BYTES]; /* whose request it is: the peer's, as the system says */
	bool named;              /* JOB_APPEND: id is set */
	bool again;              /* and it may have been answered before: asked first when the ledger had `since` entries */
	struct request_id id;
	uint64_t since;
	struct buf answer; /* a whole message */
	bool refused;
};
struct jobs {
	struct job *first, **end;
	size_t n;
};
void jobs_add(struct jobs *list, struct job *j);
void job_free(struct job *j);

/* What this node's own entries say it cosigned: the newest of each origin. */
struct cosigned_head {
	digest origin;
	struct tree_head head;
};

struct keeper {
	struct home *home;
	struct home_genesis genesis;
	struct storage_folder *folder, *witness_folder;
	struct home_key key, next, witness;
	struct ledger_log *log;
	struct ledger_recovery recovery;
	struct cosigned_head *cosigned; /* the writer's, read when it is needed first */
	size_t cosigned_n;
	bool cosigned_read;
	slice actor; /* of the entries that the writer makes for the job at hand */
	char confined[96];

	pthread_mutex_t lock;   /* over what follows */
	pthread_cond_t work;    /* for the writer */
	pthread_cond_t publish; /* for the publisher */
	struct jobs waiting, done;
	struct ledger_publication *publication; /* given to the publisher */
	bool publication_done, publication_ok;
	bool stopping;
	int door;            /* eventfd: something is done */
	struct fault broken; /* kind != OK: the log cannot be used any more, and the keeper leaves; who comes then starts the next one */
};
void *keeper_writer(void *keeper);
void *keeper_publisher(void *keeper);
/* The writer's special jobs. Each fills the answer. */
void keeper_rotate(struct keeper *k, struct job *j);
void keeper_cosign(struct keeper *k, struct job *j);
void keeper_trust(struct keeper *k, struct job *j);
void keeper_follow(struct keeper *k, struct job *j);
void keeper_cosigned(struct keeper *k, struct job *j);
/* Finish a rotation that a crash interrupted, or forget a next key that was never used. */
CHECKED enum err keeper_settle_keys(struct keeper *k, struct fault *f);
/* The writer's: all that is appended is in tiles, under the checkpoint file, when this returns OK. */
CHECKED enum err keeper_publish_now(struct keeper *k, struct fault *f);
/* One entry of the keeper's own, appended at once. */
CHECKED enum err keeper_append_own(struct keeper *k, slice kind, slice body, instant now, uint64_t *first, struct fault *f);
instant keeper_now(void);
uint64_t keeper_steady_ms(void); /* of a clock that nobody sets */
#endif
