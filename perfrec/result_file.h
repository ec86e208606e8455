/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result on its way to its place: a file, which appears when it is complete,
 * or a stream that is open already.
 */
#ifndef PERFREC_RESULT_FILE_H
#define PERFREC_RESULT_FILE_H

#include "text.h"

struct result_file {
	const char *path; /* NULL: a stream */
	char *temporary;  /* NULL: the target is written to itself */
	int fd;		  /* -1: none */
};

/* Make ready to write to path, or to the descriptor stream where path is
   NULL.  Prints what is wrong; an exit code. */
int result_file_create(struct result_file *file, const char *path, int stream);

/* Write it all and give the file its name.  Prints what is wrong; an exit code. */
int result_file_finish(struct result_file *file, const struct text *text);

/* Remove what was not finished; free. */
void result_file_close(struct result_file *file);

#endif /* PERFREC_RESULT_FILE_H */
