/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making recordings, and reading all of one. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"

#define SAMPLE_TYPE                                                                                \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN)

static const struct perf_event_attr attrs[2] = {
    {.size = sizeof(attrs[0]),
     .config = PERF_COUNT_HW_CPU_CYCLES,
     .sample_period = 1000,
     .sample_type = SAMPLE_TYPE,
     .flags = PERF_ATTR_SAMPLE_ID_ALL | PERF_ATTR_MMAP | PERF_ATTR_MMAP2 | PERF_ATTR_COMM},
    {.size = sizeof(attrs[0]),
     .config = PERF_COUNT_HW_CACHE_MISSES,
     .sample_period = 10,
     .sample_type = SAMPLE_TYPE,
     .flags = PERF_ATTR_SAMPLE_ID_ALL | PERF_ATTR_EXCLUDE_KERNEL},
};
static const uint64_t ids[2] = {FIRST_ID, SECOND_ID};
static const struct perfdata_write_event events[2] = {
    {&attrs[0], &ids[0], 1, "cycles"},
    {&attrs[1], &ids[1], 1, "cache-misses:u"},
};

static void put_sample(struct perfdata_buffer *buffer, unsigned int n)
{
	const uint64_t body[] = {
	    ids[n % 2],	       0x400000 + n, 4ULL << 32 | 3,	1000 + n,     0,
	    n % 2 ? 10 : 1000, NR_CHAIN,     PERF_CONTEXT_USER, 0x400000 + n, 0x500000 + n};
	const struct perf_event_header header = {PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER,
						 sizeof(header) + sizeof(body)};

	perfdata_put(buffer, &header, sizeof(header));
	perfdata_put(buffer, body, sizeof(body));
}

struct perfdata_buffer sample_file(void)
{
	static const char *const cmdline[] = {"perfrec", "record", "--", "chase"};
	const struct perfdata_write_id tail = {
	    SAMPLE_TYPE, {.pid = 3, .tid = 4, .time = 999, .id = FIRST_ID, .cpu = 1}};
	const struct perfdata_build_id build_id = {
	    .pid = 3, .misc = PERF_RECORD_MISC_USER, .size = 20, .id = {1, 2}, .filename = "chase"};
	const struct perfdata_facts facts = {
	    .hostname = "gnumach",
	    .osrelease = "1.8",
	    .version = "0.1",
	    .arch = "x86_64",
	    .cpudesc = "processor",
	    .cpuid = "id",
	    .cpus = 2,
	    .memory = 512 << 20,
	    .cmdline = cmdline,
	    .nr_cmdline = 4,
	    .first_sample = 1000,
	    .last_sample = 1000 + NR_PLAIN - 1,
	    .build_ids = &build_id,
	    .nr_build_ids = 1,
	    .info = "format=1\nmodel=7\nevent0.count=5\nevent0.samples=4\nevent0.lost=3\n"
		    "event0.throttled=2\nevent0.coalesced=1\nevent0.enabled=9\n"
		    "event0.running=18446744073709551615\nevent1.count=18446744073709551616\n",
	};
	const struct perfdata_mmap map = {.pid = 3,
					  .tid = 4,
					  .addr = 0x400000,
					  .len = 0x1000,
					  .pgoff = 0x2000,
					  .prot = 5,
					  .build_id_size = 20,
					  .build_id = {1, 2},
					  .filename = "chase"};
	const struct perfdata_comm comm = {.pid = 3, .tid = 4, .comm = "chase-it", .exec = true};
	struct perfdata_buffer file = {0}, records = {0};
	unsigned int n;

	perfdata_put_mmap2(&records, &map, PERF_RECORD_MISC_USER, &tail);
	perfdata_put_comm(&records, &comm, &tail);
	for (n = 0; n < NR_PLAIN; n++)
		put_sample(&records, n);
	perfdata_put_finished_round(&records);
	perfdata_put_header(&file, events, 2, &facts, records.size);
	perfdata_put(&file, records.data, records.size);
	perfdata_put_features(&file, events, 2, &facts, file.size);
	perfdata_buffer_free(&records);
	assert_false(file.failed);
	return file;
}

struct perfdata_buffer file_around(const struct perf_event_attr *attr, const void *records,
				   size_t size)
{
	const struct perfdata_write_event event = {attr, &ids[0], 1, "event"};
	const struct perfdata_facts facts = {0};
	struct perfdata_buffer file = {0};

	perfdata_put_header(&file, &event, 1, &facts, size);
	perfdata_put(&file, records, size);
	perfdata_put_features(&file, &event, 1, &facts, file.size);
	assert_false(file.failed);
	return file;
}

struct guarded guard(const void *bytes, size_t size)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	struct guarded guarded = {.size = size};

	guarded.map_size = (size + page - 1) / page * page + page;
	guarded.map = mmap(NULL, guarded.map_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(guarded.map != MAP_FAILED);
	guarded.bytes = (uint8_t *)guarded.map + guarded.map_size - page - size;
	memcpy(guarded.bytes, bytes, size);
	assert_int_equal(
	    mprotect((uint8_t *)guarded.map + guarded.map_size - page, page, PROT_NONE), 0);
	return guarded;
}

void unguard(struct guarded *guarded)
{
	munmap(guarded->map, guarded->map_size);
}

/* Touch everything that is handed out. */
static uint64_t touch(const struct perfdata_record *record)
{
	uint64_t sum = record->type, n;

	if (record->type == PERF_RECORD_SAMPLE && record->event) {
		for (n = 0; n < record->sample.nr_chain; n++)
			sum += record->sample.chain[n];
		for (n = 0; n < record->sample.stack_valid; n++)
			sum += record->sample.stack[n];
		for (n = 0; n < record->sample.user_regs.nr && record->sample.user_regs.values; n++)
			sum += record->sample.user_regs.values[n];
		for (n = 0; n < record->sample.raw_size; n++)
			sum += record->sample.raw[n];
		for (n = 0; n < 3 * record->sample.nr_branches; n++)
			sum += record->sample.branches[n];
	} else if (record->type == PERF_RECORD_MMAP || record->type == PERF_RECORD_MMAP2) {
		sum += strlen(record->mmap.filename);
	} else if (record->type == PERF_RECORD_COMM) {
		sum += strlen(record->comm.comm);
	} else if (record->type == PERF_RECORD_KSYMBOL) {
		sum += strlen(record->ksymbol.name);
	}
	return sum;
}

static void touch_features(const struct perfdata *file)
{
	struct perfdata_build_id build_id;
	struct perfdata_event_stats stats;
	uint64_t pos = 0, a, b;
	uint32_t n, c, d;
	size_t length;

	for (n = 0; n < 300; n++) {
		const char *text = perfdata_feature_string(file, n);

		perfdata_feature(file, n, &a);
		if (text)
			assert_true(strlen(text) <= file->size);
	}
	for (n = 0; perfdata_cmdline(file, n); n++)
		assert_true(n < file->size);
	while (perfdata_next_build_id(file, &pos, &build_id))
		assert_true(strlen(build_id.filename) <= file->size);
	perfdata_nrcpus(file, &c, &d);
	perfdata_total_mem(file, &a);
	perfdata_sample_time(file, &a, &b);
	perfdata_info(file, "model", &length);
	for (n = 0; n < file->nr_events; n++) {
		assert_true(strlen(file->events[n].name) <= file->size + 64);
		perfdata_stats(file, n, &stats);
	}
}

enum perfdata_status read_all(const void *bytes, size_t size, struct perfdata_error *error)
{
	volatile uint64_t sum = 0;
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	struct perfdata *file;
	enum perfdata_status status = perfdata_open(&file, bytes, size, error), bad = PERFDATA_OK;

	if (status != PERFDATA_OK)
		return status;
	touch_features(file);
	perfdata_rewind(file, &cursor);
	for (;;) {
		uint64_t pos = cursor.pos;

		status = perfdata_next(file, &cursor, &record, error);
		if (status == PERFDATA_END)
			break;
		assert_true(cursor.pos > pos || perfdata_unpacked(&cursor));
		if (status == PERFDATA_OK)
			sum += touch(&record);
		else
			bad = status;
		if (status == PERFDATA_TRUNCATED)
			break;
	}
	perfdata_cursor_free(&cursor);
	perfdata_close(file);
	return bad == PERFDATA_OK ? status : bad;
}
