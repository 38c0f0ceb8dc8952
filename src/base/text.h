/* Text: UTF-8, case, escapes, NFC, A-labels, base64. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "err.h"

bool text_is_utf8(slice s);
int text_hex_value(uint8_t c); /* of a hex digit in either case; -1 for anything else */
/* Length in bytes (1-4) and code point of the UTF-8 sequence at the start of s; 0 when it is not valid. */
unsigned text_utf8_next(slice s, uint32_t *code_point);
unsigned text_utf8_put(uint32_t code_point, uint8_t out[4]);
bool text_is_letter(uint32_t code_point);         /* Unicode general category L* or M* */
slice text_lower_ascii(struct arena *a, slice s); /* copies */
/* NFC (libunistring); returns s itself when it is ASCII or already normal; invalid UTF-8 comes back unchanged. */
slice text_nfc(struct arena *a, slice s);
/* One IDNA label or a whole dotted name with UTF-8 letters to lower-case A-labels (libidn2, non-transitional). False when IDNA refuses it.
 */
bool text_to_alabels(struct arena *a, slice name, slice *out);
/* Undo JSON's escapes: \/ \\ \" \uXXXX (surrogate pairs too; a lone one stays as it is); \t \n \r \b \f become the control
 * character. Any other backslash stays. Returns s itself when nothing changes. */
slice text_unescape_json(struct arena *a, slice s);
void text_put_base64(struct buf *b, slice bytes);
/* Canonical only: padded, pad bits zero. */
bool text_get_base64(struct arena *a, slice text, slice *out);
/* The same into the caller's room; false also when the bytes would be more than room. On false *n is untouched, out is not. */
bool text_get_base64_into(slice text, uint8_t *out, size_t room, size_t *n);
bool text_get_hex(struct arena *a, slice text, slice *out);
/* ASCII decimal as standards write it: digits only, no leading zero unless it is "0", at most UINT64_MAX. On false *out is untouched. */
bool text_get_decimal(slice text, uint64_t *out);
#endif
