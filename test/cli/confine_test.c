/* A confined process: what it tries and does not get. Each trial runs in a child of its own, which is confined for good. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "confine.h"

static char folder[] = "/tmp/kulla-confine-XXXXXX", outside[] = "/tmp/kulla-confine-XXXXXX";

struct trial {
	const char *name;
	bool (*got)(void);
};

static bool made(int fd)
{
	if (fd >= 0) (void)close(fd);
	return fd >= 0;
}

static bool get_inet(void)
{
	return made(socket(AF_INET, SOCK_STREAM, 0));
}
static bool get_inet6(void)
{
	return made(socket(AF_INET6, SOCK_DGRAM, 0));
}
static bool get_unix(void)
{
	return made(socket(AF_UNIX, SOCK_STREAM, 0));
}
static bool get_pair(void)
{
	int fds[2];
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0;
}
static bool get_exec(void)
{
	char *const arguments[] = {(char *)"true", NULL};
	(void)execv("/bin/true", arguments); /* where it works, this process ends with 0 trials told: see run */
	return false;
}
static bool get_fork(void)
{
	pid_t child = fork();
	if (child == 0) _exit(0);
	return child > 0;
}
static bool get_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}
static bool get_signal(void)
{
	return kill(getppid(), 0) == 0;
}
static bool get_new_file(void)
{
	return made(open("new", O_WRONLY | O_CREAT, 0600));
}
static bool get_exclusive_file(void)
{
	return made(open("new", O_WRONLY | O_CREAT | O_EXCL, 0600));
}
static bool get_write(void)
{
	return made(open("old", O_WRONLY));
}
static bool get_read_write(void)
{
	return made(open("old", O_RDWR));
}
static bool get_truncated(void)
{
	return made(open("old", O_RDONLY | O_TRUNC));
}
static bool get_nameless(void)
{
	return made(open(".", O_RDWR | O_TMPFILE, 0600));
}
static bool get_truncate(void)
{
	return truncate("old", 0) == 0;
}
static bool get_unlink(void)
{
	return unlink("old") == 0;
}
static bool get_rename(void)
{
	return rename("old", "new") == 0;
}
static bool get_link(void)
{
	return link("old", "new") == 0;
}
static bool get_symlink(void)
{
	return symlink("old", "new") == 0;
}
static bool get_mkdir(void)
{
	return mkdir("new", 0700) == 0;
}
static bool get_chmod(void)
{
	return chmod("old", 0777) == 0;
}

#define TRIAL(n)                                                                                                                           \
	{                                                                                                                                  \
#n, n                                                                                                                      \
	}
static const struct trial trials[] = {
	TRIAL(get_inet),
	TRIAL(get_inet6),
	TRIAL(get_unix),
	TRIAL(get_pair),
	TRIAL(get_fork),
	TRIAL(get_ptrace),
	TRIAL(get_signal),
	TRIAL(get_new_file),
	TRIAL(get_exclusive_file),
	TRIAL(get_write),
	TRIAL(get_read_write),
	TRIAL(get_truncated),
	TRIAL(get_nameless),
	TRIAL(get_truncate),
	TRIAL(get_unlink),
	TRIAL(get_rename),
	TRIAL(get_link),
	TRIAL(get_symlink),
	TRIAL(get_mkdir),
	TRIAL(get_chmod),
	TRIAL(get_exec),
};
#define TRIALS_N (sizeof trials / sizeof *trials)
#define DENIED 7
#define GOT 8

static void old_file(void)
{
	int fd = open("old", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "old\n", 4), 4);
	assert_int_equal(close(fd), 0);
	(void)unlink("new");
	(void)rmdir("new");
}

/* As in a container whose kernel has no Landlock. */
static void lose_landlock(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	if (c == NULL || seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) != 0 || seccomp_load(c) != 0)
		_exit(1);
	seccomp_release(c);
	if (confinement_here().landlock != 0) _exit(1);
}

enum walls { WALLS_NONE, WALLS_SECCOMP, WALLS_ALL, WALLS_SEALED, WALLS_SEALED_SECCOMP, WALLS_COURIER };

/* In a child: confined when asked, then the trial. Returns its exit code. */
static int run(const struct trial *t, enum walls walls)
{
	old_file();
	pid_t child = fork();
	if (child == 0) {
		if (walls == WALLS_SECCOMP || walls == WALLS_SEALED_SECCOMP) lose_landlock();
		if (walls == WALLS_SECCOMP || walls == WALLS_ALL) (void)confine(NULL);
		if (walls == WALLS_SEALED || walls == WALLS_SEALED_SECCOMP) (void)confine_sealed();
		if (walls == WALLS_COURIER) (void)confine_courier();
		_exit(t->got() ? GOT : DENIED);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void need_seccomp(void)
{
	if (!confinement_here().seccomp) skip();
}

static void nothing_is_got(void **state)
{
	(void)state;
	need_seccomp();
	for (size_t i = 0; i < TRIALS_N; i++) {
		print_message("# %s\n", trials[i].name);
		int free_way = run(&trials[i], WALLS_NONE);
		assert_true(free_way == GOT || free_way == 0); /* a trial that fails anyway shows nothing; 0: /bin/true */
		assert_int_equal(run(&trials[i], WALLS_ALL), DENIED);
		assert_int_equal(run(&trials[i], WALLS_SECCOMP), DENIED);
		assert_int_equal(run(&trials[i], WALLS_SEALED), DENIED);
		assert_int_equal(run(&trials[i], WALLS_SEALED_SECCOMP), DENIED);
	}
}

static bool get_bound(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return bind(fd, (const struct sockaddr *)&any, sizeof any) == 0;
}
static bool get_listener(void)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), 1) == 0;
}
/* Nobody listens there: that the kernel says so shows that it was asked. */
static bool get_connected(void)
{
	struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return connect(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&nobody, sizeof nobody) == 0 || errno == ECONNREFUSED;
}

/* Outwards over the network, and nothing else. */
static void a_courier_only_connects(void **state)
{
	(void)state;
	static const struct trial more[] = {TRIAL(get_bound), TRIAL(get_listener)},
				  free_ways[] = {TRIAL(get_inet), TRIAL(get_inet6), TRIAL(get_pair), TRIAL(get_connected)};
	need_seccomp();
	for (size_t i = 0; i < TRIALS_N; i++) {
		bool free_way = false;
		for (size_t k = 0; k < sizeof free_ways / sizeof *free_ways; k++) free_way |= trials[i].got == free_ways[k].got;
		print_message("# %s\n", trials[i].name);
		if (!free_way) assert_int_equal(run(&trials[i], WALLS_COURIER), DENIED);
	}
	for (size_t i = 0; i < sizeof free_ways / sizeof *free_ways; i++) assert_int_equal(run(&free_ways[i], WALLS_COURIER), GOT);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		assert_int_equal(run(&more[i], WALLS_NONE), GOT);
		assert_int_equal(run(&more[i], WALLS_COURIER), DENIED);
	}
}

static void *thread_main(void *context)
{
	*(bool *)context = true;
	return NULL;
}

/* What a scan may and a sealed process may not. */
static bool get_read(void)
{
	return made(open("old", O_RDONLY));
}
static bool get_folder(void)
{
	return made(open(".", O_RDONLY | O_DIRECTORY));
}
static bool get_executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static bool get_thread(void)
{
	bool ran = false;
	pthread_t thread;
	return pthread_create(&thread, NULL, thread_main, &ran) == 0 && pthread_join(thread, NULL) == 0 && ran;
}

static void a_sealed_process_does_not_even_read(void **state)
{
	(void)state;
	static const struct trial more[] = {TRIAL(get_read), TRIAL(get_folder), TRIAL(get_executable_memory), TRIAL(get_thread)};
	need_seccomp();
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		print_message("# %s\n", more[i].name);
		assert_int_equal(run(&more[i], WALLS_NONE), GOT);
		assert_int_equal(run(&more[i], WALLS_ALL), GOT);
		assert_int_equal(run(&more[i], WALLS_SEALED), DENIED);
		assert_int_equal(run(&more[i], WALLS_SEALED_SECCOMP), DENIED);
	}
}

/* It maps what it was given, and answers. */
static bool sealed_work_goes_on(void)
{
	int p[2], fd = open("old", O_RDONLY);
	char got[4] = "";
	if (fd < 0 || pipe(p) != 0) return false;
	(void)confine_sealed();
	const char *bytes = mmap(NULL, 4, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED || write(p[1], bytes, 4) != 4 || read(p[0], got, 4) != 4) return false;
	char *memory = malloc(64u << 20);
	if (memory == NULL) return false;
	memset(memory, 1, 64u << 20);
	free(memory);
	return memcmp(got, "old\n", 4) == 0;
}

/* What a scan needs: reading files and folders, threads, what is open. */
static bool work_goes_on(void)
{
	char text[4];
	bool ran = false;
	pthread_t thread;
	int to = open("open", O_WRONLY | O_CREAT, 0600);
	(void)confine(NULL);
	int fd = open("old", O_RDONLY);
	if (fd < 0 || read(fd, text, 4) != 4 || write(to, text, 4) != 4) return false;
	DIR *d = opendir(".");
	if (d == NULL || readdir(d) == NULL || closedir(d) != 0) return false;
	return pthread_create(&thread, NULL, thread_main, &ran) == 0 && pthread_join(thread, NULL) == 0 && ran;
}

static bool writer_makes_and_renames(void)
{
	(void)confine(folder);
	int fd = open("beside", O_WRONLY | O_CREAT | O_EXCL, 0600);
	return fd >= 0 && write(fd, "new\n", 4) == 4 && fsync(fd) == 0 && close(fd) == 0 && rename("beside", "old") == 0;
}

static bool writer_writes_what_exists(void)
{
	(void)confine(folder);
	return get_write() || get_truncated() || get_truncate();
}

static bool writer_leaves_its_folder(void)
{
	char path[64];
	(void)confine(folder);
	(void)snprintf(path, sizeof path, "%s/new", outside);
	return made(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600)) || rename("old", path) == 0;
}

static void work_is_not_hindered(void **state)
{
	(void)state;
	assert_int_equal(run(&(struct trial){"", work_goes_on}, WALLS_NONE), GOT);
	assert_int_equal(run(&(struct trial){"", sealed_work_goes_on}, WALLS_NONE), GOT);
	assert_int_equal(run(&(struct trial){"", writer_makes_and_renames}, WALLS_NONE), GOT);
	char text[4] = "";
	int fd = open("old", O_RDONLY);
	assert_int_equal(read(fd, text, 4), 4);
	assert_memory_equal(text, "new\n", 4);
	assert_int_equal(close(fd), 0);
}

static void a_writer_changes_no_other_file(void **state)
{
	(void)state;
	need_seccomp();
	assert_int_equal(run(&(struct trial){"", writer_writes_what_exists}, WALLS_NONE), DENIED);
	if (confinement_here().landlock > 0) assert_int_equal(run(&(struct trial){"", writer_leaves_its_folder}, WALLS_NONE), DENIED);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL && mkdtemp(outside) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	static const char *const names[] = {"old", "new", "open", "beside"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) (void)unlink(names[i]);
	if (chdir("/") != 0) return -1;
	return rmdir(folder) == 0 && rmdir(outside) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_got),
		cmocka_unit_test(a_courier_only_connects),
		cmocka_unit_test(a_sealed_process_does_not_even_read),
		cmocka_unit_test(work_is_not_hindered),
		cmocka_unit_test(a_writer_changes_no_other_file),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
