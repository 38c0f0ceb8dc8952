/* A compiled set from whoever wrote it: magic, version, length and checksums are put right, so that the rest is met, not the checksum. A
 * set that opens is read through, and a text is scanned with it that holds what the corpus's sets look for. The memory is exactly as long
 * as the set. */
#include <stdlib.h>
#include <xxhash.h>

#include "watchlist_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] = "2022-05-01T10:00:00Z 203.0.113.7 10.1.2.3 2001:db8::1 fe80::1 a.evil.example.com bob@evil.example.com\n"
			   "GET http://evil.example.com/x?a=1 HTTP/1.1 evil.example.com/y d41d8cd98f00b204e9800998ecf8427e "
			   "da39a3ee5e6b4b0d3255bfef95601890afd80709\n"
			   "{\"EventID\":1,\"EventData\":{\"CommandLine\":\"cmd.exe /c evil "
			   "tool\",\"Image\":\"C:\\\\x\\\\evil.exe\",\"TargetObject\":\"HKLM\\\\Software\\\\Evil\"}}\n"
			   "evil words here, evil.exe, C:\\x\\evil file.doc, HKLM\\Software\\Evil\n";

static void put_right(uint8_t *p, size_t n)
{
	struct watchlist_header *h = (void *)p;
	memcpy(h->magic, WATCHLIST_MAGIC, sizeof h->magic);
	h->version = WATCHLIST_VERSION;
	h->bytes = n;
	h->check = XXH3_64bits(p + sizeof *h, n - sizeof *h);
	h->header_check = XXH3_64bits(h, offsetof(struct watchlist_header, header_check));
}

static unsigned touch(slice s)
{
	unsigned sum = 0;
	for (size_t i = 0; i < s.n; i++) sum += s.p[i];
	return sum;
}

static unsigned read_through(const struct watchlist *w)
{
	slice id, reason;
	unsigned sum = 0;
	for (size_t i = 0; i < watchlist_terms(w) && i < 1000; i++) {
		struct watched x = watchlist_get(w, (uint32_t)i);
		const slice all[] = {x.id, x.value, x.name, x.author, x.labels, x.warninglist};
		for (size_t k = 0; k < sizeof all / sizeof *all; k++) sum += touch(all[k]);
		sum += touch(slice_from(tlp_text(x.marking))) + touch(slice_from(observable_stix_type(x.type))) +
		       watchlist_superseded(w, (uint32_t)i);
	}
	for (size_t i = 0; i < 1000 && watchlist_unmatchable(w, i, &id, &reason); i++) sum += touch(id) + touch(reason);
	return sum + (unsigned)watchlist_counts_at(w, INT64_MAX).expired;
}

static void scan(const struct watchlist *w, const uint8_t *bytes)
{
	struct scan_settings s = {.url_prefix = true, .telemetry = {.year = 2022}};
	struct scan_result r;
	for (int path = SCAN_BEST; path <= SCAN_AVX512; path++) {
		struct scanner *scanner = scanner_new(w, &s, (enum scan_path)path);
		if (scanner == NULL) continue;
		for (int format = 0; format < FORMAT_COUNT; format++) {
			if (format == FORMAT_ZEEK_TSV) continue; /* needs a header */
			struct scan_chunk c = {.bytes = slice_of(bytes + SCAN_MARGIN, sizeof text - 1), .format = (enum format)format};
			scan_chunk(scanner, &c, &r);
		}
		scanner_free(scanner);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watchlist *w;
	struct fault f;
	if (size < sizeof(struct watchlist_header)) return 0;
	uint8_t *set; /* posix_memalign: of exactly this length, so that a sanitizer sees a reach beyond the set */
	if (posix_memalign((void **)&set, 64, size) != 0) abort();
	memcpy(set, data, size);
	put_right(set, size);
	if (watchlist_open(slice_of(set, size), &w, &f) == OK) {
		uint8_t *bytes = mem_alloc(sizeof text + 2 * SCAN_MARGIN);
		memcpy(bytes + SCAN_MARGIN, text, sizeof text - 1);
		volatile unsigned sum = read_through(w);
		(void)sum;
		scan(w, bytes);
		free(bytes);
		watchlist_free(w);
	}
	free(set);
	return 0;
}
