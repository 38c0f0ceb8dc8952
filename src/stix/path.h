/* Object paths of STIX patterns: which type of observable they mean. Pure. */
#ifndef STIX_PATH_H
#define STIX_PATH_H
#include "observable.h"
#include "pattern.h"

/* The type of what stands at a path. Array positions ([0], [*]) do not matter. OBSERVABLE_OTHER when the table does not know it;
 * OBSERVABLE_NONE for a hash of unnamed algorithm ("file:hashes[*]"), told from the value's shape; OBSERVABLE_ADDRESS where an
 * IPv4 or IPv6 address stands (network-traffic:dst_ref.value, which may also refer to a domain), OBSERVABLE_URL_PATH for a request's path.
 *   value_property  out: true where the observable itself is named ("ipv4-addr:value", "file:hashes.MD5"); false where the path says
 *                   more than the value (a direction, a role): strict STIX */
enum observable stix_path_type(const struct pattern_path *p, bool *value_property);
/* Hex digits of the hash that the path names by its algorithm (MD5 32 … WHIRLPOOL 128); 0 when it is none, or its text is not hex. */
size_t stix_path_hash_digits(const struct pattern_path *p);
/* The type by its algorithm's name in any spelling (md5, SHA256, "SHA-256", sha_256): OBSERVABLE_HASH_OTHER when it is not one of ours. */
enum observable stix_hash_type(slice algorithm);
#endif
