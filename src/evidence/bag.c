/* The texts of a bag. */
#include "bag.h"

#include <stdlib.h>

#include "text.h"

#define DATA "data/"
#define LINE_START (DIGEST_HEX_BYTES + 2) /* the digest and two blanks */

/* ---- lists ---- */
void bag_list_add(struct bag_list *l, const struct bag_file *f)
{
	if (l->n == l->room) {
		l->room = l->room * 2 + 64;
		l->files = mem_resize(l->files, l->room * sizeof *l->files);
	}
	l->files[l->n++] = *f;
}

static int by_path(const void *x, const void *y)
{
	const struct bag_file *a = x, *b = y;
	return slice_compare(a->path, b->path);
}

void bag_list_sort(struct bag_list *l)
{
	if (l->n > 1) qsort(l->files, l->n, sizeof *l->files, by_path);
}

void bag_list_free(struct bag_list *l)
{
	free(l->files);
	*l = (struct bag_list){0};
}

const struct bag_file *bag_list_find(const struct bag_list *l, slice path)
{
	struct bag_file key = {.path = path};
	return l->n == 0 ? NULL : bsearch(&key, l->files, l->n, sizeof *l->files, by_path);
}

uint64_t bag_list_bytes(const struct bag_list *l)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < l->n; i++) sum += l->files[i].bytes;
	return sum;
}

/* ---- paths ---- */

/* Characters that some reader of manifests, shell or file system takes for something else: controls, what Windows forbids, what needs an
 * escape in a manifest (% and backslash), and separators, marks and spaces that do not show. */
static bool character_allowed(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} REFUSED[] = {{0x00, 0x1f}, {'"', '"'}, {'%', '%'}, {'*', '*'}, {'/', '/'}, {':', ':'}, {'<', '<'}, {'>', '?'}, {'\\', '\\'},
		{'|', '|'}, {0x7f, 0xa0}, {0xad, 0xad}, {0x61c, 0x61c}, {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},
		{0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0xd800, 0xf8ff}, {0xfeff, 0xfeff}, {0xfff0, 0xffff},
		{0xe0000, 0x10ffff}};
	for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
		if (c >= REFUSED[i].from && c <= REFUSED[i].to) return false;
	return true;
}

/* Names of devices in Windows, with any ending. */
static bool device_name(slice part)
{
	static const char *const NAMES[] = {"aux", "con", "nul", "prn"};
	slice stem = slice_sub(part, 0, slice_find_byte(part, '.'));
	if (stem.n == 4 && stem.p[3] >= '0' && stem.p[3] <= '9')
		return slice_equal_nocase(slice_sub(stem, 0, 3), SLICE("com")) || slice_equal_nocase(slice_sub(stem, 0, 3), SLICE("lpt"));
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (slice_equal_nocase(stem, slice_from(NAMES[i]))) return true;
	return false;
}

bool bag_part_allowed(slice part)
{
	if (part.n == 0 || part.n > BAG_PART_BYTES_MAX || part.p[0] == ' ' || part.p[0] == '~' || part.p[part.n - 1] == ' ' ||
		part.p[part.n - 1] == '.' || device_name(part))
		return false;
	for (slice rest = part; rest.n > 0;) {
		uint32_t c;
		unsigned n = text_utf8_next(rest, &c);
		if (n == 0 || !character_allowed(c)) return false;
		rest = slice_sub(rest, n, SIZE_MAX);
	}
	return true;
}

bool bag_path_allowed(slice path)
{
	unsigned parts = 0;
	if (path.n == 0 || path.n > BAG_PATH_BYTES_MAX || path.p[path.n - 1] == '/') return false;
	for (slice rest = path; rest.n > 0;)
		if (++parts > BAG_DEPTH_MAX || !bag_part_allowed(slice_cut(&rest, '/'))) return false;
	return true;
}

bool bag_is_payload(slice path)
{
	return slice_starts(path, SLICE(DATA));
}

/* ---- manifests ---- */
void bag_put_manifest(struct buf *b, const struct bag_list *l)
{
	char hex[DIGEST_HEX_BYTES + 1];
	for (size_t i = 0; i < l->n; i++) {
		buf_add_text(b, digest_hex(&l->files[i].digest, hex));
		buf_add_text(b, "  ");
		buf_add(b, l->files[i].path);
		buf_add_byte(b, '\n');
	}
}

static const char *wrong_line(slice line, bool payload, const struct bag_list *before, struct bag_file *out)
{
	if (line.n <= LINE_START || !digest_get_hex(slice_sub(line, 0, DIGEST_HEX_BYTES), &out->digest) || line.p[LINE_START - 2] != ' ' ||
		line.p[LINE_START - 1] != ' ')
		return "expected a SHA-256 in lower case, two blanks and a path";
	out->path = slice_sub(line, LINE_START, SIZE_MAX);
	if (!bag_path_allowed(out->path)) return "a path that no bag of ours has";
	if (bag_is_payload(out->path) != payload) return payload ? "a path that is not below data/" : "a path below data/";
	if (before->n > 0 && slice_compare(before->files[before->n - 1].path, out->path) >= 0)
		return "paths must ascend by their bytes, each once";
	return NULL;
}

enum err bag_get_manifest(slice text, bool payload, struct bag_list *out, struct fault *f)
{
	struct bag_list all = {0};
	const char *name = payload ? BAG_PAYLOAD_MANIFEST_NAME : BAG_TAG_MANIFEST_NAME;
	enum err e = OK;
	if (text.n > BAG_MANIFEST_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "%s: longer than BAG_MANIFEST_BYTES_MAX", name);
	if (text.n > 0 && text.p[text.n - 1] != '\n') return fault_set(f, ERR_SYNTAX, 0, 0, "%s: ends without a newline", name);
	while (e == OK && text.n > 0) {
		struct bag_file file = {.bytes = 0};
		const char *wrong = wrong_line(slice_cut(&text, '\n'), payload, &all, &file);
		if (wrong != NULL) e = fault_set(f, ERR_SYNTAX, all.n + 1, 0, "%s: RFC 8493 2.1.3: %s", name, wrong);
		else if (all.n == BAG_FILES_MAX) e = fault_set(f, ERR_LIMIT, all.n + 1, 0, "%s: more than BAG_FILES_MAX files", name);
		else bag_list_add(&all, &file);
	}
	if (e == OK) *out = all;
	else bag_list_free(&all);
	return e;
}

/* ---- bag-info.txt ---- */
static void put_text(struct buf *b, const char *label, slice text)
{
	if (text.n == 0) return;
	buf_printf(b, "%s: ", label);
	for (size_t i = 0; i < text.n; i++) buf_add_byte(b, text.p[i] < ' ' || text.p[i] == 0x7f ? ' ' : text.p[i]);
	buf_add_byte(b, '\n');
}

void bag_put_info(struct buf *b, const struct bag_info *i)
{
	char date[INSTANT_TEXT_BYTES], hex[DIGEST_HEX_BYTES + 1];
	buf_printf(b, "Bag-Software-Agent: kulla/%.*s\n", (int)i->version.n, (const char *)i->version.p);
	buf_printf(b, "Bagging-Date: %.10s\n", instant_format(i->date, 0, date));
	for (unsigned k = 0; k < i->items_n; k++) buf_printf(b, "External-Identifier: sha256:%s\n", digest_hex(&i->items[k], hex));
	buf_printf(b, "Internal-Sender-Description: %u evidence item%s with custody and proofs; VERIFY.txt says how to check them\n",
		i->items_n, i->items_n == 1 ? "" : "s");
	put_text(b, "Kulla-Reason", i->reason);
	put_text(b, "Kulla-Recipient", i->recipient);
	buf_printf(b, "Payload-Oxum: %llu.%llu\n", (unsigned long long)i->bytes, (unsigned long long)i->files);
	put_text(b, "Source-Organization", i->organization);
}

enum err bag_get_oxum(slice info, uint64_t *bytes, uint64_t *files, struct fault *f)
{
	slice found = {0};
	unsigned times = 0;
	while (info.n > 0) {
		slice line = slice_cut(&info, '\n');
		if (!slice_starts(line, SLICE("Payload-Oxum: "))) continue;
		found = slice_sub(line, sizeof "Payload-Oxum: " - 1, SIZE_MAX);
		times++;
	}
	slice first = slice_cut(&found, '.');
	if (times != 1 || !text_get_decimal(first, bytes) || !text_get_decimal(found, files))
		return fault_set(f, ERR_SYNTAX, 0, 0, BAG_INFO_NAME ": RFC 8493 2.2.2: expected one line Payload-Oxum: BYTES.FILES");
	return OK;
}
