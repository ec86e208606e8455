/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pipe mode: behind a header of 16 bytes come records only.  HEADER_ATTR is
 * an attribute and its ids; EVENT_UPDATE its name; HEADER_FEATURE a feature
 * section; HEADER_BUILD_ID an entry of BUILD_ID.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"

/* How many there are of each. */
struct census {
	size_t attrs, build_ids, updates;
};

/* The body of a record. */
static struct span body_of(const struct perfdata *file, uint64_t pos, uint32_t size)
{
	return (struct span){file->base + pos + 8, file->base + pos + size, false, file->swapped};
}

/* Begin with an attribute: its bytes, in *size; NULL: it contradicts itself. */
static const uint8_t *take_attr(struct span *body, uint32_t *size)
{
	struct span head = *body;

	take_u32(&head); /* type */
	*size = take_u32(&head);
	if (*size == 0)
		*size = PERFDATA_ATTR_MIN;
	if (head.bad || *size < PERFDATA_ATTR_MIN || *size % 8)
		return NULL;
	return take_bytes(body, *size);
}

static enum perfdata_status count(const struct perfdata *file, struct census *census, size_t *ids,
				  struct perfdata_error *error)
{
	struct perf_event_header header;
	uint64_t pos = file->data_offset, at = pos;

	for (; perfdata_outer(file, &pos, &header, NULL) == PERFDATA_OK; at = pos) {
		struct span body = body_of(file, at, header.size);
		uint32_t size;

		switch (header.type) {
		case PERF_RECORD_HEADER_ATTR:
			if (!take_attr(&body, &size))
				return perfdata_fail(
				    error, PERFDATA_CORRUPT, at,
				    "the attribute at %" PRIu64 " contradicts itself", at);
			census->attrs++;
			*ids += span_left(&body) / 8;
			break;
		case PERF_RECORD_HEADER_BUILD_ID:
			census->build_ids++;
			break;
		case PERF_RECORD_EVENT_UPDATE:
			census->updates++;
			break;
		}
	}
	if (census->attrs == 0)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut before the first attribute (pipe mode)");
	return PERFDATA_OK;
}

static void load_attr(struct perfdata *file, struct span body)
{
	struct perfdata_event *event = &file->events[file->nr_events];
	struct perfdata_index *index = file->index;
	uint32_t size;
	const uint8_t *attr = take_attr(&body, &size);

	memcpy(&event->attr, attr, size < sizeof(event->attr) ? size : sizeof(event->attr));
	if (file->swapped)
		perfdata_swap_attr(&event->attr);
	event->index = file->nr_events++;
	event->ids = index->ids + index->nr_ids;
	for (; span_left(&body) >= 8; event->nr_ids++) {
		uint64_t id = take_u64(&body);

		index->ids[index->nr_ids++] = id;
		perfdata_add_id(file, id, event->index);
	}
}

static void load_record(struct perfdata *file, uint64_t at, const struct perf_event_header *header)
{
	struct perfdata_index *index = file->index;
	struct span body = body_of(file, at, header->size);
	uint64_t bit;

	switch (header->type) {
	case PERF_RECORD_HEADER_ATTR:
		load_attr(file, body);
		break;
	case PERF_RECORD_HEADER_BUILD_ID:
		index->build_ids[index->nr_build_ids++] = at;
		break;
	case PERF_RECORD_EVENT_UPDATE:
		index->updates[index->nr_updates++] = (struct section){at + 8, header->size - 8};
		break;
	case PERF_RECORD_HEADER_FEATURE:
		bit = take_u64(&body);
		if (!body.bad && bit < PERFDATA_FEAT_MAX)
			index->features[bit] = (struct section){at + 16, header->size - 16};
		break;
	}
}

enum perfdata_status perfdata_load_pipe(struct perfdata *file, struct perfdata_error *error)
{
	struct perfdata_index *index = file->index;
	struct perf_event_header header;
	struct census census = {0};
	enum perfdata_status status;
	uint64_t pos, at;

	file->data_offset = PERFDATA_PIPE_HEADER;
	file->data_size = file->size - PERFDATA_PIPE_HEADER;
	status = count(file, &census, &index->nr_ids, error);
	if (status == PERFDATA_OK)
		status = perfdata_make_ids(file, error);
	if (status != PERFDATA_OK)
		return status;
	index->nr_ids = 0;
	file->events = calloc(census.attrs, sizeof(*file->events));
	index->build_ids = calloc(census.build_ids + 1, sizeof(*index->build_ids));
	index->updates = calloc(census.updates + 1, sizeof(*index->updates));
	if (!file->events || !index->build_ids || !index->updates)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
	for (pos = at = file->data_offset; perfdata_outer(file, &pos, &header, NULL) == PERFDATA_OK;
	     at = pos)
		load_record(file, at, &header);
	return PERFDATA_OK;
}
