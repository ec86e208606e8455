/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arguments.h"

static void usage(const struct program *program)
{
	printf("usage: %s", program->name);
	for (unsigned i = 0; i < program->nr_arguments; i++)
		printf(" [%s", program->arguments[i].name);
	for (unsigned i = 0; i < program->nr_arguments; i++)
		printf("]");
	printf("\n%s\n", program->what);
	for (unsigned i = 0; i < program->nr_arguments; i++) {
		const struct argument *a = &program->arguments[i];

		printf("  %-8s %s; %lu to %lu, standard %lu\n", a->name, a->what, a->min, a->max,
		       a->standard);
	}
}

static unsigned long read_one(const struct program *program, const struct argument *argument,
			      const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < argument->min ||
	    value > argument->max) {
		dprintf(2, "%s: %s: '%s' is not a number from %lu to %lu; try --help\n",
			program->name, argument->name, text, argument->min, argument->max);
		exit(2);
	}
	return value;
}

void arguments_read(const struct program *program, int argc, char **argv, unsigned long *values)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage(program);
		exit(0);
	}
	if (argc - 1 > (int)program->nr_arguments) {
		dprintf(2, "%s: '%s' is one argument too many; try --help\n", program->name,
			argv[program->nr_arguments + 1]);
		exit(2);
	}
	for (unsigned i = 0; i < program->nr_arguments; i++) {
		const struct argument *argument = &program->arguments[i];

		values[i] = (int)i < argc - 1 ? read_one(program, argument, argv[i + 1])
					      : argument->standard;
	}
}
