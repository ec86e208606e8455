/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of a perf.data: magic, attributes with their ids, the place of
 * the records and of the feature sections.
 *
 *	u64 magic "PERFILE2"; u64 size, attr_size;
 *	section attrs, data, event_types; u64 features[4];
 *
 * A section is u64 offset, size.  An attribute is attr_size - 16 bytes of
 * struct perf_event_attr and the section of its ids.  The sections of the
 * features whose bit is set stand in a table right behind the data.  A
 * recording in pipe mode has only magic and size (16): see pipe.c.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"

static const char magic[8] = "PERFILE2";
static const char magic_swapped[8] = "2ELIFREP";
static const char magic_old[8] = "PERFFILE";

static struct section load_section(const struct perfdata *file, uint64_t at)
{
	return (struct section){file_u64(file, at), file_u64(file, at + 8)};
}

static bool section_fits(const struct perfdata *file, struct section section)
{
	return section.offset <= file->size && section.size <= file->size - section.offset;
}

static enum perfdata_status check_magic(struct perfdata *file, struct perfdata_error *error)
{
	if (file->size < sizeof(magic))
		return perfdata_fail(error, PERFDATA_NOT_PERFDATA, 0,
				     "not a perf.data: %s, %" PRIu64 " bytes",
				     file->size == 0 ? "empty" : "too short", file->size);
	if (!memcmp(file->base, magic_old, sizeof(magic)))
		return perfdata_fail(error, PERFDATA_UNSUPPORTED, 0,
				     "format of perf before Linux 3.2 (PERFFILE)");
	file->swapped = !memcmp(file->base, magic_swapped, sizeof(magic));
	if (!file->swapped && memcmp(file->base, magic, sizeof(magic)))
		return perfdata_fail(error, PERFDATA_NOT_PERFDATA, 0,
				     "not a perf.data: it does not begin with PERFILE2");
	if (file->size < PERFDATA_PIPE_HEADER)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut inside the header");
	file->pipe = file_u64(file, 8) == PERFDATA_PIPE_HEADER;
	if (file->pipe)
		return PERFDATA_OK;
	if (file->size < PERFDATA_FILE_HEADER)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut inside the header");
	if (file_u64(file, 8) < PERFDATA_FILE_HEADER)
		return perfdata_fail(error, PERFDATA_CORRUPT, 8,
				     "header of %" PRIu64 " bytes, %d expected", file_u64(file, 8),
				     PERFDATA_FILE_HEADER);
	return PERFDATA_OK;
}

/* Find the records; what the header says is not believed beyond the buffer. */
static enum perfdata_status place_data(struct perfdata *file, struct perfdata_error *error)
{
	struct section data = load_section(file, 40);

	if (data.offset > file->size)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut before the records, which begin at %" PRIu64,
				     data.offset);
	file->data_offset = data.offset;
	file->data_size = data.size;
	if (data.size == 0 && data.offset >= PERFDATA_FILE_HEADER) {
		file->unfinished = true;
		file->data_size = file->size - data.offset;
	} else if (!section_fits(file, data)) {
		file->truncated = true;
		file->data_size = file->size - data.offset;
	}
	return PERFDATA_OK;
}

/* Is there a section of this feature?  The four words are an array of unsigned
   long of the recorder: a machine of 32 bits and the other byte order swapped
   the halves of each.  All recorders write HOSTNAME, which tells. */
static bool has_feature(const struct perfdata *file, unsigned int bit)
{
	const uint64_t hostname = 1ULL << PERFDATA_FEAT_HOSTNAME;
	uint64_t word = file_u64(file, 72 + bit / 64 * 8);
	uint64_t first = file_u64(file, 72);

	if (file->swapped && !(first & hostname) && (first << 32 | first >> 32) & hostname)
		word = word << 32 | word >> 32;
	return word & 1ULL << bit % 64;
}

/* Take the table of feature sections; entries outside the buffer are left out
   and make the file truncated. */
static void place_features(struct perfdata *file)
{
	uint64_t pos = file->data_offset + file->data_size;
	unsigned int bit;

	if (file->truncated || file->unfinished)
		return;
	for (bit = 0; bit < PERFDATA_FEAT_MAX; bit++) {
		struct section section;

		if (!has_feature(file, bit))
			continue;
		if (file->size - pos < PERFDATA_SECTION_BYTES) {
			file->truncated = true;
			return;
		}
		section = load_section(file, pos);
		pos += PERFDATA_SECTION_BYTES;
		if (section_fits(file, section))
			file->index->features[bit] = section;
		else
			file->truncated = true;
	}
}

/* Read attribute number n, whose bytes are known to be there. */
static struct section load_attr(struct perfdata *file, uint32_t n, uint64_t at, uint64_t attr_size)
{
	struct perfdata_event *event = &file->events[n];
	uint64_t size = attr_size - PERFDATA_SECTION_BYTES;

	memcpy(&event->attr, file->base + at,
	       size < sizeof(event->attr) ? size : sizeof(event->attr));
	if (file->swapped)
		perfdata_swap_attr(&event->attr);
	event->index = n;
	return load_section(file, at + size);
}

/* Count the ids of all attributes, so that they can be allocated at once.
   Together they must fit the file: sections may not be used twice. */
static enum perfdata_status count_ids(struct perfdata *file, struct section attrs,
				      uint64_t attr_size, struct perfdata_error *error)
{
	uint64_t room = file->size - attrs.size;
	uint32_t n;

	for (n = 0; n < file->nr_events; n++) {
		uint64_t at = attrs.offset + n * attr_size;
		struct section ids = load_attr(file, n, at, attr_size);

		if (!section_fits(file, ids) || ids.size % 8 != 0 || ids.size > room)
			return perfdata_fail(error, PERFDATA_CORRUPT, at,
					     "attribute %" PRIu32 " has an impossible list of ids",
					     n);
		room -= ids.size;
		file->index->nr_ids += ids.size / 8;
		file->events[n].nr_ids = ids.size / 8;
	}
	return PERFDATA_OK;
}

enum perfdata_status perfdata_make_ids(struct perfdata *file, struct perfdata_error *error)
{
	struct perfdata_index *index = file->index;

	index->nr_slots = 16;
	while (index->nr_slots / 2 < index->nr_ids)
		index->nr_slots *= 2;
	index->ids = calloc(index->nr_ids + 1, sizeof(*index->ids));
	index->slots = calloc(index->nr_slots, sizeof(*index->slots));
	if (!index->ids || !index->slots)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
	return PERFDATA_OK;
}

/* The slot of an id: it holds it or is free. */
static struct id_slot *slot_of(const struct perfdata_index *index, uint64_t id)
{
	size_t at = id * 0x9e3779b97f4a7c15ULL >> 32 & (index->nr_slots - 1);

	while (index->slots[at].event && index->slots[at].id != id)
		at = (at + 1) & (index->nr_slots - 1);
	return &index->slots[at];
}

void perfdata_add_id(struct perfdata *file, uint64_t id, uint32_t event)
{
	struct id_slot *slot = slot_of(file->index, id);

	if (!slot->event)
		*slot = (struct id_slot){.id = id, .event = event + 1};
}

static void load_ids(struct perfdata *file, struct section attrs, uint64_t attr_size)
{
	struct perfdata_index *index = file->index;
	size_t nr = 0;
	uint32_t n, i;

	for (n = 0; n < file->nr_events; n++) {
		struct perfdata_event *event = &file->events[n];
		struct section ids =
		    load_section(file, attrs.offset + (n + 1) * attr_size - PERFDATA_SECTION_BYTES);

		event->ids = index->ids + nr;
		for (i = 0; i < event->nr_ids; i++, nr++) {
			index->ids[nr] = file_u64(file, ids.offset + i * 8);
			perfdata_add_id(file, index->ids[nr], n);
		}
	}
}

static enum perfdata_status load_attrs(struct perfdata *file, struct perfdata_error *error)
{
	uint64_t attr_size = file_u64(file, 16);
	struct section attrs = load_section(file, 24);
	enum perfdata_status status;

	if (attr_size < PERFDATA_ATTR_MIN + PERFDATA_SECTION_BYTES || attr_size > 65536 ||
	    attr_size % 8 != 0)
		return perfdata_fail(error, PERFDATA_CORRUPT, 16,
				     "attributes of %" PRIu64 " bytes each", attr_size);
	if (!section_fits(file, attrs))
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut before the end of the attributes");
	if (attrs.size == 0 || attrs.size % attr_size != 0 || attrs.size / attr_size > UINT32_MAX)
		return perfdata_fail(error, PERFDATA_CORRUPT, 24,
				     "%" PRIu64 " bytes of attributes, %" PRIu64 " bytes each",
				     attrs.size, attr_size);
	file->nr_events = attrs.size / attr_size;
	file->events = calloc(file->nr_events, sizeof(*file->events));
	if (!file->events)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
	status = count_ids(file, attrs, attr_size, error);
	if (status == PERFDATA_OK)
		status = perfdata_make_ids(file, error);
	if (status != PERFDATA_OK)
		return status;
	load_ids(file, attrs, attr_size);
	return PERFDATA_OK;
}

/* Where the id stands, by the sample_type of the first event: the recorder
   gives all events of a file the same place. */
static void place_id(struct perfdata *file)
{
	const uint64_t type = file->events[0].attr.sample_type;
	struct perfdata_index *index = file->index;

	index->place = ID_FIRST_EVENT;
	if (file->nr_events == 1)
		return;
	if (type & PERF_SAMPLE_IDENTIFIER) {
		index->place = ID_IN_RECORD;
		index->sample_words = 0;
		index->tail_words = 1;
	} else if (type & PERF_SAMPLE_ID) {
		index->place = ID_IN_RECORD;
		index->sample_words = !!(type & PERF_SAMPLE_IP) + !!(type & PERF_SAMPLE_TID) +
				      !!(type & PERF_SAMPLE_TIME) + !!(type & PERF_SAMPLE_ADDR);
		index->tail_words =
		    1 + !!(type & PERF_SAMPLE_CPU) + !!(type & PERF_SAMPLE_STREAM_ID);
	}
}

static enum perfdata_status load_file(struct perfdata *file, struct perfdata_error *error)
{
	enum perfdata_status status = check_magic(file, error);
	uint32_t n;

	if (status == PERFDATA_OK && file->pipe) {
		status = perfdata_load_pipe(file, error);
	} else if (status == PERFDATA_OK) {
		status = load_attrs(file, error);
		if (status == PERFDATA_OK)
			status = place_data(file, error);
		if (status == PERFDATA_OK)
			place_features(file);
	}
	if (status != PERFDATA_OK)
		return status;
	place_id(file);
	for (n = 0; n < file->nr_events; n++)
		perfdata_place_fields(&file->events[n]);
	return perfdata_name_events(file, error);
}

enum perfdata_status perfdata_open(struct perfdata **result, const void *data, size_t size,
				   struct perfdata_error *error)
{
	struct perfdata *file = calloc(1, sizeof(*file));
	enum perfdata_status status;

	*result = NULL;
	if (!file || !(file->index = calloc(1, sizeof(*file->index)))) {
		free(file);
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
	}
	file->base = data;
	file->size = size;
	status = load_file(file, error);
	if (status != PERFDATA_OK) {
		perfdata_close(file);
		return status;
	}
	*result = file;
	return PERFDATA_OK;
}

void perfdata_close(struct perfdata *file)
{
	uint32_t n;

	if (!file)
		return;
	for (n = 0; file->index->made_names && n < file->nr_events; n++)
		free(file->index->made_names[n]);
	free(file->index->made_names);
	free(file->index->ids);
	free(file->index->slots);
	free(file->index->build_ids);
	free(file->index->updates);
	free(file->index);
	free(file->events);
	free(file);
}

const struct perfdata_event *perfdata_event_by_id(const struct perfdata *file, uint64_t id)
{
	const struct id_slot *slot = slot_of(file->index, id);

	return slot->event ? &file->events[slot->event - 1] : NULL;
}
