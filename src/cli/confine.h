/* Confinement before foreign bytes are parsed. */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H
/* From now on this process can read files and write to what is open, and nothing else in the file system: no file is made, written,
 * removed or executed, and where the kernel can, no TCP connection is made. Call before threads are started.
 * Without Landlock in the kernel nothing happens. */
void confine_reading(void);
#endif
