/* TSTInfo: what the authority says, field by field, against what it was asked. Source: RFC 3161 2.4.2. */
#include "stamp_int.h"

#include <openssl/objects.h>

#define SECOND_US 1000000
#define POLICY_BYTES 128
#define TIME_DIGITS 14 /* YYYYMMDDHHMMSS */
#define NONCE_SHOWN 16

static enum err broken(struct fault *f, const char *rule)
{
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 3161 2.4.2: %s", rule);
}

/* ---- what was asked ---- */

static enum err judge_imprint(const struct stamp_token *t, const digest *subject, struct fault *f)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(t->info);
	const ASN1_OBJECT *algorithm;
	const ASN1_OCTET_STRING *hash = TS_MSG_IMPRINT_get_msg(imprint);
	char found[DIGEST_HEX_BYTES + 1], expected[DIGEST_HEX_BYTES + 1];
	digest said = {{0}};
	X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	if (OBJ_obj2nid(algorithm) != NID_sha256 || ASN1_STRING_length(hash) != DIGEST_BYTES)
		return broken(f, "the message imprint is no SHA-256, which was asked for");
	memcpy(said.b, ASN1_STRING_get0_data(hash), DIGEST_BYTES);
	if (digest_equal(&said, subject)) return OK;
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 3161 2.4.2: the message imprint is %s, of something else: expected %s",
		digest_hex(&said, found), digest_hex(subject, expected));
}

static void put_hex(char *out, const uint8_t *p, size_t n)
{
	static const char DIGITS[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = DIGITS[p[i] >> 4];
		out[2 * i + 1] = DIGITS[p[i] & 15];
	}
	out[2 * n] = 0;
}

static enum err judge_nonce(const struct stamp_token *t, const struct stamp_request *request, struct fault *f)
{
	uint8_t asked[STAMP_NONCE_BYTES];
	char found[2 * NONCE_SHOWN + 1] = "none", expected[2 * NONCE_SHOWN + 1];
	if (request == NULL) return OK;
	const ASN1_INTEGER *said = TS_TST_INFO_get_nonce(t->info);
	size_t n = said != NULL ? (size_t)ASN1_STRING_length(said) : 0;
	stamp_nonce(request, asked);
	if (n == sizeof asked && ASN1_STRING_type(said) == V_ASN1_INTEGER && memcmp(ASN1_STRING_get0_data(said), asked, n) == 0) return OK;
	if (said != NULL) put_hex(found, ASN1_STRING_get0_data(said), n < NONCE_SHOWN ? n : NONCE_SHOWN);
	put_hex(expected, asked, NONCE_SHOWN);
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 3161 2.4.2: the nonce is %s, that of another request: expected %s", found, expected);
}

static enum err judge_extensions(const struct stamp_token *t, struct fault *f)
{
	int n = TS_TST_INFO_get_ext_count(t->info);
	if (n > (int)STAMP_CERTIFICATES_MAX) return broken(f, "the statement has more extensions than STAMP_CERTIFICATES_MAX");
	for (int i = 0; i < n; i++)
		if (X509_EXTENSION_get_critical(TS_TST_INFO_get_ext(t->info, i)))
			return broken(f, "the statement has a critical extension: none was asked for");
	return OK;
}

/* ---- times ---- */

/* GeneralizedTime "20261124153000.123Z": with seconds, a point for a fraction, Z. */
static bool get_time(slice text, instant *out)
{
	int field[6] = {0}; /* month and what follows have two digits each, the year four */
	int fraction = 0, scale = SECOND_US;
	size_t i = 0;
	if (text.n < TIME_DIGITS + 1 || text.p[text.n - 1] != 'Z') return false;
	for (; i < TIME_DIGITS; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') return false;
		int *into = &field[i < 4 ? 0 : i / 2 - 1];
		*into = *into * 10 + (text.p[i] - '0');
	}
	if (i < text.n - 1 && (text.p[i++] != '.' || i == text.n - 1)) return false;
	for (; i < text.n - 1; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') return false;
		scale /= 10;
		fraction += scale * (text.p[i] - '0');
	}
	return instant_from_civil(field[0], field[1], field[2], field[3], field[4], field[5], fraction, out) == OK;
}

/* One part of the accuracy; NULL is 0. */
static bool get_part(const ASN1_INTEGER *v, uint64_t max, uint64_t *out)
{
	*out = 0;
	return v == NULL || (ASN1_INTEGER_get_uint64(out, v) == 1 && *out <= max);
}

static enum err read_accuracy(const struct stamp_token *t, struct stamp *out, struct fault *f)
{
	const TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(t->info);
	uint64_t seconds, millis, micros;
	if (accuracy == NULL) return OK;
	if (!get_part(TS_ACCURACY_get_seconds(accuracy), STAMP_ACCURACY_SECONDS_MAX, &seconds) ||
		!get_part(TS_ACCURACY_get_millis(accuracy), 999, &millis) || !get_part(TS_ACCURACY_get_micros(accuracy), 999, &micros))
		return fault_set(f, ERR_SYNTAX, 0, 0,
			"RFC 3161 2.4.2: the accuracy is not from 0 to STAMP_ACCURACY_SECONDS_MAX = %u seconds, 999 millis and 999 micros",
			STAMP_ACCURACY_SECONDS_MAX);
	out->accuracy_us = seconds * SECOND_US + millis * 1000 + micros;
	return OK;
}

static enum err implausible(instant said, instant limit, const char *how, struct fault *f)
{
	char found[INSTANT_TEXT_BYTES], expected[INSTANT_TEXT_BYTES];
	return fault_set(f, ERR_SYNTAX, 0, 0,
		"RFC 3161 2.4.2: genTime %s is %s at %s by more than its accuracy and STAMP_CLOCK_SECONDS_MAX = %u s: the authority's "
		"clock, or "
		"this machine's, is wrong",
		instant_format(said, -1, found), how, instant_format(limit, 0, expected), STAMP_CLOCK_SECONDS_MAX);
}

static enum err judge_time(const struct stamp_terms *terms, const struct stamp *s, struct fault *f)
{
	instant slack = (instant)STAMP_CLOCK_SECONDS_MAX * SECOND_US + (instant)s->accuracy_us;
	if (terms->request != NULL && s->gen_time < terms->request->sent - slack)
		return implausible(s->gen_time, terms->request->sent, "before the request", f);
	if (terms->at != INSTANT_NONE && s->gen_time > terms->at + slack)
		return implausible(s->gen_time, terms->at, "behind the answer", f);
	return OK;
}

static enum err read_time(const struct stamp_token *t, struct stamp *out, struct fault *f)
{
	const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(t->info);
	slice text = slice_of(ASN1_STRING_get0_data(time), (size_t)ASN1_STRING_length(time));
	if (get_time(text, &out->gen_time)) return read_accuracy(t, out, f);
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 3161 2.4.2: genTime is \"%.*s\": expected YYYYMMDDhhmmss[.fraction]Z",
		(int)(text.n < 40 ? text.n : 40), (const char *)text.p);
}

/* ---- names ---- */

static enum err read_serial(const struct stamp_token *t, struct arena *a, struct stamp *out, struct fault *f)
{
	const ASN1_INTEGER *serial = TS_TST_INFO_get_serial(t->info);
	size_t n = (size_t)ASN1_STRING_length(serial);
	char digits[STAMP_SERIAL_DIGITS_MAX + 1];
	if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || n > STAMP_SERIAL_DIGITS_MAX / 2)
		return broken(f, "the serial number is negative, or longer than 160 bits");
	put_hex(digits, ASN1_STRING_get0_data(serial), n);
	slice s = slice_from(digits);
	while (s.n > 1 && s.p[0] == '0') s = slice_sub(s, 1, s.n);
	out->serial = arena_copy(a, s.n > 0 ? s : SLICE("0"));
	return OK;
}

static enum err read_policy(const struct stamp_token *t, struct arena *a, struct stamp *out, struct fault *f)
{
	char text[POLICY_BYTES];
	int n = OBJ_obj2txt(text, sizeof text, TS_TST_INFO_get_policy_id(t->info), 1);
	if (n <= 0 || (size_t)n >= sizeof text) return broken(f, "the policy is no object identifier of up to 127 characters");
	out->policy = arena_copy(a, slice_of(text, (size_t)n));
	return OK;
}

enum err stamp_statement_judge(
	const struct stamp_token *t, const struct stamp_terms *terms, struct arena *a, struct stamp *out, struct fault *f)
{
	if (TS_TST_INFO_get_version(t->info) != 1) return broken(f, "the statement is of another version than 1");
	enum err e = judge_imprint(t, &terms->subject, f);
	if (e == OK) e = judge_nonce(t, terms->request, f);
	if (e == OK) e = judge_extensions(t, f);
	if (e == OK) e = read_time(t, out, f);
	if (e == OK) e = judge_time(terms, out, f);
	if (e == OK) e = read_serial(t, a, out, f);
	if (e == OK) e = read_policy(t, a, out, f);
	return e;
}
