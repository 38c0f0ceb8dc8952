/* Policies. What a group or the quorum refers to stands on an earlier line, so a party's members have lower places than itself: evaluating
 * is one walk up the list, telling what is missing one walk down. Each name is a member once at most, so nobody counts twice. */
#include "policy.h"
#include "limit.h"
#include "text.h"

struct reading {
	struct arena *arena;
	struct fault *fault;
	uint64_t line;
	struct policy policy;
	bool *taken;      /* of each party: it is a member already */
	unsigned members; /* of all groups */
	bool quorum;      /* the line was there */
	unsigned logs_room, parties_room;
};

#define REFUSE(r, ...) fault_set((r)->fault, ERR_SYNTAX, (r)->line, 0, "tlog-policy: " __VA_ARGS__)
#define SHOWN(s) SLICE_PRINTF(slice_sub((s), 0, 100))

/* A line's words. */
struct words {
	const slice *p;
	unsigned n;
};

/* Place of the party of that name, or parties_n. */
static unsigned party_find(const struct policy *p, slice name)
{
	unsigned i = 0;

	while (i < p->parties_n && !slice_equal(p->parties[i].name, name)) i++;
	return i;
}

/* A key that stands on this line, of the algorithm that its role has. An unknown algorithm is kept: a policy may be ahead of us. */
static enum err key_read(struct reading *r, slice vkey, enum note_algorithm algorithm, struct note_key *key)
{
	struct fault f = {0};
	enum err e = note_key_parse(vkey, r->arena, key, &f);

	if (e != OK) return fault_set(r->fault, e, r->line, 0, "%s", f.text);
	if (note_algorithm_known(key->algorithm) && key->algorithm != algorithm)
		return REFUSE(r, "a key of type 0x%02x, where 0x%02x stands", key->algorithm, (unsigned)algorithm);
	return OK;
}

static enum err log_read(struct reading *r, struct words w)
{
	struct policy *p = &r->policy;
	struct policy_log log = {.url = w.n > 2 ? w.p[2] : (slice){0}};

	if (p->logs_n >= r->logs_room)
		return fault_set(r->fault, ERR_LIMIT, r->line, 0, "POLICY_LOGS_MAX: more than %u logs", POLICY_LOGS_MAX);
	enum err e = key_read(r, w.p[1], NOTE_ED25519, &log.key);
	if (e != OK) return e;
	for (unsigned i = 0; i < p->logs_n; i++)
		if (slice_equal(p->logs[i].key.material, log.key.material)) return REFUSE(r, "a second log with the same public key");
	p->logs[p->logs_n++] = log;
	return OK;
}

/* Add a witness or group, whose name must be new. */
static enum err party_add(struct reading *r, const struct policy_party *party)
{
	struct policy *p = &r->policy;

	if (p->parties_n >= r->parties_room)
		return fault_set(
			r->fault, ERR_LIMIT, r->line, 0, "POLICY_PARTIES_MAX: more than %u witnesses and groups", POLICY_PARTIES_MAX);
	if (slice_equal(party->name, SLICE("none"))) return REFUSE(r, "the name none means no quorum");
	if (party_find(p, party->name) < p->parties_n) return REFUSE(r, "a second witness or group %.*s", SHOWN(party->name));
	p->parties[p->parties_n++] = *party;
	return OK;
}

static enum err witness_read(struct reading *r, struct words w)
{
	const struct policy *p = &r->policy;
	struct policy_party party = {.name = w.p[1], .url = w.n > 3 ? w.p[3] : (slice){0}};
	enum err e = key_read(r, w.p[2], NOTE_COSIGNATURE, &party.key);

	if (e != OK) return e;
	for (unsigned i = 0; i < p->parties_n; i++)
		if (!p->parties[i].group && slice_equal(p->parties[i].key.material, party.key.material))
			return REFUSE(r, "a second witness with the same public key, %.*s", SHOWN(p->parties[i].name));
	return party_add(r, &party);
}

/* "any", "all" or a decimal from 1 to n. */
static bool need_read(slice word, unsigned n, unsigned *need)
{
	uint64_t k;

	*need = slice_equal(word, SLICE("any")) ? 1 : n;
	if (slice_equal(word, SLICE("any")) || slice_equal(word, SLICE("all"))) return true;
	if (!text_get_decimal(word, &k) || k < 1 || k > n) return false;
	*need = (unsigned)k;
	return true;
}

static enum err group_read(struct reading *r, struct words w)
{
	struct policy_party party = {.name = w.p[1], .group = true, .members_n = w.n - 3};

	if (!need_read(w.p[2], party.members_n, &party.need))
		return REFUSE(
			r, "any, all or a number from 1 to %u stands behind a group's name, not %.*s", party.members_n, SHOWN(w.p[2]));
	r->members += party.members_n;
	if (r->members > POLICY_MEMBERS_MAX)
		return fault_set(r->fault, ERR_LIMIT, r->line, 0, "POLICY_MEMBERS_MAX: more than %u members of groups", POLICY_MEMBERS_MAX);
	unsigned *members = arena_array(r->arena, party.members_n, sizeof *members);
	for (unsigned i = 0; i < party.members_n; i++) {
		members[i] = party_find(&r->policy, w.p[3 + i]);
		if (members[i] == r->policy.parties_n) return REFUSE(r, "no earlier line names %.*s", SHOWN(w.p[3 + i]));
		if (r->taken[members[i]]) return REFUSE(r, "%.*s is a member already", SHOWN(w.p[3 + i]));
		r->taken[members[i]] = true;
	}
	party.members = members;
	return party_add(r, &party);
}

static enum err quorum_read(struct reading *r, struct words w)
{
	struct policy *p = &r->policy;

	if (r->quorum) return REFUSE(r, "a second quorum");
	r->quorum = true;
	p->quorum = POLICY_QUORUM_NONE;
	if (slice_equal(w.p[1], SLICE("none"))) return OK;
	p->quorum = party_find(p, w.p[1]);
	return p->quorum < p->parties_n ? OK : REFUSE(r, "no earlier line names %.*s", SHOWN(w.p[1]));
}

static const struct {
	slice keyword;
	unsigned words_min, words_max;
	enum err (*read)(struct reading *r, struct words w);
	const char *form;
} LINES[] = {
	{SLICE("log"), 2, 3, log_read, "log VKEY [URL]"},
	{SLICE("witness"), 3, 4, witness_read, "witness NAME VKEY [URL]"},
	{SLICE("group"), 4, UINT32_MAX, group_read, "group NAME any|all|K MEMBER…"},
	{SLICE("quorum"), 2, 2, quorum_read, "quorum NAME|none"},
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct words words_split(struct arena *a, slice line)
{
	slice *p = arena_array(a, line.n / 2 + 1, sizeof *p);
	unsigned n = 0;

	for (size_t at = 0; at < line.n;) {
		size_t from = at;
		while (at < line.n && !blank(line.p[at])) at++;
		if (at > from) p[n++] = slice_sub(line, from, at - from);
		while (at < line.n && blank(line.p[at])) at++;
	}
	return (struct words){p, n};
}

static enum err octets_check(struct reading *r, slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7F) return REFUSE(r, "control character 0x%02x", line.p[i]);
	return OK;
}

static enum err line_read(struct reading *r, slice line)
{
	enum err e = octets_check(r, line);

	if (e != OK) return e;
	struct words w = words_split(r->arena, line);
	if (w.n == 0 || w.p[0].p[0] == '#') return OK;
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
		if (!slice_equal(w.p[0], LINES[i].keyword)) continue;
		if (w.n < LINES[i].words_min || w.n > LINES[i].words_max) return REFUSE(r, "the line is %s", LINES[i].form);
		return LINES[i].read(r, w);
	}
	return REFUSE(r, "%.*s is none of log, witness, group, quorum", SHOWN(w.p[0]));
}

/* The keys of logs and witnesses that we can verify, in one list. */
static void keys_gather(struct policy *p, struct arena *a)
{
	p->keys = arena_array(a, (size_t)p->logs_n + p->parties_n + 1, sizeof *p->keys);
	p->keys_n = 0;
	for (unsigned i = 0; i < p->logs_n; i++)
		if (note_algorithm_known(p->logs[i].key.algorithm)) p->keys[p->keys_n++] = p->logs[i].key;
	for (unsigned i = 0; i < p->parties_n; i++)
		if (!p->parties[i].group && note_algorithm_known(p->parties[i].key.algorithm)) p->keys[p->keys_n++] = p->parties[i].key;
}

static unsigned smaller(uint64_t a, unsigned b)
{
	return a < b ? (unsigned)a : b;
}

enum err policy_parse(slice text, struct arena *a, struct policy *out, struct fault *f)
{
	struct reading r = {.arena = a, .fault = f};
	uint64_t lines = 0;

	if (text.n > POLICY_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "POLICY_BYTES_MAX: a policy of %zu bytes", text.n);
	for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
	r.logs_room = smaller(lines, POLICY_LOGS_MAX);
	r.parties_room = smaller(lines, POLICY_PARTIES_MAX);
	r.policy.logs = arena_array(a, r.logs_room, sizeof *r.policy.logs);
	r.policy.parties = arena_array(a, r.parties_room, sizeof *r.policy.parties);
	r.taken = arena_array(a, (size_t)r.parties_room + 1, sizeof *r.taken);
	for (slice rest = text; rest.n > 0;) {
		r.line++;
		if (slice_find_byte(rest, '\n') == rest.n) return REFUSE(&r, "the last line has no newline");
		enum err e = line_read(&r, slice_cut(&rest, '\n'));
		if (e != OK) return e;
	}
	if (!r.quorum) return REFUSE(&r, "no line says the quorum");
	keys_gather(&r.policy, a);
	*out = r.policy;
	return OK;
}

void policy_add_log(struct policy *p, const struct note_key *key, struct arena *a)
{
	struct policy_log *logs = arena_array(a, (size_t)p->logs_n + 1, sizeof *logs);

	if (p->logs_n != 0) memcpy(logs, p->logs, p->logs_n * sizeof *logs);
	logs[p->logs_n] = (struct policy_log){.key = *key};
	p->logs = logs;
	p->logs_n++;
	keys_gather(p, a);
}

/* ---- judging ---- */

bool policy_evaluate(const struct policy *p, bool *witnessed)
{
	for (unsigned i = 0; i < p->parties_n; i++) {
		const struct policy_party *g = &p->parties[i];
		unsigned n = 0;
		if (!g->group) continue;
		for (unsigned m = 0; m < g->members_n; m++) n += witnessed[g->members[m]];
		witnessed[i] = n >= g->need;
	}
	return p->quorum == POLICY_QUORUM_NONE || witnessed[p->quorum];
}

/* The place of the witness whose key it is, or parties_n. */
static unsigned witness_of(const struct policy *p, const struct note_key *k)
{
	unsigned i = 0;

	for (; i < p->parties_n; i++) {
		const struct policy_party *w = &p->parties[i];
		if (!w->group && w->key.algorithm == k->algorithm && memcmp(w->key.public_key, k->public_key, sizeof k->public_key) == 0)
			break;
	}
	return i;
}

enum err policy_judge(const struct policy *p, slice note, struct arena *a, struct policy_verdict *out, struct fault *f)
{
	struct policy_verdict v = {0};
	enum err e = checkpoint_open(note, (struct note_keys){p->keys, p->keys_n}, a, &v.note, &v.checkpoint, f);

	if (e != OK) return e;
	v.witnessed = arena_array(a, (size_t)p->parties_n + 1, sizeof *v.witnessed);
	v.times = arena_array(a, (size_t)p->parties_n + 1, sizeof *v.times);
	for (unsigned i = 0; i < v.note.n; i++) {
		const struct note_signature *s = &v.note.signatures[i];
		unsigned w = s->key != NULL && s->key->algorithm == NOTE_COSIGNATURE ? witness_of(p, s->key) : p->parties_n;
		if (w == p->parties_n) continue;
		v.witnessed[w] = true;
		if (s->time > v.times[w]) v.times[w] = s->time;
	}
	v.quorum = policy_evaluate(p, v.witnessed);
	*out = v;
	return OK;
}

static void put_party(struct buf *b, const struct policy_party *w)
{
	buf_add(b, w->name);
	if (!w->group && !note_algorithm_known(w->key.algorithm))
		buf_printf(b, " (signature type 0x%02x: not supported)", w->key.algorithm);
}

static void put_group(struct buf *b, const struct policy *p, unsigned i, const bool *witnessed)
{
	const struct policy_party *g = &p->parties[i];
	unsigned n = 0;
	const char *before = ", missing ";

	for (unsigned m = 0; m < g->members_n; m++) n += witnessed[g->members[m]];
	buf_add(b, g->name);
	buf_printf(b, ": %u of %u", n, g->need);
	for (unsigned m = 0; m < g->members_n; m++) {
		if (witnessed[g->members[m]]) continue;
		buf_add_text(b, before);
		put_party(b, &p->parties[g->members[m]]);
		before = ", ";
	}
}

void policy_put_missing(struct buf *b, const struct policy *p, const bool *witnessed)
{
	bool wanted[POLICY_PARTIES_MAX] = {false};
	size_t start = b->n;

	if (p->quorum == POLICY_QUORUM_NONE || witnessed[p->quorum]) return;
	wanted[p->quorum] = true;
	for (unsigned i = p->quorum + 1; i-- > 0;) {
		const struct policy_party *g = &p->parties[i];
		if (!wanted[i] || witnessed[i]) continue;
		if (g->group || i == p->quorum) {
			if (b->n > start) buf_add_text(b, "; ");
			if (g->group) put_group(b, p, i, witnessed);
			else buf_add_text(b, "missing "), put_party(b, g);
		}
		for (unsigned m = 0; m < g->members_n; m++) wanted[g->members[m]] = true;
	}
}
