/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bundle: a recording and the files that its reports open, in one
 * compressed archive (perfbundle in perfdata(5)).
 *
 * Nothing of it is ever written under a name that it gives: it is unpacked
 * into one file without a name (spool.h) and looked up there.
 */
#ifndef PERFREPORT_BUNDLE_H
#define PERFREPORT_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "failure.h"

#define BUNDLE_MANIFEST	 "MANIFEST"
#define BUNDLE_TITLE	 "machperf bundle 1\n"
#define BUNDLE_RECORDING "perf.data"
#define BUNDLE_MOST	 (UINT64_C(16) << 30) /* bytes of all members together */
#define BUNDLE_MEMBERS	 1000000	      /* no more members */

struct bundle;

/* Do these bytes begin as a bundle does? */
bool bundle_is(const void *bytes, size_t size);

/* Unpack one.  path is for messages.  bundle_close() it.  Errors: EXIT_FORMAT,
   it is cut, damaged, or not such an archive; EXIT_INPUT, there is no room. */
bool bundle_open(struct bundle **bundle, const void *bytes, size_t size, const char *path,
		 struct failure *failure);
void bundle_close(struct bundle *bundle);

/* What the recording's file was called. */
const char *bundle_recorded_as(const struct bundle *bundle);

/* The bytes of a member, which live as long as the bundle; NULL: there is
   none.  The name may have empty, "." and ".." parts. */
const void *bundle_find(const struct bundle *bundle, const char *name, size_t *size);

/* A mapping of its own of a member, that may be written to and does not change
   the bundle; munmap() it.  NULL: there is none, or it is empty. */
void *bundle_map(const struct bundle *bundle, const char *name, size_t *size);

/* A file of a bundle (NULL: of the file system) to read; NULL: there is none. */
FILE *bundle_file(const struct bundle *bundle, const char *path);

/* A name in a bundle from two parts of it, without empty, "." and ".." parts;
   free() it. */
char *bundle_name(const char *folder, const char *rest);

#endif /* PERFREPORT_BUNDLE_H */
