/* Options that commands of evidence share: one row each. */
#ifndef CLI_EVIDENCE_OPTIONS_H
#define CLI_EVIDENCE_OPTIONS_H
#include "evidence.h"
#include "home_call.h"

#define EVIDENCE_PLACE(member) offsetof(struct home_options, evidence.member)
#define EVIDENCE_TEXT(option, member, placeholder, text)                                                                                   \
	{                                                                                                                                  \
		.name = (option), .kind = OPTION_TEXT, .place = EVIDENCE_PLACE(member), .argument = (placeholder), .help = (text)          \
	}
#define CASE_OPTION EVIDENCE_TEXT("case", case_name, "TEXT", "the case that it belongs to")
#define REASON_OPTION EVIDENCE_TEXT("reason", reason, "TEXT", "why")
#define AUTHORITY_OPTION EVIDENCE_TEXT("authority", authority, "TEXT", "on whose order, under which law")
#define PLACE_OPTION EVIDENCE_TEXT("place", place, "TEXT", "where")
#define SEAL_OPTION EVIDENCE_TEXT("seal", seal, "NUMBER", "the number on the bag or case")
#define BY_OPTION EVIDENCE_TEXT("by", by, "NAME", "who does it (default: the name of who is logged in)")

static inline slice text_given(const char *text)
{
	return text != NULL ? slice_from(text) : (slice){0};
}
/* A name: the one given, or that of who is logged in: "Full Name (login)", or "login". In the call's arena. */
slice person_given(struct home_call *call, const char *given);
#endif
