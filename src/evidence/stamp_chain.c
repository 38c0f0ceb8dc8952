/* Who signed, and why that one is believed. What libcrypto would refuse with a number is looked at first, where a sentence helps: who the
 * signer is, what its certificate is for and when it was valid. Then libcrypto judges the whole: chain, ESSCertID, signature, name. */
#include "stamp_int.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define SECOND_US 1000000
#define STRENGTH_LEVEL 2 /* of libcrypto's: 112 bits, RSA of 2048 bits, no SHA-1 */

static enum err broken(struct fault *f, const char *rule)
{
	return fault_set(f, ERR_SYNTAX, 0, 0, "%s", rule);
}

/* ---- anchors ---- */

/* Nobody is asked for a passphrase of what should be a certificate. */
static int no_passphrase(char *room, int n, int writing, void *context)
{
	(void)room;
	(void)n;
	(void)writing;
	(void)context;
	return -1;
}

static unsigned add_certificates(BIO *from, X509_STORE *to)
{
	unsigned n = 0;
	X509 *certificate;
	while (n <= STAMP_ANCHORS_MAX && (certificate = PEM_read_bio_X509(from, NULL, no_passphrase, NULL)) != NULL) {
		n += X509_STORE_add_cert(to, certificate) == 1;
		X509_free(certificate);
	}
	return n;
}

enum err stamp_anchors_load(slice anchors, X509_STORE **out, struct fault *f)
{
	if (anchors.n > STAMP_ANCHORS_BYTES_MAX)
		return fault_set(f, ERR_USAGE, 0, 0, "the anchors have %zu bytes, more than STAMP_ANCHORS_BYTES_MAX = %u", anchors.n,
			STAMP_ANCHORS_BYTES_MAX);
	X509_STORE *store = X509_STORE_new();
	BIO *b = BIO_new_mem_buf(anchors.p, (int)anchors.n);
	unsigned n = store != NULL && b != NULL ? add_certificates(b, store) : 0;
	BIO_free(b);
	if (n > 0 && n <= STAMP_ANCHORS_MAX) {
		*out = store;
		return OK;
	}
	X509_STORE_free(store);
	return fault_set(f, ERR_USAGE, 0, 0,
		"the anchors have %s: expected 1 to STAMP_ANCHORS_MAX = %u as \"-----BEGIN CERTIFICATE-----\" (PEM)",
		n == 0 ? "no certificate" : "too many certificates", STAMP_ANCHORS_MAX);
}

enum err stamp_anchors_check(slice anchors, struct fault *f)
{
	X509_STORE *store = NULL;
	enum err e = stamp_anchors_load(anchors, &store, f);
	X509_STORE_free(store);
	ERR_clear_error();
	return e;
}

/* ---- the signer ---- */

static enum err find_signer(struct stamp_token *t, PKCS7_SIGNER_INFO **info, struct fault *f)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(t->signed_data);
	if (infos == NULL || sk_PKCS7_SIGNER_INFO_num(infos) != 1)
		return broken(f, "RFC 3161 2.4.2: the token has not exactly one signature: only the authority signs it");
	int certificates = sk_X509_num(t->signed_data->d.sign->cert);
	if (certificates > (int)STAMP_CERTIFICATES_MAX)
		return fault_set(f, ERR_SYNTAX, 0, 0, "the token has %d certificates, more than STAMP_CERTIFICATES_MAX = %u", certificates,
			STAMP_CERTIFICATES_MAX);
	STACK_OF(X509) *signers = PKCS7_get0_signers(t->signed_data, NULL, 0);
	t->signer = signers != NULL && sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
	sk_X509_free(signers);
	*info = sk_PKCS7_SIGNER_INFO_value(infos, 0);
	if (t->signer != NULL) return OK;
	return broken(f, "RFC 3161 2.4.1: the signer's certificate is not in the token, though certReq asked for it");
}

/* What is signed is the digest of a TSTInfo, and by a digest that holds. */
static enum err judge_attributes(PKCS7_SIGNER_INFO *info, struct fault *f)
{
	static const int STRONG[] = {NID_sha256, NID_sha384, NID_sha512, NID_sha3_256, NID_sha3_384, NID_sha3_512};
	const ASN1_TYPE *type = PKCS7_get_signed_attribute(info, NID_pkcs9_contentType);
	const ASN1_OBJECT *algorithm;
	bool strong = false;
	if (type == NULL || type->type != V_ASN1_OBJECT || OBJ_obj2nid(type->value.object) != NID_id_smime_ct_TSTInfo)
		return broken(f, "RFC 5652 11.1: the signed content type is not id-ct-TSTInfo");
	if (info == NULL || info->digest_alg == NULL) return broken(f, "RFC 5652 5.3: the signer names no digest algorithm");
	X509_ALGOR_get0(&algorithm, NULL, NULL, info->digest_alg);
	for (size_t i = 0; i < sizeof STRONG / sizeof *STRONG; i++) strong |= OBJ_obj2nid(algorithm) == STRONG[i];
	return strong ? OK : broken(f, "RFC 5652 5.4: the signature is over a digest that is none of SHA-256, -384, -512 and SHA-3");
}

static enum err judge_purpose(const X509 *signer, struct fault *f)
{
	int critical = -1;
	EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(signer, NID_ext_key_usage, &critical, NULL);
	int n = uses != NULL ? sk_ASN1_OBJECT_num(uses) : 0;
	bool stamping = n == 1 && OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, 0)) == NID_time_stamp;
	sk_ASN1_OBJECT_pop_free(uses, ASN1_OBJECT_free);
	if (stamping && critical == 1) return OK;
	return fault_set(f, ERR_SYNTAX, 0, 0,
		"RFC 3161 2.3: the signer's certificate has %d extended key usages, %s: expected id-kp-timeStamping alone, critical", n,
		stamping ? "not critical" : "not timeStamping alone");
}

static bool time_of(const ASN1_TIME *t, instant *out)
{
	struct tm tm;
	return ASN1_TIME_to_tm(t, &tm) == 1 &&
	       instant_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, 0, out) == OK;
}

static enum err judge_validity(const X509 *signer, instant gen_time, struct fault *f)
{
	char from_text[INSTANT_TEXT_BYTES], until_text[INSTANT_TEXT_BYTES], said[INSTANT_TEXT_BYTES];
	instant from, until;
	if (!time_of(X509_get0_notBefore(signer), &from) || !time_of(X509_get0_notAfter(signer), &until))
		return broken(f, "RFC 5280 4.1.2.5: the signer's certificate has no readable validity");
	if (gen_time >= from && gen_time < until + SECOND_US) return OK;
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 3161 2.3: the authority's certificate %s: valid from %s to %s, genTime is %s",
		gen_time < from ? "was not valid yet" : "had expired", instant_format(from, 0, from_text),
		instant_format(until, 0, until_text), instant_format(gen_time, -1, said));
}

/* ---- the whole ---- */

static const struct {
	int reason;
	const char *rule;
} RULES[] = {
	{TS_R_CERTIFICATE_VERIFY_ERROR, "RFC 5280 6.1: the authority's certificate does not lead to a configured root"},
	{TS_R_SIGNATURE_FAILURE, "RFC 5652 5.6: the signature is not the signer's over this statement"},
	{TS_R_TSA_NAME_MISMATCH, "RFC 3161 2.4.2: the statement names another authority than its signer"},
};

/* What libcrypto found, the last that it said. */
static enum err refuse(struct fault *f)
{
	const char *data = NULL;
	int flags = 0;
	unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
	const char *reason = ERR_reason_error_string(code), *rule = "RFC 3161 2.4.2: the token does not hold";
	if (ERR_GET_LIB(code) == ERR_LIB_ESS) rule = "RFC 5816 2.2.1: the signed ESSCertID is missing, or names another certificate";
	for (size_t i = 0; ERR_GET_LIB(code) == ERR_LIB_TS && i < sizeof RULES / sizeof *RULES; i++)
		if (ERR_GET_REASON(code) == RULES[i].reason) rule = RULES[i].rule;
	bool said = data != NULL && (flags & ERR_TXT_STRING) != 0 && *data != 0;
	return fault_set(f, ERR_SYNTAX, 0, 0, "%s (%.120s)", rule, said ? data : reason != NULL ? reason : "no reason told");
}

/* Takes nothing: the context holds a reference to the store, and a copy of the digest. */
static TS_VERIFY_CTX *context_of(const struct stamp_token *t, const digest *subject)
{
	TS_VERIFY_CTX *c = TS_VERIFY_CTX_new();
	uint8_t *imprint = OPENSSL_memdup(subject->b, DIGEST_BYTES);
	if (c == NULL || imprint == NULL || X509_STORE_up_ref(t->anchors) != 1) {
		OPENSSL_free(imprint);
		TS_VERIFY_CTX_free(c);
		return NULL;
	}
	(void)TS_VERIFY_CTX_set_flags(c, TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE | TS_VFY_SIGNER);
	(void)TS_VERIFY_CTX_set_imprint(c, imprint, DIGEST_BYTES);
	(void)TS_VERIFY_CTX_set_store(c, t->anchors);
	return c;
}

static enum err judge_whole(const struct stamp_token *t, const digest *subject, instant gen_time, struct fault *f)
{
	X509_VERIFY_PARAM *p = X509_STORE_get0_param(t->anchors);
	X509_VERIFY_PARAM_set_time(p, (time_t)(gen_time / SECOND_US));
	X509_VERIFY_PARAM_set_depth(p, STAMP_CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(p, STRENGTH_LEVEL);
	TS_VERIFY_CTX *c = context_of(t, subject);
	ERR_clear_error();
	bool holds = c != NULL && TS_RESP_verify_token(c, t->signed_data) == 1;
	TS_VERIFY_CTX_free(c);
	return holds ? OK : refuse(f);
}

enum err stamp_chain_judge(struct stamp_token *t, const digest *subject, instant gen_time, struct fault *f)
{
	PKCS7_SIGNER_INFO *info = NULL;
	enum err e = find_signer(t, &info, f);
	if (e == OK) e = judge_attributes(info, f);
	if (e == OK) e = judge_purpose(t->signer, f);
	if (e == OK) e = judge_validity(t->signer, gen_time, f);
	if (e == OK) e = judge_whole(t, subject, gen_time, f);
	return e;
}
