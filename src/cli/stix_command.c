/* kulla stix pattern: is this a pattern? One a line on standard input, one verdict a line on standard output. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "json.h"
#include "limit.h"
#include "pattern.h"

#define READ_BYTES (64u << 10)

struct pattern_options {
	bool json, old;
};
static const struct option pattern_options[] = {
	{.name = "json", .kind = OPTION_FLAG, .place = offsetof(struct pattern_options, json), .help = "JSON lines: a verdict per pattern"},
	{.name = "stix20", .kind = OPTION_FLAG, .place = offsetof(struct pattern_options, old), .help = "by the grammar of STIX 2.0"},
	{0},
};

struct judging {
	const struct pattern_options *options;
	struct arena *arena;
	struct buf line, out;
	bool too_long; /* the line so far is longer than a pattern may be: the rest of it is passed over */
	uint64_t line_no, invalid;
};

static void verdict_json(struct judging *j, const struct fault *f)
{
	struct buf *b = &j->out;
	buf_clear(b);
	buf_add_text(b, "{\"kind\":\"verdict\"");
	json_put_member_bool(b, "valid", f == NULL);
	json_put_member_int(b, "line", (int64_t)j->line_no);
	json_put_key(b, "errors");
	buf_add_byte(b, '[');
	if (f != NULL) {
		buf_add_byte(b, '{');
		json_put_member_text(b, "section", j->options->old ? SLICE("STIX 2.0 part 5") : SLICE("STIX 2.1 9"));
		json_put_member_int(b, "offset", (int64_t)f->offset);
		json_put_member_text(b, "text", slice_from(f->text));
		buf_add_byte(b, '}');
	}
	buf_add_text(b, "]}\n");
	(void)fwrite(b->p, 1, b->n, stdout);
}

static void verdict_text(const struct judging *j, const struct fault *f)
{
	printf("line %llu: ", (unsigned long long)j->line_no);
	if (f == NULL) {
		puts("valid");
		return;
	}
	fputs("not valid: ", stdout);
	put_visible(stdout, slice_from(f->text));
	putchar('\n');
}

static void judge(struct judging *j)
{
	struct pattern_node *tree;
	struct fault f = {0};
	enum err e;
	j->line_no++;
	if (j->too_long)
		e = fault_set(
			&f, ERR_LIMIT, 0, PATTERN_BYTES_MAX, "the pattern is longer than PATTERN_BYTES_MAX = %u bytes", PATTERN_BYTES_MAX);
	else e = pattern_parse(j->arena, slice_trim(buf_slice(&j->line)), j->options->old ? 20 : 21, &tree, &f);
	j->invalid += e != OK;
	if (j->options->json) verdict_json(j, e != OK ? &f : NULL);
	else verdict_text(j, e != OK ? &f : NULL);
	arena_reset(j->arena);
	buf_clear(&j->line);
	j->too_long = false;
}

static void take(struct judging *j, slice bytes)
{
	while (bytes.n > 0) {
		size_t n = slice_find_byte(bytes, '\n');
		if (j->line.n + n > PATTERN_BYTES_MAX) j->too_long = true;
		if (!j->too_long) buf_add(&j->line, slice_sub(bytes, 0, n));
		if (n == bytes.n) return;
		judge(j);
		bytes = slice_sub(bytes, n + 1, bytes.n);
	}
}

static int judge_all(struct judging *j)
{
	struct buf in = {0};
	(void)buf_reserve(&in, READ_BYTES);
	ssize_t n = 1;
	while (n > 0) {
		n = read(STDIN_FILENO, in.p, READ_BYTES);
		if (n < 0 && errno == EINTR) n = 1;
		else if (n > 0) take(j, slice_of(in.p, (size_t)n));
	}
	if (j->line.n > 0 || j->too_long) judge(j);
	buf_free(&in);
	if (n == 0) return j->invalid > 0 ? EXIT_NONE : 0;
	fprintf(stderr, "kulla: standard input cannot be read: %s\n", strerror(errno));
	return EXIT_ERROR;
}

static int pattern_run(const struct command *c, int argc, char *const *argv)
{
	struct pattern_options o = {0};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	if (options_parse(a, pattern_options, argc, argv, &o, &rest, &f) != OK) {
		(void)command_usage_error(c, f.text);
	} else if (rest.n > 0) {
		(void)command_usage_error(c, "stix pattern reads patterns from standard input, one a line; it takes no files");
	} else {
		struct judging j = {.options = &o, .arena = arena_new(0)};
		command_confine(NULL, false);
		code = judge_all(&j);
		buf_free(&j.line);
		buf_free(&j.out);
		arena_free(j.arena);
	}
	arena_free(a);
	return code;
}

const struct command command_stix_pattern = {
	.name = "stix pattern",
	.summary = "is this a STIX pattern",
	.usage = "[OPTIONS] <PATTERNS",
	.text = "Reads patterns from standard input, one a line, and says of each whether it is one (STIX 2.1, part 9), and if not, where "
		"and why.\n"
		"Exit codes: 0 all are valid, 1 some are not, 2 error.\n",
	.examples = "  echo \"[domain-name:value = 'evil.example']\" | kulla stix pattern\n  kulla stix pattern --json <patterns.txt | jq "
		    ".valid\n",
	.options = pattern_options,
	.run = pattern_run,
};
