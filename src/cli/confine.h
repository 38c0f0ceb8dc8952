/* Confinement before foreign bytes are parsed. Two walls, each of which stands alone where the other is missing:
 * Landlock (Linux 5.13) says which parts of the file system can still be reached, seccomp which system calls the kernel still answers. */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct confinement {
	int landlock; /* its version; 0: none */
	bool seccomp;
};
/* From now on this process can read files and write to what is open: no file is made, changed, removed or executed, no socket
 * is made, no program is started, no other process is touched. Threads can be started. Cannot be undone.
 *   write_folder  one folder in which folders and files may be made, and files renamed (never opened for writing where they exist), or NULL
 * Call before threads are started. A wall that the kernel lacks is left out; what the process got is returned. */
struct confinement confine(const char *write_folder);
/* From now on this process has memory and what is open, and takes descriptors over an open socket: no file system, not even to read, no
 * network, no threads, no other process, no memory that is made executable. Cannot be undone. */
struct confinement confine_sealed(void);
/* From now on this process gets no more memory of its own than so many bytes (files mapped for reading are not counted), and leaves no core
 * file. Sanitizers' builds, whose memory is theirs, have no such limit. */
void confine_memory(uint64_t bytes_max);
/* The keeper's walls: below its home it makes, writes, renames and removes files; nothing is executed, no program is started, no socket is
 * made or connected; connections are taken from what it listens on. Call before threads are started. */
struct confinement confine_keeper(const char *home);
/* For who makes the view: below the home it makes, writes, locks, renames and removes files; no socket, no program. */
struct confinement confine_view(const char *home);
/* The courier's walls: it connects to the network, takes no connection and reaches no local socket; it reads what the system has for that
 * (/etc, /usr, libraries) and nothing of a home; it makes and changes no file and starts no program. Call before threads are started. */
struct confinement confine_courier(void);
/* What confine() would get, without doing it. */
struct confinement confinement_here(void);
/* `Landlock 7 (files, network) and seccomp` */
void confinement_put(FILE *out, struct confinement c);
#endif
