/* cmocka asks for these before it. */
#ifndef TEST_BASE_CMOCKA_ALL_H
#define TEST_BASE_CMOCKA_ALL_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#endif
