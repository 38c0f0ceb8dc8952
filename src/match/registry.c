/* Registry keys. Sysmon writes HKLM, people HKEY_LOCAL_MACHINE, Windows' own audit \REGISTRY\MACHINE. Two names are the record's only: a
 * user's hive HKEY_USERS\S-1-… is that user's HKEY_CURRENT_USER, and SYSTEM\ControlSet001 is what runs as CurrentControlSet. */
#include "registry_int.h"

#define SYSTEM SLICE("\\SYSTEM\\")
#define CURRENT SLICE("CurrentControlSet")

enum hive { LOCAL_MACHINE, USERS, CURRENT_USER, CLASSES_ROOT, CURRENT_CONFIG };
static const slice long_names[] = {
	[LOCAL_MACHINE] = SLICE("HKEY_LOCAL_MACHINE"),
	[USERS] = SLICE("HKEY_USERS"),
	[CURRENT_USER] = SLICE("HKEY_CURRENT_USER"),
	[CLASSES_ROOT] = SLICE("HKEY_CLASSES_ROOT"),
	[CURRENT_CONFIG] = SLICE("HKEY_CURRENT_CONFIG"),
};
static const slice short_names[] = {
	[LOCAL_MACHINE] = SLICE("HKLM"),
	[USERS] = SLICE("HKU"),
	[CURRENT_USER] = SLICE("HKCU"),
	[CLASSES_ROOT] = SLICE("HKCR"),
	[CURRENT_CONFIG] = SLICE("HKCC"),
};
static const struct {
	slice text;
	enum hive hive;
} spellings[] = {
	{SLICE("HKEY_LOCAL_MACHINE"), LOCAL_MACHINE},
	{SLICE("HKLM"), LOCAL_MACHINE},
	{SLICE("HKLM:"), LOCAL_MACHINE},
	{SLICE("\\REGISTRY\\MACHINE"), LOCAL_MACHINE},
	{SLICE("HKEY_USERS"), USERS},
	{SLICE("HKU"), USERS},
	{SLICE("HKU:"), USERS},
	{SLICE("\\REGISTRY\\USER"), USERS},
	{SLICE("HKEY_CURRENT_USER"), CURRENT_USER},
	{SLICE("HKCU"), CURRENT_USER},
	{SLICE("HKCU:"), CURRENT_USER},
	{SLICE("HKEY_CLASSES_ROOT"), CLASSES_ROOT},
	{SLICE("HKCR"), CLASSES_ROOT},
	{SLICE("HKCR:"), CLASSES_ROOT},
	{SLICE("HKEY_CURRENT_CONFIG"), CURRENT_CONFIG},
	{SLICE("HKCC"), CURRENT_CONFIG},
	{SLICE("HKCC:"), CURRENT_CONFIG},
};
#define SPELLINGS (sizeof spellings / sizeof *spellings)

static bool starts_nocase(slice text, slice start)
{
	return text.n >= start.n && slice_equal_nocase(slice_sub(text, 0, start.n), start);
}

static bool component_ends(slice text, size_t at)
{
	return at == text.n || text.p[at] == '\\';
}

/* The spelling that the text starts with and that a backslash and more follow; SPELLINGS: none. */
static size_t hive_of(slice text)
{
	size_t i = 0;
	while (i < SPELLINGS &&
		!(starts_nocase(text, spellings[i].text) && text.n > spellings[i].text.n + 1 && text.p[spellings[i].text.n] == '\\'))
		i++;
	return i;
}

bool registry_has_hive(slice text)
{
	return hive_of(text) < SPELLINGS;
}

slice registry_normal(struct arena *a, slice text)
{
	size_t i = hive_of(text);
	if (i == SPELLINGS) return text;
	slice rest = slice_sub(text, spellings[i].text.n, text.n);
	if (rest.n > 1 && rest.p[rest.n - 1] == '\\') rest.n--;
	return arena_join(a, long_names[spellings[i].hive], rest);
}

/* "\S-1-5-21-…" at the start of the text: its bytes, or 0. */
static size_t user_here(slice text)
{
	size_t n = 5;
	if (!starts_nocase(text, SLICE("\\S-1-"))) return 0;
	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '-')) n++;
	return component_ends(text, n) ? n : 0;
}

/* "\SYSTEM\ControlSet001" at the start of the text, whatever follows: its bytes, or 0. */
static size_t control_set_here(slice text)
{
	slice set = slice_sub(text, SYSTEM.n, text.n);
	if (!starts_nocase(text, SYSTEM) || !starts_nocase(set, SLICE("ControlSet")) || set.n < 13) return 0;
	for (size_t i = 10; i < 13; i++)
		if (set.p[i] < '0' || set.p[i] > '9') return 0;
	return SYSTEM.n + 13;
}

/* "\SYSTEM\CurrentControlSet" at the start of the text: its bytes, or 0. */
static size_t current_here(slice text)
{
	size_t n = SYSTEM.n + CURRENT.n;
	return starts_nocase(text, SYSTEM) && starts_nocase(slice_sub(text, SYSTEM.n, text.n), CURRENT) && component_ends(text, n) ? n : 0;
}

/* Whether `text` starts with `rest`, both behind the hive; what stands behind that is the caller's to judge. */
static bool rest_spells(slice text, slice rest, size_t *n)
{
	size_t set = control_set_here(text), current = current_here(rest);
	if (starts_nocase(text, rest)) {
		*n = rest.n;
		return true;
	}
	if (set == 0 || current == 0 || !starts_nocase(slice_sub(text, set, text.n), slice_sub(rest, current, rest.n))) return false;
	*n = set + rest.n - current;
	return true;
}

bool registry_spells(slice text, slice key, bool whole, size_t *n)
{
	size_t own = hive_of(key);
	if (own == SPELLINGS) return false;
	slice rest = slice_sub(key, spellings[own].text.n, key.n);
	for (size_t i = 0; i < SPELLINGS; i++) {
		slice start = spellings[i].text;
		size_t user = 0, tail;
		if (!starts_nocase(text, start)) continue;
		slice behind = slice_sub(text, start.n, text.n);
		if (spellings[own].hive == CURRENT_USER && spellings[i].hive == USERS) user = user_here(behind);
		if (user == 0 && spellings[i].hive != spellings[own].hive) continue;
		if (!rest_spells(slice_sub(behind, user, behind.n), rest, &tail)) continue;
		*n = start.n + user + tail;
		if (!whole || *n == text.n || (*n + 1 == text.n && text.p[*n] == '\\')) return true;
	}
	return false;
}

static void add_names(struct arena *a, enum hive hive, slice rest, slice *out, size_t *n)
{
	out[(*n)++] = arena_join(a, long_names[hive], rest);
	out[(*n)++] = arena_join(a, short_names[hive], rest);
}

/* The same with the control set that runs. */
static void add_sets(struct arena *a, enum hive hive, slice rest, slice *out, size_t *n)
{
	size_t set = control_set_here(rest);
	add_names(a, hive, rest, out, n);
	if (set == 0 || !component_ends(rest, set)) return;
	slice tail = arena_join(a, CURRENT, slice_sub(rest, set, rest.n));
	add_names(a, hive, arena_join(a, slice_sub(rest, 0, SYSTEM.n), tail), out, n);
}

size_t registry_readings(struct arena *a, slice value, slice out[REGISTRY_READINGS_MAX])
{
	size_t i = hive_of(value), n = 0;
	out[n++] = value;
	if (i == SPELLINGS) return n;
	slice rest = slice_sub(value, spellings[i].text.n, value.n);
	add_sets(a, spellings[i].hive, rest, out, &n);
	size_t user = spellings[i].hive == USERS ? user_here(rest) : 0;
	if (user > 0) add_sets(a, CURRENT_USER, slice_sub(rest, user, rest.n), out, &n);
	return n;
}

slice registry_firm(slice key)
{
	size_t i = hive_of(key);
	if (i == SPELLINGS) return key;
	slice rest = slice_sub(key, spellings[i].text.n, key.n);
	return slice_sub(rest, current_here(rest), rest.n);
}
