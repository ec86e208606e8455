/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first pass over a recording: the sideband records in order of time,
 * where the samples lie, and what was lost.
 */
#ifndef PERFREPORT_SURVEY_H
#define PERFREPORT_SURVEY_H

#include <perfdata.h>

#include "order.h"
#include "profile.h"
#include "spool.h"

/* Samples without anything between them. */
struct range {
	uint64_t begin, end; /* in survey.bytes */
};

struct survey {
	const uint8_t *bytes; /* the records: the file itself, or what was unpacked */
	struct spool spool;
	struct order sideband; /* MMAP, MMAP2, COMM, FORK; sorted; pos in bytes */
	struct range *ranges;
	size_t nr_ranges, ranges_capacity;
	uint64_t sample_bytes; /* in all of them */
};

/* Make the survey; survey_free() it, also after an error, which is
   EXIT_INPUT: what is packed could not be unpacked.  A cut or damage is noted
   in the profile. */
bool survey_make(struct survey *survey, struct profile *profile, const struct perfdata *file,
		 struct failure *failure);
void survey_free(struct survey *survey);

/* The record at a place in survey.bytes, decoded; false: it contradicts
   itself. */
bool survey_record(const struct survey *survey, const struct perfdata *file, uint64_t pos,
		   struct perfdata_record *record);

/* Let go of the memory of a range, which comes back when it is read again:
   what is mapped and was read counts as used. */
void survey_forget(const struct survey *survey, const struct range *range);

/* Note why the recording is not whole; the first reason stays. */
void survey_incomplete(struct profile *profile, const char *why);

#endif /* PERFREPORT_SURVEY_H */
