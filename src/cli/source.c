/* One file as decoded bytes. Three layers: raw (read(2) into a buffer), gzip (ISA-L, RFC 1952, any number of members), text
 * (UTF-16 to UTF-8). Invariants: raw.p[at..n) are read and not yet used; `raw_bytes` counts all that read(2) gave. */
#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "source.h"
#include "text.h"

#define RAW_BYTES (256u << 10)
#define PEEK_BYTES 4096u

enum encoding { ENCODING_BYTES, ENCODING_UTF16_LE, ENCODING_UTF16_BE };

struct source {
	int fd;
	bool is_pipe, gzip, at_end, member_open;
	struct source_settings settings;
	uint64_t size_at_open, raw_bytes;
	uint8_t *raw;
	size_t at, n;
	struct inflate_state *inflate;
	enum encoding encoding;
	uint64_t skipped;
	/* decoded before text: what was looked at to tell the format, and UTF-16 waiting to be turned */
	uint8_t *units;
	size_t units_at, units_n;
	bool units_ended;
	enum err units_error;
	struct fault units_fault;
	struct fault remark;
	bool has_remark;
};

struct magic { const char *name; size_t at; slice bytes; };
#define MAGIC(name, at, literal) {name, at, {(const uint8_t *)(literal), sizeof(literal) - 1}}
static const struct magic magics[] = {
	MAGIC("Windows event log (EVTX)", 0, "ElfFile\0"),
	MAGIC("packet capture (pcap)", 0, "\xd4\xc3\xb2\xa1"),
	MAGIC("packet capture (pcap)", 0, "\xa1\xb2\xc3\xd4"),
	MAGIC("packet capture (pcap)", 0, "\x4d\x3c\xb2\xa1"),
	MAGIC("packet capture (pcap)", 0, "\xa1\xb2\x3c\x4d"),
	MAGIC("packet capture (pcapng)", 0, "\x0a\x0d\x0d\x0a"),
	MAGIC("zip archive", 0, "PK\x03\x04"),
	MAGIC("zip archive", 0, "PK\x05\x06"),
	MAGIC("xz", 0, "\xfd" "7zXZ\0"),
	MAGIC("zstd", 0, "\x28\xb5\x2f\xfd"),
	MAGIC("bzip2", 4, "1AY&SY"),
	MAGIC("lz4", 0, "\x04\x22\x4d\x18"),
	MAGIC("7z archive", 0, "7z\xbc\xaf\x27\x1c"),
	MAGIC("rar archive", 0, "Rar!\x1a\x07"),
	MAGIC("cabinet archive", 0, "MSCF\0\0\0\0"),
	MAGIC("tar archive", 257, "ustar"),
	MAGIC("ELF program", 0, "\x7f" "ELF"),
	MAGIC("systemd journal", 0, "LPKSHHRH"),
	MAGIC("Windows registry hive", 0, "regf"),
	MAGIC("SQLite database", 0, "SQLite format 3\0"),
	MAGIC("Parquet", 0, "PAR1"),
	MAGIC("PDF", 0, "%PDF-"),
	MAGIC("PNG image", 0, "\x89PNG\r\n"),
	MAGIC("JPEG image", 0, "\xff\xd8\xff"),
	MAGIC("compiled watchlist", 0, "KULLAWL"),
	MAGIC("gzip within gzip", 0, "\x1f\x8b\x08"),
};

const char *source_binary_format(slice start)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];
		if (slice_starts(slice_sub(start, m->at, m->bytes.n), m->bytes) && start.n >= m->at + m->bytes.n) return m->name;
	}
	return NULL;
}

static enum err errno_kind(int error)
{
	if (error == ENOENT) return ERR_NOT_FOUND;
	return error == EACCES || error == EPERM ? ERR_ACCESS : ERR_DISK;
}

/* ---- raw ---- */

/* Wait until a pipe has bytes or the user wants to stop. */
static enum err raw_wait(struct source *s, struct fault *f)
{
	struct pollfd p[2] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->settings.stop_fd, .events = POLLIN}};
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR) return fault_set(f, ERR_DISK, 0, s->raw_bytes, "cannot wait for input: %s", strerror(errno));
	if (p[1].revents != 0) return fault_set(f, ERR_STOPPED, 0, s->raw_bytes, "stopped");
	return OK;
}

/* One read(2) into `into`; *got 0 at the end. */
static enum err raw_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	*got = 0;
	if (s->is_pipe) {
		enum err e = raw_wait(s, f);
		if (e != OK) return e;
	}
	ssize_t r;
	do r = read(s->fd, into, n);
	while (r < 0 && (errno == EINTR || errno == EAGAIN));
	if (r < 0) return fault_set(f, ERR_DISK, 0, s->raw_bytes, "read failed: %s", strerror(errno));
	s->raw_bytes += (uint64_t)r;
	*got = (size_t)r;
	if (r == 0 && !s->is_pipe && s->raw_bytes < s->size_at_open) {
		uint64_t had = s->size_at_open;
		s->size_at_open = 0;
		return fault_set(f, ERR_CHANGED, 0, s->raw_bytes, "file became shorter while it was read: %llu bytes at open, %llu read", (unsigned long long)had,
			(unsigned long long)s->raw_bytes);
	}
	return OK;
}

/* Fill s->raw; s->n stays when it is the end. */
static enum err raw_fill(struct source *s, struct fault *f)
{
	if (s->at > 0) {
		memmove(s->raw, s->raw + s->at, s->n - s->at);
		s->n -= s->at;
		s->at = 0;
	}
	if (s->at_end || s->n == RAW_BYTES) return OK;
	size_t got;
	enum err e = raw_read(s, s->raw + s->n, RAW_BYTES - s->n, &got, f);
	if (e != OK || got == 0) s->at_end = true;
	s->n += got;
	return e;
}

/* ---- gzip ---- */

static bool gzip_starts(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8;
}

static enum err gzip_fault(struct source *s, int code, struct fault *f)
{
	static const struct { int code; const char *text; } texts[] = {
		{ISAL_INCORRECT_CHECKSUM, "gzip: checksum or length in the trailer does not agree with the data"},
		{ISAL_INVALID_BLOCK, "gzip: invalid block"},
		{ISAL_INVALID_SYMBOL, "gzip: invalid symbol"},
		{ISAL_INVALID_LOOKBACK, "gzip: invalid distance"},
		{ISAL_INVALID_WRAPPER, "gzip: invalid member header"},
		{ISAL_UNSUPPORTED_METHOD, "gzip: unsupported method, expected deflate"},
	};
	const char *text = "gzip: cannot be decompressed";
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].code == code) text = texts[i].text;
	return fault_set(f, ERR_DAMAGED, 0, s->raw_bytes - (s->n - s->at), "%s; the bytes before were read, the rest was not", text);
}

static void gzip_member(struct source *s)
{
	isal_inflate_reset(s->inflate);
	s->inflate->crc_flag = ISAL_GZIP;
	s->member_open = true;
}

/* Behind a member: another one, the end, padding, or garbage. */
static enum err gzip_between(struct source *s, bool *more, struct fault *f)
{
	*more = false;
	uint64_t zeros = 0, start = s->raw_bytes - (s->n - s->at);
	for (;;) {
		if (s->n - s->at < 3 && !s->at_end) {
			enum err e = raw_fill(s, f);
			if (e != OK) return e;
			continue;
		}
		while (s->at < s->n && s->raw[s->at] == 0) { s->at++; zeros++; }
		if (s->at < s->n || s->at_end) break;
	}
	if (s->at < s->n && s->n - s->at < 3 && !s->at_end) {
		enum err e = raw_fill(s, f);
		if (e != OK) return e;
	}
	if (zeros > 0) {
		s->has_remark = true;
		(void)fault_set(&s->remark, ERR_SYNTAX, 0, start, "gzip: %llu bytes of zero padding behind a member", (unsigned long long)zeros);
	}
	if (s->at == s->n) return OK;
	if (!gzip_starts(s->raw + s->at, s->n - s->at))
		return fault_set(f, ERR_DAMAGED, 0, s->raw_bytes - (s->n - s->at), "gzip: bytes behind the last member that are no member; they were not read");
	gzip_member(s);
	*more = true;
	return OK;
}

static enum err gzip_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	*got = 0;
	while (*got == 0) {
		if (!s->member_open) {
			bool more;
			enum err e = gzip_between(s, &more, f);
			if (e != OK || !more) return e;
		}
		if (s->at == s->n) {
			enum err e = raw_fill(s, f);
			if (e != OK) return e;
			if (s->at == s->n)
				return fault_set(f, ERR_DAMAGED, 0, s->raw_bytes, "gzip: truncated; the bytes before were read");
		}
		struct inflate_state *z = s->inflate;
		z->next_in = s->raw + s->at;
		z->avail_in = (uint32_t)(s->n - s->at);
		z->next_out = into;
		z->avail_out = (uint32_t)n;
		int code = isal_inflate(z);
		s->at = s->n - z->avail_in;
		*got = n - z->avail_out;
		if (code < 0 || code == ISAL_NEED_DICT) return gzip_fault(s, code, f);
		if (z->block_state == ISAL_BLOCK_FINISH) s->member_open = false;
	}
	return OK;
}

/* Decoded bytes before text. */
static enum err plain_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	if (s->gzip) return gzip_read(s, into, n, got, f);
	if (s->at < s->n) {
		size_t take = s->n - s->at < n ? s->n - s->at : n;
		memcpy(into, s->raw + s->at, take);
		s->at += take;
		*got = take;
		return OK;
	}
	*got = 0;
	if (s->at_end) return OK;
	enum err e = raw_read(s, into, n, got, f);
	if (e != OK || *got == 0) s->at_end = true;
	return e;
}

/* ---- text ---- */

/* UTF-16 without a mark: nearly every other byte of the start is zero. */
static enum encoding encoding_guess(const uint8_t *p, size_t n)
{
	if (n < 8) return ENCODING_BYTES;
	size_t zero[2] = {0, 0};
	for (size_t i = 0; i < n; i++)
		if (p[i] == 0) zero[i & 1]++;
	size_t half = n / 2;
	if (zero[1] * 10 >= half * 7 && zero[0] * 20 <= half) return ENCODING_UTF16_LE;
	if (zero[0] * 10 >= half * 7 && zero[1] * 20 <= half) return ENCODING_UTF16_BE;
	return ENCODING_BYTES;
}

static void encoding_detect(struct source *s)
{
	const uint8_t *p = s->units;
	if (s->units_n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) s->units_at = 3;
	else if (s->units_n >= 2 && p[0] == 0xff && p[1] == 0xfe) { s->encoding = ENCODING_UTF16_LE; s->units_at = 2; }
	else if (s->units_n >= 2 && p[0] == 0xfe && p[1] == 0xff) { s->encoding = ENCODING_UTF16_BE; s->units_at = 2; }
	else s->encoding = encoding_guess(p, s->units_n);
	s->skipped = s->units_at;
}

/* Fill s->units to at least `want` bytes unless the end or an error comes first; errors wait in s->units_error. */
static void units_fill(struct source *s, size_t want)
{
	if (s->units_at > 0) {
		memmove(s->units, s->units + s->units_at, s->units_n - s->units_at);
		s->units_n -= s->units_at;
		s->units_at = 0;
	}
	while (s->units_n < want && !s->units_ended) {
		size_t got;
		s->units_error = plain_read(s, s->units + s->units_n, RAW_BYTES - s->units_n, &got, &s->units_fault);
		s->units_n += got;
		s->units_ended = s->units_error != OK || got == 0;
		if (s->is_pipe && s->units_n > 0) break;
	}
}

static uint32_t unit_at(const struct source *s, size_t at)
{
	const uint8_t *p = s->units + at;
	return s->encoding == ENCODING_UTF16_LE ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
}

/* Turn UTF-16 units into UTF-8 until `into` is full or the units end; a lone surrogate or an odd byte is U+FFFD. */
static size_t utf16_turn(struct source *s, uint8_t *into, size_t n)
{
	size_t out = 0;
	while (n - out >= 4 && s->units_at < s->units_n) {
		size_t left = s->units_n - s->units_at;
		uint32_t c = 0xfffd;
		size_t used = 2;
		if (left < 2) {
			if (!s->units_ended) break;
			used = 1;
		} else {
			c = unit_at(s, s->units_at);
			if (c >= 0xd800 && c < 0xdc00) {
				if (left < 4 && !s->units_ended) break;
				uint32_t low = left >= 4 ? unit_at(s, s->units_at + 2) : 0;
				bool pair = low >= 0xdc00 && low < 0xe000;
				c = pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
				used = pair ? 4 : 2;
			} else if (c >= 0xdc00 && c < 0xe000) {
				c = 0xfffd;
			}
		}
		s->units_at += used;
		out += text_utf8_put(c, into + out);
	}
	return out;
}

enum err source_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	*got = 0;
	if (s->encoding == ENCODING_BYTES && s->units_at < s->units_n) {
		size_t take = s->units_n - s->units_at < n ? s->units_n - s->units_at : n;
		memcpy(into, s->units + s->units_at, take);
		s->units_at += take;
		*got = take;
		return OK;
	}
	if (s->encoding == ENCODING_BYTES && !s->units_ended) return plain_read(s, into, n, got, f);
	while (s->encoding != ENCODING_BYTES && *got == 0 && (s->units_at < s->units_n || !s->units_ended)) {
		if (s->units_n - s->units_at < 4) units_fill(s, 4);
		*got = utf16_turn(s, into, n);
	}
	if (*got == 0 && s->units_error != OK) {
		enum err e = s->units_error;
		s->units_error = OK;
		if (f != NULL) *f = s->units_fault;
		return e;
	}
	return OK;
}

/* ---- open ---- */

static enum err open_descriptor(struct source *s, const char *path, struct fault *f)
{
	bool stdin_named = strcmp(path, "-") == 0;
	s->fd = stdin_named ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0) return fault_set(f, errno_kind(errno), 0, 0, "cannot be opened: %s", strerror(errno));
	struct stat st;
	if (fstat(s->fd, &st) != 0) return fault_set(f, ERR_DISK, 0, 0, "cannot be looked at: %s", strerror(errno));
	bool given = stdin_named || (s->settings.named && (strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 || strcmp(path, "/dev/stdin") == 0));
	if (S_ISDIR(st.st_mode)) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is a folder, expected a file");
	if (!S_ISREG(st.st_mode) && !given) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is a special file (device, pipe or socket), expected a regular file");
	s->is_pipe = !S_ISREG(st.st_mode);
	s->size_at_open = s->is_pipe || stdin_named ? 0 : (uint64_t)st.st_size;
	if (!s->is_pipe) (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return OK;
}

/* Read enough to tell gzip and binary formats. */
static enum err open_detect(struct source *s, struct fault *f)
{
	while (s->n < 300 && !s->at_end) {
		size_t before = s->n;
		enum err e = raw_fill(s, f);
		if (e != OK) return e;
		if (s->is_pipe && s->n > 8 && s->n > before) break;
	}
	if (gzip_starts(s->raw, s->n)) {
		s->gzip = true;
		s->inflate = mem_alloc(sizeof *s->inflate);
		isal_inflate_init(s->inflate);
		gzip_member(s);
	} else if (source_binary_format(slice_of(s->raw, s->n)) != NULL) {
		return fault_set(f, ERR_UNSUPPORTED, 0, 0, "%s is not supported by this version; nothing in it was matched", source_binary_format(slice_of(s->raw, s->n)));
	}
	s->units = mem_alloc(RAW_BYTES);
	units_fill(s, PEEK_BYTES);
	slice start = slice_of(s->units, s->units_n);
	if (s->gzip && source_binary_format(start) != NULL)
		return fault_set(f, ERR_UNSUPPORTED, 0, 0, "%s in gzip is not supported by this version; nothing in it was matched", source_binary_format(start));
	encoding_detect(s);
	return OK;
}

enum err source_open(const char *path, const struct source_settings *settings, struct source **out, struct fault *f)
{
	struct source *s = mem_alloc(sizeof *s);
	s->settings = *settings;
	s->raw = mem_alloc(RAW_BYTES);
	enum err e = open_descriptor(s, path, f);
	if (e == OK) e = open_detect(s, f);
	if (e != OK) {
		source_close(s);
		return e;
	}
	*out = s;
	return OK;
}

uint64_t source_raw_bytes(const struct source *s) { return s->raw_bytes; }
uint64_t source_skipped(const struct source *s) { return s->skipped; }
bool source_is_live(const struct source *s) { return s->is_pipe; }

bool source_remark(const struct source *s, struct fault *f)
{
	if (s->has_remark) *f = s->remark;
	return s->has_remark;
}

void source_close(struct source *s)
{
	if (s == NULL) return;
	if (s->fd >= 0) (void)close(s->fd);
	free(s->raw);
	free(s->units);
	free(s->inflate);
	free(s);
}
