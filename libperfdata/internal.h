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

struct id_slot {
	uint64_t id;
	uint32_t event; /* + 1; 0: free */
};

/* Where in a record the id stands that tells its event. */
enum id_place {
	ID_FIRST_EVENT, /* nowhere: everything belongs to the first event */
	ID_IN_RECORD,
};

struct perfdata_index {
	struct id_slot *slots; /* by id */
	size_t nr_slots;       /* a power of two */
	size_t nr_ids;
	uint64_t *ids;	   /* in the order of the file */
	char **made_names; /* of each event; NULL: the name stands in the buffer */
	enum id_place place;
	unsigned int sample_words; /* u64 before the id in a sample's body */
	unsigned int tail_words;   /* u64 from the id to the end of any other record */
	struct section features[PERFDATA_FEAT_MAX]; /* size 0: absent */
	uint64_t *build_ids; /* offsets of HEADER_BUILD_ID records (pipe mode) */
	size_t nr_build_ids;
	struct section *updates; /* bodies of EVENT_UPDATE records */
	size_t nr_updates;
};

/* Bytes still to be read; what is taken behind the end is 0 and sets bad. */
struct span {
	const uint8_t *pos, *end;
	bool bad;
	bool swapped; /* numbers are of the other byte order */
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

	if (!bytes)
		return 0;
	return span->swapped ? __builtin_bswap64(load_u64(bytes)) : load_u64(bytes);
}

static inline uint32_t take_u32(struct span *span)
{
	const uint8_t *bytes = take_bytes(span, 4);

	if (!bytes)
		return 0;
	return span->swapped ? __builtin_bswap32(load_u32(bytes)) : load_u32(bytes);
}

static inline uint16_t take_u16(struct span *span)
{
	const uint8_t *bytes = take_bytes(span, 2);
	uint16_t value;

	if (!bytes)
		return 0;
	memcpy(&value, bytes, sizeof(value));
	return span->swapped ? __builtin_bswap16(value) : value;
}

/* Numbers of the recorder at a place in the buffer. */
static inline uint64_t file_u64(const struct perfdata *file, uint64_t at)
{
	uint64_t value = load_u64(file->base + at);

	return file->swapped ? __builtin_bswap64(value) : value;
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

/* The section of a feature as a span; false: absent. */
bool feature_span(const struct perfdata *file, unsigned int bit, struct span *span);

/* Decode the body of a sample of record->event; false: its sizes contradict each other. */
bool perfdata_decode_sample(struct perfdata_record *record);

/* Decode the sample_id at the end of a record that is no sample; what is left
   of *body ends before it. */
void perfdata_decode_sample_id(struct perfdata_record *record, struct span *body);

/* The event a record belongs to, whose bytes may still be of the other byte
   order; id 0 is the first, as the recorder's own records have no id. */
const struct perfdata_event *perfdata_event_of(const struct perfdata *file, uint32_t type,
					       const uint8_t *body, uint64_t size, bool swapped);

/* Fill in event->places. */
void perfdata_place_fields(struct perfdata_event *event);

/* Turn an attribute, as it stands in the file, into this machine's byte order. */
void perfdata_swap_attr(struct perf_event_attr *attr);

/* The same with the header of a record, and with the body of one of the
   kernel's, where its layout is known; a body that contradicts itself is
   left half done. */
void perfdata_swap_header(struct perf_event_header *header);
void perfdata_swap_body(const struct perfdata *file, const struct perf_event_header *header,
			uint8_t *body);

/* A record as it stands in the buffer at *pos, which moves behind it; what
   follows an AUXTRACE or tracing record without a header of its own is passed
   over.  Errors as of perfdata_step(), to which it is one half. */
enum perfdata_status perfdata_outer(const struct perfdata *file, uint64_t *pos,
				    struct perf_event_header *header, struct perfdata_error *error);

/* Take attributes, ids, features and build-ids out of the records of a
   recording in pipe mode. */
enum perfdata_status perfdata_load_pipe(struct perfdata *file, struct perfdata_error *error);

/* Make room in the events for their ids: allocates the tables. */
enum perfdata_status perfdata_make_ids(struct perfdata *file, struct perfdata_error *error);

/* Note that the id is of this event; of two events the first has it. */
void perfdata_add_id(struct perfdata *file, uint64_t id, uint32_t event);

/* Give the events the names of EVENT_DESC, or made ones. */
enum perfdata_status perfdata_name_events(struct perfdata *file, struct perfdata_error *error);

#endif /* PERFDATA_INTERNAL_H */
