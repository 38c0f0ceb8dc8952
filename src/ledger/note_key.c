/* Verifier keys and signers. A name is what stands in a note's line too: no space and no '+', or the line could be read in two ways. */
#include "note_int.h"
#include "digest.h"
#include "text.h"

/* Unicode's White_Space beyond ASCII. */
static const uint32_t SPACES[][2] = {{0x85, 0x85}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F},
	{0x205F, 0x205F}, {0x3000, 0x3000}};

static bool name_character(uint32_t c)
{
	if (c <= ' ' || c == '+' || c == 0x7F) return false;
	for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES; i++)
		if (c >= SPACES[i][0] && c <= SPACES[i][1]) return false;
	return true;
}

bool note_name_valid(slice name)
{
	uint32_t c = 0;

	if (name.n == 0 || name.n > NOTE_NAME_BYTES_MAX) return false;
	for (unsigned n; name.n > 0; name = slice_sub(name, n, SIZE_MAX)) {
		n = text_utf8_next(name, &c);
		if (n == 0 || !name_character(c)) return false;
	}
	return true;
}

bool note_algorithm_known(uint8_t algorithm)
{
	return algorithm == NOTE_ED25519 || algorithm == NOTE_COSIGNATURE;
}

/* signed-note: the first four bytes of SHA-256(name || 0x0A || algorithm || public key). */
static uint32_t key_id(slice name, uint8_t algorithm, slice material)
{
	const uint8_t between[2] = {'\n', algorithm};
	struct digest_stream s;

	digest_start(&s);
	digest_add(&s, name);
	digest_add(&s, slice_of(between, sizeof between));
	digest_add(&s, material);
	digest d = digest_end(&s);
	return (uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 | (uint32_t)d.b[2] << 8 | d.b[3];
}

enum err note_key_make(slice name, uint8_t algorithm, const uint8_t public_key[ED25519_PUBLIC_BYTES], struct note_key *out, struct fault *f)
{
	if (!note_name_valid(name))
		return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: a key's name is 1 to %u bytes of UTF-8 without spaces and '+'",
			NOTE_NAME_BYTES_MAX);
	if (!note_algorithm_known(algorithm)) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "signature type 0x%02x", algorithm);
	struct note_key k = {.name = name, .algorithm = algorithm};
	memcpy(k.public_key, public_key, sizeof k.public_key);
	k.id = key_id(name, algorithm, slice_of(k.public_key, sizeof k.public_key));
	*out = k;
	return OK;
}

/* Eight lower-case hex digits. */
static bool id_read(slice text, uint32_t *id)
{
	if (text.n != 8) return false;
	*id = 0;
	for (size_t i = 0; i < 8; i++) {
		int digit = text_hex_value(text.p[i]);
		if (digit < 0 || (text.p[i] >= 'A' && text.p[i] <= 'F')) return false;
		*id = *id << 4 | (uint32_t)digit;
	}
	return true;
}

/* The part behind the second '+': algorithm and public key. */
static enum err material_read(slice bytes, struct note_key *k, struct fault *f)
{
	k->algorithm = bytes.p[0];
	k->material = slice_sub(bytes, 1, SIZE_MAX);
	if (!note_algorithm_known(k->algorithm)) return OK;
	if (k->material.n != ED25519_PUBLIC_BYTES)
		return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: a key of type 0x%02x has %d bytes, not %zu", k->algorithm,
			ED25519_PUBLIC_BYTES, k->material.n);
	memcpy(k->public_key, k->material.p, ED25519_PUBLIC_BYTES);
	uint32_t id = key_id(k->name, k->algorithm, k->material);
	if (id != k->id) return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: the id of this key is %08x, not %08x", id, k->id);
	return OK;
}

enum err note_key_parse(slice vkey, struct arena *a, struct note_key *out, struct fault *f)
{
	struct note_key k = {0};
	slice rest = vkey, bytes;

	if (vkey.n > NOTE_KEY_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "NOTE_KEY_BYTES_MAX: a key of %zu bytes", vkey.n);
	k.name = slice_cut(&rest, '+');
	if (!note_name_valid(k.name))
		return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: a verifier key starts with a name without spaces and a '+'");
	if (!id_read(slice_cut(&rest, '+'), &k.id))
		return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: between the two '+' of a verifier key stand 8 lower-case hex digits");
	if (!text_get_base64(a, rest, &bytes) || bytes.n < 2)
		return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: behind the second '+' of a verifier key stands base64 of type and key");
	enum err e = material_read(bytes, &k, f);
	if (e == OK) *out = k;
	return e;
}

void note_key_put(struct buf *b, const struct note_key *k)
{
	struct buf bytes = {0};

	buf_add(b, k->name);
	buf_printf(b, "+%08x+", k->id);
	buf_add_byte(&bytes, k->algorithm);
	buf_add(&bytes, note_algorithm_known(k->algorithm) ? slice_of(k->public_key, sizeof k->public_key) : k->material);
	text_put_base64(b, buf_slice(&bytes));
	buf_free(&bytes);
}

/* ---- signers ---- */

static enum err memory_sign(void *context, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f)
{
	(void)f;
	ed25519_sign(context, message, signature);
	return OK;
}

enum err note_signer_make(slice name, uint8_t algorithm, struct ed25519_key *key, struct note_signer *out, struct fault *f)
{
	struct note_signer s = {.context = key, .sign = memory_sign};
	enum err e = note_key_make(name, algorithm, ed25519_public(key), &s.key, f);

	if (e == OK) *out = s;
	return e;
}

enum err note_signer_run(const struct note_signer *s, enum note_algorithm algorithm, slice message,
	uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f)
{
	uint8_t made[ED25519_SIGNATURE_BYTES];

	if (s->key.algorithm != algorithm)
		return fault_set(f, ERR_USAGE, 0, 0, "%.*s signs with type 0x%02x, asked for is 0x%02x", SLICE_PRINTF(s->key.name),
			s->key.algorithm, (unsigned)algorithm);
	enum err e = s->sign(s->context, message, made, f);
	if (e != OK) return e;
	if (!ed25519_verify(s->key.public_key, message, made))
		return fault_set(f, ERR_DAMAGED, 0, 0, "the signature that %.*s made does not hold", SLICE_PRINTF(s->key.name));
	memcpy(signature, made, sizeof made);
	return OK;
}
