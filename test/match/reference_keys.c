/* The reference's registry keys: reading 9. */
#include "reference_int.h"
#include "text.h"

static const struct {
	slice text, full, brief;
} hives[] = {
	{SLICE("HKEY_LOCAL_MACHINE"), SLICE("HKEY_LOCAL_MACHINE"), SLICE("HKLM")},
	{SLICE("HKLM"), SLICE("HKEY_LOCAL_MACHINE"), SLICE("HKLM")},
	{SLICE("HKLM:"), SLICE("HKEY_LOCAL_MACHINE"), SLICE("HKLM")},
	{SLICE("\\REGISTRY\\MACHINE"), SLICE("HKEY_LOCAL_MACHINE"), SLICE("HKLM")},
	{SLICE("HKEY_USERS"), SLICE("HKEY_USERS"), SLICE("HKU")},
	{SLICE("HKU"), SLICE("HKEY_USERS"), SLICE("HKU")},
	{SLICE("HKU:"), SLICE("HKEY_USERS"), SLICE("HKU")},
	{SLICE("\\REGISTRY\\USER"), SLICE("HKEY_USERS"), SLICE("HKU")},
	{SLICE("HKEY_CURRENT_USER"), SLICE("HKEY_CURRENT_USER"), SLICE("HKCU")},
	{SLICE("HKCU"), SLICE("HKEY_CURRENT_USER"), SLICE("HKCU")},
	{SLICE("HKCU:"), SLICE("HKEY_CURRENT_USER"), SLICE("HKCU")},
	{SLICE("HKEY_CLASSES_ROOT"), SLICE("HKEY_CLASSES_ROOT"), SLICE("HKCR")},
	{SLICE("HKCR"), SLICE("HKEY_CLASSES_ROOT"), SLICE("HKCR")},
	{SLICE("HKCR:"), SLICE("HKEY_CLASSES_ROOT"), SLICE("HKCR")},
	{SLICE("HKEY_CURRENT_CONFIG"), SLICE("HKEY_CURRENT_CONFIG"), SLICE("HKCC")},
	{SLICE("HKCC"), SLICE("HKEY_CURRENT_CONFIG"), SLICE("HKCC")},
	{SLICE("HKCC:"), SLICE("HKEY_CURRENT_CONFIG"), SLICE("HKCC")},
};
#define HIVES (sizeof hives / sizeof *hives)

static size_t hive_at(slice t)
{
	for (size_t i = 0; i < HIVES; i++) {
		slice h = hives[i].text;
		if (t.n > h.n + 1 && t.p[h.n] == '\\' && slice_equal_nocase(slice_sub(t, 0, h.n), h)) return i;
	}
	return HIVES;
}

/* The components behind the hive, with ControlSet001 as CurrentControlSet; false when there is none. */
static bool running_set(struct arena *a, slice rest, slice *out)
{
	slice t = rest, empty = slice_cut(&t, '\\'), system = slice_cut(&t, '\\'), set = slice_cut(&t, '\\');
	if (empty.n != 0 || !slice_equal_nocase(system, SLICE("SYSTEM")) || set.n != 13 ||
		!slice_equal_nocase(slice_sub(set, 0, 10), SLICE("ControlSet")))
		return false;
	for (size_t i = 10; i < 13; i++)
		if (!reference_is_digit(set.p[i])) return false;
	slice tail = slice_sub(rest, 1 + system.n + 1 + set.n, rest.n);
	*out = arena_join(a, slice_sub(rest, 0, 1 + system.n + 1), arena_join(a, SLICE("CurrentControlSet"), tail));
	return true;
}

/* The names of the key that a record's text is: as it is, as the user's own, each with its control set as the running one. */
size_t reference_key_names(struct arena *a, slice t, struct key_name out[KEY_NAMES_MAX])
{
	size_t h = hive_at(t), n = 0;
	if (h == HIVES) return 0;
	slice rest = slice_sub(t, hives[h].text.n, t.n), behind = slice_sub(rest, 1, rest.n), user = slice_cut(&behind, '\\');
	out[n++] = (struct key_name){hives[h].full, hives[h].brief, rest};
	bool sid =
		user.n >= 4 && slice_equal_nocase(slice_sub(user, 0, 4), SLICE("S-1-")) && slice_equal(hives[h].full, SLICE("HKEY_USERS"));
	for (size_t i = 4; i < user.n; i++) sid = sid && (reference_is_digit(user.p[i]) || user.p[i] == '-');
	if (sid) out[n++] = (struct key_name){SLICE("HKEY_CURRENT_USER"), SLICE("HKCU"), slice_sub(rest, 1 + user.n, rest.n)};
	for (size_t i = 0, before = n; i < before; i++) {
		out[n] = out[i];
		if (running_set(a, out[i].rest, &out[n].rest)) n++;
	}
	return n;
}

slice reference_key_full(struct arena *a, const struct key_name *k)
{
	return arena_join(a, k->full, k->rest);
}
slice reference_key_brief(struct arena *a, const struct key_name *k)
{
	return arena_join(a, k->brief, k->rest);
}

/* A backslash at a key's end says nothing. */
slice reference_without_last(slice t)
{
	size_t h = hive_at(t);
	return h < HIVES && t.n > hives[h].text.n + 1 && t.p[t.n - 1] == '\\' ? slice_sub(t, 0, t.n - 1) : t;
}

bool reference_key_equal(struct arena *a, slice t, slice normal)
{
	struct key_name names[KEY_NAMES_MAX];
	size_t n = reference_key_names(a, reference_without_last(t), names);
	for (size_t i = 0; i < n; i++)
		if (slice_equal_nocase(reference_key_full(a, &names[i]), normal)) return true;
	return false;
}

bool reference_has_hive(slice t)
{
	return hive_at(t) < HIVES;
}
