/* What the two halves of the reference matcher share: the shapes that stand in a piece of text. */
#ifndef TEST_MATCH_REFERENCE_INT_H
#define TEST_MATCH_REFERENCE_INT_H
#include "slice.h"

enum shape_kind { SHAPE_V4, SHAPE_V6, SHAPE_NAME, SHAPE_HASH, SHAPE_MAIL, SHAPE_URL };
struct shape {
	enum shape_kind kind;
	size_t at;    /* where `seen` starts in the text */
	slice seen;   /* borrows from the text */
	slice normal; /* in the arena; of a URL without its scheme */
	slice scheme; /* of a URL; empty when it states none */
	slice host;   /* of a URL: host as written */
	bool cut;     /* of a URL: what follows may be its own: not in typed fields */
};
struct shapes {
	struct shape *at;
	size_t n, room;
};

/* Every shape in the text, by the readings 2 to 7; any order. */
void reference_shapes(struct arena *a, slice text, struct shapes *out);
/* A URL that is the whole text, schemeless or not. */
bool reference_whole_url(struct arena *a, slice text, struct shape *out);
/* The URL of a format that gives host (perhaps with a port) and path in two fields; scheme may be empty. */
bool reference_joined_url(struct arena *a, slice scheme, slice host, slice path, struct shape *out);
/* The normal form (without scheme) of a URL that has this scheme: a default port goes. */
slice reference_url_under(struct arena *a, slice scheme, slice normal);
/* The schemes with a default port; false at the end. */
bool reference_url_scheme(size_t i, slice *scheme);
/* A name that is the whole text: its normal form. */
bool reference_whole_name(struct arena *a, slice text, slice *out);
/* An e-mail address that is the whole text, whatever its local part. */
bool reference_whole_mail(struct arena *a, slice text, slice *out);
/* Length of a letter (ASCII or UTF-8) at `i`, or of one that ends before `i`; 0: none. */
size_t reference_letter_at(slice t, size_t i);
size_t reference_letter_before(slice t, size_t i);
bool reference_is_digit(uint8_t c);
bool reference_is_hex(slice t);
/* A hash that is the whole text, plain or as pairs with colons: its normal form. */
bool reference_whole_hash(struct arena *a, slice t, slice *out);
slice reference_lower(struct arena *a, slice t);

/* ---- registry keys ---- */
#define KEY_NAMES_MAX 4
struct key_name {
	slice full, brief, rest; /* the hive's two names, and what is behind */
};
bool reference_has_hive(slice t);
/* The names of the key that a record's text is: as it is, as the user's own, each with its control set as the running one. */
size_t reference_key_names(struct arena *a, slice t, struct key_name out[KEY_NAMES_MAX]);
slice reference_key_full(struct arena *a, const struct key_name *k);
slice reference_key_brief(struct arena *a, const struct key_name *k);
slice reference_without_last(slice t);
bool reference_key_equal(struct arena *a, slice t, slice normal);
#endif
