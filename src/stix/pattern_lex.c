/* STIX patterns: bytes to tokens, one at a time. Longest match first, as the OASIS grammar's lexer does; blanks and comments are
 * skipped; what is no token comes back as TOKEN_INVALID with the rule that it breaks. Nothing is copied.
 * Source: STIX 2.1 part 9 (patterning) and its ANTLR grammar. */
#include "pattern_int.h"
#include "text.h"

struct word {
	slice text;
	enum token_kind kind;
	enum pattern_operator op;
};
#define WORD(t, k)                                                                                                                         \
	{                                                                                                                                  \
		{(const uint8_t *)(t), sizeof(t) - 1}, k, OPERATOR_EQ                                                                      \
	}
#define WORD_OPERATOR(t, o)                                                                                                                \
	{                                                                                                                                  \
		{(const uint8_t *)(t), sizeof(t) - 1}, TOKEN_WORD_OPERATOR, o                                                              \
	}
static const struct word words[] = {
	WORD("AND", TOKEN_AND),
	WORD("OR", TOKEN_OR),
	WORD("NOT", TOKEN_NOT),
	WORD("FOLLOWEDBY", TOKEN_FOLLOWEDBY),
	WORD("START", TOKEN_START),
	WORD("STOP", TOKEN_STOP),
	WORD("WITHIN", TOKEN_WITHIN),
	WORD("SECONDS", TOKEN_SECONDS),
	WORD("REPEATS", TOKEN_REPEATS),
	WORD("TIMES", TOKEN_TIMES),
	WORD("true", TOKEN_BOOL),
	WORD("false", TOKEN_BOOL),
	WORD("EXISTS", TOKEN_EXISTS),
	WORD_OPERATOR("IN", OPERATOR_IN),
	WORD_OPERATOR("LIKE", OPERATOR_LIKE),
	WORD_OPERATOR("MATCHES", OPERATOR_MATCHES),
	WORD_OPERATOR("ISSUBSET", OPERATOR_ISSUBSET),
	WORD_OPERATOR("ISSUPERSET", OPERATOR_ISSUPERSET),
};

struct sign {
	char text[3];
	enum token_kind kind;
	enum pattern_operator op;
};
/* longer ones first */
static const struct sign signs[] = {
	{"==", TOKEN_COMPARE, OPERATOR_EQ},
	{"!=", TOKEN_COMPARE, OPERATOR_NE},
	{"<>", TOKEN_COMPARE, OPERATOR_NE},
	{"<=", TOKEN_COMPARE, OPERATOR_LE},
	{">=", TOKEN_COMPARE, OPERATOR_GE},
	{"=", TOKEN_COMPARE, OPERATOR_EQ},
	{"<", TOKEN_COMPARE, OPERATOR_LT},
	{">", TOKEN_COMPARE, OPERATOR_GT},
	{"(", TOKEN_PAREN_OPEN, 0},
	{")", TOKEN_PAREN_CLOSE, 0},
	{"[", TOKEN_BRACKET_OPEN, 0},
	{"]", TOKEN_BRACKET_CLOSE, 0},
	{":", TOKEN_COLON, 0},
	{".", TOKEN_DOT, 0},
	{",", TOKEN_COMMA, 0},
	{"*", TOKEN_ASTERISK, 0},
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}
static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static bool is_base64(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

/* The byte at `at`, or 0 behind the end. */
static uint8_t byte_at(slice s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

static bool is_blank(uint32_t c)
{
	static const uint16_t others[] = {0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
	if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x2000 && c <= 0x200a)) return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (c == others[i]) return true;
	return false;
}

/* Bytes of one blank or comment at the lexer's place; 0 when there is none. */
static size_t skippable(slice rest)
{
	if (rest.n == 0) return 0;
	if (rest.p[0] == '/' && byte_at(rest, 1) == '*') {
		size_t end = slice_find(slice_sub(rest, 2, rest.n), SLICE("*/"));
		return end < rest.n - 2 ? end + 4 : 0;
	}
	if (rest.p[0] == '/' && byte_at(rest, 1) == '/') {
		size_t n = 2;
		while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '\r') n++;
		return n;
	}
	uint32_t c = 0;
	unsigned n = text_utf8_next(rest, &c);
	return n != 0 && is_blank(c) ? n : 0;
}

static struct token token_of(const struct lexer *l, enum token_kind kind, size_t n)
{
	return (struct token){.kind = kind, .text = slice_sub(l->text, l->at, n), .at = l->at};
}
static struct token invalid(const struct lexer *l, size_t n, const char *why)
{
	struct token t = token_of(l, TOKEN_INVALID, n);
	t.why = why;
	return t;
}

/* Length of a quoted string at the start of s, quotes included; 0: not closed or a wrong escape, *bad the place. */
static size_t quoted_bytes(slice s, size_t *bad)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\'') return i + 1;
		if (s.p[i] != '\\') continue;
		uint8_t next = byte_at(s, i + 1);
		if (next != '\\' && next != '\'') {
			*bad = i;
			return 0;
		}
		i++;
	}
	*bad = s.n;
	return 0;
}

static bool hex_shaped(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i])) return false;
	return s.n % 2 == 0;
}

static bool base64_shaped(slice s)
{
	size_t n = s.n;
	if (n == 0 || n % 4 != 0) return false;
	for (int pad = 0; pad < 2 && s.p[n - 1] == '='; pad++) n--;
	for (size_t i = 0; i < n; i++)
		if (!is_base64(s.p[i])) return false;
	return true;
}

static const struct literal {
	uint8_t letter;
	enum token_kind kind;
	bool (*shaped)(slice);
	const char *why;
} literals[] = {
	{'t', TOKEN_TIME, pattern_time_shaped, "a timestamp is written t'YYYY-MM-DDThh:mm:ss[.f]Z'"},
	{'b', TOKEN_BINARY, base64_shaped, "a binary constant is b'' around base64 (RFC 4648)"},
	{'h', TOKEN_HEX, hex_shaped, "a hex constant is h'' around an even number of hex digits"},
};

static struct token lex_text(const struct lexer *l, slice rest)
{
	size_t bad = 0, n = quoted_bytes(rest, &bad);
	if (n != 0 && !text_is_utf8(slice_sub(rest, 0, n))) return invalid(l, n, "the string is not valid UTF-8");
	if (n != 0) return token_of(l, TOKEN_TEXT, n);
	if (bad == rest.n) return invalid(l, rest.n, "the string is not closed by a quote (')");
	struct lexer there = {.text = l->text, .at = l->at + bad};
	return invalid(&there, 2, "a backslash in a string stands before \\ or ' only; write \\\\ for one backslash");
}

/* t'…', b'…', h'…' at the start of rest; kind TOKEN_END when none stands there. */
static struct token lex_literal(const struct lexer *l, slice rest)
{
	if (byte_at(rest, 1) == '\'')
		for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
			if (literals[i].letter != rest.p[0]) continue;
			slice inner = slice_sub(rest, 2, rest.n);
			size_t n = slice_find_byte(inner, '\'');
			if (n == inner.n) return invalid(l, rest.n, "the constant is not closed by a quote (')");
			if (!literals[i].shaped(slice_sub(inner, 0, n))) return invalid(l, n + 3, literals[i].why);
			return token_of(l, literals[i].kind, n + 3);
		}
	return token_of(l, TOKEN_END, 0);
}

static struct token lex_name(const struct lexer *l, slice rest)
{
	size_t n = 0;
	bool hyphen = false;
	while (n < rest.n && (is_letter(rest.p[n]) || is_digit(rest.p[n]) || rest.p[n] == '-')) hyphen |= rest.p[n++] == '-';
	struct token t = token_of(l, hyphen ? TOKEN_NAME_HYPHEN : TOKEN_NAME, n);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal(words[i].text, t.text) && (words[i].kind != TOKEN_EXISTS || l->exists_is_word)) {
			t.kind = words[i].kind;
			t.op = words[i].op;
		}
	return t;
}

/* Bytes of a number at the start of s; 0 when it is none. "05" is the number 0 and then 5, as in the grammar. */
static size_t number_bytes(slice s, bool *fraction)
{
	size_t sign = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0, n = sign;
	while (is_digit(byte_at(s, n))) n++;
	*fraction = byte_at(s, n) == '.' && is_digit(byte_at(s, n + 1));
	if (*fraction) {
		for (n++; is_digit(byte_at(s, n));) n++;
		return n;
	}
	if (n == sign) return 0;
	return s.p[sign] == '0' ? sign + 1 : n;
}

static struct token lex_sign(const struct lexer *l, slice rest)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_starts(rest, slice_from(signs[i].text))) {
			struct token t = token_of(l, signs[i].kind, strlen(signs[i].text));
			t.op = signs[i].op;
			return t;
		}
	uint32_t c = 0;
	unsigned n = text_utf8_next(rest, &c);
	return invalid(l, n != 0 ? n : 1, n != 0 ? "no token of a pattern starts with this" : "the pattern is not valid UTF-8");
}

static struct token lex_one(const struct lexer *l)
{
	slice rest = slice_sub(l->text, l->at, l->text.n);
	if (rest.n == 0) return token_of(l, TOKEN_END, 0);
	if (rest.p[0] == '\'') return lex_text(l, rest);
	if (is_letter(rest.p[0])) {
		struct token t = lex_literal(l, rest);
		return t.kind != TOKEN_END ? t : lex_name(l, rest);
	}
	bool fraction = false;
	size_t n = number_bytes(rest, &fraction);
	if (n != 0) return token_of(l, fraction ? TOKEN_FLOAT : TOKEN_INTEGER, n);
	return lex_sign(l, rest);
}

struct token pattern_lex(struct lexer *l)
{
	for (size_t n; (n = skippable(slice_sub(l->text, l->at, l->text.n))) != 0;) l->at += n;
	struct token t = lex_one(l);
	l->at = t.at + t.text.n;
	return t;
}
