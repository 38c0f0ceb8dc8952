/* Progress on a terminal's standard error. */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "progress.h"
#include "walk.h"

#define SECONDS_TOLD 180 /* more is told in minutes */
#define TELL_SECONDS 0.2

instant clock_now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (instant)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

double clock_seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

const char *progress_bytes_text(uint64_t bytes, char out[24])
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double v = (double)bytes;
	size_t u = 0;
	while (v >= 1000 && u + 1 < sizeof units / sizeof *units) {
		v /= 1000;
		u++;
	}
	(void)snprintf(out, 24, u == 0 ? "%.0f %s" : "%.1f %s", v, units[u]);
	return out;
}

/* Bytes on disk of all inputs; 0 when standard input is among them. */
static uint64_t bytes_of(const char *const *paths, size_t paths_n)
{
	struct walk *w = walk_new(paths, paths_n);
	const char *path;
	bool named, unknown = false;
	struct fault f;
	uint64_t all = 0;
	while (walk_next(w, &path, &named, &f)) {
		struct stat st;
		if (strcmp(path, "-") == 0) unknown = true;
		else if (f.kind == OK && stat(path, &st) == 0 && S_ISREG(st.st_mode)) all += (uint64_t)st.st_size;
	}
	walk_free(w);
	return unknown ? 0 : all;
}

struct progress progress_start(bool wanted, const char *const *paths, size_t paths_n)
{
	struct progress p = {.on = wanted && isatty(STDERR_FILENO)};
	if (p.on) p.bytes_all = bytes_of(paths, paths_n);
	p.started = p.told = clock_seconds(); /* a scan that ends at once shows none */
	return p;
}

void progress_tell(struct progress *p, uint64_t raw_bytes, uint64_t hits)
{
	p->bytes += raw_bytes;
	if (!p->on) return;
	double now = clock_seconds();
	if (now - p->told < TELL_SECONDS) return;
	p->told = now;
	p->shown = true;
	char done[24], all[24], rate[24];
	double passed = now - p->started, per_second = passed > 0 ? (double)p->bytes / passed : 0;
	fprintf(stderr, "\r\033[K%s", progress_bytes_text(p->bytes, done));
	if (p->bytes_all > 0)
		fprintf(stderr, " of %s (%.0f %%)", progress_bytes_text(p->bytes_all, all),
			100.0 * (double)p->bytes / (double)p->bytes_all);
	fprintf(stderr, "  %s/s", progress_bytes_text((uint64_t)per_second, rate));
	double left = p->bytes_all > p->bytes && per_second > 0 ? (double)(p->bytes_all - p->bytes) / per_second : 0;
	if (left > 0) fprintf(stderr, left < SECONDS_TOLD ? "  %.0f s left" : "  %.0f min left", left < SECONDS_TOLD ? left : left / 60);
	fprintf(stderr, "  %llu %s", (unsigned long long)hits, hits == 1 ? "hit" : "hits");
	(void)fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown) fputs("\r\033[K", stderr);
	p->shown = false;
}
