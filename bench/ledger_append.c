/* bench/ledger_append HOME CLIENTS PER_REQUEST SECONDS: durable appends through the keeper's socket, from CLIENTS threads that each wait
 * for their answer before they ask again. Prints entries per second and how long an answer takes. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ANSWERS_MAX 4000000

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct client {
	pthread_t thread;
	const char *path;
	double until;
	unsigned per_request;
	uint64_t entries;
	size_t answers;
	float *ms;
};

static char *make_request(unsigned n, size_t *bytes)
{
	static const char one[] =
		"{\"body\":{\"how\":\"request\",\"known_root\":\"dA+j7a2YYy7P0TJSqQMghCD7OIN9nIPImqgz8Tt48cI=\",\"known_size\":1234567,"
		"\"origin\":\"ledger.example/test\",\"root\":\"dA+j7a2YYy7P0TJSqQMghCD7OIN9nIPImqgz8Tt48cI=\",\"size\":1234567,"
		"\"verdict\":\"consistent\"},\"kind\":\"head\"}";
	char *all = malloc(64 + (sizeof one + 1) * n), *p = all + 4;
	p = stpcpy(p, "{\"do\":\"append\",\"entries\":[");
	for (unsigned i = 0; i < n; i++) {
		if (i > 0) *p++ = ',';
		p = stpcpy(p, one);
	}
	p = stpcpy(p, "]}");
	*bytes = (size_t)(p - all);
	uint32_t length = (uint32_t)(*bytes - 4);
	memcpy(all, &length, 4);
	return all;
}

static int read_exactly(int fd, void *out, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, (char *)out + at, n - at);
		if (got <= 0) return -1;
		at += (size_t)got;
	}
	return 0;
}

static void *run(void *context)
{
	struct client *c = context;
	size_t bytes;
	char *request = make_request(c->per_request, &bytes), answer[4096];
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(a.sun_path, sizeof a.sun_path, "%s/keeper.sock", c->path);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		perror(a.sun_path);
		exit(1);
	}
	for (double now = seconds(); now < c->until;) {
		uint32_t length;
		for (size_t at = 0; at < bytes;) {
			ssize_t n = write(fd, request + at, bytes - at);
			if (n < 0) exit(1);
			at += (size_t)n;
		}
		if (read_exactly(fd, &length, 4) != 0 || length > sizeof answer || read_exactly(fd, answer, length) != 0) exit(1);
		if (memmem(answer, length, "\"ok\":true", 9) == NULL) {
			fprintf(stderr, "%.*s\n", (int)length, answer);
			exit(1);
		}
		double after = seconds();
		if (c->answers < ANSWERS_MAX) c->ms[c->answers++] = (float)((after - now) * 1e3);
		c->entries += c->per_request;
		now = after;
	}
	free(request);
	close(fd);
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: %s HOME CLIENTS PER_REQUEST SECONDS (a keeper runs there)\n", argv[0]);
		return 2;
	}
	unsigned n = (unsigned)strtoul(argv[2], NULL, 10);
	struct client *clients = calloc(n, sizeof *clients);
	double start = seconds();
	for (unsigned i = 0; i < n; i++) {
		clients[i] = (struct client){
			.path = argv[1], .until = start + strtod(argv[4], NULL), .per_request = (unsigned)strtoul(argv[3], NULL, 10)};
		clients[i].ms = malloc(sizeof(float) * (ANSWERS_MAX / n));
		pthread_create(&clients[i].thread, NULL, run, &clients[i]);
	}
	uint64_t entries = 0;
	size_t answers = 0;
	float *ms = malloc(sizeof(float) * ANSWERS_MAX);
	for (unsigned i = 0; i < n; i++) {
		pthread_join(clients[i].thread, NULL);
		entries += clients[i].entries;
		for (size_t k = 0; k < clients[i].answers && k < ANSWERS_MAX / n; k++) ms[answers++] = clients[i].ms[k];
	}
	double took = seconds() - start;
	qsort(ms, answers, sizeof *ms, by_size);
	printf("%u clients, %s entries a request: %.0f entries/s, p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", n, argv[3],
		(double)entries / took, (double)ms[answers / 2], (double)ms[answers * 99 / 100], (double)ms[answers - 1]);
	return 0;
}
