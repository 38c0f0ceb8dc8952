/* Whom a command trusts that checks what another institution sent: --key, --witness, --policy. */
#ifndef CLI_PACKAGE_TRUST_H
#define CLI_PACKAGE_TRUST_H
#include "home_call.h"
#include "policy.h"

#define TRUST_OPTIONS                                                                                                                      \
	{.name = "key",                                                                                                                    \
		.kind = OPTION_LIST,                                                                                                       \
		.place = offsetof(struct home_options, package.keys),                                                                      \
		.argument = "VKEY",                                                                                                        \
		.help = "a key of the other institution's ledger, as you were told it; may be repeated"},                                  \
		{.name = "witness",                                                                                                        \
			.kind = OPTION_LIST,                                                                                               \
			.place = offsetof(struct home_options, package.witnesses),                                                         \
			.argument = "VKEY",                                                                                                \
			.help = "a witness that must have cosigned; may be repeated"},                                                     \
	{                                                                                                                                  \
		.name = "policy", .kind = OPTION_TEXT, .place = offsetof(struct home_options, policy), .argument = "FILE",                 \
		.help = "a C2SP policy instead: ledgers, witnesses, who must have cosigned"                                                \
	}
/* The policy that the options say, in the call's arena. Errors: ERR_USAGE none is given; as policy_parse. */
CHECKED enum err package_trust_read(struct home_call *call, struct policy *out, struct fault *f);
#endif
