/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file, mapped; of a pipe, kept in a spool and mapped.
 */
#ifndef PERFREPORT_INPUT_H
#define PERFREPORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "spool.h"

struct input {
	const void *bytes;
	size_t size;
	bool mapped; /* from a file of that name; else they are the spool's */
	struct spool spool;
};

/* Open path ("-": standard input); input_close() it.  Errors: EXIT_INPUT. */
bool input_open(struct input *input, const char *path, struct failure *failure);
void input_close(struct input *input);

#endif /* PERFREPORT_INPUT_H */
