/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile in the formats of other viewers.
 */
#ifndef PERFREPORT_EXPORT_H
#define PERFREPORT_EXPORT_H

#include "chain.h"
#include "options.h"
#include "profile.h"
#include "text.h"

/* Write the profile in options->format.  Errors: EXIT_NO_SAMPLES, the format
   draws time and the recording has none; EXIT_MEMORY. */
bool export_profile(const struct profile *profile, const struct options *options, struct text *text,
		    struct failure *failure);

/* LOAD_*: what the format needs of a recording. */
unsigned int export_needs(enum export_format format);

/* The formats, one file each.
   pprof: profile.proto of github.com/google/pprof, gzip'ed.
   speedscope: the file format of www.speedscope.app, file-format-schema.json.
   firefox: the processed profile of the Firefox Profiler, version 60.
   chrome: the Trace Event Format, slices of type "X".
   json: our own; docs/export.schema.json. */
bool export_pprof(const struct profile *profile, const struct options *options, struct text *text,
		  struct failure *failure);
void export_speedscope(const struct profile *profile, const struct options *options,
		       struct text *text);
void export_firefox(const struct profile *profile, const struct options *options,
		    struct text *text);
void export_chrome(const struct profile *profile, const struct options *options, struct text *text);
void export_json(const struct profile *profile, const struct options *options, struct text *text);

/* The frames from a node up to its task, which is left out; chain_free() it. */
void export_chain(struct chain *chain, const struct profile *profile, const struct tree *tree,
		  uint32_t node);

/* The heading: the title given, what the recorder ran, or the file's name. */
const char *export_title(const struct profile *profile, const struct options *options);

/* One line for each wanted event: how much of it was lost. */
void export_loss(const struct event *event, struct text *text);

#endif /* PERFREPORT_EXPORT_H */
