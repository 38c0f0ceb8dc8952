/* What the answers in corpus/stamp were given to: `test/authority DIR answer HOW` made them, its keys are gone. */
#ifndef FUZZ_STAMP_SAMPLE_H
#define FUZZ_STAMP_SAMPLE_H
#include "stamp.h"

#define STAMP_SAMPLE_FOLDER "fuzz/corpus/stamp/"
#define STAMP_SAMPLE_ANCHORS                                                                                                               \
	"-----BEGIN CERTIFICATE-----\n"                                                                                                    \
	"MIIBhTCCASugAwIBAgIBATAKBggqhkjOPQQDAjApMRgwFgYDVQQKDA9UZXN0IG9m\n"                                                               \
	"IEFyYmVyaWExDTALBgNVBAMMBFJvb3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNTAx\n"                                                               \
	"MDEwMDAwMDBaMCkxGDAWBgNVBAoMD1Rlc3Qgb2YgQXJiZXJpYTENMAsGA1UEAwwE\n"                                                               \
	"Um9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGWl2R3xi2THlPs1dZfFTfFW\n"                                                               \
	"sRl9WfsUNwQWPeWS5oVQFa9WVTO0KY0xsFi33J26kdn1lg37ddov01CfK+VorISj\n"                                                               \
	"QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBSM\n"                                                               \
	"6QHBzcyAN3OQSTcGiNeS9uPW7jAKBggqhkjOPQQDAgNIADBFAiBk7nKTXUx+7njC\n"                                                               \
	"UJtV6qJqxz6yryJeFfIo/FLb7aDXggIhAJZHqHnZG87LXwc2Hv7UG1BH6ADkB9Ti\n"                                                               \
	"SNh9RXHhJUkp\n"                                                                                                                   \
	"-----END CERTIFICATE-----\n"

#define STAMP_SAMPLE_OTHER_ANCHORS                                                                                                         \
	"-----BEGIN CERTIFICATE-----\n"                                                                                                    \
	"MIIBiTCCAS+gAwIBAgIBAjAKBggqhkjOPQQDAjArMRowGAYDVQQKDBFUZXN0IG9m\n"                                                               \
	"IEVsc2V3aGVyZTENMAsGA1UEAwwEUm9vdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTI1\n"                                                               \
	"MDEwMTAwMDAwMFowKzEaMBgGA1UECgwRVGVzdCBvZiBFbHNld2hlcmUxDTALBgNV\n"                                                               \
	"BAMMBFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASNLAMYMb8f2JdUmA70\n"                                                               \
	"bKJZDQ+dqNUy8LKPSRqvid0csRbbzkIqphrW3+2gZQ60dS5OMMYS7K3wDEEDPKPU\n"                                                               \
	"ljf3o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4E\n"                                                               \
	"FgQUlRoKebimvmrClFagBdAtjeQdnh8wCgYIKoZIzj0EAwIDSAAwRQIgDM+8xueG\n"                                                               \
	"UEuomXoJeL83HrgBI1El4a1r7nWsf/Ah2fcCIQD09S8QC0K4/0q368hfSqAByx4T\n"                                                               \
	"O1bv4ItOxMyz7uRQiA==\n"                                                                                                           \
	"-----END CERTIFICATE-----\n"

static inline struct stamp_request stamp_sample_request(void)
{
	struct stamp_request r = {.nonce = {0x0b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
	r.subject = digest_of(SLICE("kulla"));
	if (instant_parse(SLICE("2026-11-24T18:44:00Z"), 0, &r.sent, NULL) != OK) __builtin_trap();
	return r;
}
#endif
