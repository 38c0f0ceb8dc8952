/* The brief as text: ten lines, and before them one that says so where all is an exercise; in a file or a pipe of any length, on a terminal
 * folded at its width under their labels. */
#include <stdlib.h>
#include "brief.h"
#include "visible.h"

#define LABEL_COLUMNS 13u

static void *brief_open(const struct answer_settings *s)
{
	const struct answer_settings **state = mem_alloc(sizeof *state);
	*state = s;
	return state;
}

static void brief_hit(void *state, const struct answer_hit *h)
{
	(void)state; /* the summary's findings have taken it in */
	(void)h;
}

/* Words one by one; one that does not fit begins a line under the first. */
static void fold_put(const struct answer_settings *s, slice text)
{
	size_t at = LABEL_COLUMNS, width = s->terminal ? s->width : SIZE_MAX;
	for (bool first = true; text.n > 0; first = false) {
		slice word = slice_cut(&text, ' ');
		size_t columns = visible_columns(word, s->ascii);
		if (!first && at + 1 + columns > width) {
			fprintf(s->out, "\n%*s", (int)LABEL_COLUMNS, "");
			at = LABEL_COLUMNS;
		} else if (!first) {
			fputc(' ', s->out);
			at++;
		}
		visible_put(s->out, word, s->ascii);
		at += columns;
	}
	fputc('\n', s->out);
}

static void brief_close(void *state, const struct summary *m)
{
	static const char *const paints[] = {[BRIEF_HIT] = "\033[1;31m", [BRIEF_NONE] = "\033[1m", [BRIEF_UNCERTAIN] = "\033[1;35m"};
	const struct answer_settings *s = *(const struct answer_settings **)state;
	struct brief b;
	brief_make(&b, m, s);
	if (b.exercise.n > 0) {
		fprintf(s->out, "%s%-*s", s->color ? "\033[1;7m" : "", (int)LABEL_COLUMNS, "EXERCISE");
		fold_put(s, buf_slice(&b.exercise));
		fputs(s->color ? "\033[0m" : "", s->out);
	}
	for (size_t i = 0; i < BRIEF_LINES; i++) {
		bool painted = s->color && i == BRIEF_ANSWER;
		fprintf(s->out, "%-*s%s", (int)LABEL_COLUMNS, b.lines[i].label, painted ? paints[b.verdict] : "");
		fold_put(s, buf_slice(&b.lines[i].text));
		if (painted) fputs("\033[0m", s->out);
	}
	brief_free(&b);
	free(state);
}

const struct answer answer_brief = {brief_open, brief_hit, brief_close};
