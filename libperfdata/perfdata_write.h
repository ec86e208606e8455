/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing perf.data: everything is put into growing buffers; the caller
 * writes them where it likes.  A file is
 *
 *	perfdata_put_header()		header, ids and attributes
 *	records				as they come from the kernel, and perfdata_put_mmap(), ...
 *	perfdata_put_features()		the table of sections and the sections
 *
 * The header's size depends only on the number of events and ids, so a
 * recorder that streams writes it first with data_size 0 (readers take such
 * a file for unfinished) and again, over it, once the size is known.
 *
 * All put functions leave a buffer that ran out of memory marked failed and
 * do nothing more to it: check once, at the end.
 *
 * Format: perfdata(5).
 */
#ifndef PERFDATA_WRITE_H
#define PERFDATA_WRITE_H

#include "perfdata.h"

/* A growing buffer; all 0 to begin with. */
struct perfdata_buffer {
	uint8_t *data;
	size_t size;
	size_t capacity;
	bool failed; /* out of memory: the contents are not complete */
};

/* Free the bytes; the buffer is then empty and usable again. */
void perfdata_buffer_free(struct perfdata_buffer *buffer);

/* Append size bytes. */
void perfdata_put(struct perfdata_buffer *buffer, const void *bytes, size_t size);

/* An event as it stands in the file. */
struct perfdata_write_event {
	const struct perf_event_attr *attr;
	const uint64_t *ids;
	uint32_t nr_ids;
	const char *name;
};

/* Events that were counted together: the leader and those right behind it. */
struct perfdata_group {
	uint32_t leader;     /* by its place among the events */
	uint32_t nr_members; /* itself included */
};

/* Facts of the recording for the feature sections.  NULL strings and zero
   numbers leave their section out. */
struct perfdata_facts {
	const char *hostname;
	const char *osrelease;
	const char *version; /* of the recorder */
	const char *arch;
	const char *cpudesc;
	const char *cpuid;
	uint32_t cpus;
	uint64_t memory; /* bytes */
	const char *const *cmdline;
	uint32_t nr_cmdline;
	uint64_t first_sample, last_sample; /* ns */
	const struct perfdata_build_id *build_ids;
	uint32_t nr_build_ids;
	const struct perfdata_group *groups;
	uint32_t nr_groups;
	const char *info; /* text of machperf's own section */
};

/* Put the header and the attributes of a file whose records take data_size bytes. */
void perfdata_put_header(struct perfdata_buffer *buffer, const struct perfdata_write_event *events,
			 uint32_t nr_events, const struct perfdata_facts *facts,
			 uint64_t data_size);

/* Put what follows the records, which end at data_end in the file. */
void perfdata_put_features(struct perfdata_buffer *buffer,
			   const struct perfdata_write_event *events, uint32_t nr_events,
			   const struct perfdata_facts *facts, uint64_t data_end);

/* What stands at the end of each of the kernel's records but samples: the
   fields of sample_type, in their order. */
struct perfdata_write_id {
	uint64_t sample_type;
	struct perfdata_sample_id id;
};

/* Put a PERF_RECORD_MMAP2 with the build-id of map (none: plain), misc and tail. */
void perfdata_put_mmap2(struct perfdata_buffer *buffer, const struct perfdata_mmap *map,
			uint16_t misc, const struct perfdata_write_id *tail);

/* Put a PERF_RECORD_COMM. */
void perfdata_put_comm(struct perfdata_buffer *buffer, const struct perfdata_comm *comm,
		       const struct perfdata_write_id *tail);

/* Put a PERF_RECORD_TEXT_POKE: these bytes of the kernel's code, length of
   them, are what stands at addr, before and after. */
void perfdata_put_text_poke(struct perfdata_buffer *buffer, uint64_t addr, const void *bytes,
			    uint16_t length, const struct perfdata_write_id *tail);

/* Put a PERF_RECORD_FINISHED_ROUND: no later record is older than any before
   the round that came before this one. */
void perfdata_put_finished_round(struct perfdata_buffer *buffer);

#endif /* PERFDATA_WRITE_H */
