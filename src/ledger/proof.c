/* Checking proofs, and their lines. The algorithms are RFC 9162's, step by step: fn and sn are the positions of the node that is followed
 * and of the tree's last node, on the height that has been reached. */
#include "proof.h"

struct follow {
	uint64_t fn, sn;
};

/* One step up; true when the sibling is on the left. */
static bool follow_left(struct follow *w)
{
	bool left = (w->fn & 1) != 0 || w->fn == w->sn;

	if (left && (w->fn & 1) == 0)
		for (; w->fn != 0 && (w->fn & 1) == 0; w->fn >>= 1) w->sn >>= 1;
	w->fn >>= 1;
	w->sn >>= 1;
	return left;
}

enum err proof_check_inclusion(const struct proof *p, uint64_t index, const digest *leaf, const struct tree_head *head, struct fault *f)
{
	struct follow w = {index, head->size - 1};
	digest root = *leaf;

	if (index >= head->size)
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.1: entry %llu is not in a tree of %llu", (unsigned long long)index,
			(unsigned long long)head->size);
	for (unsigned i = 0; i < p->n; i++) {
		if (w.sn == 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.1: %u hashes too many in the inclusion proof", p->n - i);
		root = follow_left(&w) ? tree_node(&p->hashes[i], &root) : tree_node(&root, &p->hashes[i]);
	}
	if (w.sn != 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.1: the inclusion proof has too few hashes");
	if (!digest_equal(&root, &head->root))
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.1: the inclusion proof does not lead to the root");
	return OK;
}

static enum err same_size_check(const struct proof *p, const struct tree_head *old, const struct tree_head *head, struct fault *f)
{
	if (!digest_equal(&old->root, &head->root))
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: two roots for one size, %llu", (unsigned long long)head->size);
	if (p->n != 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: between equal sizes the proof is empty");
	return OK;
}

/* Both roots from the proof, of which the first hash is *start and the others stand from `from` on. */
static enum err grow(const struct proof *p, unsigned from, struct follow w, digest roots[2], struct fault *f)
{
	while ((w.fn & 1) != 0) {
		w.fn >>= 1;
		w.sn >>= 1;
	}
	for (unsigned i = from; i < p->n; i++) {
		if (w.sn == 0)
			return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: %u hashes too many in the consistency proof", p->n - i);
		bool left = follow_left(&w);
		if (left) roots[0] = tree_node(&p->hashes[i], &roots[0]);
		roots[1] = left ? tree_node(&p->hashes[i], &roots[1]) : tree_node(&roots[1], &p->hashes[i]);
	}
	if (w.sn != 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: the consistency proof has too few hashes");
	return OK;
}

enum err proof_check_consistency(const struct proof *p, const struct tree_head *old, const struct tree_head *head, struct fault *f)
{
	if (old->size == 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: consistency with the empty tree says nothing");
	if (old->size > head->size)
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: from %llu to %llu a tree has not grown",
			(unsigned long long)old->size, (unsigned long long)head->size);
	if (old->size == head->size) return same_size_check(p, old, head, f);
	bool whole = (old->size & (old->size - 1)) == 0; /* then the proof starts at the old root, which it leaves out */
	if (p->n == 0) return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: the consistency proof is empty");
	digest start = whole ? old->root : p->hashes[0], roots[2] = {start, start};
	enum err e = grow(p, whole ? 0 : 1, (struct follow){old->size - 1, head->size - 1}, roots, f);
	if (e != OK) return e;
	if (!digest_equal(&roots[0], &old->root))
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: the consistency proof does not lead to the old root");
	if (!digest_equal(&roots[1], &head->root))
		return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 6962 2.1.2: the consistency proof does not lead to the new root");
	return OK;
}

enum err proof_get_lines(slice *rest, unsigned max, uint64_t *line, struct proof *out, struct fault *f)
{
	struct proof p = {0};
	slice at = *rest;
	uint64_t number = *line;

	for (;; number++) {
		size_t n = slice_find_byte(at, '\n');
		if (n == at.n) return fault_set(f, ERR_SYNTAX, number, 0, "the empty line behind the hashes is missing");
		slice text = slice_sub(at, 0, n);
		at = slice_sub(at, n + 1, SIZE_MAX);
		if (text.n == 0) break;
		if (p.n >= max) return fault_set(f, ERR_LIMIT, number, 0, "more than %u hashes", max);
		if (!digest_get_base64(text, &p.hashes[p.n]))
			return fault_set(f, ERR_SYNTAX, number, 0, "a line of %zu bytes is not the base64 of a hash of 32", text.n);
		p.n++;
	}
	*out = p;
	*rest = at;
	*line = number + 1;
	return OK;
}

void proof_put_lines(struct buf *b, const struct proof *p)
{
	char text[DIGEST_BASE64_BYTES + 1];

	for (unsigned i = 0; i < p->n; i++) {
		buf_add_text(b, digest_base64(&p->hashes[i], text));
		buf_add_byte(b, '\n');
	}
}
