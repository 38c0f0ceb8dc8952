/* Proof files. */
#include "proof_file.h"
#include "limit.h"
#include "text.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

void proof_file_put(struct buf *b, const struct proof_file *p)
{
	buf_add_text(b, FIRST_LINE "\n");
	if (p->extra.n > 0) {
		buf_add_text(b, "extra ");
		text_put_base64(b, p->extra);
		buf_add_byte(b, '\n');
	}
	buf_printf(b, "index %llu\n", (unsigned long long)p->index);
	proof_put_lines(b, &p->proof);
	buf_add_byte(b, '\n');
	buf_add(b, p->note);
}

/* The optional second line. */
static enum err extra_read(slice *rest, uint64_t *line, struct arena *a, struct proof_file *p, struct fault *f)
{
	if (!slice_starts(*rest, SLICE("extra "))) return OK;
	slice text = slice_sub(slice_cut(rest, '\n'), 6, SIZE_MAX);
	if (text.n / 4 * 3 > PROOF_FILE_EXTRA_BYTES_MAX + 2)
		return fault_set(f, ERR_LIMIT, *line, 0, "PROOF_FILE_EXTRA_BYTES_MAX: extra data of %zu characters", text.n);
	if (text.n == 0 || !text_get_base64(a, text, &p->extra))
		return fault_set(f, ERR_SYNTAX, *line, 0, "tlog-proof: behind extra stands base64");
	++*line;
	return OK;
}

enum err proof_file_parse(slice bytes, struct arena *a, struct proof_file *out, struct fault *f)
{
	struct proof_file p = {0};
	struct note note = {0};
	slice rest = bytes;
	uint64_t line = 2;

	if (bytes.n > PROOF_FILE_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "PROOF_FILE_BYTES_MAX: a proof of %zu bytes", bytes.n);
	if (!slice_equal(slice_cut(&rest, '\n'), SLICE(FIRST_LINE)))
		return fault_set(f, ERR_SYNTAX, 1, 0, "tlog-proof: the first line is " FIRST_LINE);
	enum err e = extra_read(&rest, &line, a, &p, f);
	if (e != OK) return e;
	slice index = slice_cut(&rest, '\n');
	if (!slice_starts(index, SLICE("index ")) || !text_get_decimal(slice_sub(index, 6, SIZE_MAX), &p.index))
		return fault_set(f, ERR_SYNTAX, line, 0, "tlog-proof: a line \"index N\", decimal without leading zeroes, stands here");
	line++;
	e = proof_get_lines(&rest, PROOF_HASHES_MAX, &line, &p.proof, f);
	if (e != OK) return e;
	e = note_parse(rest, a, &note, f);
	if (e != OK) {
		if (f != NULL && f->line != 0) f->line += line - 1; /* counted from the file's start */
		return e;
	}
	p.note = rest;
	*out = p;
	return OK;
}

enum err proof_file_check(const struct proof_file *p, const digest *leaf, const struct policy *policy, struct arena *a,
	struct policy_verdict *out, struct fault *f)
{
	struct policy_verdict v = {0};
	enum err e = policy_judge(policy, p->note, a, &v, f);

	if (e == OK) e = proof_check_inclusion(&p->proof, p->index, leaf, &v.checkpoint.head, f);
	if (e != OK) return e;
	if (!v.quorum) {
		struct buf missing = {0};
		policy_put_missing(&missing, policy, v.witnessed);
		e = fault_set(f, ERR_NOT_FOUND, 0, 0, "tlog-policy: the quorum is not met: %.*s", SLICE_PRINTF(buf_slice(&missing)));
		buf_free(&missing);
		return e;
	}
	*out = v;
	return OK;
}
