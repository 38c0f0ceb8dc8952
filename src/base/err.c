/* Errors as words, faults as sentences. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const ERR_TEXTS[] = {
	[OK] = "ok",
	[ERR_SYNTAX] = "syntax",
	[ERR_LIMIT] = "limit",
	[ERR_UNSUPPORTED] = "not supported",
	[ERR_NOT_FOUND] = "not found",
	[ERR_EXISTS] = "exists",
	[ERR_ACCESS] = "no access",
	[ERR_DISK] = "disk",
	[ERR_DAMAGED] = "damaged",
	[ERR_VERSION] = "version",
	[ERR_CHANGED] = "changed",
	[ERR_USAGE] = "usage",
	[ERR_STOPPED] = "stopped",
};

const char *err_text(enum err e)
{
	size_t i = (size_t)e;

	return i < sizeof ERR_TEXTS / sizeof *ERR_TEXTS && ERR_TEXTS[i] != NULL ? ERR_TEXTS[i] : "unknown";
}

/* A cut sentence must not end within a UTF-8 sequence. */
static void text_whole(char *text, size_t n)
{
	size_t lead = n;

	while (lead > 0 && n - lead < 3 && ((uint8_t)text[lead - 1] & 0xC0) == 0x80) lead--;
	if (lead == 0) return;
	uint8_t c = (uint8_t)text[lead - 1];
	size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	if (want > n - lead + 1) text[lead - 1] = 0;
}

enum err fault_set(struct fault *f, enum err kind, uint64_t line, uint64_t offset, const char *format, ...)
{
	if (f == NULL) return kind;
	va_list arguments;
	char text[FAULT_TEXT_BYTES]; /* the arguments may point into *f */

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is lost on the analyzer when it is given several files */
	int n = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (n < 0) text[0] = 0;
	if (n >= (int)sizeof text) text_whole(text, sizeof text - 1);
	f->kind = kind;
	f->line = line;
	f->offset = offset;
	memcpy(f->text, text, sizeof f->text);
	return kind;
}
