/* Custody: who holds an item, and what may be done with it. A state machine without I/O: entries are moves, told in the order of the
 * ledger; a move that a rule forbids changes nothing, whoever wrote it down. So two commands that race for one item need no lock: the
 * ledger's order decides, and the later one reads that its move did not count.
 * Slices borrow from the caller's. Pure; any thread may call. Source: docs/formats/evidence.md; ISO/IEC 27037 (custody record). */
#ifndef EVIDENCE_CUSTODY_H
#define EVIDENCE_CUSTODY_H
#include "manifest.h"

enum custody_act {
	CUSTODY_COPY,      /* a working copy was made: another item */
	CUSTODY_DELIVERED, /* the other institution's receipt came back */
	CUSTODY_DISPOSE,   /* destroyed, or given back for good */
	CUSTODY_HOLD,      /* must not be disposed of */
	CUSTODY_OPEN,      /* taken out for examination */
	CUSTODY_RECEIVE,   /* taken over */
	CUSTODY_RELEASE,   /* a hold ends */
	CUSTODY_RETURN,    /* the examination ends */
	CUSTODY_TRANSFER,  /* offered to somebody, who must receive it */
	CUSTODY_ACTS
};
const char *custody_act_text(enum custody_act a); /* as entries spell it */
bool custody_act_parse(slice word, enum custody_act *out);

enum custody_rule {
	CUSTODY_ALLOWED,
	CUSTODY_NOT_HELD,      /* it is another's, or disposed of */
	CUSTODY_NOT_HOLDER,    /* only who holds it may hand it over or dispose of it */
	CUSTODY_IN_TRANSIT,    /* it was offered and not received yet */
	CUSTODY_NOT_OFFERED,   /* received or delivered without an offer */
	CUSTODY_NOT_ADDRESSEE, /* offered to somebody else */
	CUSTODY_OWN_OFFER,     /* offered to who holds it already */
	CUSTODY_UNDER_HOLD,
	CUSTODY_NO_HOLD,
	CUSTODY_IS_OPEN, /* somebody examines it */
	CUSTODY_NOT_OPEN,
	CUSTODY_NOT_OPENER,   /* returned by somebody else than who took it out */
	CUSTODY_NO_AUTHORITY, /* a hold, its end and a disposal need an authority */
	CUSTODY_TIME_ORDER,   /* before the last act */
	CUSTODY_TIME_FUTURE,  /* more than EVIDENCE_CLOCK_SECONDS after it was told */
	CUSTODY_RULES
};
const char *custody_rule_word(enum custody_rule r); /* "under-hold" */
const char *custody_rule_text(enum custody_rule r); /* a sentence: what forbids it, and what to do */

enum custody_place { CUSTODY_HERE, CUSTODY_OFFERED, CUSTODY_GONE, CUSTODY_DISPOSED };
const char *custody_place_text(enum custody_place p); /* "held", "in transit", … */
struct custody_state {
	enum custody_place place;
	slice holder; /* empty: not known (its text was erased), then nobody is refused for not being it */
	slice addressee;
	slice opener;
	bool open;
	unsigned holds;
	instant last; /* of the last act that counted */
};
struct custody_move {
	enum custody_act act;
	slice by, party; /* empty: erased, or none */
	bool authority;  /* one is named */
	bool proven;     /* the other institution's entry was verified */
	instant at;      /* when it happened */
	instant told;    /* when it was, or is being, written down */
};
/* A new item: held by its collector. */
struct custody_state custody_begin(slice holder, instant sealed);
enum custody_rule custody_judge(const struct custody_state *s, const struct custody_move *m);
/* Judge, and when it is allowed change the state. */
enum custody_rule custody_apply(struct custody_state *s, const struct custody_move *m);
#endif
