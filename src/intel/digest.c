/* Digests without the name of their algorithm. Pure. */
#include "intel_int.h"

enum observable value_hash_type(slice s)
{
	static const struct {
		size_t digits;
		enum observable type;
	} types[] = {{32, OBSERVABLE_MD5}, {40, OBSERVABLE_SHA1}, {56, OBSERVABLE_SHA224}, {64, OBSERVABLE_SHA256}, {96, OBSERVABLE_SHA384},
		{128, OBSERVABLE_SHA512}};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (s.n == types[i].digits) return types[i].type;
	return OBSERVABLE_HASH_OTHER;
}
