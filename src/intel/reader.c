/* The readers behind one face: byte-order marks go, UTF-16 becomes UTF-8, the format's own reader does the rest.
 * Invariant: once a feed has failed, every later one fails the same way. */
#include "intel_int.h"
#include "text.h"
#include <stdlib.h>

enum coding { CODING_UNKNOWN, CODING_UTF8, CODING_UTF16_LE, CODING_UTF16_BE };
struct intel_reader {
	const struct reader_kind *kind;
	void *inner;
	struct intel_sink sink;
	struct buf author;
	enum coding coding;
	uint8_t head[3];
	size_t head_n; /* first bytes, until the coding is known */
	uint8_t odd[2];
	size_t odd_n;    /* half of a UTF-16 unit */
	uint32_t high;   /* a high surrogate that waits for its low one */
	struct buf text; /* transcoded */
	enum err failed;
	struct fault fault;
};

static const struct {
	const struct reader_kind *kind;
} kinds[] = {
	[INTEL_PLAIN] = {&reader_plain},
	[INTEL_CSV] = {&reader_csv},
	[INTEL_STIX] = {&reader_stix},
	[INTEL_MISP] = {&reader_misp},
	[INTEL_ZEEK] = {&reader_zeek_intel},
	[INTEL_DATASET] = {&reader_dataset},
	[INTEL_HOSTS] = {&reader_hosts},
	[INTEL_RPZ] = {&reader_rpz},
	[INTEL_OPENIOC] = {&reader_openioc},
	[INTEL_YARA] = {&reader_yara},
	[INTEL_SIGMA] = {&reader_sigma},
	[INTEL_SNORT] = {&reader_snort},
};

struct intel_reader *intel_reader_new(enum intel_format format, slice author, const struct intel_sink *sink)
{
	size_t at = (size_t)format;
	if (at >= sizeof kinds / sizeof *kinds || kinds[at].kind == NULL) return NULL;
	struct intel_reader *r = mem_alloc(sizeof *r);
	r->kind = kinds[at].kind;
	r->sink = *sink;
	buf_add(&r->author, author);
	r->inner = r->kind->open(buf_slice(&r->author), &r->sink);
	return r;
}

static void put_code_point(struct buf *out, uint32_t c)
{
	uint8_t bytes[4];
	buf_add(out, slice_of(bytes, text_utf8_put(c, bytes)));
}

static void put_unit(struct intel_reader *r, uint32_t unit)
{
	bool low = unit >= 0xDC00 && unit <= 0xDFFF, high = unit >= 0xD800 && unit <= 0xDBFF;
	if (r->high != 0) {
		put_code_point(&r->text, low ? 0x10000 + ((r->high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
		r->high = 0;
		if (low) return;
	}
	if (high) r->high = unit;
	else put_code_point(&r->text, low ? 0xFFFD : unit);
}

static enum err feed_text(struct intel_reader *r, slice bytes, struct fault *f)
{
	if (bytes.n == 0) return OK;
	if (r->coding == CODING_UTF8) return r->kind->feed(r->inner, bytes, f);
	buf_clear(&r->text);
	for (size_t i = 0; i < bytes.n; i++) {
		r->odd[r->odd_n++] = bytes.p[i];
		if (r->odd_n < 2) continue;
		bool big = r->coding == CODING_UTF16_BE;
		put_unit(r, (uint32_t)r->odd[big ? 0 : 1] << 8 | r->odd[big ? 1 : 0]);
		r->odd_n = 0;
	}
	return r->text.n == 0 ? OK : r->kind->feed(r->inner, buf_slice(&r->text), f);
}

/* The first bytes tell the coding; what is no mark is text. */
static enum err settle(struct intel_reader *r, struct fault *f)
{
	slice head = slice_of(r->head, r->head_n);
	size_t mark = 0;
	r->coding = CODING_UTF8;
	if (slice_starts(head, SLICE("\xEF\xBB\xBF"))) mark = 3;
	if (slice_starts(head, SLICE("\xFF\xFE"))) {
		r->coding = CODING_UTF16_LE;
		mark = 2;
	}
	if (slice_starts(head, SLICE("\xFE\xFF"))) {
		r->coding = CODING_UTF16_BE;
		mark = 2;
	}
	return feed_text(r, slice_sub(head, mark, head.n), f);
}

static enum err feed(struct intel_reader *r, slice bytes, struct fault *f)
{
	while (r->coding == CODING_UNKNOWN && bytes.n > 0) {
		r->head[r->head_n++] = bytes.p[0];
		bytes = slice_sub(bytes, 1, bytes.n);
		if (r->head_n < sizeof r->head) continue;
		enum err e = settle(r, f);
		if (e != OK) return e;
	}
	return feed_text(r, bytes, f);
}

static enum err remember(struct intel_reader *r, enum err e, struct fault *f)
{
	if (e == OK) return OK;
	if (r->failed == OK) {
		r->failed = e;
		if (r->fault.kind == OK) (void)fault_set(&r->fault, e, 0, 0, "%s", err_text(e));
	}
	if (f != NULL) *f = r->fault;
	return r->failed;
}

enum err intel_reader_feed(struct intel_reader *r, slice bytes, struct fault *f)
{
	enum err e = r->failed != OK ? r->failed : feed(r, bytes, &r->fault);
	return remember(r, e, f);
}

enum err intel_reader_end(struct intel_reader *r, struct fault *f)
{
	enum err e = r->failed;
	if (e == OK && r->coding == CODING_UNKNOWN) e = settle(r, &r->fault);
	if (e == OK) e = r->kind->end(r->inner, &r->fault);
	return remember(r, e, f);
}

void intel_reader_free(struct intel_reader *r)
{
	if (r == NULL) return;
	r->kind->close(r->inner);
	buf_free(&r->author);
	buf_free(&r->text);
	free(r);
}
