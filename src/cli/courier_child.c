/* The child: libcurl between a socket and a pipe. */
#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "capture_int.h"
#include "confine.h"
#include "courier_int.h"

struct taking {
	struct buf bytes;
	size_t max;
	bool too_long;
};

/* libcurl's write callback: another number than it gave ends the transfer. */
static size_t take(char *bytes, size_t size, size_t n, void *context)
{
	struct taking *t = context;
	if (size * n > t->max - t->bytes.n) {
		t->too_long = true;
		return 0;
	}
	buf_add(&t->bytes, slice_of(bytes, size * n));
	return size * n;
}

/* Nothing but the pipe and standard error stays; this process ends with the other. */
static void settle(int out)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	if (out > 3) (void)close_range(3, (unsigned)out - 1, 0);
	(void)close_range((unsigned)out + 1, ~0u, 0);
}

static struct curl_slist *headers_of(const struct courier_post *p, struct arena *a)
{
	const slice lines[] = {arena_printf(a, "Content-Type: %.*s", SLICE_PRINTF(p->type)),
		arena_printf(a, "Accept: %.*s", SLICE_PRINTF(p->expect)), SLICE("Expect:")};
	struct curl_slist *list = NULL;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) list = curl_slist_append(list, (const char *)lines[i].p);
	return list;
}

/* Each option as it is meant to be, whatever the environment says. */
static void set_options(CURL *c, const struct courier_post *p, struct taking *t, struct arena *a, char *why)
{
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
	(void)curl_easy_setopt(c, CURLOPT_URL, (const char *)arena_copy(a, p->url).p);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(c, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)p->timeout_ms);
	(void)curl_easy_setopt(c, CURLOPT_USERAGENT, "kulla");
	(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers_of(p, a)); /* lives as long as this process */
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)p->body.n);
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, (const char *)p->body.p);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
}

static void post(const struct courier_post *p, struct taking *t, struct courier_head *head)
{
	char why[CURL_ERROR_SIZE] = "";
	const char *type = NULL;
	long status = 0;
	struct arena *a = arena_new(0);
	CURL *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
	CURLcode done = CURLE_FAILED_INIT;
	if (c != NULL) {
		set_options(c, p, t, a, why);
		done = curl_easy_perform(c);
		(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
		(void)curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	}
	head->failed = done != CURLE_OK && !t->too_long;
	head->too_long = t->too_long;
	head->status = (uint32_t)status;
	head->bytes = done == CURLE_OK ? (uint32_t)t->bytes.n : 0;
	(void)snprintf(head->type, sizeof head->type, "%s", type != NULL ? type : "");
	(void)snprintf(head->why, sizeof head->why, "%.199s", why[0] != 0 ? why : curl_easy_strerror(done));
}

void courier_child_run(const struct courier_post *p, int out)
{
	struct courier_head head = {0};
	struct taking t = {.max = p->answer_max};
	settle(out);
	(void)confine_courier();
	post(p, &t, &head);
	if (capture_write_all(out, &head, sizeof head)) (void)capture_write_all(out, t.bytes.p, head.bytes);
	_exit(0);
}
