/* What the files of time stamps share. libcrypto's objects are owned by struct stamp_token. */
#ifndef EVIDENCE_STAMP_INT_H
#define EVIDENCE_STAMP_INT_H
#include "stamp.h"

#include <openssl/ts.h>

struct stamp_token {
	TS_RESP *response;
	PKCS7 *signed_data; /* the token; of the response */
	TS_TST_INFO *info;  /* its statement; of the response */
	X509 *signer;       /* of the token's certificates */
	X509_STORE *anchors;
};

/* The nonce as the request spells it: a positive INTEGER in its only spelling, whatever the chance. */
void stamp_nonce(const struct stamp_request *r, uint8_t out[STAMP_NONCE_BYTES]);

/* The statement: version, imprint, nonce, extensions, times, serial, policy. Fills all of *out but the authority. Errors: ERR_SYNTAX. */
CHECKED enum err stamp_statement_judge(
	const struct stamp_token *t, const struct stamp_terms *terms, struct arena *a, struct stamp *out, struct fault *f);
/* The signature, the signer (t->signer is set) and its chain, at the time that the statement says. Errors: ERR_SYNTAX. */
CHECKED enum err stamp_chain_judge(struct stamp_token *t, const digest *subject, instant gen_time, struct fault *f);
/* A store of the anchors. Gives. Errors: ERR_USAGE. */
CHECKED enum err stamp_anchors_load(slice anchors, X509_STORE **out, struct fault *f);
#endif
