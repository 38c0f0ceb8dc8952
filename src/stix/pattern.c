/* STIX patterns: tokens to tree, by operator precedence on an explicit stack; no function calls itself.
 *
 * A frame is one open '(' or '[' (or the whole pattern). Its `pending[p]` is the left operand that waits for its right one at
 * precedence p (0 FOLLOWEDBY, 1 OR, 2 AND). Invariants: 1. pending[p] may be set only where an operator of precedence p was
 * read in this frame. 2. When an operator of precedence p comes, everything at p and above is folded, so chains are
 * left-associative: the tree is deep on its left side only, and walkers must loop there; along right children it is at most
 * three nodes deep for each parenthesis. 3. Inside '[' frames are of comparisons, outside of observations.
 * Source: STIX 2.1 part 9 (patterning), its ANTLR grammar; qualifier rule and hash lengths as in the OASIS validator. */
#include "limit.h"
#include "pattern_int.h"

enum frame_kind { FRAME_WHOLE, FRAME_PAREN, FRAME_BRACKET };
#define PRECEDENCES 3
struct frame {
	enum frame_kind kind;
	bool comparison;
	struct pattern_node *pending[PRECEDENCES];
};
struct parser {
	struct arena *arena;
	struct lexer lexer;
	struct token token; /* the one to be looked at */
	size_t end;         /* behind the last token taken */
	int version;
	bool rules;  /* beyond the grammar */
	bool colons; /* hashes may have them */
	size_t nodes, depth;
	struct frame *frames; /* grows as parentheses open, up to PATTERN_DEPTH_MAX + 2 */
	size_t frames_n, frames_room;
	struct fault *fault;
};

static const struct chain {
	enum token_kind token;
	unsigned precedence;
	enum pattern_kind observation, comparison;
} chains[] = {
	{TOKEN_FOLLOWEDBY, 0, PATTERN_FOLLOWEDBY, PATTERN_FOLLOWEDBY},
	{TOKEN_OR, 1, PATTERN_OBSERVATION_OR, PATTERN_OR},
	{TOKEN_AND, 2, PATTERN_OBSERVATION_AND, PATTERN_AND},
};

static uint64_t line_of(slice text, size_t at)
{
	uint64_t line = 1;
	for (size_t i = 0; i < at && i < text.n; i++) line += text.p[i] == '\n';
	return line;
}

static enum err broken(const struct parser *p, size_t at, const char *sentence)
{
	return fault_set(p->fault, ERR_SYNTAX, line_of(p->lexer.text, at), at, "STIX pattern, byte %zu: %s", at, sentence);
}

/* At most 40 bytes of a token, without control characters and without half of a UTF-8 sequence. */
#define SHOWN_BYTES 40
static void show(slice text, char out[SHOWN_BYTES + 4])
{
	size_t n = text.n < SHOWN_BYTES ? text.n : SHOWN_BYTES;
	while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80) n--;
	for (size_t i = 0; i < n; i++) out[i] = text.p[i] < ' ' || text.p[i] == 0x7f ? '?' : (char)text.p[i];
	const char *tail = n < text.n ? "..." : "";
	memcpy(out + n, tail, strlen(tail) + 1);
}

/* The current token is not what the grammar wants. */
static enum err unexpected(const struct parser *p, const char *expected)
{
	const struct token *t = &p->token;
	uint64_t line = line_of(p->lexer.text, t->at);
	if (t->kind == TOKEN_END)
		return fault_set(p->fault, ERR_SYNTAX, line, t->at, "STIX pattern, byte %zu: ends where %s was expected", t->at, expected);
	char shown[SHOWN_BYTES + 4];
	show(t->text, shown);
	if (t->kind == TOKEN_INVALID)
		return fault_set(p->fault, ERR_SYNTAX, line, t->at, "STIX pattern, byte %zu: found \"%s\": %s; expected %s", t->at, shown,
			t->why, expected);
	return fault_set(p->fault, ERR_SYNTAX, line, t->at, "STIX pattern, byte %zu: found \"%s\", expected %s", t->at, shown, expected);
}

static enum err too_many(const struct parser *p, const char *limit, unsigned value)
{
	size_t at = p->token.at;
	return fault_set(
		p->fault, ERR_LIMIT, line_of(p->lexer.text, at), at, "STIX pattern, byte %zu: more than %s = %u", at, limit, value);
}

static struct token take(struct parser *p)
{
	struct token t = p->token;
	p->end = t.at + t.text.n;
	p->token = pattern_lex(&p->lexer);
	return t;
}

static bool taken(struct parser *p, enum token_kind kind)
{
	if (p->token.kind != kind) return false;
	take(p);
	return true;
}

static enum err count_node(struct parser *p)
{
	if (p->nodes >= PATTERN_NODES_MAX) return too_many(p, "PATTERN_NODES_MAX", PATTERN_NODES_MAX);
	p->nodes++;
	return OK;
}

static struct pattern_node *node_of(struct parser *p, enum pattern_kind kind, struct pattern_node *left, struct pattern_node *right)
{
	struct pattern_node *n = ARENA_NEW(p->arena, struct pattern_node);
	n->kind = kind;
	n->left = left;
	n->right = right;
	n->start = n->stop = INSTANT_NONE;
	return n;
}

/* ---- object paths ---- */

static enum err key_step(struct parser *p, struct pattern_step *s)
{
	if (p->token.kind == TOKEN_TEXT) *s = (struct pattern_step){.kind = STEP_KEY, .key = pattern_unquote(p->arena, take(p).text)};
	else if (p->token.kind == TOKEN_NAME) *s = (struct pattern_step){.kind = STEP_KEY, .key = take(p).text};
	else if (p->token.kind == TOKEN_NAME_HYPHEN) return unexpected(p, "a property name (one with a hyphen is quoted: 'a-b')");
	else return unexpected(p, "a property name");
	return OK;
}

static enum err index_step(struct parser *p, struct pattern_step *s)
{
	if (taken(p, TOKEN_ASTERISK)) {
		*s = (struct pattern_step){.kind = STEP_ANY_INDEX};
	} else if (p->token.kind == TOKEN_INTEGER) {
		struct pattern_constant c;
		const char *why = NULL;
		if (!pattern_constant_from(p->arena, &p->token, &c, &why)) return broken(p, p->token.at, why);
		*s = (struct pattern_step){.kind = STEP_INDEX, .index = c.integer};
		take(p);
	} else {
		return unexpected(p, "an index or *");
	}
	return taken(p, TOKEN_BRACKET_CLOSE) ? OK : unexpected(p, "]");
}

static struct pattern_step *grow_steps(struct parser *p, const struct pattern_path *path, size_t *room)
{
	if (path->steps_n < *room) return path->steps;
	*room = *room == 0 ? 4 : *room * 2;
	struct pattern_step *more = arena_array(p->arena, *room, sizeof *more);
	if (path->steps_n > 0) memcpy(more, path->steps, path->steps_n * sizeof *more);
	return more;
}

/* type ':' key ('.' key | '[' index ']')* */
static enum err parse_path(struct parser *p, struct pattern_path *path)
{
	if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_NAME_HYPHEN) return unexpected(p, "an object path (type:property) or (");
	size_t room = 0, start = p->token.at;
	path->object_type = take(p).text;
	if (!taken(p, TOKEN_COLON)) return unexpected(p, "a colon behind the object type");
	enum err e = OK;
	for (bool key = true; e == OK;) {
		path->steps = grow_steps(p, path, &room);
		struct pattern_step *s = &path->steps[path->steps_n];
		e = key ? key_step(p, s) : index_step(p, s);
		if (e != OK) break;
		path->steps_n++;
		if (taken(p, TOKEN_DOT)) key = true;
		else if (taken(p, TOKEN_BRACKET_OPEN)) key = false;
		else break;
	}
	path->text = slice_sub(p->lexer.text, start, p->end - start);
	return e;
}

/* ---- one comparison ---- */

enum wanted { WANT_ANY, WANT_ORDERED, WANT_TEXT };
static const struct {
	enum wanted wanted;
	const char *expected;
} operands[] = {
	[OPERATOR_EQ] = {WANT_ANY, "a constant ('text', number, true, t'', h'', b'')"},
	[OPERATOR_NE] = {WANT_ANY, "a constant ('text', number, true, t'', h'', b'')"},
	[OPERATOR_LT] = {WANT_ORDERED, "a constant that has an order (no boolean)"},
	[OPERATOR_LE] = {WANT_ORDERED, "a constant that has an order (no boolean)"},
	[OPERATOR_GT] = {WANT_ORDERED, "a constant that has an order (no boolean)"},
	[OPERATOR_GE] = {WANT_ORDERED, "a constant that has an order (no boolean)"},
	[OPERATOR_IN] = {WANT_ANY, "a constant of the list"},
	[OPERATOR_LIKE] = {WANT_TEXT, "a string in quotes"},
	[OPERATOR_MATCHES] = {WANT_TEXT, "a string in quotes"},
	[OPERATOR_ISSUBSET] = {WANT_TEXT, "a string in quotes"},
	[OPERATOR_ISSUPERSET] = {WANT_TEXT, "a string in quotes"},
};

static bool is_constant(enum token_kind k)
{
	return k >= TOKEN_TEXT && k <= TOKEN_HEX;
}

static enum err parse_constant(struct parser *p, enum pattern_operator op, struct pattern_constant *out)
{
	enum token_kind k = p->token.kind;
	enum wanted w = operands[op].wanted;
	if (!is_constant(k) || (w == WANT_TEXT && k != TOKEN_TEXT) || (w == WANT_ORDERED && k == TOKEN_BOOL))
		return unexpected(p, operands[op].expected);
	enum err e = count_node(p);
	if (e != OK) return e;
	const char *why = NULL;
	if (!pattern_constant_from(p->arena, &p->token, out, &why)) return broken(p, p->token.at, why);
	size_t at = p->token.at;
	if ((op == OPERATOR_LIKE || op == OPERATOR_MATCHES) && out->text.n > EXPRESSION_BYTES_MAX)
		return fault_set(p->fault, ERR_LIMIT, line_of(p->lexer.text, at), at,
			"STIX pattern, byte %zu: expression longer than EXPRESSION_BYTES_MAX = %u", at, EXPRESSION_BYTES_MAX);
	take(p);
	return OK;
}

/* '(' [constant (',' constant)*] ')' */
static enum err parse_list(struct parser *p, struct pattern_node *n)
{
	if (!taken(p, TOKEN_PAREN_OPEN)) return unexpected(p, "( before the list");
	if (taken(p, TOKEN_PAREN_CLOSE)) return OK;
	size_t room = 0;
	for (;;) {
		if (n->constants_n == room) {
			room = room == 0 ? 4 : room * 2;
			struct pattern_constant *more = arena_array(p->arena, room, sizeof *more);
			if (n->constants_n > 0) memcpy(more, n->constants, n->constants_n * sizeof *more);
			n->constants = more;
		}
		enum err e = parse_constant(p, OPERATOR_IN, &n->constants[n->constants_n]);
		if (e != OK) return e;
		n->constants_n++;
		if (taken(p, TOKEN_PAREN_CLOSE)) return OK;
		if (!taken(p, TOKEN_COMMA)) return unexpected(p, "a comma or ) in the list");
	}
}

static enum err parse_exists(struct parser *p, bool negated, struct pattern_node **out)
{
	take(p);
	struct pattern_node *n = node_of(p, PATTERN_EXISTS, NULL, NULL);
	n->negated = negated;
	enum err e = count_node(p);
	if (e == OK) e = parse_path(p, &n->path);
	if (e == OK) *out = n;
	return e;
}

/* [NOT] EXISTS path | path [NOT] operator constant */
static enum err parse_test(struct parser *p, struct pattern_node **out)
{
	if (p->token.kind == TOKEN_EXISTS) return parse_exists(p, false, out);
	if (p->version >= 21 && taken(p, TOKEN_NOT)) {
		if (p->token.kind != TOKEN_EXISTS) return unexpected(p, "EXISTS (a negated comparison is: path NOT operator constant)");
		return parse_exists(p, true, out);
	}
	struct pattern_node *n = node_of(p, PATTERN_COMPARE, NULL, NULL);
	enum err e = count_node(p);
	if (e == OK) e = parse_path(p, &n->path);
	if (e != OK) return e;
	n->negated = taken(p, TOKEN_NOT);
	if (p->token.kind != TOKEN_COMPARE && p->token.kind != TOKEN_WORD_OPERATOR) return unexpected(p, "a comparison operator");
	n->op = take(p).op;
	size_t at = p->token.at;
	if (n->op == OPERATOR_IN) {
		e = parse_list(p, n);
	} else {
		n->constants = ARENA_NEW(p->arena, struct pattern_constant);
		n->constants_n = 1;
		e = parse_constant(p, n->op, n->constants);
	}
	if (e != OK) return e;
	const char *why = p->rules ? pattern_hash_wrong(n, p->colons) : NULL;
	if (why != NULL) return broken(p, at, why);
	*out = n;
	return OK;
}

/* ---- qualifiers ---- */

static enum err parse_number(struct parser *p, bool fraction, struct pattern_constant *c)
{
	const char *expected = fraction ? "a number above zero" : "a whole number above zero";
	if ((p->token.kind != TOKEN_INTEGER && !(fraction && p->token.kind == TOKEN_FLOAT)) || p->token.text.p[0] == '-')
		return unexpected(p, expected);
	const char *why = NULL;
	if (!pattern_constant_from(p->arena, &p->token, c, &why)) return broken(p, p->token.at, why);
	if (!(c->number > 0)) return unexpected(p, expected);
	take(p);
	return OK;
}

static enum err parse_within(struct parser *p, struct pattern_node *n)
{
	struct pattern_constant c = {0};
	enum err e = parse_number(p, true, &c);
	if (e != OK) return e;
	n->within_seconds = c.number;
	return taken(p, TOKEN_SECONDS) ? OK : unexpected(p, "SECONDS");
}

static enum err parse_repeats(struct parser *p, struct pattern_node *n)
{
	struct pattern_constant c = {0};
	enum err e = parse_number(p, false, &c);
	if (e != OK) return e;
	n->repeats = c.integer;
	return taken(p, TOKEN_TIMES) ? OK : unexpected(p, "TIMES");
}

/* t'…', and in 2.0 also '…' */
static enum err parse_time(struct parser *p, instant *out)
{
	bool quoted = p->version < 21 && p->token.kind == TOKEN_TEXT;
	if (p->token.kind != TOKEN_TIME && !quoted) return unexpected(p, "a timestamp (t'YYYY-MM-DDThh:mm:ssZ')");
	slice s = p->token.text;
	if (!pattern_time(quoted ? slice_sub(s, 1, s.n - 2) : slice_sub(s, 2, s.n - 3), out))
		return broken(p, p->token.at, "a timestamp is written YYYY-MM-DDThh:mm:ss[.f]Z, in the years 0001 to 9999");
	take(p);
	return OK;
}

static enum err parse_start_stop(struct parser *p, struct pattern_node *n)
{
	enum err e = parse_time(p, &n->start);
	if (e != OK) return e;
	if (!taken(p, TOKEN_STOP)) return unexpected(p, "STOP");
	return parse_time(p, &n->stop);
}

static const struct qualifier {
	enum token_kind token;
	enum pattern_kind kind;
	enum err (*parse)(struct parser *p, struct pattern_node *n);
	const char *twice;
} qualifiers[] = {
	{TOKEN_WITHIN, PATTERN_WITHIN, parse_within, "WITHIN stands twice on one observation"},
	{TOKEN_REPEATS, PATTERN_REPEATS, parse_repeats, "REPEATS stands twice on one observation"},
	{TOKEN_START, PATTERN_START_STOP, parse_start_stop, "START stands twice on one observation"},
};
#define QUALIFIERS (sizeof qualifiers / sizeof *qualifiers)

/* simple: directly on [ … ], where each may stand once. */
static enum err parse_qualifiers(struct parser *p, bool simple, struct pattern_node **operand)
{
	bool seen[QUALIFIERS] = {false};
	for (;;) {
		size_t i = 0;
		while (i < QUALIFIERS && qualifiers[i].token != p->token.kind) i++;
		if (i == QUALIFIERS) return OK;
		if (p->rules && simple && seen[i]) return broken(p, p->token.at, qualifiers[i].twice);
		seen[i] = true;
		enum err e = count_node(p);
		if (e != OK) return e;
		take(p);
		struct pattern_node *n = node_of(p, qualifiers[i].kind, *operand, NULL);
		e = qualifiers[i].parse(p, n);
		if (e != OK) return e;
		*operand = n;
	}
}

/* ---- the whole ---- */

static enum err open_frame(struct parser *p, enum frame_kind kind, bool comparison)
{
	if (kind == FRAME_PAREN && p->depth++ >= PATTERN_DEPTH_MAX) return too_many(p, "PATTERN_DEPTH_MAX", PATTERN_DEPTH_MAX);
	if (p->frames_n == p->frames_room) {
		struct frame *more = arena_array(p->arena, p->frames_room * 2, sizeof *more);
		memcpy(more, p->frames, p->frames_n * sizeof *more);
		p->frames = more;
		p->frames_room *= 2;
	}
	p->frames[p->frames_n++] = (struct frame){.kind = kind, .comparison = comparison};
	return OK;
}

/* Join everything that waits at `precedence` or above with its right operand. */
static struct pattern_node *fold(struct parser *p, struct frame *f, unsigned precedence, struct pattern_node *right)
{
	for (unsigned i = PRECEDENCES; i-- > precedence;) {
		if (f->pending[i] == NULL) continue;
		right = node_of(p, f->comparison ? chains[i].comparison : chains[i].observation, f->pending[i], right);
		f->pending[i] = NULL;
	}
	return right;
}

/* From where an operand must stand: opens frames until one operand is read. */
static enum err parse_operand(struct parser *p, struct pattern_node **out)
{
	for (;;) {
		bool comparison = p->frames[p->frames_n - 1].comparison;
		enum err e = OK;
		if (p->token.kind == TOKEN_PAREN_OPEN) {
			e = open_frame(p, FRAME_PAREN, comparison);
		} else if (comparison) {
			return parse_test(p, out);
		} else if (p->token.kind == TOKEN_BRACKET_OPEN) {
			e = open_frame(p, FRAME_BRACKET, true);
		} else {
			return unexpected(p, "an observation in square brackets, or (");
		}
		if (e != OK) return e;
		take(p);
	}
}

static const struct {
	enum token_kind token;
	const char *expected_comparison, *expected;
} closers[] = {
	[FRAME_WHOLE] = {TOKEN_END, "", "AND, OR, FOLLOWEDBY, a qualifier or the end"},
	[FRAME_PAREN] = {TOKEN_PAREN_CLOSE, "AND, OR or )", "AND, OR, FOLLOWEDBY, a qualifier or )"},
	[FRAME_BRACKET] = {TOKEN_BRACKET_CLOSE, "AND, OR or ]", ""},
};

/* Behind an operand: closes frames until an operator follows (*more) or the pattern is at its end. */
static enum err parse_behind(struct parser *p, struct pattern_node **operand, bool *more)
{
	for (bool simple = false;;) {
		struct frame *f = &p->frames[p->frames_n - 1];
		enum err e = f->comparison ? OK : parse_qualifiers(p, simple, operand);
		if (e != OK) return e;
		for (size_t i = f->comparison ? 1 : 0; i < PRECEDENCES; i++)
			if (chains[i].token == p->token.kind) {
				struct pattern_node *left = fold(p, f, chains[i].precedence, *operand);
				f->pending[chains[i].precedence] = left;
				take(p);
				*more = true;
				return OK;
			}
		if (p->token.kind != closers[f->kind].token)
			return unexpected(p, f->comparison ? closers[f->kind].expected_comparison : closers[f->kind].expected);
		*operand = fold(p, f, 0, *operand);
		*more = false;
		if (f->kind == FRAME_WHOLE) return OK;
		simple = f->kind == FRAME_BRACKET;
		if (simple) *operand = node_of(p, PATTERN_OBSERVATION, *operand, NULL);
		else p->depth--;
		p->frames_n--;
		take(p);
	}
}

static enum err parse(struct parser *p, slice text, struct pattern_node **out)
{
	if (p->version != 20 && p->version != 21)
		return fault_set(p->fault, ERR_USAGE, 0, 0, "STIX pattern: version %d is neither 20 nor 21", p->version);
	if (text.n > PATTERN_BYTES_MAX)
		return fault_set(p->fault, ERR_LIMIT, 0, 0, "STIX pattern: longer than PATTERN_BYTES_MAX = %u", PATTERN_BYTES_MAX);
	p->lexer = (struct lexer){.text = text, .exists_is_word = p->version >= 21};
	p->frames_room = 8;
	p->frames = arena_array(p->arena, p->frames_room, sizeof *p->frames);
	p->frames_n = 1; /* the whole */
	p->token = pattern_lex(&p->lexer);
	struct pattern_node *operand = NULL;
	for (bool more = true; more;) {
		enum err e = parse_operand(p, &operand);
		if (e == OK) e = parse_behind(p, &operand, &more);
		if (e != OK) return e;
	}
	*out = operand;
	return OK;
}

enum err pattern_parse(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f)
{
	struct parser p = {.arena = a, .version = version, .rules = true, .fault = f};
	return parse(&p, text, out);
}

enum err pattern_parse_received(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f)
{
	struct parser p = {.arena = a, .version = version, .rules = true, .colons = true, .fault = f};
	return parse(&p, text, out);
}

enum err pattern_parse_grammar(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f)
{
	struct parser p = {.arena = a, .version = version, .rules = false, .fault = f};
	return parse(&p, text, out);
}
