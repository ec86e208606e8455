/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf's cache of objects by build-id, from which reports take symbols. */
#ifndef PERFREC_BUILDID_CACHE_H
#define PERFREC_BUILDID_CACHE_H

#include "elf_file.h"
#include "options.h"

/*
 * Keep a copy of file in the cache, as perf-buildid-cache(1) does:
 *	FOLDER/NAME/BUILD-ID/elf
 *	FOLDER/.build-id/xx/yyy... -> ../../NAME/BUILD-ID
 * The folder is --buildid-dir, or ~/.debug.  Nothing is done for a file
 * without build-id or one that is there.  false: errno says why it is not kept.
 */
bool keep_object(const struct options *options, const struct elf_file *file, const char *name);

#endif /* PERFREC_BUILDID_CACHE_H */
