/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as users write them. */
#ifndef PERFREC_NUMBER_H
#define PERFREC_NUMBER_H

#include <stdint.h>

/* Take a decimal number from least to most, at most INT64_MAX.  what names it
   in the message when it is none ("-c"); an exit code. */
int parse_number(const char *what, const char *text, uint64_t least, uint64_t most,
		 uint64_t *value);

#endif /* PERFREC_NUMBER_H */
