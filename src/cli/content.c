/* What a file is, told by its first bytes. A row that can be decoded names the function that makes its layer; a new decoder is one
 * more layer_*.c and its name here. */
#include "layer_int.h"
#include "text.h"

struct magic {
	struct content content;
	size_t at;
	slice bytes;
	bool (*check)(slice start); /* when the bytes alone say too little */
};

/* A header of tar has a sum of its bytes in octal, its own field taken as blanks. */
static bool is_tar(slice s)
{
	enum { SUM_AT = 148, SUM_BYTES = 8, HEADER_BYTES = 512 };
	if (s.n < HEADER_BYTES || s.p[0] == 0) return false;
	unsigned long sum = 0, told = 0, digits = 0;
	for (size_t i = 0; i < HEADER_BYTES; i++) sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : s.p[i];
	for (size_t i = SUM_AT; i < SUM_AT + SUM_BYTES; i++) {
		if (s.p[i] < '0' || s.p[i] > '7') continue;
		told = told * 8 + (unsigned long)(s.p[i] - '0');
		digits++;
	}
	return digits > 0 && told == sum;
}

static bool is_cpio_odc(slice s)
{
	for (size_t i = 0; i < 76; i++)
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '7') return false;
	return true;
}

static bool is_cpio_newc(slice s)
{
	for (size_t i = 0; i < 110; i++)
		if (i >= s.n || text_hex_value(s.p[i]) < 0) return false;
	return true;
}

static bool is_compress(slice s)
{
	return s.n > 3 && (s.p[2] & 0x60) == 0 && (s.p[2] & 0x1f) >= 9 && (s.p[2] & 0x1f) <= 16;
}

/* All that is left of a gzip file that was cut at once; no text consists of these bytes. */
static bool is_gzip_start(slice s)
{
	return s.n == 1 || (s.n == 2 && s.p[1] == 0x8b);
}

static bool is_bzip2(slice s)
{
	return s.p[0] == 'B' && s.p[1] == 'Z' && s.p[2] == 'h' && s.p[3] >= '1' && s.p[3] <= '9';
}

/* A frame that is skipped stands before zstd and before lz4: what follows tells; zstd where it cannot be seen. */
static bool is_skippable(slice s)
{
	if (s.n < 8 || (s.p[0] & 0xf0) != 0x50) return false;
	uint64_t length = (uint64_t)s.p[4] | (uint64_t)s.p[5] << 8 | (uint64_t)s.p[6] << 16 | (uint64_t)s.p[7] << 24;
	slice behind = slice_sub(s, (size_t)(length + 8), 4);
	return !slice_equal(behind, SLICE("\x04\x22\x4d\x18"));
}

static bool is_skippable_lz4(slice s)
{
	return s.n >= 8 && (s.p[0] & 0xf0) == 0x50 && !is_skippable(s);
}

#define BYTES(at, literal)                                                                                                                 \
	at,                                                                                                                                \
	{                                                                                                                                  \
		(const uint8_t *)(literal), sizeof(literal) - 1                                                                            \
	}
static const struct magic magics[] = {
	{{"gzip", layer_gzip_new}, BYTES(0, "\x1f\x8b\x08"), NULL},
	{{"gzip", layer_gzip_new}, BYTES(0, "\x1f"), is_gzip_start},
	{{"zstd", layer_zstd_new}, BYTES(0, "\x28\xb5\x2f\xfd"), NULL},
	{{"zstd", layer_zstd_new}, BYTES(1, "\x2a\x4d\x18"), is_skippable},
	{{"lz4", layer_filter_new}, BYTES(1, "\x2a\x4d\x18"), is_skippable_lz4},
	{{"xz", layer_filter_new},
		BYTES(0, "\xfd"
			 "7zXZ\0"),
		NULL},
	{{"bzip2", layer_filter_new}, BYTES(4, "1AY&SY"), is_bzip2},
	{{"bzip2", layer_filter_new}, BYTES(4, "\x17\x72\x45\x38\x50\x90"), is_bzip2}, /* empty */
	{{"lz4", layer_filter_new}, BYTES(0, "\x04\x22\x4d\x18"), NULL},
	{{"lz4", layer_filter_new}, BYTES(0, "\x02\x21\x4c\x18"), NULL},
	{{"lzip", layer_filter_new}, BYTES(0, "LZIP\x01"), NULL},
	{{"compress", layer_filter_new}, BYTES(0, "\x1f\x9d"), is_compress},
	{{"zip", layer_archive_new}, BYTES(0, "PK\x03\x04"), NULL},
	{{"zip", layer_archive_new}, BYTES(0, "PK\x05\x06"), NULL},
	{{"7z", layer_archive_new}, BYTES(0, "7z\xbc\xaf\x27\x1c"), NULL},
	{{"rar", layer_archive_new}, BYTES(0, "Rar!\x1a\x07"), NULL},
	{{"cab", layer_archive_new}, BYTES(0, "MSCF\0\0\0\0"), NULL},
	{{"tar", layer_archive_new}, BYTES(257, "ustar"), NULL},
	{{"tar", layer_archive_new}, BYTES(0, ""), is_tar},
	{{"cpio", layer_archive_new}, BYTES(0, "070701"), is_cpio_newc},
	{{"cpio", layer_archive_new}, BYTES(0, "070702"), is_cpio_newc},
	{{"cpio", layer_archive_new}, BYTES(0, "070707"), is_cpio_odc},
	{{"packet capture (pcap)", layer_capture_new}, BYTES(0, "\xd4\xc3\xb2\xa1"), NULL},
	{{"packet capture (pcap)", layer_capture_new}, BYTES(0, "\xa1\xb2\xc3\xd4"), NULL},
	{{"packet capture (pcap)", layer_capture_new}, BYTES(0, "\x4d\x3c\xb2\xa1"), NULL},
	{{"packet capture (pcap)", layer_capture_new}, BYTES(0, "\xa1\xb2\x3c\x4d"), NULL},
	{{"packet capture (pcapng)", layer_capture_new}, BYTES(0, "\x0a\x0d\x0d\x0a"), NULL},
	{{"Windows event log (EVTX)", layer_evtx_new}, BYTES(0, "ElfFile\0"), NULL},
	/* recognised, not supported */
	{{"ELF program", NULL},
		BYTES(0, "\x7f"
			 "ELF"),
		NULL},
	{{"systemd journal", NULL}, BYTES(0, "LPKSHHRH"), NULL},
	{{"Windows registry hive", NULL}, BYTES(0, "regf"), NULL},
	{{"SQLite database", NULL}, BYTES(0, "SQLite format 3\0"), NULL},
	{{"Parquet", NULL}, BYTES(0, "PAR1"), NULL},
	{{"PDF", NULL}, BYTES(0, "%PDF-"), NULL},
	{{"PNG image", NULL}, BYTES(0, "\x89PNG\r\n"), NULL},
	{{"JPEG image", NULL}, BYTES(0, "\xff\xd8\xff"), NULL},
	{{"compiled watchlist", NULL}, BYTES(0, "KULLAWL"), NULL},
};

const struct content *content_of(slice start)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];
		if (start.n < m->at + m->bytes.n || !slice_starts(slice_sub(start, m->at, m->bytes.n), m->bytes)) continue;
		if (m->check == NULL || m->check(start)) return &m->content;
	}
	return NULL;
}
