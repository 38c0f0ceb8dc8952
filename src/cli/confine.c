/* Confinement by Landlock (Linux 5.13; TCP from 6.7), without a library: three system calls. A kernel refuses rights that it does not
 * know, so what is asked for follows the version that it tells. */
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "confine.h"

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_ALL_1 ((1ull << 13) - 1) /* version 1: execute … make_sym */
#define FS_REFER (1ull << 13)       /* version 2 */
#define FS_TRUNCATE (1ull << 14)    /* version 3 */
#define NET_ALL 3ull                /* version 4: bind and connect */

struct rules { unsigned long long fs, net; }; /* longer than the header's on old systems: only what is known is handed over */

extern void __gcov_dump(void) __attribute__((weak)); /* a coverage build must write its counts at the end */

void confine_reading(void)
{
	if (__gcov_dump != 0) return;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1) return;
	struct rules r = {.fs = FS_ALL_1 & ~(unsigned long long)FS_READ};
	if (version >= 2) r.fs |= FS_REFER;
	if (version >= 3) r.fs |= FS_TRUNCATE;
	if (version >= 4) r.net = NET_ALL;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, version >= 4 ? sizeof r : sizeof r.fs, 0);
	if (fd < 0) return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) (void)syscall(SYS_landlock_restrict_self, fd, 0);
	(void)close(fd);
}
