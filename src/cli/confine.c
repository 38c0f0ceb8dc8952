/* Confinement. Landlock without a library: three system calls; a kernel refuses rights that it does not know, so what is asked for
 * follows the version that it tells. seccomp: an allow-list; every other call fails with EPERM and the program goes on.
 * Files are opened for reading only; clone makes threads only (clone3 hides its flags in memory, so it is said to be missing
 * and libc takes clone). Executable memory stays allowed: PCRE2 compiles expressions. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "confine.h"

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_MAKE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define FS_REMOVE_FOLDER ((unsigned long long)LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define FS_ALL_1 ((1ull << 13) - 1) /* version 1: execute … make_sym */
#define FS_REFER (1ull << 13)       /* version 2 */
#define FS_TRUNCATE (1ull << 14)    /* version 3 */
#define NET_ALL 3ull                /* version 4: bind and connect */
#define NET_BIND 1ull
#define NET_VERSION 4

struct rules {
	unsigned long long fs, net;
}; /* longer than the header's on old systems: only what is known is handed over */

/* Sanitizers and coverage make calls of their own at the end of a process: their builds are confined by Landlock only, or not at all. */
extern void __gcov_dump(void) __attribute__((weak));
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- Landlock ---- */

static int landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version < 1 ? 0 : (int)version;
}

/* Where this fails, nothing can be made: whoever writes there says why. */
static void allow_folder(int rules, const char *folder, unsigned long long access)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return;
	struct landlock_path_beneath_attr beneath = {.allowed_access = access, .parent_fd = fd};
	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	(void)close(fd);
}

/* Of what `r` names only what is allowed below these folders (up to a NULL) stays. */
static int landlock_apply(struct rules r, const char *const *folders, unsigned long long access)
{
	int version = landlock_version();
	if (version == 0) return 0;
	if (version >= 2) r.fs |= FS_REFER;
	if (version >= 3) r.fs |= FS_TRUNCATE;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, version >= NET_VERSION ? sizeof r : sizeof r.fs, 0);
	if (fd < 0) return 0;
	for (; *folders != NULL; folders++) allow_folder(fd, *folders, access & (r.fs | FS_READ));
	bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	(void)close(fd);
	return done ? version : 0;
}

static int landlock(const char *write_folder, unsigned long long access)
{
	const char *const folders[] = {write_folder, NULL};
	return landlock_apply((struct rules){FS_ALL_1 & ~(unsigned long long)FS_READ, NET_ALL}, folders, access);
}

/* ---- seccomp ---- */

/* Calls that are answered whatever their arguments. Those that a processor lacks are left out by libseccomp. */
static const int calls[] = {
	/* what is open */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(getdents64),
	SCMP_SYS(fadvise64),
	SCMP_SYS(readahead),
	SCMP_SYS(fsync),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(select),
	SCMP_SYS(pselect6),
	SCMP_SYS(dup),
	SCMP_SYS(dup3),
	SCMP_SYS(pipe2),
	SCMP_SYS(eventfd2),
	SCMP_SYS(signalfd4),
	/* names */
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
	/* memory */
	SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(mincore),
	SCMP_SYS(membarrier),
	/* threads */
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(getcpu),
	/* signals */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	/* clock, chance, the machine */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
};
/* Making folders; making a file beside its place and renaming it. */
static const int writer_calls[] = {SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat)};

/* What the keeper needs besides: its files are appended to, cut and synced, its connections served. */
static const int keeper_calls[] = {SCMP_SYS(fdatasync), SCMP_SYS(syncfs), SCMP_SYS(ftruncate), SCMP_SYS(accept4), SCMP_SYS(recvfrom),
	SCMP_SYS(sendto), SCMP_SYS(getsockopt), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(mlock), SCMP_SYS(munlock)};

/* SQLite's files besides: what it writes at a place, makes room for, and locks. */
static const int view_calls[] = {SCMP_SYS(pwrite64), SCMP_SYS(fallocate), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(open), SCMP_SYS(openat)};
static const unsigned long view_fcntls[] = {F_GETLK, F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW};

/* What the courier needs besides: names are looked up (in a thread, which a pair of sockets wakes), connections made, none taken. */
static const int courier_calls[] = {SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmmsg), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername)};
/* All that a parser needs that is handed its input. */
static const int sealed_calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(recvmsg), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(fstat64),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom), SCMP_SYS(newfstatat)};

#define OPEN_WRITES (O_ACCMODE | O_CREAT | O_TRUNC) /* O_TMPFILE without one of the first is refused by the kernel */
#define OPEN_MAKES (O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC)
#ifdef __s390__
#define CLONE_FLAGS_ARGUMENT 1
#else
#define CLONE_FLAGS_ARGUMENT 0
#endif
#define THREAD_FLAGS (CLONE_VM | CLONE_THREAD)

static bool allow_all(scmp_filter_ctx c, const int *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(c, SCMP_ACT_ALLOW, rows[i], 0) != 0) return false;
	return true;
}

/* `call` when the bits of `mask` of its argument number `argument` are `value`. */
static bool allow_when(scmp_filter_ctx c, int call, unsigned argument, unsigned long mask, unsigned long value)
{
	return seccomp_rule_add(c, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value)) == 0;
}

static bool allow_open(scmp_filter_ctx c, bool writer)
{
	bool done = allow_when(c, SCMP_SYS(open), 1, OPEN_WRITES, O_RDONLY) && allow_when(c, SCMP_SYS(openat), 2, OPEN_WRITES, O_RDONLY);
	if (!done || !writer) return done;
	unsigned long makes = O_WRONLY | O_CREAT | O_EXCL;
	return allow_when(c, SCMP_SYS(open), 1, OPEN_MAKES, makes) && allow_when(c, SCMP_SYS(openat), 2, OPEN_MAKES, makes);
}

/* Of a terminal its size and mode, of a pipe how much waits, of a descriptor its flags: nothing that types into a terminal. */
static bool allow_descriptors(scmp_filter_ctx c)
{
	static const unsigned long ioctls[] = {TCGETS, TIOCGWINSZ, FIONREAD},
				   fcntls[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_SETPIPE_SZ};
	bool done = true;
	for (size_t i = 0; i < sizeof ioctls / sizeof *ioctls; i++) done = done && allow_when(c, SCMP_SYS(ioctl), 1, UINT32_MAX, ioctls[i]);
	for (size_t i = 0; i < sizeof fcntls / sizeof *fcntls; i++) done = done && allow_when(c, SCMP_SYS(fcntl), 1, UINT32_MAX, fcntls[i]);
	return done;
}

/* What can be done to processes can be done to this one: abort() signals itself. */
static bool allow_self(scmp_filter_ctx c)
{
	return allow_when(c, SCMP_SYS(prlimit64), 0, UINT32_MAX, 0) &&
	       allow_when(c, SCMP_SYS(tgkill), 0, UINT32_MAX, (unsigned long)getpid());
}

static bool allow_plain_memory(scmp_filter_ctx c)
{
	return allow_when(c, SCMP_SYS(mmap), 2, PROT_EXEC, 0) && allow_when(c, SCMP_SYS(mmap2), 2, PROT_EXEC, 0) &&
	       allow_when(c, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
}

enum wall { WALL_READER, WALL_WRITER, WALL_KEEPER, WALL_SEALED, WALL_VIEW, WALL_COURIER };

static bool allow_view(scmp_filter_ctx c)
{
	bool done = allow_all(c, view_calls, sizeof view_calls / sizeof *view_calls);
	for (size_t i = 0; i < sizeof view_fcntls / sizeof *view_fcntls; i++)
		done = done && allow_when(c, SCMP_SYS(fcntl), 1, UINT32_MAX, view_fcntls[i]);
	return done;
}

/* Sockets of the network; netlink tells which addresses this machine has; a pair of local ones leads nowhere else. */
static bool allow_sockets(scmp_filter_ctx c)
{
	static const unsigned long families[] = {AF_INET, AF_INET6, AF_NETLINK};
	bool done = allow_all(c, courier_calls, sizeof courier_calls / sizeof *courier_calls) &&
		    allow_when(c, SCMP_SYS(socketpair), 0, UINT32_MAX, AF_UNIX);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		done = done && allow_when(c, SCMP_SYS(socket), 0, UINT32_MAX, families[i]);
	return done;
}

static bool filter_fill(scmp_filter_ctx c, enum wall wall)
{
	if (wall == WALL_SEALED)
		return allow_all(c, sealed_calls, sizeof sealed_calls / sizeof *sealed_calls) && allow_plain_memory(c) && allow_self(c);
	bool writer = wall != WALL_READER && wall != WALL_COURIER;
	if (!allow_all(c, calls, sizeof calls / sizeof *calls) || !allow_open(c, writer) || !allow_descriptors(c) || !allow_self(c))
		return false;
	if (wall == WALL_KEEPER && !allow_all(c, keeper_calls, sizeof keeper_calls / sizeof *keeper_calls)) return false;
	if (wall == WALL_VIEW && !allow_view(c)) return false;
	if (wall == WALL_COURIER && !allow_sockets(c)) return false;
	if (writer && !allow_all(c, writer_calls, sizeof writer_calls / sizeof *writer_calls)) return false;
	return allow_when(c, SCMP_SYS(clone), CLONE_FLAGS_ARGUMENT, THREAD_FLAGS, THREAD_FLAGS) &&
	       seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool seccomp(enum wall wall)
{
	if (SANITIZED) return false;
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (c == NULL) return false;
	bool done = filter_fill(c, wall) && seccomp_load(c) == 0;
	seccomp_release(c);
	return done;
}

/* ---- both ---- */

struct confinement confine(const char *write_folder)
{
	struct confinement c = {0};
	if (__gcov_dump != 0) return c;
	c.landlock = landlock(write_folder, FS_MAKE);
	c.seccomp = seccomp(write_folder != NULL ? WALL_WRITER : WALL_READER);
	return c;
}

struct confinement confine_sealed(void)
{
	struct confinement c = {0};
	if (__gcov_dump != 0) return c;
	if (!SANITIZED) (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	c.landlock = landlock_apply((struct rules){FS_ALL_1, NET_ALL}, (const char *const[]){NULL}, 0);
	c.seccomp = seccomp(WALL_SEALED);
	return c;
}

void confine_memory(uint64_t bytes_max)
{
	struct rlimit memory = {bytes_max, bytes_max}, none = {0, 0};
	if (!SANITIZED) (void)setrlimit(RLIMIT_DATA, &memory);
	(void)setrlimit(RLIMIT_CORE, &none);
}

struct confinement confine_keeper(const char *home)
{
	struct confinement c = {0};
	if (__gcov_dump != 0) return c;
	if (!SANITIZED)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core file, and no other process of this user looks in: it has the key */
	c.landlock = landlock(home, FS_MAKE | FS_REMOVE_FOLDER | FS_TRUNCATE | FS_REFER);
	c.seccomp = seccomp(WALL_KEEPER);
	return c;
}

struct confinement confine_view(const char *home)
{
	struct confinement c = {0};
	if (__gcov_dump != 0) return c;
	c.landlock = landlock(home, FS_MAKE | FS_REMOVE_FOLDER | FS_TRUNCATE);
	c.seccomp = seccomp(WALL_VIEW);
	return c;
}

/* What resolvers and TLS read: settings, certificates, libraries. The home is not among it, nor is anybody's. */
struct confinement confine_courier(void)
{
	static const char *const folders[] = {"/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/run/resolvconf", NULL};
	struct confinement c = {0};
	if (__gcov_dump != 0) return c;
	c.landlock = landlock_apply((struct rules){FS_ALL_1, NET_BIND}, folders, FS_READ);
	c.seccomp = seccomp(WALL_COURIER);
	return c;
}

struct confinement confinement_here(void)
{
	if (__gcov_dump != 0) return (struct confinement){0};
	return (struct confinement){.landlock = landlock_version(), .seccomp = !SANITIZED && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0};
}

void confinement_put(FILE *out, struct confinement c)
{
	if (c.landlock > 0) fprintf(out, "Landlock %d (files%s)", c.landlock, c.landlock >= NET_VERSION ? ", network" : "");
	else fputs("no Landlock in this kernel", out);
	fputs(c.seccomp ? (c.landlock > 0 ? " and seccomp" : ", but seccomp") : (c.landlock > 0 ? ", no seccomp" : " and no seccomp"), out);
}
