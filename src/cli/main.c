/* kulla: the command line. */
#include <locale.h>
#include <stdio.h>
#include "command.h"

int main(int argc, char **argv)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	int code = command_run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		fputs("kulla: the answer could not be written to standard output\n", stderr);
		return EXIT_ERROR;
	}
	return code;
}
