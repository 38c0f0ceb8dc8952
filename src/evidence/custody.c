/* The rules of custody, as tables. Each act has the checks that it must pass, in the order in which a person is told. */
#include "custody.h"

static const char *const ACTS[CUSTODY_ACTS] = {[CUSTODY_COPY] = "copy",
	[CUSTODY_DELIVERED] = "delivered",
	[CUSTODY_DISPOSE] = "dispose",
	[CUSTODY_HOLD] = "hold",
	[CUSTODY_OPEN] = "open",
	[CUSTODY_RECEIVE] = "receive",
	[CUSTODY_RELEASE] = "release",
	[CUSTODY_RETURN] = "return",
	[CUSTODY_TRANSFER] = "transfer"};

const char *custody_act_text(enum custody_act a)
{
	return ACTS[a];
}

bool custody_act_parse(slice word, enum custody_act *out)
{
	for (unsigned i = 0; i < CUSTODY_ACTS; i++) {
		if (!slice_equal(word, slice_from(ACTS[i]))) continue;
		*out = (enum custody_act)i;
		return true;
	}
	return false;
}

const char *custody_place_text(enum custody_place p)
{
	static const char *const TEXTS[] = {[CUSTODY_HERE] = "held",
		[CUSTODY_OFFERED] = "in transit",
		[CUSTODY_GONE] = "handed over",
		[CUSTODY_DISPOSED] = "disposed of"};
	return TEXTS[p];
}

/* ---- checks: true when the move breaks the rule ---- */
typedef bool check(const struct custody_state *s, const struct custody_move *m);

/* Two known names that differ. A name that was erased cannot be held against anybody. */
static bool differ(slice a, slice b)
{
	return a.n > 0 && b.n > 0 && !slice_equal(a, b);
}

static bool before_last(const struct custody_state *s, const struct custody_move *m)
{
	return m->at < s->last;
}

static bool in_future(const struct custody_state *s, const struct custody_move *m)
{
	(void)s;
	return m->at > m->told + (instant)EVIDENCE_CLOCK_SECONDS * 1000000;
}

static bool not_held(const struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	return s->place == CUSTODY_GONE || s->place == CUSTODY_DISPOSED;
}

static bool in_transit(const struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	return s->place == CUSTODY_OFFERED;
}

/* What was handed over can come back, with the other side's proof. */
static bool not_offered(const struct custody_state *s, const struct custody_move *m)
{
	return s->place != CUSTODY_OFFERED && !(s->place == CUSTODY_GONE && m->proven && m->act == CUSTODY_RECEIVE);
}

static bool not_holder(const struct custody_state *s, const struct custody_move *m)
{
	return differ(s->holder, m->by);
}

/* The holder may take an offer back. */
static bool not_addressee(const struct custody_state *s, const struct custody_move *m)
{
	return s->place == CUSTODY_OFFERED && differ(s->addressee, m->by) && differ(s->holder, m->by);
}

static bool own_offer(const struct custody_state *s, const struct custody_move *m)
{
	return s->holder.n > 0 && slice_equal(s->holder, m->party);
}

static bool under_hold(const struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	return s->holds > 0;
}

static bool no_hold(const struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	return s->holds == 0;
}

/* Who has it may open it again: to have its files written out once more. */
static bool is_open(const struct custody_state *s, const struct custody_move *m)
{
	return s->open && (m->act != CUSTODY_OPEN || !slice_equal(s->opener, m->by));
}

static bool not_open(const struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	return !s->open;
}

static bool not_opener(const struct custody_state *s, const struct custody_move *m)
{
	return differ(s->opener, m->by);
}

static bool no_authority(const struct custody_state *s, const struct custody_move *m)
{
	(void)s;
	return !m->authority;
}

static const struct {
	const char *word;
	check *breaks;
	const char *text;
} RULES[CUSTODY_RULES] = {
	[CUSTODY_ALLOWED] = {"allowed", NULL, "allowed"},
	[CUSTODY_NOT_HELD] = {"not-held", not_held, "the item is not held here any more: it was handed over or disposed of"},
	[CUSTODY_NOT_HOLDER] = {"not-holder", not_holder, "only who holds an item may hand it over or dispose of it: receive it first"},
	[CUSTODY_IN_TRANSIT] = {"in-transit", in_transit,
		"the item is in transit: its addressee must receive it, or its holder take it back, first"},
	[CUSTODY_NOT_OFFERED] = {"not-offered", not_offered, "nobody has offered the item: its holder must transfer it first"},
	[CUSTODY_NOT_ADDRESSEE] = {"not-addressee", not_addressee, "the item was offered to somebody else"},
	[CUSTODY_OWN_OFFER] = {"own-offer", own_offer, "an item cannot be handed over to who holds it already"},
	[CUSTODY_UNDER_HOLD] = {"under-hold", under_hold,
		"the item is under hold: it must not be disposed of before every hold is released"},
	[CUSTODY_NO_HOLD] = {"no-hold", no_hold, "the item is under no hold that could be released"},
	[CUSTODY_IS_OPEN] = {"is-open", is_open, "the item is taken out for examination: it must be returned first"},
	[CUSTODY_NOT_OPEN] = {"not-open", not_open, "the item was not taken out: there is nothing to return"},
	[CUSTODY_NOT_OPENER] = {"not-opener", not_opener, "the item was taken out by somebody else, who must return it"},
	[CUSTODY_NO_AUTHORITY] = {"no-authority", no_authority, "this needs an authority: say on whose order (--authority)"},
	[CUSTODY_TIME_ORDER] = {"time-order", before_last, "the time is before the last act with this item"},
	[CUSTODY_TIME_FUTURE] = {"time-future", in_future, "the time lies in the future"},
};

const char *custody_rule_word(enum custody_rule r)
{
	return RULES[r].word;
}

const char *custody_rule_text(enum custody_rule r)
{
	return RULES[r].text;
}

/* ---- acts ---- */
#define CHECKS_MAX 8
static const struct {
	enum custody_rule checks[CHECKS_MAX]; /* CUSTODY_ALLOWED ends them */
} NEEDS[CUSTODY_ACTS] = {
	[CUSTODY_COPY] = {{CUSTODY_NOT_HELD, CUSTODY_IN_TRANSIT}},
	[CUSTODY_DELIVERED] = {{CUSTODY_NOT_OFFERED}},
	[CUSTODY_DISPOSE] = {{CUSTODY_NOT_HELD, CUSTODY_UNDER_HOLD, CUSTODY_NO_AUTHORITY, CUSTODY_IN_TRANSIT, CUSTODY_IS_OPEN,
		CUSTODY_NOT_HOLDER}},
	[CUSTODY_HOLD] = {{CUSTODY_NOT_HELD, CUSTODY_NO_AUTHORITY}},
	[CUSTODY_OPEN] = {{CUSTODY_NOT_HELD, CUSTODY_IN_TRANSIT,
		CUSTODY_IS_OPEN}}, /* again by who has it: its files are written out again */
	[CUSTODY_RECEIVE] = {{CUSTODY_NOT_OFFERED, CUSTODY_NOT_ADDRESSEE}},
	[CUSTODY_RELEASE] = {{CUSTODY_NOT_HELD, CUSTODY_NO_HOLD, CUSTODY_NO_AUTHORITY}},
	[CUSTODY_RETURN] = {{CUSTODY_NOT_HELD, CUSTODY_NOT_OPEN, CUSTODY_NOT_OPENER}},
	[CUSTODY_TRANSFER] = {{CUSTODY_NOT_HELD, CUSTODY_IN_TRANSIT, CUSTODY_IS_OPEN, CUSTODY_NOT_HOLDER, CUSTODY_OWN_OFFER}},
};

enum custody_rule custody_judge(const struct custody_state *s, const struct custody_move *m)
{
	for (unsigned i = 0; i < CHECKS_MAX && NEEDS[m->act].checks[i] != CUSTODY_ALLOWED; i++)
		if (RULES[NEEDS[m->act].checks[i]].breaks(s, m)) return NEEDS[m->act].checks[i];
	if (before_last(s, m)) return CUSTODY_TIME_ORDER;
	return in_future(s, m) ? CUSTODY_TIME_FUTURE : CUSTODY_ALLOWED;
}

struct custody_state custody_begin(slice holder, instant sealed)
{
	return (struct custody_state){.holder = holder, .last = sealed};
}

/* ---- what an act changes ---- */
static void handed_to(struct custody_state *s, const struct custody_move *m)
{
	s->place = CUSTODY_HERE;
	s->holder = m->by;
	s->addressee = (slice){0};
}

static void offered(struct custody_state *s, const struct custody_move *m)
{
	s->place = CUSTODY_OFFERED;
	s->addressee = m->party;
}

static void delivered(struct custody_state *s, const struct custody_move *m)
{
	s->place = CUSTODY_GONE;
	s->holder = m->party;
}

static void disposed(struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	s->place = CUSTODY_DISPOSED;
}

static void held(struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	s->holds++;
}

static void released(struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	s->holds--;
}

static void opened(struct custody_state *s, const struct custody_move *m)
{
	s->open = true;
	s->opener = m->by;
}

static void returned(struct custody_state *s, const struct custody_move *m)
{
	(void)m;
	s->open = false;
	s->opener = (slice){0};
}

enum custody_rule custody_apply(struct custody_state *s, const struct custody_move *m)
{
	static void (*const CHANGES[CUSTODY_ACTS])(struct custody_state *, const struct custody_move *) = {
		[CUSTODY_DELIVERED] = delivered,
		[CUSTODY_DISPOSE] = disposed,
		[CUSTODY_HOLD] = held,
		[CUSTODY_OPEN] = opened,
		[CUSTODY_RECEIVE] = handed_to,
		[CUSTODY_RELEASE] = released,
		[CUSTODY_RETURN] = returned,
		[CUSTODY_TRANSFER] = offered,
	};
	enum custody_rule r = custody_judge(s, m);
	if (r != CUSTODY_ALLOWED) return r;
	if (CHANGES[m->act] != NULL) CHANGES[m->act](s, m);
	s->last = m->at;
	return CUSTODY_ALLOWED;
}
