/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, in one line for the user, and the exit status it gives.
 */
#ifndef PERFREPORT_FAILURE_H
#define PERFREPORT_FAILURE_H

/* Exit statuses, as documented in perfreport(1). */
#define EXIT_INCOMPLETE 1 /* written, but the recording was cut or damaged */
#define EXIT_USAGE	2 /* the command line */
#define EXIT_INPUT	3 /* the recording cannot be read */
#define EXIT_FORMAT	4 /* not a perf.data, or one we do not read */
#define EXIT_NO_SAMPLES 5 /* nothing to report: no samples, no such event or symbol */
#define EXIT_OUTPUT	6 /* the output cannot be written */
#define EXIT_MEMORY	7 /* out of memory */

struct failure {
	int status; /* EXIT_* */
	char text[512];
};

/* Fill in failure; the text has no newline. */
void failure_set(struct failure *failure, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* PERFREPORT_FAILURE_H */
