/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file, mapped, or read where it cannot be.
 */
#ifndef PERFREPORT_INPUT_H
#define PERFREPORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"

struct input {
	void *bytes;
	size_t size;
	bool mapped;
};

/* Open path ("-": standard input); input_close() it.  Errors: EXIT_INPUT. */
bool input_open(struct input *input, const char *path, struct failure *failure);
void input_close(struct input *input);

#endif /* PERFREPORT_INPUT_H */
