/* The answer of a verification. */
#include "verify_print.h"

#include "command.h"
#include "json.h"

static void put_text(struct buf *b, const char *key, slice text)
{
	if (text.n > 0) json_put_member_text(b, key, text);
	else json_put_member_null(b, key);
}

static void put_count(struct buf *b, const char *key, uint64_t n)
{
	json_put_member_int(b, key, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static void put_place(struct buf *b, const char *key, uint64_t n)
{
	if (n != VERIFY_NOWHERE) put_count(b, key, n);
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) json_put_member_null(b, key);
	else json_put_member_text(b, key, slice_from(instant_format(t, 6, text)));
}

static void line_end(struct verify_print *p)
{
	buf_add_text(&p->line, "}\n");
	(void)fwrite(p->line.p, 1, p->line.n, p->out);
	buf_clear(&p->line);
}

/* ---- findings ---- */
static void finding_json(struct verify_print *p, const struct verify_finding *found)
{
	buf_add_text(&p->line, found->fault ? "{\"kind\":\"fault\"" : "{\"kind\":\"note\"");
	json_put_member_text(&p->line, "where", slice_from(*found->file != 0 ? found->file : "ledger"));
	json_put_member_text(&p->line, "text", slice_from(found->text));
	put_place(&p->line, "entry", found->entry);
	put_place(&p->line, "offset", found->offset);
	line_end(p);
}

static void finding_text(struct verify_print *p, const struct verify_finding *found)
{
	struct buf *b = &p->line;
	buf_printf(b, "%s%s", found->fault ? "" : "note: ", *found->file != 0 ? found->file : "ledger");
	if (found->entry != VERIFY_NOWHERE) buf_printf(b, ": entry %llu", (unsigned long long)found->entry);
	if (found->offset != VERIFY_NOWHERE) buf_printf(b, ": byte %llu", (unsigned long long)found->offset);
	buf_printf(b, ": %s", found->text);
	put_visible(p->out, buf_slice(b));
	(void)fputc('\n', p->out);
	buf_clear(b);
}

void verify_print_finding(void *print, const struct verify_finding *found)
{
	struct verify_print *p = print;
	if (p->json) finding_json(p, found);
	else finding_text(p, found);
}

/* ---- the answer ---- */

/* Whether a rollback of the newest part can be excluded, and by what. */
static slice rollback(const struct verify_request *r, const struct verify_answer *a)
{
	if (r->outside == NULL || a->outside == VERIFY_UNPROVEN) return SLICE("cannot be excluded");
	if (a->outside == VERIFY_AHEAD || a->outside == VERIFY_CONFLICT) return SLICE("has happened");
	return a->outside == VERIFY_SAME ? SLICE("excluded by the head given") : SLICE("excluded up to the head given");
}

static const slice POLICIES[] = {[VERIFY_POLICY_NONE] = SLICE("none"),
	[VERIFY_POLICY_UNKNOWN] = SLICE("unknown"),
	[VERIFY_POLICY_MET] = SLICE("met"),
	[VERIFY_POLICY_MISSING] = SLICE("not met")};

static void put_head(struct buf *b, const char *key, const struct tree_head *head)
{
	char root[DIGEST_BASE64_BYTES + 1];
	json_put_key(b, key);
	buf_add_byte(b, '{');
	put_count(b, "size", head->size);
	json_put_member_text(b, "root", slice_from(digest_base64(&head->root, root)));
	buf_add_byte(b, '}');
}

static void put_cosignatures(struct buf *b, const struct verify_answer *a)
{
	json_put_key(b, "cosignatures");
	buf_add_byte(b, '[');
	for (unsigned i = 0; i < a->cosignatures_n; i++) {
		buf_add_text(b, i > 0 ? ",{" : "{");
		json_put_member_text(b, "witness", a->cosignatures[i].witness);
		put_time(b, "time",
			(instant)a->cosignatures[i].time <= INT64_MAX / 1000000 ? (instant)a->cosignatures[i].time * 1000000
										: INSTANT_NONE);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

static void answer_json(struct verify_print *p, const struct verify_request *r, const struct verify_answer *a)
{
	char root[DIGEST_BASE64_BYTES + 1];
	struct buf *b = &p->line;
	buf_add_text(b, "{\"kind\":\"summary\"");
	json_put_member_bool(b, "holds", a->holds);
	put_count(b, "entries", a->head.size);
	put_text(b, "root", a->origin.n > 0 ? slice_from(digest_base64(&a->head.root, root)) : (slice){0});
	put_count(b, "faults", a->faults);
	put_count(b, "notes", a->notes);
	put_text(b, "origin", a->origin);
	put_text(b, "key", a->key);
	json_put_member_bool(b, "key_given", a->key_given);
	json_put_member_bool(b, "exercise", a->exercise);
	put_head(b, "checkpoint", &a->published);
	put_count(b, "journal_entries", a->journal_entries);
	put_count(b, "torn_bytes", a->torn_bytes);
	put_count(b, "unknown_entries", a->unknown_entries);
	put_count(b, "rotations", a->rotations);
	put_count(b, "doubtful", a->doubtful);
	put_time(b, "since", a->since);
	put_time(b, "last", a->last);
	put_text(b, "head", slice_from(verify_outside_text(a->outside)));
	json_put_member_text(b, "rollback", rollback(r, a));
	put_count(b, "cosigned_size", a->cosigned_size);
	put_cosignatures(b, a);
	json_put_member_text(b, "policy", POLICIES[a->policy]);
	put_text(b, "policy_missing", a->policy_missing);
	json_put_member_bool(b, "blobs_looked_at", r->blobs != NULL);
	put_count(b, "blobs", a->blobs);
	put_count(b, "erased", a->blobs_erased);
	line_end(p);
}

static void put_outside_text(struct buf *b, const struct verify_request *r, const struct verify_answer *a)
{
	slice text = rollback(r, a);
	if (r->outside == NULL) buf_add_text(b, "; against no outside head: a rollback cannot be excluded");
	else
		buf_printf(b, "; against a head of %llu entries: %s, a rollback %s%.*s", (unsigned long long)r->outside->size,
			verify_outside_text(a->outside), a->outside == VERIFY_SAME || a->outside == VERIFY_CONSISTENT ? "is " : "",
			SLICE_PRINTF(text));
	if (a->cosignatures_n > 0)
		buf_printf(b, "; %u witness%s cosigned %llu entries", a->cosignatures_n, a->cosignatures_n > 1 ? "es" : "",
			(unsigned long long)a->cosigned_size);
	if (a->policy != VERIFY_POLICY_NONE) buf_printf(b, "; the policy is %.*s", SLICE_PRINTF(POLICIES[a->policy]));
	if (a->policy_missing.n > 0) buf_printf(b, " (%.*s)", SLICE_PRINTF(a->policy_missing));
}

static void answer_text(struct verify_print *p, const struct verify_request *r, const struct verify_answer *a)
{
	char since[INSTANT_TEXT_BYTES] = "a time that is not known";
	struct buf *b = &p->line;
	if (a->since != INSTANT_NONE) instant_format(a->since, 0, since);
	if (a->holds) buf_add_text(b, "The ledger holds");
	else buf_printf(b, "THE LEDGER DOES NOT HOLD (%llu fault%s)", (unsigned long long)a->faults, a->faults > 1 ? "s" : "");
	if (a->origin.n > 0)
		buf_printf(b, ": %.*s%s, %llu entries since %s", SLICE_PRINTF(a->origin), a->exercise ? " (an exercise)" : "",
			(unsigned long long)a->head.size, since);
	if (a->doubtful > 0) buf_printf(b, ", %llu of them doubtful", (unsigned long long)a->doubtful);
	put_outside_text(b, r, a);
	if (!a->key_given && a->origin.n > 0) buf_add_text(b, "; whose it is, its own first entry says");
	put_visible(p->out, buf_slice(b));
	(void)fputc('\n', p->out);
	buf_clear(b);
}

void verify_print_answer(struct verify_print *p, const struct verify_request *r, const struct verify_answer *a)
{
	if (p->json) answer_json(p, r, a);
	else answer_text(p, r, a);
}

void verify_print_free(struct verify_print *p)
{
	buf_free(&p->line);
}
