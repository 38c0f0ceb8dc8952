/* libyara, walled in. Nothing here is trusted by the other end: a crash ends this process, and costs one file.
 * Each file of rules is a namespace of its own: two may use one name, and a `global` rule reaches no other file. Includes are off, and a
 * rule that asks a module for what only a sandbox's report or a database on disk could tell (cuckoo, magic) is refused, because it could
 * never match. */
#include "yara_worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <yara.h>

#include "confine.h"
#include "text.h"

#define ANSWER_PIECE_BYTES (64u << 10) /* frames are written when so many bytes wait */
#define SAYS_MAX 100

struct yara_worker {
	const struct yara_setup *setup;
	int out;
	struct buf frames;
	uint32_t source; /* that is being compiled */
	unsigned said;
	YR_RULES *rules;
	YR_SCANNER *scanner;
	unsigned matched;
	bool cut;
	const char *module; /* one that cannot be had */
	struct wire_rule rule;
};

static void answer(struct yara_worker *w)
{
	if (!worker_answer(w->out, &w->frames)) _exit(1); /* nobody listens any more */
}

static void say(struct yara_worker *w, enum wire_level level, int line, const char *text)
{
	struct wire_says says = {.level = level, .source = w->source, .line = line > 0 ? (uint32_t)line : 0, .text = slice_from(text)};
	if (w->said++ < SAYS_MAX) wire_put_says(&w->frames, &says);
}

/* ---- rules ---- */

static void on_compile(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *context)
{
	(void)file;
	(void)rule;
	say(context, level == YARA_ERROR_LEVEL_ERROR ? WIRE_ERROR : WIRE_WARNING, line, message);
}

static bool define_variables(YR_COMPILER *c)
{
	static const char *const names[] = {"filename", "filepath", "extension"};
	bool done = true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		done = done && yr_compiler_define_string_variable(c, names[i], "") == ERROR_SUCCESS;
	return done;
}

/* False: said why. */
static bool compile_source(struct yara_worker *w, YR_COMPILER *c, uint32_t i)
{
	const struct yara_source *s = &w->setup->sources[i];
	size_t nul = slice_find_byte(s->bytes, 0);
	w->source = i;
	if (nul < s->bytes.n) {
		say(w, WIRE_ERROR, 0, "rules are text: there is a NUL byte in it (compiled rules are not taken)");
		return false;
	}
	return yr_compiler_add_string(c, (const char *)s->bytes.p, s->path) == 0;
}

static bool compile(struct yara_worker *w)
{
	YR_COMPILER *c = NULL;
	bool good = yr_initialize() == ERROR_SUCCESS && yr_compiler_create(&c) == ERROR_SUCCESS;
	if (good) {
		yr_compiler_set_callback(c, on_compile, w);
		yr_compiler_set_include_callback(c, NULL, NULL, NULL);
		good = define_variables(c);
	}
	for (size_t i = 0; i < w->setup->sources_n && good; i++) good = compile_source(w, c, (uint32_t)i);
	int e = good ? yr_compiler_get_rules(c, &w->rules) : ERROR_SUCCESS;
	if (e != ERROR_SUCCESS) say(w, WIRE_ERROR, 0, "the rules cannot be put together: not enough memory");
	if (c != NULL) yr_compiler_destroy(c);
	return good && e == ERROR_SUCCESS && yr_scanner_create(w->rules, &w->scanner) == ERROR_SUCCESS;
}

/* ---- matches ---- */

static slice text_of(const char *text, bool *cut)
{
	slice all = slice_from(text);
	*cut |= all.n > YARA_TEXT_BYTES_MAX;
	return slice_sub(all, 0, YARA_TEXT_BYTES_MAX);
}

static void take_tags(struct wire_rule *r, const YR_RULE *rule)
{
	const char *tag;
	yr_rule_tags_foreach(rule, tag)
	{
		if (r->tags_n == YARA_LIST_MAX) {
			r->cut = true;
			return;
		}
		r->tags[r->tags_n++] = text_of(tag, &r->cut);
	}
}

static void take_metas(struct wire_rule *r, const YR_RULE *rule)
{
	const YR_META *m;
	yr_rule_metas_foreach(rule, m)
	{
		if (r->metas_n == YARA_LIST_MAX) {
			r->cut = true;
			return;
		}
		struct wire_value *v = &r->metas[r->metas_n++];
		*v = (struct wire_value){.name = text_of(m->identifier, &r->cut)};
		v->type = m->type == META_TYPE_STRING ? WIRE_META_TEXT : m->type == META_TYPE_BOOLEAN ? WIRE_META_BOOL : WIRE_META_INTEGER;
		if (v->type == WIRE_META_TEXT) v->text = text_of(m->string, &r->cut);
		else v->number = m->integer;
	}
}

static void take_places(struct wire_rule *r, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	const YR_STRING *s;
	const YR_MATCH *m;
	yr_rule_strings_foreach(rule, s)
	{
		yr_string_matches_foreach(context, s, m)
		{
			if (r->places_all++ >= YARA_LIST_MAX) continue;
			size_t shown = m->data_length < 0 ? 0 : (size_t)m->data_length;
			r->places[r->places_n++] = (struct wire_place){.name = text_of(s->identifier, &r->cut),
				.offset = (uint64_t)(m->base + m->offset),
				.bytes = (uint64_t)m->match_length,
				.shown = slice_of(m->data, shown < YARA_SHOWN_BYTES_MAX ? shown : YARA_SHOWN_BYTES_MAX)};
		}
	}
}

static uint32_t source_of(const struct yara_worker *w, const YR_RULE *rule)
{
	for (size_t i = 0; i < w->setup->sources_n; i++)
		if (strcmp(w->setup->sources[i].path, rule->ns->name) == 0) return (uint32_t)i;
	return 0;
}

static void take_rule(struct yara_worker *w, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	struct wire_rule *r = &w->rule;
	w->cut |= w->matched == YARA_FRAMES_MAX;
	if (w->matched == YARA_FRAMES_MAX) return;
	w->matched++;
	r->tags_n = r->metas_n = r->places_n = 0;
	r->places_all = 0;
	r->cut = false;
	r->source = source_of(w, rule);
	r->name = text_of(rule->identifier, &r->cut);
	take_tags(r, rule);
	take_metas(r, rule);
	take_places(r, context, rule);
	wire_put_rule(&w->frames, r);
	if (w->frames.n > ANSWER_PIECE_BYTES) answer(w);
}

static int on_scan(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
	struct yara_worker *w = user;
	if (message == CALLBACK_MSG_RULE_MATCHING) take_rule(w, context, data);
	if (message == CALLBACK_MSG_TOO_MANY_MATCHES) w->cut = true;
	if (message == CALLBACK_MSG_IMPORT_MODULE) {
		const YR_MODULE_IMPORT *import = data;
		if (strcmp(import->module_name, "cuckoo") == 0) w->module = "cuckoo";
		if (strcmp(import->module_name, "magic") == 0) w->module = "magic";
	}
	return w->module != NULL ? CALLBACK_ABORT : CALLBACK_CONTINUE;
}

/* ---- files ---- */

/* What rules of other tools call so: the name, the folder, and the extension with its dot in lower case. */
static void set_variables(YR_SCANNER *s, slice name)
{
	char folder[EVIDENCE_NAME_BYTES_MAX + 1], extension[EVIDENCE_NAME_BYTES_MAX + 1];
	size_t base = name.n, dot;
	while (base > 0 && name.p[base - 1] != '/') base--;
	for (dot = name.n; dot > base && name.p[dot - 1] != '.';) dot--;
	size_t folder_n = base > 0 ? base - 1 : 0, extension_n = dot > base + 1 ? name.n - dot + 1 : 0;
	memcpy(folder, name.p, folder_n);
	folder[folder_n] = 0;
	for (size_t i = 0; i < extension_n; i++) {
		char c = (char)name.p[dot - 1 + i];
		extension[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	extension[extension_n] = 0;
	(void)yr_scanner_define_string_variable(s, "filename", (const char *)name.p + base);
	(void)yr_scanner_define_string_variable(s, "filepath", folder);
	(void)yr_scanner_define_string_variable(s, "extension", extension);
}

static enum wire_outcome outcome_of(int error)
{
	static const struct {
		int error;
		enum wire_outcome outcome;
	} rows[] = {{ERROR_SUCCESS, WIRE_DONE}, {ERROR_SCAN_TIMEOUT, WIRE_TIMEOUT}, {ERROR_INSUFFICIENT_MEMORY, WIRE_MEMORY},
		{ERROR_TOO_MANY_MATCHES, WIRE_TOO_MANY}, {ERROR_TOO_MANY_RE_FIBERS, WIRE_TOO_MANY}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].error == error) return rows[i].outcome;
	return WIRE_FAILED;
}

static struct wire_end try_bytes(struct yara_worker *w, slice name, const void *bytes, size_t n)
{
	w->matched = 0;
	w->cut = false;
	set_variables(w->scanner, name);
	int error = yr_scanner_scan_mem(w->scanner, bytes, n);
	return (struct wire_end){.outcome = outcome_of(error), .error = (uint32_t)error, .cut = w->cut};
}

static struct wire_end try_file(struct yara_worker *w, slice name, int fd)
{
	static const uint8_t nothing[1];
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < 0) return (struct wire_end){.outcome = WIRE_UNREADABLE};
	if (st.st_size == 0) return try_bytes(w, name, nothing, 0);
	size_t n = (size_t)st.st_size;
	void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return (struct wire_end){.outcome = WIRE_UNREADABLE};
	(void)madvise(bytes, n, MADV_SEQUENTIAL);
	struct wire_end end = try_bytes(w, name, bytes, n);
	(void)munmap(bytes, n);
	return end;
}

static bool modules_fit(struct yara_worker *w)
{
	char text[100];
	(void)try_bytes(w, SLICE(""), "", 0);
	buf_clear(&w->frames);
	if (w->module == NULL) return true;
	(void)snprintf(text, sizeof text, "the module %s is not to be had here: what its rules ask for is in no file", w->module);
	w->source = UINT32_MAX;
	say(w, WIRE_ERROR, 0, text);
	return false;
}

static bool ready(struct yara_worker *w)
{
	bool good = compile(w);
	if (good) {
		answer(w); /* warnings, before the frames are used to try the modules */
		yr_scanner_set_callback(w->scanner, on_scan, w);
		yr_scanner_set_flags(w->scanner, SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH);
		yr_scanner_set_timeout(w->scanner, (int)w->setup->seconds);
		good = modules_fit(w);
	}
	struct wire_end refused = {.outcome = WIRE_FAILED};
	if (good) wire_put_ready(&w->frames, &(struct wire_ready){.indicators = w->rules->num_rules});
	else wire_put_end(&w->frames, &refused);
	answer(w);
	return good;
}

void yara_worker_run(const void *setup, int in, int out)
{
	struct yara_worker w = {.setup = setup, .out = out};
	uint8_t name[WORKER_REQUEST_BYTES_MAX + 1];
	size_t n;
	int fd;
	confine_memory(YARA_MEMORY_BYTES_MAX);
	(void)confine_sealed();
	if (!ready(&w)) return;
	while (worker_request(in, name, &n, &fd)) {
		name[n] = 0;
		struct wire_end end = try_file(&w, slice_of(name, n), fd);
		if (fd >= 0) (void)close(fd);
		wire_put_end(&w.frames, &end);
		answer(&w);
	}
}
