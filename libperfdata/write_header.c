/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of the file: header, ids, attributes. */
#include "write_internal.h"

#define FILE_HEADER_BYTES 104

static void put_section(struct perfdata_buffer *buffer, uint64_t offset, uint64_t size)
{
	put_u64(buffer, offset);
	put_u64(buffer, size);
}

void perfdata_put_header(struct perfdata_buffer *buffer, const struct perfdata_write_event *events,
			 uint32_t nr_events, const struct perfdata_facts *facts, uint64_t data_size)
{
	const uint64_t attr_size = sizeof(struct perf_event_attr) + 16;
	uint64_t features[PERFDATA_FEAT_MAX / 64] = {0};
	uint64_t attrs = FILE_HEADER_BYTES, ids = FILE_HEADER_BYTES;
	uint32_t n;

	for (n = 0; n < PERFDATA_FEAT_MAX; n++)
		if (data_size != 0 && feature_wanted(facts, n))
			features[n / 64] |= 1ULL << n % 64;
	for (n = 0; n < nr_events; n++)
		attrs += events[n].nr_ids * sizeof(uint64_t);

	perfdata_put(buffer, "PERFILE2", 8);
	put_u64(buffer, FILE_HEADER_BYTES);
	put_u64(buffer, attr_size);
	put_section(buffer, attrs, nr_events * attr_size);
	put_section(buffer, attrs + nr_events * attr_size, data_size);
	put_section(buffer, 0, 0);
	perfdata_put(buffer, features, sizeof(features));
	for (n = 0; n < nr_events; n++)
		perfdata_put(buffer, events[n].ids, events[n].nr_ids * sizeof(uint64_t));
	for (n = 0; n < nr_events; n++) {
		perfdata_put(buffer, events[n].attr, sizeof(*events[n].attr));
		put_section(buffer, ids, events[n].nr_ids * sizeof(uint64_t));
		ids += events[n].nr_ids * sizeof(uint64_t);
	}
}
