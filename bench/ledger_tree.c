/* The ledger's tree in memory: hashing, appending, proofs. Built and run by bench/ledger-tree; prints one line a figure.
 * argument: leaves (default 10,000,000: 320 MB of leaf hashes) */
#include "note.h"
#include "proof.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ENTRY_BYTES 200u
#define PROOFS 20000u

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct levels {
	struct buf hashes[TREE_TILE_LEVELS];
};

static enum err read_tile(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	struct levels *l = context;

	(void)f;
	*bytes = slice_sub(buf_slice(&l->hashes[t->level]), (size_t)t->n * TILE_BYTES, (size_t)t->width * DIGEST_BYTES);
	return OK;
}

static void append(struct levels *l, struct frontier *tree, uint64_t leaves)
{
	uint8_t entry[ENTRY_BYTES] = {0};
	digest tops[TREE_TILE_LEVELS];
	double start = now();

	for (uint64_t i = 0; i < leaves; i++) {
		memcpy(entry, &i, sizeof i);
		digest leaf = tree_leaf(slice_of(entry, sizeof entry));
		unsigned n = frontier_add(tree, &leaf, tops);
		for (unsigned k = 0; k < n; k++) buf_add(&l->hashes[k], digest_slice(&tops[k]));
	}
	printf("append, %u-byte entries, with all tiles: %.0f a second\n", ENTRY_BYTES, (double)leaves / (now() - start));
}

/* Make and check so many proofs of random leaves; microseconds each. */
static double proofs(struct tile_cache *c, const struct tree_head *head)
{
	uint64_t at = 88172645463325252u;
	struct proof p;
	digest leaf;
	double start = now();

	for (unsigned i = 0; i < PROOFS; i++) {
		at ^= at << 13, at ^= at >> 7, at ^= at << 17;
		uint64_t index = at % head->size;
		if (proof_inclusion(c, index, head->size, &p, NULL) != OK || proof_leaf(c, index, head->size, &leaf, NULL) != OK ||
			proof_check_inclusion(&p, index, &leaf, head, NULL) != OK)
			abort();
	}
	return (now() - start) * 1e6 / PROOFS;
}

static void hashing(void)
{
	digest a = {{1}}, b = {{2}};
	unsigned n = 3000000;
	double start = now();

	for (unsigned i = 0; i < n; i++) a = tree_node(&a, &b);
	printf("node hashes: %.0f a second (%02x)\n", n / (now() - start), a.b[0]);
}

static void signatures(void)
{
	uint8_t seed[ED25519_SEED_BYTES] = {1}, signature[ED25519_SIGNATURE_BYTES];
	struct ed25519_key *k;
	unsigned n = 5000;

	if (ed25519_key_new(seed, &k, NULL) != OK) abort();
	double start = now();
	for (unsigned i = 0; i < n; i++)
		ed25519_sign(k, SLICE("a checkpoint's text has about this many bytes: origin, size, root; 100 or so"), signature);
	double middle = now();
	for (unsigned i = 0; i < n; i++)
		if (!ed25519_verify(ed25519_public(k),
			    SLICE("a checkpoint's text has about this many bytes: origin, size, root; 100 or so"), signature))
			abort();
	printf("Ed25519: %.0f signatures, %.0f verifications a second\n", n / (middle - start), n / (now() - middle));
	ed25519_key_free(k);
}

int main(int argc, char **argv)
{
	uint64_t leaves = 10000000;
	struct levels l = {0};
	struct frontier tree = {0};

	if (argc > 1 && (!text_get_decimal(slice_from(argv[1]), &leaves) || leaves == 0)) return 2;
	hashing();
	signatures();
	append(&l, &tree, leaves);
	struct tree_head head = frontier_head(&tree);
	struct tile_cache *c = tile_cache_new((struct tile_source){&l, read_tile}, 64);
	printf("proof made and checked, %llu entries, level 0 not cached: %.1f microseconds\n", (unsigned long long)leaves,
		proofs(c, &head));
	tile_cache_free(c);
	c = tile_cache_new((struct tile_source){&l, read_tile}, (unsigned)(leaves / TILE_WIDTH * 2 + 64));
	(void)proofs(c, &head);
	printf("proof made and checked, %llu entries, tiles cached: %.1f microseconds\n", (unsigned long long)leaves, proofs(c, &head));
	tile_cache_free(c);
	for (unsigned k = 0; k < TREE_TILE_LEVELS; k++) buf_free(&l.hashes[k]);
	return 0;
}
