/* A home in a temporary folder, for tests. */
#ifndef TEST_NODE_HOMES_H
#define TEST_NODE_HOMES_H
#include "../base/cmocka_all.h"
#include "home.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_NOW ((instant)1780000000 * 1000000)

static inline char *folder_new(char path[64])
{
	snprintf(path, 64, "/tmp/kulla-home-XXXXXX");
	assert_non_null(mkdtemp(path));
	return path;
}

static inline void folder_remove(const char *path)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
		_exit(1);
	}
	(void)waitpid(child, &status, 0);
}

static inline struct home *home_new(char path[64], instant now)
{
	struct fault f = {0};
	struct buf vkey = {0};
	struct home *h = NULL;
	struct home_birth birth = {.path = folder_new(path), .origin = SLICE("h.example/kulla"), .now = now, .uid = (unsigned)geteuid()};
	if (home_init(&birth, &vkey, &f) != OK) fail_msg("%s", f.text);
	if (home_open(path, &h, &f) != OK) fail_msg("%s", f.text);
	buf_free(&vkey);
	return h;
}
#endif
