/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other people's programs (pahole, bpftool, as, ld), and a folder for their files. */
#ifndef GRAFT_TOOL_H
#define GRAFT_TOOL_H

/* A temporary folder; whoever makes it removes it. */
struct scratch {
	char *folder;
};

/* Makes the folder under $TMPDIR (or /tmp). Returns a status. */
int scratch_make(struct scratch *scratch);

/* The path of a file NAME in the folder; the caller frees it. */
char *scratch_path(const struct scratch *scratch, const char *name);

/* Removes the folder and the files in it. Does nothing if it was not made. */
void scratch_remove(struct scratch *scratch);

/*
 * Runs argv[0] (found by $PATH, then in /usr/sbin) with its standard output going to the file out,
 * or nowhere when out is NULL. A program that is missing, fails or dies is reported with the first
 * line it wrote to standard error; package names the Debian package it comes from.
 * Returns a status.
 */
int tool_run(const struct scratch *scratch, const char *package, const char *const argv[],
	     const char *out);

#endif
