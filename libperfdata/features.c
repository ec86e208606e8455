/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feature sections: facts of the machine and of the recording. */
#include <stdlib.h>

#include "internal.h"

const uint8_t *perfdata_feature(const struct perfdata *file, unsigned int bit, uint64_t *size)
{
	struct section section;

	*size = 0;
	if (bit >= PERFDATA_FEAT_MAX)
		return NULL;
	section = file->index->features[bit];
	if (section.size == 0)
		return NULL;
	*size = section.size;
	return file->base + section.offset;
}

bool feature_span(const struct perfdata *file, unsigned int bit, struct span *span)
{
	uint64_t size;
	const uint8_t *bytes = perfdata_feature(file, bit, &size);

	if (!bytes)
		return false;
	*span = (struct span){bytes, bytes + size, false, file->swapped};
	return true;
}

const char *perfdata_feature_string(const struct perfdata *file, unsigned int bit)
{
	struct span span;

	return feature_span(file, bit, &span) ? take_header_string(&span) : NULL;
}

const char *perfdata_cmdline(const struct perfdata *file, uint32_t n)
{
	struct span span;
	const char *text;
	uint32_t i;

	if (!feature_span(file, PERFDATA_FEAT_CMDLINE, &span) || n >= take_u32(&span))
		return NULL;
	for (i = 0; i <= n; i++) {
		text = take_header_string(&span);
		if (!text)
			return NULL;
	}
	return text;
}

bool perfdata_nrcpus(const struct perfdata *file, uint32_t *online, uint32_t *available)
{
	struct span span;

	if (!feature_span(file, PERFDATA_FEAT_NRCPUS, &span))
		return false;
	*available = take_u32(&span);
	*online = take_u32(&span);
	return !span.bad;
}

bool perfdata_total_mem(const struct perfdata *file, uint64_t *kib)
{
	struct span span;

	if (!feature_span(file, PERFDATA_FEAT_TOTAL_MEM, &span))
		return false;
	*kib = take_u64(&span);
	return !span.bad;
}

bool perfdata_sample_time(const struct perfdata *file, uint64_t *first, uint64_t *last)
{
	struct span span;

	if (!feature_span(file, PERFDATA_FEAT_SAMPLE_TIME, &span))
		return false;
	*first = take_u64(&span);
	*last = take_u64(&span);
	return !span.bad;
}

/* An entry is a perf_event_header, u32 pid, 24 bytes of id (the size in byte
   20 if misc says so), and the file name. */
#define BUILD_ID_FIXED	   36
#define BUILD_ID_HAS_SIZE  (1 << 15)
#define BUILD_ID_SIZE_BYTE 20

/* The entry in the span, which need not end with it; its bytes, 0: malformed. */
static uint64_t take_build_id(struct span span, struct perfdata_build_id *entry)
{
	struct perf_event_header header;
	struct span name = span;
	const uint8_t *id;

	header.type = take_u32(&span);
	header.misc = take_u16(&span);
	header.size = take_u16(&span);
	entry->pid = take_u32(&span);
	id = take_bytes(&span, BUILD_ID_FIXED - 12);
	if (span.bad || header.size < BUILD_ID_FIXED || header.size > span_left(&name))
		return 0;
	name = (struct span){name.pos + BUILD_ID_FIXED, name.pos + header.size, false, false};
	entry->misc = header.misc & ~BUILD_ID_HAS_SIZE;
	entry->size = sizeof(entry->id);
	if (header.misc & BUILD_ID_HAS_SIZE && id[BUILD_ID_SIZE_BYTE] <= sizeof(entry->id))
		entry->size = id[BUILD_ID_SIZE_BYTE];
	memcpy(entry->id, id, entry->size);
	entry->filename = take_string(&name);
	return entry->filename ? header.size : 0;
}

bool perfdata_next_build_id(const struct perfdata *file, uint64_t *pos,
			    struct perfdata_build_id *entry)
{
	const struct perfdata_index *index = file->index;
	uint64_t section = index->features[PERFDATA_FEAT_BUILD_ID].size, size;
	struct span span;

	memset(entry, 0, sizeof(*entry));
	if (*pos < section && feature_span(file, PERFDATA_FEAT_BUILD_ID, &span)) {
		span.pos += *pos;
		size = take_build_id(span, entry);
		*pos += size;
		if (size)
			return true;
		*pos = section;
	}
	/* Behind the section: numbers of records. */
	while (*pos - section < index->nr_build_ids) {
		uint64_t at = index->build_ids[(*pos)++ - section];

		span =
		    (struct span){file->base + at, file->base + file->size, false, file->swapped};
		if (take_build_id(span, entry))
			return true;
	}
	return false;
}

const char *perfdata_info(const struct perfdata *file, const char *key, size_t *length)
{
	uint64_t size;
	const char *text = (const char *)perfdata_feature(file, PERFDATA_FEAT_MACHPERF, &size);
	const char *end = text ? text + size : NULL;
	size_t key_length = strlen(key);

	*length = 0;
	while (text && text < end) {
		const char *newline = memchr(text, '\n', end - text);
		const char *stop = newline ? newline : end;

		if ((size_t)(stop - text) > key_length && text[key_length] == '=' &&
		    !memcmp(text, key, key_length)) {
			*length = stop - text - key_length - 1;
			return text + key_length + 1;
		}
		text = newline ? newline + 1 : end;
	}
	return NULL;
}
