/* Any bytes as a policy: members stand before their groups, more witnesses never make a quorum less met, and what is missing is told when
 * and only when it is not met. */
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool met(const struct policy *p, struct arena *a, unsigned witnesses)
{
	bool *witnessed = arena_array(a, (size_t)p->parties_n + 1, sizeof *witnessed);
	struct buf b = {0};

	for (unsigned i = 0; i < p->parties_n && i < witnesses; i++) witnessed[i] = !p->parties[i].group;
	bool quorum = policy_evaluate(p, witnessed);
	policy_put_missing(&b, p, witnessed);
	if (quorum != (b.n == 0)) __builtin_trap();
	buf_free(&b);
	return quorum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct policy p;
	struct fault f = {0};

	if (policy_parse(slice_of(data, size), a, &p, &f) == OK) {
		for (unsigned i = 0; i < p.parties_n; i++)
			for (unsigned m = 0; m < p.parties[i].members_n; m++)
				if (p.parties[i].members[m] >= i) __builtin_trap();
		bool before = false;
		for (unsigned n = 0; n <= p.parties_n; n++) {
			bool now = met(&p, a, n);
			if (before && !now) __builtin_trap();
			before = now;
		}
		if (!before) __builtin_trap(); /* all witnesses are always enough */
	} else if (f.text[0] == '\0') {
		__builtin_trap();
	}
	arena_free(a);
	return 0;
}
