/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of pages as the build embeds them (embed.c).
 */
#ifndef PERFREPORT_TEMPLATE_H
#define PERFREPORT_TEMPLATE_H

#include <stddef.h>

struct template_file {
	const char *name;
	const char *bytes; /* NUL ended */
	size_t length;
};

/* Of flame/, annotate/ and report/; they end with an entry without a name. */
extern const struct template_file template_files[], annotate_files[], report_files[];

#endif /* PERFREPORT_TEMPLATE_H */
