/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libperfdata: everything that can be asked of a file. */
#include <perfdata.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void count_line(void *context, const char *label, const char *value)
{
	*(size_t *)context += strlen(label) + strlen(value);
}

static void ask(const struct perfdata *file)
{
	struct perfdata_event_stats stats;
	struct perfdata_build_id entry;
	uint32_t online, available;
	uint64_t pos = 0, first, last;
	size_t length = 0;

	for (uint32_t i = 0; i < file->nr_events; i++) {
		length += strlen(file->events[i].name);
		perfdata_stats(file, i, &stats);
	}
	for (unsigned int bit = 0; bit < PERFDATA_FEAT_MAX; bit++)
		perfdata_feature_string(file, bit);
	for (uint32_t i = 0; perfdata_cmdline(file, i) != NULL && i < 100; i++)
		length += strlen(perfdata_cmdline(file, i));
	perfdata_nrcpus(file, &online, &available);
	perfdata_total_mem(file, &first);
	perfdata_sample_time(file, &first, &last);
	while (perfdata_next_build_id(file, &pos, &entry))
		length += strlen(entry.filename);
	perfdata_info(file, "exit", &length);
	perfdata_describe(file, count_line, &length);
}

/* Look at what points into the buffer, so that it is seen to be there. */
static uint64_t look(const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;
	uint64_t sum = 0;

	if (record->type != PERF_RECORD_SAMPLE)
		return record->size > 8 ? record->body[record->size - 9] : 0;
	for (uint64_t i = 0; i < sample->nr_chain; i++)
		sum += sample->chain[i];
	for (uint64_t i = 0; i < 3 * sample->nr_branches; i++)
		sum += sample->branches[i];
	for (uint64_t i = 0; i < sample->user_regs.nr; i++)
		sum += sample->user_regs.values[i];
	if (sample->stack_size)
		sum += sample->stack[sample->stack_size - 1];
	if (sample->raw_size)
		sum += sample->raw[sample->raw_size - 1];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	struct perfdata_error error;
	enum perfdata_status status;
	struct perfdata *file;
	volatile uint64_t sum = 0;

	if (perfdata_open(&file, bytes, size, &error) != PERFDATA_OK)
		return 0;
	ask(file);
	perfdata_rewind(file, &cursor);
	for (;;) {
		status = perfdata_next(file, &cursor, &record, &error);
		if (status == PERFDATA_OK)
			sum += look(&record);
		else if (status != PERFDATA_CORRUPT || record.size == 0)
			break;
	}
	perfdata_cursor_free(&cursor);
	perfdata_rewind(file, &cursor);
	perfdata_skip_samples(file, &cursor, UINT64_MAX);
	perfdata_cursor_free(&cursor);
	perfdata_close(file);
	return 0;
}
