/* Keys of whole values, as the builder and the exact path make them; the fast path makes the same on the way (key_int.h). */
#include "shape_int.h"
#include "watchlist_int.h"

uint64_t name_key(uint64_t seed, slice name)
{
	uint8_t label[64 + 8];
	uint64_t h = key_name_start(seed);
	for (size_t end = name.n, i = name.n; end > 0; i--) {
		if (i > 0 && name.p[i - 1] != '.') continue;
		size_t n = end - i < 64 ? end - i : 64;
		memcpy(label, name.p + i, n);
		memset(label + n, 0, 8);
		h = key_name_fold(h, key_label(label, n));
		if (i == 0) break;
		end = i - 1;
	}
	return h;
}

uint64_t ipv4_key(uint64_t seed, uint32_t v4)
{
	uint8_t text[16] = {0};
	size_t n = 0;
	for (int shift = 24; shift >= 0; shift -= 8) {
		unsigned part = v4 >> shift & 255;
		if (part > 99) text[n++] = (uint8_t)('0' + part / 100);
		if (part > 9) text[n++] = (uint8_t)('0' + part / 10 % 10);
		text[n++] = (uint8_t)('0' + part % 10);
		if (shift > 0) text[n++] = '.';
	}
	return key_ipv4(seed, text, n);
}

slice email_domain(slice normal)
{
	size_t at = slice_find_byte(normal, '@');
	for (size_t i = at + 1; i < normal.n; i++)
		if (normal.p[i] == '@') at = i;
	return slice_sub(normal, at + 1, normal.n);
}

uint64_t email_key(uint64_t seed, slice normal)
{
	slice domain = email_domain(normal);
	size_t at = normal.n - domain.n - 1;
	uint64_t local = key_local_start();
	for (size_t i = at; i > 0; i--) {
		uint8_t c = normal.p[i - 1];
		if (!shape_is_local(c)) break;
		local = key_local_step(local, c);
	}
	return key_email(name_key(seed, domain), local);
}

static bool token_char(uint8_t c)
{
	return shape_is_alnum(c) || c == '.' || c == '_' || c == '-' || c >= 0x80;
}

bool file_anchor(uint64_t seed, slice text, uint64_t *key, slice *token_out)
{
	size_t end = text.n;
	while (end > 0 && !token_char(text.p[end - 1])) end--;
	size_t from = end;
	while (from > 0 && token_char(text.p[from - 1])) from--;
	slice token = slice_sub(text, from, end - from);
	if (token.n < 4 || token.n > 63 || end != text.n || token.p[0] == '.' || token.p[token.n - 1] == '.') return false;
	size_t dot = 0;
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] >= 0x80 || (token.p[i] == '.' && token.p[i + 1] == '.')) return false;
		if (token.p[i] == '.') dot = i;
	}
	/* the dot before the last label must not stand between two digits, or the fast path takes it for a number's */
	if (dot == 0 || (shape_is_digit(token.p[dot - 1]) && shape_is_digit(token.p[dot + 1]))) return false;
	*key = name_key(seed, token);
	*token_out = token;
	return true;
}
