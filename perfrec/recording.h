/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The perf.data being written.  It grows under a temporary name beside the
 * one asked for and takes its place when it is complete, so that there is
 * never half a recording under that name; the one that stood there becomes
 * FILE.old, as with perf.
 */
#ifndef PERFREC_RECORDING_H
#define PERFREC_RECORDING_H

#include <perfdata_write.h>

#define RECORDING_MAX_CPUS 64

/* What the records of a finished recording hold. */
struct recording_totals {
	uint64_t samples;
	uint64_t lost; /* by PERF_RECORD_LOST */
	uint64_t event_samples[32];
	uint64_t first_time, last_time;	     /* of samples, ns */
	struct perfdata_build_id *build_ids; /* of executable maps, each once */
	uint32_t nr_build_ids;
};

struct recording {
	const char *path;
	char *temporary; /* NULL: a nameless file, copied to path in the end */
	int fd;		 /* -1: none */
	uint64_t header_size;
	uint64_t size;
	int last_cpu;					  /* of the frame before; -1: none */
	struct perfdata_buffer carry[RECORDING_MAX_CPUS]; /* the beginning of a record */
};

/* Create the temporary file.  Prints what is wrong; an exit code. */
int recording_create(struct recording *recording, const char *path);

/* Write the header and the recorder's own first records. */
int recording_begin(struct recording *recording, const struct perfdata_write_event *events,
		    uint32_t nr_events, const struct perfdata_buffer *first);

/* Append bytes of one CPU's ring; a record may be cut between two calls. */
int recording_append(struct recording *recording, unsigned int cpu, const void *bytes, size_t size);

/* Read what was recorded and fill *totals; to be freed by recording_free_totals(). */
int recording_sum(struct recording *recording, struct recording_totals *totals);

/* Write the features and the final header, and give the file its name. */
int recording_finish(struct recording *recording, const struct perfdata_write_event *events,
		     uint32_t nr_events, const struct perfdata_facts *facts);

/* Remove what was written, unless it was finished; free. */
void recording_close(struct recording *recording);

/* Free what recording_sum() filled. */
void recording_free_totals(struct recording_totals *totals);

#endif /* PERFREC_RECORDING_H */
