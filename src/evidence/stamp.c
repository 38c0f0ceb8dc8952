/* Requests, and the judgement of answers from outside in: the answer, its statement, its signature. */
#include "stamp_int.h"

#include <openssl/err.h>

/* ---- the request ---- */

/* TimeStampReq, all but digest and nonce:
 *   SEQUENCE { version 1, messageImprint { { id-sha256, NULL }, OCTET STRING (32) }, nonce INTEGER (16), certReq TRUE } */
static const uint8_t REQUEST_HEAD[] = {0x30, 0x4b, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
static const uint8_t REQUEST_NONCE[] = {0x02, STAMP_NONCE_BYTES};
static const uint8_t REQUEST_END[] = {0x01, 0x01, 0xff};

_Static_assert(sizeof REQUEST_HEAD + DIGEST_BYTES + sizeof REQUEST_NONCE + STAMP_NONCE_BYTES + sizeof REQUEST_END == STAMP_REQUEST_BYTES &&
		       STAMP_REQUEST_BYTES == 0x4b + 2,
	"the sequence is as long as it says");

void stamp_nonce(const struct stamp_request *r, uint8_t out[STAMP_NONCE_BYTES])
{
	memcpy(out, r->nonce, STAMP_NONCE_BYTES);
	out[0] = (uint8_t)((out[0] & 0x3f) | 0x40);
}

void stamp_request_put(struct buf *b, const struct stamp_request *r)
{
	uint8_t nonce[STAMP_NONCE_BYTES];
	stamp_nonce(r, nonce);
	buf_add(b, slice_of(REQUEST_HEAD, sizeof REQUEST_HEAD));
	buf_add(b, digest_slice(&r->subject));
	buf_add(b, slice_of(REQUEST_NONCE, sizeof REQUEST_NONCE));
	buf_add(b, slice_of(nonce, sizeof nonce));
	buf_add(b, slice_of(REQUEST_END, sizeof REQUEST_END));
}

/* ---- the answer ---- */

static const char *const STATUS[] = {
	"granted", "granted with modifications", "rejection", "waiting", "revocation warning", "revocation notification"};
/* PKIFailureInfo. Source: RFC 3161 2.4.2. */
static const struct {
	int bit;
	const char *text;
} FAILURES[] = {
	{0, "badAlg"},
	{2, "badRequest"},
	{5, "badDataFormat"},
	{14, "timeNotAvailable"},
	{15, "unacceptedPolicy"},
	{16, "unacceptedExtension"},
	{17, "addInfoNotAvailable"},
	{25, "systemFailure"},
};

/* Why the authority refuses, in its words. */
static enum err refused(const TS_STATUS_INFO *status, long number, struct fault *f)
{
	const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(status);
	const ASN1_BIT_STRING *bits = TS_STATUS_INFO_get0_failure_info(status);
	const ASN1_UTF8STRING *text = texts != NULL && sk_ASN1_UTF8STRING_num(texts) > 0 ? sk_ASN1_UTF8STRING_value(texts, 0) : NULL;
	const char *failure = "no failureInfo";
	for (size_t i = 0; bits != NULL && i < sizeof FAILURES / sizeof *FAILURES; i++)
		if (ASN1_BIT_STRING_get_bit(bits, FAILURES[i].bit)) failure = FAILURES[i].text;
	const char *name = number >= 0 && (size_t)number < sizeof STATUS / sizeof *STATUS ? STATUS[number] : "unknown";
	int n = text != NULL ? ASN1_STRING_length(text) : 0;
	return fault_set(f, ERR_NOT_FOUND, 0, 0,
		"RFC 3161 2.4.2: the authority gave no token: status %ld (%s), %s, \"%.*s\"; expected 0 (granted) or 1", number, name,
		failure, n < 120 ? n : 120, text != NULL ? (const char *)ASN1_STRING_get0_data(text) : "");
}

static enum err open_answer(slice response, struct stamp_token *t, struct fault *f)
{
	const uint8_t *p = response.p;
	if (response.n > STAMP_BYTES_MAX)
		return fault_set(
			f, ERR_LIMIT, 0, 0, "the answer has %zu bytes, more than STAMP_BYTES_MAX = %u", response.n, STAMP_BYTES_MAX);
	t->response = d2i_TS_RESP(NULL, &p, (long)response.n);
	if (t->response == NULL || p != response.p + response.n)
		return fault_set(f, ERR_NOT_FOUND, 0, 0,
			"RFC 3161 2.4.2: the answer's %zu bytes are no TimeStampResp: expected its DER encoding and nothing behind it",
			response.n);
	const TS_STATUS_INFO *status = TS_RESP_get_status_info(t->response);
	long number = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
	t->signed_data = TS_RESP_get_token(t->response);
	t->info = TS_RESP_get_tst_info(t->response);
	return (number == 0 || number == 1) && t->signed_data != NULL && t->info != NULL ? OK : refused(status, number, f);
}

/* The signer's name. Source: RFC 4514, but that UTF-8 stays as it is. */
static enum err put_authority(const struct stamp_token *t, struct arena *a, struct stamp *out, struct fault *f)
{
	char *text = NULL;
	BIO *b = BIO_new(BIO_s_mem());
	bool put = b != NULL && X509_NAME_print_ex(b, X509_get_subject_name(t->signer), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0;
	long n = put ? BIO_get_mem_data(b, &text) : 0;
	if (n > 0) out->authority = arena_copy(a, slice_of(text, (size_t)n));
	BIO_free(b);
	if (n <= 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 5280 4.1.2.6: the authority's certificate names nobody");
	return OK;
}

enum err stamp_verify(slice response, const struct stamp_terms *terms, struct arena *a, struct stamp *out, struct fault *f)
{
	struct stamp_token t = {0};
	struct stamp s = {0};
	enum err e = stamp_anchors_load(terms->anchors, &t.anchors, f);
	if (e == OK) e = open_answer(response, &t, f);
	if (e == OK) e = stamp_statement_judge(&t, terms, a, &s, f);
	if (e == OK) e = stamp_chain_judge(&t, &terms->subject, s.gen_time, f);
	if (e == OK) e = put_authority(&t, a, &s, f);
	if (e == OK) *out = s;
	TS_RESP_free(t.response);
	X509_STORE_free(t.anchors);
	ERR_clear_error();
	return e;
}
