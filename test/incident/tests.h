/* cmocka, and a scenario small enough to read. */
#ifndef TEST_INCIDENT_TESTS_H
#define TEST_INCIDENT_TESTS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenario.h"

#define SMALL_INDICATOR                                                                                                                    \
	"{\"key\":\"hand\",\"name\":\"Hand\",\"pattern\":\"[ipv4-addr:value = '203.0.113.201']\",\"value\":\"203.0.113.201\"}"
#define SMALL_PLANT "{\"sensor\":\"firewall\",\"record\":\"drop\",\"least\":3,\"most\":3,\"set\":{\"client\":\"${hand}\"}}"
#define SMALL_PHASE                                                                                                                        \
	"{\"key\":\"knock\",\"title\":\"Knock\",\"technique\":\"T1595.002\",\"when\":[{\"course\":\"hit\",\"from\":\"2023-02-03\",\"to\":" \
	"\"2023-02-05\",\"hour_first\":7,\"hour_last\":9}],"                                                                               \
	"\"plants\":[" SMALL_PLANT "]}"
#define SMALL_INSTITUTION "{\"key\":\"city\",\"name\":\"EXERCISE City\",\"course\":\"hit\",\"kit\":\"all\",\"clients\":5,\"weight\":1}"
#define SMALL_WARNING                                                                                                                      \
	"{\"author\":\"EXERCISE CERT\",\"name\":\"EXERCISE: "                                                                              \
	"n\",\"description\":\"d\",\"published\":\"2023-02-20T09:00:00Z\",\"marking\":\"TLP:GREEN\"}"
#define SMALL                                                                                                                              \
	"{\"scenario\":\"small\",\"title\":\"Small\",\"description\":\"d\",\"from\":\"2023-02-01\",\"months\":1,\"bytes\":100000,"         \
	"\"kits\":[{\"key\":\"all\",\"sensors\":[\"firewall\",\"dns\"]}],"                                                                 \
	"\"institutions\":[" SMALL_INSTITUTION "],\"indicators\":[" SMALL_INDICATOR "],\"phases\":[" SMALL_PHASE                           \
	"],\"warning\":" SMALL_WARNING "}"
#endif
