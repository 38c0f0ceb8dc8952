/* A hash map from text to a number: open addressing, at most half full. Keys are borrowed. */
#include "intel_int.h"
#include <stdlib.h>

struct map_slot {
	slice key;
	uint64_t value;
	bool used;
};

static uint64_t hash_of(slice s)
{
	uint64_t h = 0x9E3779B97F4A7C15u ^ (uint64_t)s.n;
	while (s.n >= 8) {
		uint64_t word;
		memcpy(&word, s.p, 8);
		h = (h ^ word) * 0xBF58476D1CE4E5B9u;
		h ^= h >> 29;
		s = slice_sub(s, 8, s.n);
	}
	for (size_t i = 0; i < s.n; i++) h = (h ^ s.p[i]) * 0x100000001B3u;
	h ^= h >> 32;
	h *= 0x94D049BB133111EBu;
	return h ^ (h >> 31);
}

static struct map_slot *slot_of(const struct map *m, slice key)
{
	size_t at = (size_t)hash_of(key) & (m->room - 1);
	while (m->slots[at].used && !slice_equal(m->slots[at].key, key)) at = (at + 1) & (m->room - 1);
	return &m->slots[at];
}

static void grow(struct map *m)
{
	struct map old = *m;
	m->room = old.room == 0 ? 64 : old.room * 2;
	m->slots = mem_alloc(m->room * sizeof *m->slots);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].used) *slot_of(m, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

void map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}

void map_put(struct map *m, slice key, uint64_t value)
{
	if ((m->n + 1) * 2 > m->room) grow(m);
	struct map_slot *s = slot_of(m, key);
	if (!s->used) m->n++;
	*s = (struct map_slot){.key = key, .value = value, .used = true};
}

bool map_get(const struct map *m, slice key, uint64_t *value)
{
	if (m->room == 0) return false;
	const struct map_slot *s = slot_of(m, key);
	if (!s->used) return false;
	*value = s->value;
	return true;
}
