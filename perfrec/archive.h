/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archive that tells the agent what to do: <mach/perf_stream.h>. */
#ifndef PERFREC_ARCHIVE_H
#define PERFREC_ARCHIVE_H

#include <mach/perf_event.h>

#include "images.h"
#include "options.h"

/* Write the archive to a new file at path.  Prints what is wrong; an exit code. */
int write_archive(const char *path, const struct options *options, const struct images *images,
		  const struct perf_event_attr *attrs);

#endif /* PERFREC_ARCHIVE_H */
