/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a bundle: the view of all views.
 */
#ifndef PERFREPORT_BUNDLE_WRITE_H
#define PERFREPORT_BUNDLE_WRITE_H

#include "options.h"

/* Read the recording options->input, look up all that any view of it would,
   and write it with the files that were opened to options->output.  The same
   files give the same bytes.  Errors: as load() and output_write(); EXIT_USAGE,
   the recording is no file of its own; EXIT_INCOMPLETE, written, but the
   recording was cut. */
bool bundle_write(const struct options *options, struct failure *failure);

#endif /* PERFREPORT_BUNDLE_WRITE_H */
