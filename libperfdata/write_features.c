/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The feature sections.  Strings stand there as u32 length and that many
 * bytes, NUL ended and padded with zeros to 64.
 */
#include "write_internal.h"

#define STRING_ALIGN	   64
#define BUILD_ID_HAS_SIZE  (1 << 15)
#define BUILD_ID_SIZE_BYTE 20

/* The string of a section that is one string; NULL: none, or another kind. */
static const char *feature_string(const struct perfdata_facts *facts, unsigned int bit)
{
	switch (bit) {
	case PERFDATA_FEAT_HOSTNAME:
		return facts->hostname;
	case PERFDATA_FEAT_OSRELEASE:
		return facts->osrelease;
	case PERFDATA_FEAT_VERSION:
		return facts->version;
	case PERFDATA_FEAT_ARCH:
		return facts->arch;
	case PERFDATA_FEAT_CPUDESC:
		return facts->cpudesc;
	case PERFDATA_FEAT_CPUID:
		return facts->cpuid;
	}
	return NULL;
}

bool feature_wanted(const struct perfdata_facts *facts, unsigned int bit)
{
	switch (bit) {
	case PERFDATA_FEAT_BUILD_ID:
		return facts->nr_build_ids != 0;
	case PERFDATA_FEAT_NRCPUS:
		return facts->cpus != 0;
	case PERFDATA_FEAT_TOTAL_MEM:
		return facts->memory != 0;
	case PERFDATA_FEAT_CMDLINE:
		return facts->nr_cmdline != 0;
	case PERFDATA_FEAT_EVENT_DESC:
		return true;
	case PERFDATA_FEAT_SAMPLE_TIME:
		return facts->last_sample != 0;
	case PERFDATA_FEAT_GROUP_DESC:
		return facts->nr_groups != 0;
	case PERFDATA_FEAT_MACHPERF:
		return facts->info != NULL;
	}
	return feature_string(facts, bit) != NULL;
}

static void put_string(struct perfdata_buffer *buffer, const char *text)
{
	uint64_t length = strlen(text);
	uint64_t padded = ALIGN_UP(length + 1, STRING_ALIGN);

	put_u32(buffer, padded);
	perfdata_put(buffer, text, length);
	put_zeros(buffer, padded - length);
}

static void put_cmdline(struct perfdata_buffer *buffer, const struct perfdata_facts *facts)
{
	uint32_t n;

	put_u32(buffer, facts->nr_cmdline);
	for (n = 0; n < facts->nr_cmdline; n++)
		put_string(buffer, facts->cmdline[n]);
}

static void put_event_desc(struct perfdata_buffer *buffer,
			   const struct perfdata_write_event *events, uint32_t nr_events)
{
	uint32_t n;

	put_u32(buffer, nr_events);
	put_u32(buffer, sizeof(struct perf_event_attr));
	for (n = 0; n < nr_events; n++) {
		perfdata_put(buffer, events[n].attr, sizeof(*events[n].attr));
		put_u32(buffer, events[n].nr_ids);
		put_string(buffer, events[n].name);
		perfdata_put(buffer, events[n].ids, events[n].nr_ids * sizeof(uint64_t));
	}
}

static void put_group_desc(struct perfdata_buffer *buffer, const struct perfdata_facts *facts)
{
	uint32_t n;

	put_u32(buffer, facts->nr_groups);
	for (n = 0; n < facts->nr_groups; n++) {
		put_string(buffer, ""); /* they have no names of their own */
		put_u32(buffer, facts->groups[n].leader);
		put_u32(buffer, facts->groups[n].nr_members);
	}
}

static void put_build_id(struct perfdata_buffer *buffer, const struct perfdata_build_id *entry)
{
	uint64_t length = strlen(entry->filename);
	uint64_t padded = ALIGN_UP(length + 1, STRING_ALIGN);
	uint8_t id[24] = {0};
	struct perf_event_header header = {
	    .type = PERF_RECORD_HEADER_BUILD_ID,
	    .misc = entry->misc | BUILD_ID_HAS_SIZE,
	    .size = sizeof(header) + 4 + sizeof(id) + padded,
	};

	memcpy(id, entry->id, entry->size);
	id[BUILD_ID_SIZE_BYTE] = entry->size;
	perfdata_put(buffer, &header, sizeof(header));
	put_u32(buffer, entry->pid);
	perfdata_put(buffer, id, sizeof(id));
	perfdata_put(buffer, entry->filename, length);
	put_zeros(buffer, padded - length);
}

static void put_feature(struct perfdata_buffer *buffer, const struct perfdata_write_event *events,
			uint32_t nr_events, const struct perfdata_facts *facts, unsigned int bit)
{
	uint32_t n;

	switch (bit) {
	case PERFDATA_FEAT_BUILD_ID:
		for (n = 0; n < facts->nr_build_ids; n++)
			put_build_id(buffer, &facts->build_ids[n]);
		break;
	case PERFDATA_FEAT_NRCPUS:
		put_u32(buffer, facts->cpus);
		put_u32(buffer, facts->cpus);
		break;
	case PERFDATA_FEAT_TOTAL_MEM:
		put_u64(buffer, facts->memory / 1024);
		break;
	case PERFDATA_FEAT_CMDLINE:
		put_cmdline(buffer, facts);
		break;
	case PERFDATA_FEAT_EVENT_DESC:
		put_event_desc(buffer, events, nr_events);
		break;
	case PERFDATA_FEAT_GROUP_DESC:
		put_group_desc(buffer, facts);
		break;
	case PERFDATA_FEAT_SAMPLE_TIME:
		put_u64(buffer, facts->first_sample);
		put_u64(buffer, facts->last_sample);
		break;
	case PERFDATA_FEAT_MACHPERF:
		perfdata_put(buffer, facts->info, strlen(facts->info));
		break;
	default:
		put_string(buffer, feature_string(facts, bit));
	}
}

void perfdata_put_features(struct perfdata_buffer *buffer,
			   const struct perfdata_write_event *events, uint32_t nr_events,
			   const struct perfdata_facts *facts, uint64_t data_end)
{
	struct perfdata_buffer sections = {0};
	unsigned int bit, nr = 0;
	uint64_t start;

	for (bit = 0; bit < PERFDATA_FEAT_MAX; bit++)
		nr += feature_wanted(facts, bit);
	start = data_end + nr * 16;
	for (bit = 0; bit < PERFDATA_FEAT_MAX; bit++) {
		uint64_t offset = sections.size;

		if (!feature_wanted(facts, bit))
			continue;
		put_feature(&sections, events, nr_events, facts, bit);
		put_u64(buffer, start + offset);
		put_u64(buffer, sections.size - offset);
	}
	perfdata_put(buffer, sections.data, sections.size);
	buffer->failed |= sections.failed;
	perfdata_buffer_free(&sections);
}
