/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing numbers. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "exit_codes.h"
#include "number.h"

int parse_number(const char *what, const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || *value < least || *value > most)
		return fail(EXIT_USAGE, "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64,
			    what, text, least, most);
	return EXIT_GOOD;
}
