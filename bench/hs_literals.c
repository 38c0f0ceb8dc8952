/* A rival: Hyperscan with every indicator as a literal in block mode, over the same mapped log. One thread.
 * usage: hs_literals INDICATORS LOG [OFFSETS]: prints "load SECONDS", "scan cpu SECONDS wall SECONDS", "records N" (with a literal in it).
 * OFFSETS: a file that gets the byte offset of each such record. Case is compared, which favours it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <hs/hs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES (256u << 10)

struct literals {
	const char **texts;
	size_t *lengths;
	unsigned *ids, *flags, n, room;
};
struct found {
	const uint8_t *log;
	size_t block, record_end;
	uint64_t records;
	FILE *out;
	size_t size;
};

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const uint8_t *map(const char *path, size_t *n)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(path);
		exit(2);
	}
	*n = (size_t)st.st_size;
	void *p = *n > 0 ? mmap(NULL, *n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0) : NULL;
	close(fd);
	if (p == MAP_FAILED) exit(2);
	return p;
}

static void add(struct literals *l, const char *text, size_t n)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? 1024 : l->room * 2;
		l->texts = realloc(l->texts, l->room * sizeof *l->texts);
		l->lengths = realloc(l->lengths, l->room * sizeof *l->lengths);
		l->ids = realloc(l->ids, l->room * sizeof *l->ids);
		l->flags = realloc(l->flags, l->room * sizeof *l->flags);
		if (l->texts == NULL || l->lengths == NULL || l->ids == NULL || l->flags == NULL) exit(2);
	}
	l->texts[l->n] = text;
	l->lengths[l->n] = n;
	l->ids[l->n] = l->n;
	l->flags[l->n] = 0;
	l->n++;
}

static hs_database_t *compile(const char *path)
{
	size_t n;
	const char *bytes = (const char *)map(path, &n);
	struct literals l = {0};
	for (size_t i = 0; i < n;) {
		const char *end = memchr(bytes + i, '\n', n - i);
		size_t length = end != NULL ? (size_t)(end - bytes) - i : n - i;
		if (length > 0) add(&l, bytes + i, length);
		i += length + 1;
	}
	hs_database_t *db = NULL;
	hs_compile_error_t *error = NULL;
	if (hs_compile_lit_multi(l.texts, l.flags, l.ids, l.lengths, l.n, HS_MODE_BLOCK, NULL, &db, &error) != HS_SUCCESS) {
		fprintf(stderr, "hs_literals: %s\n", error != NULL ? error->message : "not compiled");
		exit(2);
	}
	return db;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct found *f = context;
	size_t end = f->block + (size_t)to, at = end;
	(void)id, (void)from, (void)flags;
	if (end <= f->record_end) return 0; /* in a record that is counted */
	while (at > 0 && f->log[at - 1] != '\n') at--;
	const uint8_t *line_end = memchr(f->log + end, '\n', f->size - end);
	f->record_end = line_end != NULL ? (size_t)(line_end - f->log) : f->size;
	f->records++;
	if (f->out != NULL) fprintf(f->out, "%zu\n", at);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	double start = seconds(CLOCK_MONOTONIC);
	hs_database_t *db = compile(argv[1]);
	hs_scratch_t *scratch = NULL;
	if (hs_alloc_scratch(db, &scratch) != HS_SUCCESS) return 2;
	printf("load %.3f\n", seconds(CLOCK_MONOTONIC) - start);
	struct found f = {.out = argc > 3 ? fopen(argv[3], "w") : NULL};
	f.log = map(argv[2], &f.size);
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
	for (size_t at = 0; at < f.size;) {
		size_t n = f.size - at > BLOCK_BYTES ? BLOCK_BYTES : f.size - at;
		const uint8_t *line_end = memrchr(f.log + at, '\n', n);
		if (line_end != NULL) n = (size_t)(line_end - (f.log + at)) + 1;
		f.block = at;
		if (hs_scan(db, (const char *)f.log + at, (unsigned)n, 0, scratch, on_match, &f) != HS_SUCCESS) return 2;
		at += n;
	}
	printf("scan cpu %.4f wall %.4f\nrecords %llu\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall,
		(unsigned long long)f.records);
	if (f.out != NULL) fclose(f.out);
	return 0;
}
