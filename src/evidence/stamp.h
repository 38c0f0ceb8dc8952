/* Time stamps: an authority's signed statement that a digest existed at a time. What is stamped is an item's id, the SHA-256 of its
 * manifest; what is kept is the authority's whole answer, so that `openssl ts -verify -digest HEX -in FILE` reads it. What is needed to
 * judge it years later, offline, lies in it (the authority's certificates) and beside it (the roots, as they were configured). Slices of a
 * result live in the arena given. Pure: the clock and the nonce are arguments; libcrypto decodes and checks signatures. Any thread may
 * call. Source: RFC 3161, RFC 5816, RFC 5652 5, RFC 5280 6; docs/formats/evidence.md. */
#ifndef EVIDENCE_STAMP_H
#define EVIDENCE_STAMP_H
#include "digest.h"
#include "instant.h"
#include "limit.h"

#define STAMP_NONCE_BYTES 16
#define STAMP_REQUEST_BYTES 77 /* of every request of ours */
#define STAMP_REQUEST_TYPE "application/timestamp-query"
#define STAMP_REPLY_TYPE "application/timestamp-reply"

struct stamp_request {
	digest subject;
	uint8_t nonce[STAMP_NONCE_BYTES]; /* chance; its first byte's two highest bits are taken for 01: one length, one spelling */
	instant sent;
};
/* Append a TimeStampReq: SHA-256, the nonce, certReq true, no policy. Source: RFC 3161 2.4.1. */
void stamp_request_put(struct buf *b, const struct stamp_request *r);

/* What an answer must hold to. */
struct stamp_terms {
	digest subject;
	slice anchors; /* root certificates, PEM */
	/* The exchange that it answers; NULL when it is judged again later. With it the nonce must be its own, and the time not before
	 * `sent` (by more than STAMP_CLOCK_SECONDS_MAX and the token's accuracy). */
	const struct stamp_request *request;
	instant at; /* when it came, or now: the time may not be behind it by more than the same */
};
/* What the authority says. */
struct stamp {
	instant gen_time;
	uint64_t accuracy_us; /* 0: it says none */
	slice serial;         /* hexadecimal, in lower case, without leading zeros: at most STAMP_SERIAL_DIGITS_MAX; with its name unique */
	slice policy;         /* "1.2.3.4": under which it was given */
	slice authority;      /* the signer's name, as RFC 4514 writes it, UTF-8 */
};
#define STAMP_SERIAL_DIGITS_MAX 40u /* RFC 3161 2.4.2: 160 bits */

/* Judge an answer: granted; of this subject, and this request; one signature, by a certificate that is in the token and named by its
 * signed attributes (ESSCertID, ESSCertIDv2), may sign time stamps and nothing else, and leads over certificates of the token to an anchor,
 * all of them valid at the time that the token says; signatures and keys of at least 112 bits of strength; and that time is plausible.
 * Whether a certificate was revoked is not asked: no list is fetched.
 * Errors, each with the section of its rule, what was found and what was expected:
 *   ERR_NOT_FOUND  no token was given: it is no answer, or a refusal with the authority's reasons. It may be asked again.
 *   ERR_SYNTAX     a token was given, and breaks a rule: what is kept of it shows that the authority, or what sits before it, is at fault.
 *   ERR_LIMIT      STAMP_BYTES_MAX
 *   ERR_USAGE      the anchors are no certificates (STAMP_ANCHORS_BYTES_MAX, STAMP_ANCHORS_MAX). */
CHECKED enum err stamp_verify(slice response, const struct stamp_terms *terms, struct arena *a, struct stamp *out, struct fault *f);
/* Whether these are anchors at all. Errors: ERR_USAGE. */
CHECKED enum err stamp_anchors_check(slice anchors, struct fault *f);
#endif
