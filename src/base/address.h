/* IPv4 and IPv6 addresses and ranges. Values are in host order for IPv4 and network order bytes for IPv6. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H
#include "err.h"

typedef struct {
	uint8_t b[16];
} ipv6;

/* Exactly one address and nothing else. IPv4: four decimal numbers 0-255 of 1-3 digits (a leading zero is accepted
 * only as MATCHING.md says: not before another digit). IPv6: RFC 4291 2.2 text without zone, brackets or port,
 * with or without an IPv4 tail. */
bool ipv4_parse(slice text, uint32_t *out);
bool ipv6_parse(slice text, ipv6 *out);
bool ipv6_is_mapped(const ipv6 *a, uint32_t *v4); /* ::ffff:0:0/96 */
#define ADDRESS_TEXT_BYTES 48
const char *ipv4_format(uint32_t a, char out[ADDRESS_TEXT_BYTES]);
const char *ipv6_format(const ipv6 *a, char out[ADDRESS_TEXT_BYTES]); /* RFC 5952 */

/* "a.b.c.d/len" or "v6/len"; host bits are cleared. bits: 0..32 or 0..128. */
struct cidr {
	bool v6;
	uint8_t bits;
	uint32_t v4;
	ipv6 v6_address;
};
bool cidr_parse(slice text, struct cidr *out);
bool cidr_has_v4(const struct cidr *c, uint32_t a);
bool cidr_has_v6(const struct cidr *c, const ipv6 *a);
#endif
