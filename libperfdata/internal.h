/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the reader share. */
#ifndef PERFDATA_INTERNAL_H
#define PERFDATA_INTERNAL_H

#include <string.h>

#include "perfdata.h"

#define PERFDATA_ATTR_MIN      64  /* PERF_ATTR_SIZE_VER0 */
#define PERFDATA_FILE_HEADER   104 /* struct perf_file_header */
#define PERFDATA_PIPE_HEADER   16  /* struct perf_pipe_file_header */
#define PERFDATA_SECTION_BYTES 16  /* struct perf_file_section */

struct section {
	uint64_t offset, size;
};

struct id_entry {
	uint64_t id;
	uint32_t event;
};

/* Where in a record the id stands that tells its event. */
enum id_place {
	ID_FIRST_EVENT, /* nowhere: everything belongs to the first event */
	ID_IN_RECORD,
};

struct perfdata_index {
	struct id_entry *by_id; /* sorted */
	size_t nr_ids;
	uint64_t *ids;	   /* in the order of the file */
	char **made_names; /* of each event; NULL: the name stands in the buffer */
	enum id_place place;
	unsigned int sample_words; /* u64 before the id in a sample's body */
	unsigned int tail_words;   /* u64 from the id to the end of any other record */
	struct section features[PERFDATA_FEAT_MAX]; /* size 0: absent */
};

/* Bytes still to be read; what is taken behind the end is 0 and sets bad. */
struct span {
	const uint8_t *pos, *end;
	bool bad;
};

static inline uint32_t load_u32(const void *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline uint64_t load_u64(const void *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline uint64_t span_left(const struct span *span)
{
	return span->end - span->pos;
}

/* Take size bytes; NULL (and bad) if they are not there. */
static inline const uint8_t *take_bytes(struct span *span, uint64_t size)
{
	const uint8_t *bytes = span->pos;

	if (size > span_left(span)) {
		span->bad = true;
		span->pos = span->end;
		return NULL;
	}
	span->pos += size;
	return bytes;
}

static inline uint64_t take_u64(struct span *span)
{
	const uint8_t *bytes = take_bytes(span, 8);

	return bytes ? load_u64(bytes) : 0;
}

static inline uint32_t take_u32(struct span *span)
{
	const uint8_t *bytes = take_bytes(span, 4);

	return bytes ? load_u32(bytes) : 0;
}

/* Take an array of nr times words u64; NULL and bad if it is not there. */
static inline const perfdata_u64 *take_words(struct span *span, uint64_t nr, unsigned int words)
{
	if (nr > span_left(span) / (8 * words)) {
		span->bad = true;
		span->pos = span->end;
		return NULL;
	}
	return (const perfdata_u64 *)take_bytes(span, nr * words * 8);
}

/* A string that ends inside the span; NULL and bad if it does not.  Takes all
   of the span: strings come last. */
const char *take_string(struct span *span);

/* A string of the header: u32 length, then that many bytes with a NUL among them. */
const char *take_header_string(struct span *span);

/* Fill *error (if there is one) and return status. */
enum perfdata_status perfdata_fail(struct perfdata_error *error, enum perfdata_status status,
				   uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The name of an event by its attribute; malloc'd, NULL: no memory. */
char *perfdata_event_name(const struct perf_event_attr *attr);

/* Decode the body of a sample of record->event; false: its sizes contradict each other. */
bool perfdata_decode_sample(struct perfdata_record *record);

/* Decode the sample_id at the end of a record that is no sample; what is left
   of *body ends before it. */
void perfdata_decode_sample_id(struct perfdata_record *record, struct span *body);

/* Give the events the names of EVENT_DESC, or made ones. */
enum perfdata_status perfdata_name_events(struct perfdata *file, struct perfdata_error *error);

#endif /* PERFDATA_INTERNAL_H */
