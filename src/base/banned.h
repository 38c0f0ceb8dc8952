/* Functions that no source of ours may call; the build includes this file before every C source.
 * libc's own headers come first, because they declare what is poisoned here. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef alloca /* macros cannot be poisoned */
#undef setjmp
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll strtol gets localtime gmtime alloca setjmp longjmp system popen
#endif
