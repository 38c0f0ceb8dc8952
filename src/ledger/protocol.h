/* What is said to the keeper and what it answers: messages with their length before them, canonical JSON inside.
 *   u32 length, little-endian, 2..PROTOCOL_MESSAGE_BYTES_MAX; then that many bytes
 * A request is an object with "do"; answers come in the order of a connection's requests.
 *   {"do":"append","entries":[{"blobs":["sha256:…"],"body":{…},"kind":"scan"},…]}   {"first":n,"ok":true,"time":"…"}: durable
 *   {"do":"publish"}                 {"note":"…","ok":true,"size":n}: all that was appended before is in tiles, under this checkpoint
 *   {"do":"rotate"}                  {"ok":true,"vkey":"…"}: a new key signs from now on
 *   {"do":"cosign","request":"…"}    {"body":"…","ok":true,"status":200}: this node as a witness
 *   {"do":"store","bytes":"…","name":"policy"}   {"ok":true}: one of the small files beside the ledger
 *   {"do":"hello"}                   {"confined":"…","ok":true,"pid":n,"version":"…"}
 *   {"do":"stop"}                    {"ok":true}: published, and gone
 * Refused: {"error":"limit","ok":false,"text":"…"}; the ledger is unchanged. Pure; any thread may call. */
#ifndef LEDGER_PROTOCOL_H
#define LEDGER_PROTOCOL_H
#include "canonical.h"
#include "journal.h"

#define PROTOCOL_LENGTH_BYTES 4u
/* Start a message in b and end it where b ends. */
size_t protocol_begin(struct buf *b);
void protocol_end(struct buf *b, size_t begun_at);
/* Cut the first message off *rest (borrows). Errors, *rest stays: ERR_NOT_FOUND not all of it is there yet; ERR_LIMIT, the connection
 * cannot be used any more. */
CHECKED enum err protocol_next(slice *rest, slice *message, struct fault *f);

/* Append a whole refusal. */
void protocol_put_error(struct buf *b, enum err e, const struct fault *f);
/* An answer's verdict: OK, or the error that it tells, with its text in *f. Errors: ERR_SYNTAX it is no answer. */
CHECKED enum err protocol_answer(slice message, struct fault *f);
/* A text member, unescaped into the arena; false when absent. */
bool protocol_text(slice message, const char *key, struct arena *a, slice *out);
bool protocol_count(slice message, const char *key, uint64_t *out);
/* The name of a request: 32 lower-case hex digits. */
void protocol_put_request(struct buf *b, const struct request_id *id);
bool protocol_get_request(slice text, struct request_id *out);
#endif
