/* Suricata as a child: one capture, no rules, no network, bounded in time, memory and what it writes. */
#include "capture_int.h"
#include "limit.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only what holds observables is written: no alerts (there are no rules), no statistics, no payloads. */
static const char CONFIGURATION[] = "%YAML 1.1\n"
				    "---\n"
				    "outputs:\n"
				    "  - eve-log:\n"
				    "      enabled: yes\n"
				    "      filetype: regular\n"
				    "      filename: eve.json\n"
				    "      types:\n"
				    "        - dns\n"
				    "        - http:\n"
				    "            extended: yes\n"
				    "        - tls:\n"
				    "            extended: yes\n"
				    "        - files:\n"
				    "            force-hash: [md5, sha1, sha256]\n"
				    "        - smtp:\n"
				    "            extended: yes\n"
				    "        - ssh\n"
				    "        - ftp\n"
				    "        - smb\n"
				    "        - krb5\n"
				    "        - dhcp\n"
				    "        - rdp\n"
				    "        - flow\n"
				    "logging:\n"
				    "  default-log-level: error\n"
				    "  outputs:\n"
				    "    - console:\n"
				    "        enabled: yes\n"
				    "unix-command:\n"
				    "  enabled: no\n"
				    "pcap-file:\n"
				    "  checksum-checks: no\n"
				    "stream:\n"
				    "  checksum-validation: no\n"
				    "  reassembly:\n"
				    "    depth: 8mb\n";

static bool configuration_write(const char *folder)
{
	char path[128];
	(void)snprintf(path, sizeof path, "%s/suricata.yaml", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) return false;
	bool good = capture_write_all(fd, CONFIGURATION, sizeof CONFIGURATION - 1);
	return close(fd) == 0 && good;
}

static void limit_set(__rlimit_resource_t what, rlim_t value)
{
	struct rlimit r = {value, value};
	(void)setrlimit(what, &r);
}

/* Writing is only possible in the folder, the network not at all. Where the kernel cannot, the limits stay. */
static void child_confine(const struct capture_settings *s, const char *folder)
{
	enum { FS_WRITE_1 = ((1 << 13) - 1) & ~(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR) };
	(void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
	limit_set(RLIMIT_CPU, (rlim_t)s->seconds_max * 2);
	limit_set(RLIMIT_FSIZE, CAPTURE_EVE_BYTES_MAX);
	limit_set(RLIMIT_AS, CAPTURE_MEMORY_BYTES_MAX);
	limit_set(RLIMIT_CORE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	struct landlock_ruleset_attr rules = {.handled_access_fs = FS_WRITE_1};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
	const char *const places[] = {folder, "/dev/null"};
	for (size_t i = 0; fd >= 0 && i < sizeof places / sizeof *places; i++) {
		int at = open(places[i], O_PATH | O_CLOEXEC);
		struct landlock_path_beneath_attr beneath = {
			.allowed_access = i == 0 ? FS_WRITE_1 : LANDLOCK_ACCESS_FS_WRITE_FILE, .parent_fd = at};
		(void)syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	}
	if (fd >= 0) (void)syscall(SYS_landlock_restrict_self, fd, 0);
}

static void child_run(const struct capture_settings *s, const char *folder)
{
	static char *const environment[] = {(char *)"PATH=/usr/bin:/usr/sbin:/bin:/sbin", (char *)"LC_ALL=C.UTF-8", NULL};
	char program[4096], in_folder[64];
	(void)snprintf(program, sizeof program, "%s", s->program);
	(void)snprintf(in_folder, sizeof in_folder, "%s", folder);
	char *const arguments[] = {program, (char *)"-r", (char *)"capture", (char *)"-c", (char *)"suricata.yaml", (char *)"-l", in_folder,
		(char *)"-S", (char *)"/dev/null", (char *)"-k", (char *)"none", (char *)"--runmode", (char *)"single", NULL};
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	int said = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (said >= 0) (void)dup2(said, STDERR_FILENO);
	if (chdir(folder) != 0) _exit(127);
	child_confine(s, folder);
	(void)execve(program, arguments, environment);
	_exit(127);
}

/* Wait for the child. What is wrong, or NULL. */
static const char *child_wait(const struct capture_settings *s, pid_t child, int in)
{
	int status = 0, fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = in, .events = 0}}; /* no bytes come now: only a hang-up */
	int n = fd >= 0 ? poll(p, 2, (int)s->seconds_max * 1000) : 0;
	bool ended = n > 0 && (p[0].revents & POLLIN) != 0;
	if (!ended) (void)kill(-child, SIGKILL);
	if (!ended) (void)kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
	if (fd >= 0) (void)close(fd);
	if (!ended) return "took longer than CAPTURE_SECONDS_MAX and was ended; what it had written was read";
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "cannot be run";
	return "did not read the capture to its end; what it had written was read";
}

const char *capture_suricata_run(const struct capture_settings *s, const char *folder, int in)
{
	if (!configuration_write(folder)) return "the folder for temporary files is full";
	pid_t child = fork();
	if (child < 0) return "cannot be run";
	if (child == 0) child_run(s, folder);
	return child_wait(s, child, in);
}
