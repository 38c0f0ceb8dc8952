/* Which home a command works in. */
#include "home_option.h"

#include <stdlib.h>

enum err home_option_find(const char *given, const char **path, struct fault *f)
{
	const char *said = given != NULL ? given : getenv("KULLA_HOME");
	if (said == NULL) return fault_set(f, ERR_USAGE, 0, 0, "no home: give --home DIR, or set KULLA_HOME; kulla init makes one");
	if (*said == '\0') return fault_set(f, ERR_USAGE, 0, 0, "%s is empty: it names the home", given != NULL ? "--home" : "KULLA_HOME");
	*path = said;
	return OK;
}
