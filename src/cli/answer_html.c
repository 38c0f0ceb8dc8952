/* The brief as a page: HTML that is XML too, without scripts and without anything from elsewhere, for one sheet of A4. The marking stands
 * in head and foot, on the screen and in print, in the colours of TLP 2.0 (FIRST, "TLP v2.0", table of colour codes): each on black, 12
 * points or larger, at the right. */
#include <stdlib.h>
#include "brief.h"

#define WHOLE_BYTES_MAX 40u

/* In the order of enum tlp. */
static const char *const colors[] = {"#ffffff", "#33ff00", "#ffc000", "#ffc000", "#ff2b2b"};
static const char *const titles[] = {
	[BRIEF_HIT] = "Hit", [BRIEF_NONE] = "No indicator met", [BRIEF_UNCERTAIN] = "No answer that can be relied on"};
static const char *const edges[] = {[BRIEF_HIT] = "#b00020", [BRIEF_NONE] = "#3a5a78", [BRIEF_UNCERTAIN] = "#a86400"};

static const char style[] =
	"@page{size:A4;margin:14mm 16mm}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:178mm;padding:8mm 0;font:10.5pt/1.42 \"Liberation "
	"Sans\",Arial,Helvetica,sans-serif;color:#16191d;background:#fff}\n"
	".tlp{display:flex;justify-content:space-between;align-items:center;font-size:9pt;color:#555}\n"
	".tlp b{background:#000;padding:1mm 3mm;font:bold 12pt \"Liberation "
	"Sans\",Arial,Helvetica,sans-serif;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
	".exercise{margin:0 0 4mm;padding:2.5mm 4mm;background:#16191d;color:#fff;font-size:11pt;print-color-adjust:exact;-webkit-"
	"print-color-adjust:exact}\n"
	".exercise b{display:block;font-size:17pt;letter-spacing:1mm}\n"
	"h1{font-size:15pt;line-height:1.3;margin:7mm 0 6mm;padding:1mm 0 1mm 4mm;border-left:1.5mm solid}\n"
	"table{width:100%;border-collapse:collapse;margin-bottom:7mm}\n"
	"th,td{text-align:left;vertical-align:top;padding:2.1mm 0;border-top:.2mm solid #c9ced4;overflow-wrap:anywhere}\n"
	"th{width:27mm;padding-right:4mm;font-weight:bold;color:#333b44}\n"
	"tr:last-child td,tr:last-child th{border-bottom:.2mm solid #c9ced4}\n"
	"td span{white-space:nowrap}\n"
	"@media screen{body{padding:8mm 6mm}}\n"
	"@media "
	"print{body{padding:0;max-width:none;min-height:267mm;display:flex;flex-direction:column}footer{margin-top:auto}tr{break-inside:"
	"avoid}}\n";

static void *html_open(const struct answer_settings *s)
{
	const struct answer_settings **state = mem_alloc(sizeof *state);
	*state = s;
	return state;
}

static void html_hit(void *state, const struct answer_hit *h)
{
	(void)state; /* the summary's findings have taken it in */
	(void)h;
}

static void put_escaped(FILE *out, slice text)
{
	static const char *const names[256] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
	for (size_t i = 0; i < text.n; i++) {
		if (names[text.p[i]] != NULL) fputs(names[text.p[i]], out);
		else fputc(text.p[i], out);
	}
}

/* A date, an option or a name is not to be broken at its dashes. */
static void put_words(FILE *out, slice text)
{
	while (text.n > 0) {
		slice word = slice_cut(&text, ' ');
		bool whole = word.n <= WHOLE_BYTES_MAX && slice_find_byte(word, '-') < word.n;
		fputs(whole ? "<span>" : "", out);
		put_escaped(out, word);
		fputs(whole ? "</span>" : "", out);
		if (text.n > 0) fputc(' ', out);
	}
}

static void put_marking(FILE *out, const char *element, enum tlp marking, const char *beside)
{
	fprintf(out, "<%s class=\"tlp\"><span>%s</span><b style=\"color:%s\">%s</b></%s>\n", element, beside, colors[marking],
		tlp_text(marking), element);
}

/* Before all else; the foot says it too. */
static void put_exercise(FILE *out, const struct brief *b)
{
	if (b->exercise.n == 0) return;
	fputs("<div class=\"exercise\"><b>EXERCISE EXERCISE EXERCISE</b>", out);
	put_escaped(out, buf_slice(&b->exercise));
	fputs("</div>\n", out);
}

static void html_close(void *state, const struct summary *m)
{
	const struct answer_settings *s = *(const struct answer_settings **)state;
	const enum tlp marking = brief_marking(m);
	char beside[80], time[INSTANT_TEXT_BYTES];
	(void)instant_format(s->now, 6, time);
	struct brief b;
	brief_make(&b, m, s);
	fprintf(s->out,
		"<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>%s%s: %s</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		b.exercise.n > 0 ? "EXERCISE, " : "", tlp_text(marking), titles[b.verdict], style);
	(void)snprintf(beside, sizeof beside, "Kulla brief, as of %.10s %.5s UTC", time, time + 11);
	put_exercise(s->out, &b);
	put_marking(s->out, "header", marking, beside);
	fprintf(s->out, "<h1 style=\"border-color:%s\">", edges[b.verdict]);
	put_escaped(s->out, buf_slice(&b.lines[BRIEF_ANSWER].text));
	fputs("</h1>\n<table>\n", s->out);
	for (size_t i = 0; i < BRIEF_LINES; i++) {
		if (i == BRIEF_ANSWER) continue;
		fprintf(s->out, "<tr><th scope=\"row\">%s</th><td>", b.lines[i].label);
		put_words(s->out, buf_slice(&b.lines[i].text));
		fputs("</td></tr>\n", s->out);
	}
	fputs("</table>\n", s->out);
	put_marking(s->out, "footer", marking, b.exercise.n > 0 ? "EXERCISE. Times are UTC" : "Times are UTC");
	fputs("</body>\n</html>\n", s->out);
	brief_free(&b);
	free(state);
}

const struct answer answer_html = {html_open, html_hit, html_close};
