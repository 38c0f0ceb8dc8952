/* A row a format: where its signature stands. Sources: the formats' own documents; IANA media types. */
#include "file_type.h"

#include "text.h"

#define ROW(at, bytes, type)                                                                                                               \
	{                                                                                                                                  \
		(at), SLICE(bytes), (type)                                                                                                 \
	}
static const struct {
	size_t at;
	slice bytes;
	const char *type;
} ROWS[] = {
	ROW(0, "EVF\x09\x0d\x0a\xff\x00", "application/x-ewf"),
	ROW(0, "EVF2\x0d\x0a\x81\x00", "application/x-ewf2"),
	ROW(0, "ElfFile\x00", "application/x-ms-evtx"),
	ROW(0, "regf", "application/x-ms-registry-hive"),
	ROW(0, "\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
	ROW(0, "\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
	ROW(0, "\x0a\x0d\x0d\x0a", "application/x-pcapng"),
	ROW(0, "SQLite format 3\x00", "application/vnd.sqlite3"),
	ROW(0, "%PDF-", "application/pdf"),
	ROW(0, "PK\x03\x04", "application/zip"),
	ROW(0, "\x1f\x8b", "application/gzip"),
	ROW(0, "\x28\xb5\x2f\xfd", "application/zstd"),
	ROW(0,
		"\xfd"
		"7zXZ\x00",
		"application/x-xz"),
	ROW(0, "BZh", "application/x-bzip2"),
	ROW(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
	ROW(0, "Rar!\x1a\x07", "application/vnd.rar"),
	ROW(257, "ustar", "application/x-tar"),
	ROW(0,
		"\x7f"
		"ELF",
		"application/x-elf"),
	ROW(0, "MZ", "application/vnd.microsoft.portable-executable"),
	ROW(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
	ROW(0, "\x89PNG\x0d\x0a\x1a\x0a", "image/png"),
	ROW(0, "\xff\xd8\xff", "image/jpeg"),
	ROW(0, "GIF8", "image/gif"),
	ROW(4, "ftyp", "video/mp4"),
	ROW(0, "KDMV", "application/x-vmdk"),
	ROW(0, "QFI\xfb", "application/x-qemu-disk"),
	ROW(0, "vhdxfile", "application/x-vhdx"),
	ROW(0, "conectix", "application/x-vhd"),
	ROW(510, "\x55\xaa", "application/x-raw-disk-image"),
};

/* Text as a log or a note has it: printable, with line ends and tabs. A sequence that is cut by the head's end counts. */
static bool is_text(slice head)
{
	for (slice rest = head; rest.n > 0;) {
		uint32_t point = 0;
		unsigned n = text_utf8_next(rest, &point);
		if (n == 0) return rest.n < 4 && head.n == FILE_TYPE_BYTES;
		if (point < 0x20 && point != '\n' && point != '\r' && point != '\t') return false;
		rest = slice_sub(rest, n, SIZE_MAX);
	}
	return head.n > 0;
}

const char *file_type(slice head)
{
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		if (slice_equal(slice_sub(head, ROWS[i].at, ROWS[i].bytes.n), ROWS[i].bytes)) return ROWS[i].type;
	return is_text(head) ? "text/plain" : "";
}
