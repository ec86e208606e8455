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
 * features whose bit is set stand in a table right behind the data.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"

static const char magic[8] = "PERFILE2";
static const char magic_swapped[8] = "2ELIFREP";
static const char magic_old[8] = "PERFFILE";

static struct section load_section(const uint8_t *from)
{
	return (struct section){load_u64(from), load_u64(from + 8)};
}

static bool section_fits(const struct perfdata *file, struct section section)
{
	return section.offset <= file->size && section.size <= file->size - section.offset;
}

static enum perfdata_status check_magic(const struct perfdata *file, struct perfdata_error *error)
{
	if (file->size < sizeof(magic))
		return perfdata_fail(error, PERFDATA_NOT_PERFDATA, 0,
				     "not a perf.data: %s, %" PRIu64 " bytes",
				     file->size == 0 ? "empty" : "too short", file->size);
	if (!memcmp(file->base, magic_swapped, sizeof(magic)))
		return perfdata_fail(error, PERFDATA_UNSUPPORTED, 0,
				     "recorded on a machine of the other byte order");
	if (!memcmp(file->base, magic_old, sizeof(magic)))
		return perfdata_fail(error, PERFDATA_UNSUPPORTED, 0,
				     "format of perf before Linux 3.2 (PERFFILE)");
	if (memcmp(file->base, magic, sizeof(magic)))
		return perfdata_fail(error, PERFDATA_NOT_PERFDATA, 0,
				     "not a perf.data: it does not begin with PERFILE2");
	if (file->size < PERFDATA_PIPE_HEADER)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut inside the header");
	if (load_u64(file->base + 8) == PERFDATA_PIPE_HEADER)
		return perfdata_fail(error, PERFDATA_UNSUPPORTED, 8,
				     "recorded in pipe mode (perf record -o -)");
	if (file->size < PERFDATA_FILE_HEADER)
		return perfdata_fail(error, PERFDATA_TRUNCATED, file->size,
				     "cut inside the header");
	if (load_u64(file->base + 8) < PERFDATA_FILE_HEADER)
		return perfdata_fail(error, PERFDATA_CORRUPT, 8,
				     "header of %" PRIu64 " bytes, %d expected",
				     load_u64(file->base + 8), PERFDATA_FILE_HEADER);
	return PERFDATA_OK;
}

/* Find the records; what the header says is not believed beyond the buffer. */
static enum perfdata_status place_data(struct perfdata *file, struct perfdata_error *error)
{
	struct section data = load_section(file->base + 40);

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

		if (!(load_u64(file->base + 72 + bit / 64 * 8) & 1ULL << bit % 64))
			continue;
		if (file->size - pos < PERFDATA_SECTION_BYTES) {
			file->truncated = true;
			return;
		}
		section = load_section(file->base + pos);
		pos += PERFDATA_SECTION_BYTES;
		if (section_fits(file, section))
			file->index->features[bit] = section;
		else
			file->truncated = true;
	}
}

static int compare_ids(const void *a, const void *b)
{
	const struct id_entry *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

/* Read attribute number n, whose bytes are known to be there. */
static struct section load_attr(struct perfdata *file, uint32_t n, const uint8_t *from,
				uint64_t attr_size)
{
	struct perfdata_event *event = &file->events[n];
	uint64_t size = attr_size - PERFDATA_SECTION_BYTES;

	memcpy(&event->attr, from, size < sizeof(event->attr) ? size : sizeof(event->attr));
	event->index = n;
	return load_section(from + size);
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
		struct section ids = load_attr(file, n, file->base + at, attr_size);

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

static void load_ids(struct perfdata *file, struct section attrs, uint64_t attr_size)
{
	struct perfdata_index *index = file->index;
	size_t nr = 0;
	uint32_t n, i;

	for (n = 0; n < file->nr_events; n++) {
		struct perfdata_event *event = &file->events[n];
		const uint8_t *at = file->base + attrs.offset + (n + 1) * attr_size;
		struct section ids = load_section(at - PERFDATA_SECTION_BYTES);

		event->ids = index->ids + nr;
		for (i = 0; i < event->nr_ids; i++, nr++) {
			index->ids[nr] = load_u64(file->base + ids.offset + i * 8);
			index->by_id[nr] = (struct id_entry){index->ids[nr], n};
		}
	}
	qsort(index->by_id, nr, sizeof(*index->by_id), compare_ids);
}

static enum perfdata_status load_attrs(struct perfdata *file, struct perfdata_error *error)
{
	uint64_t attr_size = load_u64(file->base + 16);
	struct section attrs = load_section(file->base + 24);
	struct perfdata_index *index = file->index;
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
	if (status != PERFDATA_OK)
		return status;
	index->ids = calloc(index->nr_ids + 1, sizeof(*index->ids));
	index->by_id = calloc(index->nr_ids + 1, sizeof(*index->by_id));
	if (!index->ids || !index->by_id)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
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

	if (status == PERFDATA_OK)
		status = load_attrs(file, error);
	if (status == PERFDATA_OK)
		status = place_data(file, error);
	if (status != PERFDATA_OK)
		return status;
	place_features(file);
	place_id(file);
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
	free(file->index->by_id);
	free(file->index);
	free(file->events);
	free(file);
}

const struct perfdata_event *perfdata_event_by_id(const struct perfdata *file, uint64_t id)
{
	const struct perfdata_index *index = file->index;
	size_t low = 0, high = index->nr_ids;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->by_id[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->nr_ids || index->by_id[low].id != id)
		return NULL;
	return &file->events[index->by_id[low].event];
}
