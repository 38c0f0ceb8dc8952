/* Whose signatures are enough: logs, witnesses, groups of them, a quorum.
 * A policy lives in the arena it was read into and borrows from the text. Any thread may evaluate. Source: C2SP tlog-policy. */
#ifndef LEDGER_POLICY_H
#define LEDGER_POLICY_H
#include "checkpoint.h"

struct policy_log {
	struct note_key key;
	slice url; /* empty: none */
};
/* A witness or a group; both stand in one list in the order of their lines, so that members stand before their group. */
struct policy_party {
	slice name;
	bool group;
	unsigned need;           /* a group: how many of its members */
	const unsigned *members; /* a group: places in the list */
	unsigned members_n;
	struct note_key key; /* a witness */
	slice url;
};
#define POLICY_QUORUM_NONE UINT32_MAX
struct policy {
	struct policy_log *logs;
	unsigned logs_n;
	struct policy_party *parties;
	unsigned parties_n;
	unsigned quorum;       /* place of the party that must have witnessed, or POLICY_QUORUM_NONE */
	struct note_key *keys; /* all logs' and witnesses' keys of known algorithms, for note_open */
	unsigned keys_n;
};
/* Errors: ERR_SYNTAX, line and rule; ERR_LIMIT POLICY_BYTES_MAX, POLICY_LOGS_MAX, POLICY_PARTIES_MAX, POLICY_MEMBERS_MAX. A witness or a
 * log whose key is of an unknown algorithm is kept; it can never be met. */
CHECKED enum err policy_parse(slice text, struct arena *a, struct policy *out, struct fault *f);

/* What a checkpoint's signatures are worth. */
struct policy_verdict {
	struct checkpoint checkpoint;
	struct note note;
	bool quorum;     /* the quorum is met (or none is asked) */
	bool *witnessed; /* one for each party, groups too */
	uint64_t *times; /* one for each party: a witness's latest time, seconds since 1970 */
};
/* For a policy that names no log: accept this one too. Borrows key's name. */
void policy_add_log(struct policy *p, const struct note_key *key, struct arena *a);
/* Verify a checkpoint by a policy: it must carry the signature of one of its logs. OK also when only the quorum is missing: look at
 * out->quorum. Errors: as checkpoint_open. */
CHECKED enum err policy_judge(const struct policy *p, slice note, struct arena *a, struct policy_verdict *out, struct fault *f);
/* Which parties have witnessed, groups worked out: witnessed[i] is set for witnesses on entry. Returns whether the quorum is met. */
bool policy_evaluate(const struct policy *p, bool *witnessed);
/* "allies: 1 of 2, missing fr, pl; eu: 0 of 1, missing fr": for the quorum, then for each group below it that is not met; empty when the
 * quorum is met. No newline. */
void policy_put_missing(struct buf *b, const struct policy *p, const bool *witnessed);
#endif
