/* Members of an archive, by libarchive, one format at a time. Member names are labels: nothing is ever created by them.
 * Invariants: `in` is the furthest place of the archive that was read, so that members that share bytes do not pass for more;
 * `below` is the first fault of the layer underneath: it explains what libarchive can only call damage.
 * Behind a member that libarchive cannot get over, an archive that can be sought in is opened again and the members before are skipped. */
#include "layer_int.h"
#include "limit.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

struct format {
	struct layer_kind kind;
	int (*support)(struct archive *a);
	bool seeks; /* is better sought in */
	bool solid; /* skipping a member means decompressing it */
	bool ends_in_zeros;
	bool ends_used; /* whole archives are used to their last byte */
};
struct pack {
	struct layer *layer;
	const struct format *format;
	struct archive *archive;
	bool opened, fatal, spent;
	uint64_t members, files, restarts, place; /* members: folders too */
	uint64_t zeros;                           /* at the end of what was handed over */
	uint64_t header_left;                     /* bytes that the header at hand may still take */
	struct fault below;
	struct buf name;
	uint64_t *names; /* hashes of the names seen; 0 is a free place */
	size_t names_n, names_room;
	uint8_t in[LAYER_PIECE_BYTES];
};

static uint32_t load_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- callbacks ---- */

static void zeros_count(struct pack *p, size_t got)
{
	size_t n = 0;
	while (n < got && p->in[got - 1 - n] == 0) n++;
	p->zeros = n == got ? p->zeros + n : n;
}

static void reached(struct pack *p)
{
	if (p->place > p->layer->in) p->layer->in = p->place;
}

static ssize_t pack_feed(struct archive *a, void *context, const void **bytes)
{
	struct pack *p = context;
	struct fault f;
	size_t got;
	*bytes = p->in;
	enum err e = layer_read(p->layer->below, p->in, sizeof p->in, &got, &f);
	if (e == OK && p->header_left < got)
		e = fault_set(&f, ERR_LIMIT, 0, p->place,
			"%s: a header is longer than ARCHIVE_HEADER_BYTES_MAX = %u bytes; the members behind were not read",
			p->layer->kind->name, ARCHIVE_HEADER_BYTES_MAX);
	p->header_left -= got;
	if (e != OK) {
		p->below = f;
		p->below.kind = e;
		archive_set_error(a, EIO, "%s", f.text);
		return ARCHIVE_FATAL;
	}
	p->place += got;
	reached(p);
	if (p->format->ends_in_zeros) zeros_count(p, got);
	return (ssize_t)got;
}

static int64_t pack_seek(struct archive *a, void *context, int64_t offset, int whence)
{
	struct pack *p = context;
	int64_t place = layer_seek(p->layer->below, offset, whence);
	(void)a;
	if (place < 0) return ARCHIVE_FATAL;
	p->place = (uint64_t)place;
	reached(p);
	return place;
}

/* ---- members ---- */

static enum err pack_fault(const struct pack *p, struct fault *f, const char *behind)
{
	const char *why = p->archive != NULL ? archive_error_string(p->archive) : "no memory";
	if (p->below.kind != OK) {
		if (f != NULL) *f = p->below;
		return p->below.kind;
	}
	return fault_set(f, ERR_DAMAGED, 0, p->place, "%s: %s; %s", p->layer->kind->name, why != NULL ? why : "damaged", behind);
}

static enum err member_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct layer *archive = l->below;
	struct pack *p = archive->state;
	*got = 0;
	ssize_t had = archive_read_data(p->archive, into, n);
	if (had < 0) {
		p->fatal = had <= ARCHIVE_FATAL;
		return pack_fault(p, f, "the member's bytes before were read, its rest was not");
	}
	*got = (size_t)had;
	l->in = archive->in;
	archive->out += (uint64_t)had;
	return layer_judge(archive, l->shared->limits.expansion_archive, f);
}

static void member_close(struct layer *l)
{
	struct pack *p = l->below->state;
	if (l->error == ERR_LIMIT && (p->format->solid || (p->format->seeks && !layer_can_seek(l->below->below)))) p->spent = true;
}

/* Whether the directory at the end is this archive's own: the directory of an archive that lies within one that was cut off is not.
 * Source: APPNOTE 4.3.16. */
static bool zip_ends_well(struct pack *p)
{
	enum { END_BYTES = 22, COMMENT_BYTES_MAX = 65535 };
	struct layer *below = p->layer->below;
	int64_t size = layer_seek(below, 0, SEEK_END), start = size - END_BYTES - COMMENT_BYTES_MAX;
	size_t n = 0, got = 1;
	if (size < END_BYTES || (start = layer_seek(below, start < 0 ? 0 : start, SEEK_SET)) < 0) return false;
	while (got > 0 && n < sizeof p->in && layer_read(below, p->in + n, sizeof p->in - n, &got, NULL) == OK) n += got;
	(void)layer_seek(below, 0, SEEK_SET);
	for (size_t i = n < END_BYTES ? 0 : n - END_BYTES + 1; i-- > 0;) {
		const uint8_t *e = p->in + i;
		if (memcmp(e, "PK\x05\x06", 4) != 0 || i + END_BYTES + (e[20] | (size_t)e[21] << 8) != n) continue;
		uint64_t bytes = load_le32(e + 12), at = load_le32(e + 16);
		return at == UINT32_MAX || bytes == UINT32_MAX || at + bytes == (uint64_t)start + i; /* ZIP64 keeps them elsewhere */
	}
	return false;
}

static int pack_support(struct pack *p)
{
	if (p->format->support == archive_read_support_format_zip && (!layer_can_seek(p->layer->below) || !zip_ends_well(p)))
		return archive_read_support_format_zip_streamable(p->archive);
	return p->format->support(p->archive);
}

static enum err pack_open(struct pack *p, struct fault *f)
{
	p->opened = true;
	p->header_left = UINT64_MAX;
	if (p->format->support == archive_read_support_format_7zip && !layer_can_seek(p->layer->below))
		return fault_set(f, ERR_UNSUPPORTED, 0, 0,
			"7z: cannot be read from a pipe or within a container; give the file itself; nothing in it was matched");
	p->archive = archive_read_new();
	if (p->archive == NULL) return pack_fault(p, f, "nothing in it was read");
	if (pack_support(p) < ARCHIVE_WARN) return pack_fault(p, f, "nothing in it was read");
	if (p->format->ends_in_zeros) (void)archive_read_set_format_option(p->archive, "tar", "read_concatenated_archives", "1");
	if (layer_can_seek(p->layer->below)) (void)archive_read_set_seek_callback(p->archive, pack_seek);
	if (archive_read_open(p->archive, p, NULL, pack_feed, NULL) < ARCHIVE_WARN) return pack_fault(p, f, "nothing in it was read");
	return OK;
}

/* Open again and skip the members that were given out. */
static enum err pack_restart(struct pack *p, struct fault *f)
{
	struct archive_entry *e;
	if (!layer_can_seek(p->layer->below) || p->restarts++ == ARCHIVE_RESTARTS_MAX)
		return pack_fault(p, f, "the members behind were not read");
	(void)archive_read_free(p->archive);
	p->archive = NULL;
	p->fatal = false;
	if (layer_seek(p->layer->below, 0, SEEK_SET) != 0)
		return fault_set(f, ERR_DISK, 0, p->place, "cannot be read again from its start");
	p->place = 0;
	enum err err = pack_open(p, f);
	for (uint64_t i = 0; err == OK && i < p->members; i++)
		if (archive_read_next_header(p->archive, &e) < ARCHIVE_WARN) err = pack_fault(p, f, "the members behind were not read");
	return err;
}

/* FNV-1a is enough: a collision only says of a name that it came before. */
static uint64_t name_hash(slice name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < name.n; i++) h = (h ^ name.p[i]) * UINT64_C(0x100000001b3);
	return h == 0 ? 1 : h;
}

static bool name_place(struct pack *p, uint64_t h)
{
	size_t i = (size_t)(h ^ h >> 32) & (p->names_room - 1);
	while (p->names[i] != 0 && p->names[i] != h) i = (i + 1) & (p->names_room - 1);
	bool before = p->names[i] == h;
	p->names[i] = h;
	return before;
}

/* Whether the archive had a member of this name before; remembers it. */
static bool name_before(struct pack *p, slice name)
{
	if (p->names_n * 2 >= p->names_room) {
		uint64_t *old = p->names;
		size_t old_room = p->names_room;
		p->names_room = old_room == 0 ? 64 : old_room * 2;
		p->names = mem_alloc(p->names_room * sizeof *p->names);
		for (size_t i = 0; i < old_room; i++)
			if (old[i] != 0) (void)name_place(p, old[i]);
		free(old);
	}
	bool before = name_place(p, name_hash(name));
	p->names_n += !before;
	return before;
}

static void member_name(struct pack *p, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	if (name == NULL) name = archive_entry_pathname_utf8(e);
	buf_clear(&p->name);
	if (name != NULL && name[0] != '\0') buf_add_text(&p->name, name);
	else buf_printf(&p->name, "(member %llu without a name)", (unsigned long long)p->members);
}

/* Whether the name, taken for a path, would lead out of the folder that the archive is unpacked in. A backslash separates too: archives
 * are made for Windows as well. */
static bool name_leads_out(slice name)
{
	size_t depth = 0, start = 0;
	if (name.n > 0 && (name.p[0] == '/' || name.p[0] == '\\')) return true;
	if (name.n > 1 && name.p[1] == ':' && (name.p[0] | 0x20) >= 'a' && (name.p[0] | 0x20) <= 'z') return true;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/' && name.p[i] != '\\') continue;
		slice part = slice_sub(name, start, i - start);
		start = i + 1;
		if (part.n == 0 || slice_equal(part, SLICE("."))) continue;
		if (!slice_equal(part, SLICE(".."))) depth++;
		else if (depth-- == 0) return true;
	}
	return false;
}

/* What is odd about the name of a member that is read. */
static void member_remark(struct pack *p, const struct member *m)
{
	static const char out_text[] = "name points outside of the archive; it is only a label here";
	static const char again_text[] = "the archive has more than one member of this name; each was read";
	bool out = name_leads_out(m->name), again = name_before(p, m->name);
	if (!out && !again) return;
	(void)fault_set(&m->layer->remark, out ? ERR_SYNTAX : ERR_EXISTS, 0, p->place, "%s%s%s", out ? out_text : "",
		out && again ? "; " : "", again ? again_text : "");
}

/* Why a member is not read; kind OK when it is. */
static void member_refuse(struct archive_entry *e, struct member *m)
{
	static const struct {
		unsigned type;
		const char *name;
	} types[] = {
		{AE_IFLNK, "link"}, {AE_IFCHR, "character device"}, {AE_IFBLK, "block device"}, {AE_IFIFO, "pipe"}, {AE_IFSOCK, "socket"}};
	const char *what = archive_entry_hardlink(e) != NULL ? "hard link" : NULL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if ((unsigned)archive_entry_filetype(e) == types[i].type) what = types[i].name;
	m->fault.kind = OK;
	m->lost = false;
	if (what != NULL) {
		(void)fault_set(&m->fault, ERR_UNSUPPORTED, 0, 0, "%s in an archive: not followed, it has no bytes of its own", what);
	} else if (archive_entry_is_encrypted(e) > 0) {
		m->lost = true;
		(void)fault_set(&m->fault, ERR_UNSUPPORTED, 0, 0, "is encrypted; nothing in it was matched");
	}
}

/* A folder that has bytes is a file that wants to be passed over. */
static bool is_folder(struct archive_entry *e)
{
	return archive_entry_filetype(e) == AE_IFDIR && archive_entry_size(e) <= 0;
}

static void member_fill(struct pack *p, struct archive_entry *e, struct member *m)
{
	static const struct layer_kind kind = {.name = "member", .read = member_read, .close = member_close};
	p->members++;
	p->files++;
	member_name(p, e);
	m->name = buf_slice(&p->name);
	member_refuse(e, m);
	m->layer = NULL;
	if (m->fault.kind != OK) return;
	m->layer = layer_new(&kind, p->layer, p->layer->shared, NULL);
	member_remark(p, m);
}

/* What is left below, so that its faults are met. */
static enum err pack_drain(struct pack *p, struct fault *f)
{
	size_t got = 1;
	enum err e = OK;
	while (e == OK && got > 0 && !layer_can_seek(p->layer->below)) e = layer_read(p->layer->below, p->in, sizeof p->in, &got, f);
	return e;
}

static enum err pack_end(struct pack *p, struct fault *f)
{
	if (p->below.kind != OK) return pack_fault(p, f, "");
	if (p->format->ends_in_zeros && p->zeros < 1024)
		return fault_set(f, ERR_DAMAGED, 0, p->place, "tar: the end mark is missing: members may be cut off");
	if (p->format->ends_used && (uint64_t)archive_filter_bytes(p->archive, -1) < p->place)
		return fault_set(
			f, ERR_DAMAGED, 0, p->place, "%s: truncated within a header; the members before were read", p->layer->kind->name);
	if (p->files == 0) (void)fault_set(&p->layer->remark, ERR_NOT_FOUND, 0, 0, "%s: the archive holds no file", p->layer->kind->name);
	return pack_drain(p, f);
}

/* The next header; ERR_NOT_FOUND is the end. */
static enum err pack_next(struct pack *p, struct archive_entry **entry, struct fault *f)
{
	if (p->spent)
		return fault_set(f, ERR_LIMIT, 0, p->place,
			"%s: a member is a decompression bomb that cannot be skipped; the members behind were not read",
			p->layer->kind->name);
	enum err e = layer_judge(p->layer, p->layer->shared->limits.expansion_archive, f);
	if (e == OK && p->members >= p->layer->shared->limits.members)
		e = fault_set(f, ERR_LIMIT, 0, p->place, "%s: more than MEMBERS_MAX = %u members; the rest was not read",
			p->layer->kind->name, p->layer->shared->limits.members);
	if (e == OK && !p->opened) e = pack_open(p, f);
	if (e == OK && p->fatal) e = pack_restart(p, f);
	if (e != OK) return e;
	if (p->members > 0) (void)archive_read_data_skip(p->archive); /* what is left of the member, so that only the header counts */
	p->header_left = ARCHIVE_HEADER_BYTES_MAX;
	int r = archive_read_next_header(p->archive, entry);
	for (unsigned tries = 0; r == ARCHIVE_RETRY && tries < 100; tries++) r = archive_read_next_header(p->archive, entry);
	p->header_left = UINT64_MAX;
	if (r == ARCHIVE_EOF) return (e = pack_end(p, f)) == OK ? ERR_NOT_FOUND : e;
	return r < ARCHIVE_WARN ? pack_fault(p, f, "the members behind were not read") : OK;
}

bool layer_archive_next(struct layer *l, struct member *m, struct fault *f)
{
	struct pack *p = l->state;
	struct archive_entry *entry = NULL;
	f->kind = OK;
	do {
		enum err e = pack_next(p, &entry, f);
		if (e != OK) {
			f->kind = e == ERR_NOT_FOUND ? OK : e;
			return false;
		}
		if (is_folder(entry)) p->members++;
	} while (is_folder(entry));
	member_fill(p, entry, m);
	return true;
}

static void archive_close(struct layer *l)
{
	struct pack *p = l->state;
	(void)archive_read_free(p->archive);
	buf_free(&p->name);
	free(p->names);
	free(p);
}

static int support_rar(struct archive *a)
{
	int r = archive_read_support_format_rar(a), r5 = archive_read_support_format_rar5(a);
	return r < r5 ? r : r5;
}

#define ARCHIVE(text) .kind = {.name = (text), .is_archive = true, .close = archive_close}
static const struct format formats[] = {
	{ARCHIVE("tar"), .support = archive_read_support_format_tar, .ends_in_zeros = true},
	{ARCHIVE("zip"), .support = archive_read_support_format_zip, .seeks = true},
	{ARCHIVE("7z"), .support = archive_read_support_format_7zip, .seeks = true, .solid = true},
	{ARCHIVE("cpio"), .support = archive_read_support_format_cpio},
	{ARCHIVE("rar"), .support = support_rar, .solid = true, .ends_used = true},
	{ARCHIVE("cab"), .support = archive_read_support_format_cab, .solid = true},
};

struct layer *layer_archive_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].kind.name, name) != 0) continue;
		struct pack *p = mem_alloc(sizeof *p);
		p->format = &formats[i];
		p->layer = layer_new(&formats[i].kind, below, shared, p);
		return p->layer;
	}
	return NULL;
}
