/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader makes of recordings: good ones, and all kinds of bad ones. */
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define HEADER_ATTR_SIZE   16 /* offsets of the header's fields */
#define HEADER_ATTRS	   24
#define HEADER_DATA_OFFSET 40
#define HEADER_DATA_SIZE   48
#define FIRST_ATTR_IDS	   (104 + 2 * 8 + 128) /* section of the first attribute's ids */

static void put_u64(struct perfdata_buffer *file, size_t at, uint64_t value)
{
	assert_true(at + sizeof(value) <= file->size);
	memcpy(file->data + at, &value, sizeof(value));
}

/* Reading must end so, with a text that holds this. */
static void expect(const struct perfdata_buffer *file, size_t size, enum perfdata_status status,
		   const char *text)
{
	struct guarded guarded = guard(file->data, size);
	struct perfdata_error error = {.text = ""};

	assert_int_equal(read_all(guarded.bytes, size, &error), status);
	if (!strstr(error.text, text))
		fail_msg("'%s' does not say '%s'", error.text, text);
	unguard(&guarded);
}

static void test_good(void **state)
{
	struct perfdata_buffer bytes = sample_file();
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	struct perfdata_error error;
	struct perfdata *file;
	unsigned int n;

	(void)state;
	assert_int_equal(perfdata_open(&file, bytes.data, bytes.size, &error), PERFDATA_OK);
	assert_int_equal(file->nr_events, 2);
	assert_false(file->truncated || file->unfinished);
	assert_string_equal(file->events[1].name, "cache-misses:u");
	assert_int_equal(file->events[1].attr.sample_period, 10);
	assert_int_equal(file->events[1].ids[0], SECOND_ID);
	assert_ptr_equal(perfdata_event_by_id(file, SECOND_ID), &file->events[1]);
	assert_null(perfdata_event_by_id(file, 5));

	perfdata_rewind(file, &cursor);
	assert_int_equal(perfdata_next(file, &cursor, &record, &error), PERFDATA_OK);
	assert_int_equal(record.type, PERF_RECORD_MMAP2);
	assert_string_equal(record.mmap.filename, "chase");
	assert_int_equal(record.mmap.pgoff, 0x2000);
	assert_int_equal(record.mmap.build_id_size, 20);
	assert_int_equal(record.mmap.build_id[1], 2);
	assert_int_equal(record.mmap.prot, 5);
	assert_int_equal(record.id.time, 999);
	assert_int_equal(record.id.cpu, 1);
	assert_int_equal(record.id.id, FIRST_ID);
	assert_int_equal(perfdata_next(file, &cursor, &record, &error), PERFDATA_OK);
	assert_string_equal(record.comm.comm, "chase-it");
	assert_true(record.comm.exec);
	assert_int_equal(record.comm.tid, 4);
	for (n = 0; n < NR_PLAIN; n++) {
		assert_int_equal(perfdata_next(file, &cursor, &record, &error), PERFDATA_OK);
		assert_int_equal(record.type, PERF_RECORD_SAMPLE);
		assert_ptr_equal(record.event, &file->events[n % 2]);
		assert_int_equal(record.sample.ip, 0x400000 + n);
		assert_int_equal(record.sample.period, n % 2 ? 10 : 1000);
		assert_int_equal(record.sample.nr_chain, NR_CHAIN);
		assert_true(record.sample.chain[0] == PERF_CONTEXT_USER);
		assert_int_equal(record.sample.chain[2], 0x500000 + n);
		assert_int_equal(record.id.pid, 3);
		assert_int_equal(record.id.tid, 4);
		assert_int_equal(record.id.time, 1000 + n);
	}
	assert_int_equal(perfdata_next(file, &cursor, &record, &error), PERFDATA_OK);
	assert_int_equal(record.type, PERF_RECORD_FINISHED_ROUND);
	assert_null(record.event);
	assert_int_equal(perfdata_next(file, &cursor, &record, &error), PERFDATA_END);
	perfdata_close(file);
	perfdata_buffer_free(&bytes);
}

static void test_features(void **state)
{
	struct perfdata_buffer bytes = sample_file();
	struct perfdata_build_id build_id;
	struct perfdata_event_stats stats;
	struct perfdata *file;
	uint64_t pos = 0, first, last, kib;
	uint32_t online, available;
	size_t length;

	(void)state;
	assert_int_equal(perfdata_open(&file, bytes.data, bytes.size, NULL), PERFDATA_OK);
	assert_string_equal(perfdata_feature_string(file, PERFDATA_FEAT_HOSTNAME), "gnumach");
	assert_string_equal(perfdata_feature_string(file, PERFDATA_FEAT_CPUID), "id");
	assert_null(perfdata_feature_string(file, 200));
	assert_string_equal(perfdata_cmdline(file, 3), "chase");
	assert_null(perfdata_cmdline(file, 4));
	assert_true(perfdata_nrcpus(file, &online, &available));
	assert_int_equal(online + available, 4);
	assert_true(perfdata_total_mem(file, &kib));
	assert_int_equal(kib, 512 << 10);
	assert_true(perfdata_sample_time(file, &first, &last));
	assert_int_equal(first, 1000);
	assert_int_equal(last, 1000 + NR_PLAIN - 1);
	assert_true(perfdata_next_build_id(file, &pos, &build_id));
	assert_int_equal(build_id.size, 20);
	assert_int_equal(build_id.misc, PERF_RECORD_MISC_USER);
	assert_string_equal(build_id.filename, "chase");
	assert_false(perfdata_next_build_id(file, &pos, &build_id));
	assert_memory_equal(perfdata_info(file, "model", &length), "7", 1);
	assert_int_equal(length, 1);
	assert_null(perfdata_info(file, "mode", &length));
	assert_true(perfdata_stats(file, 0, &stats));
	assert_int_equal(stats.count, 5);
	assert_int_equal(stats.coalesced, 1);
	assert_true(stats.running == UINT64_MAX);
	assert_false(perfdata_stats(file, 1, &stats)); /* its count is too large */
	perfdata_close(file);
	perfdata_buffer_free(&bytes);
}

/* Every field of a sample, in order. */
static void test_sample_fields(void **state)
{
	const struct perf_event_attr attr = {
	    .size = sizeof(attr),
	    .sample_type = (1 << 25) - 1 - PERF_SAMPLE_WEIGHT_STRUCT,
	    .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED,
	    .sample_regs_user = 0x11,
	    .sample_regs_intr = 0x4,
	    .branch_sample_type = 1 << 17,
	};
	const uint64_t words[] = {
	    0, /* record header */
	    FIRST_ID,
	    0x400010,
	    2ULL << 32 | 1,
	    77,
	    0xadd4,
	    FIRST_ID,
	    0x57,
	    3,
	    1234,
	    2,
	    55,
	    1,
	    2,
	    3,
	    4, /* read: group of 2, enabled, values with ids */
	    1,
	    0x400010,		    /* callchain */
	    0x6162636400000004 | 0, /* raw: 4 bytes "dcba" */
	    1,
	    99,
	    0xf,
	    0x7,
	    0, /* branches: nr, hw_idx, from, to, flags */
	    2,
	    0x10,
	    0x14, /* user registers */
	    16,
	    0x1111,
	    0x2222,
	    8, /* stack */
	    5,
	    6,
	    7, /* weight, data source, transaction */
	    1,
	    0x44, /* registers of the interrupt */
	    8,
	    9,
	    10,
	    11, /* physical address, cgroup, page sizes */
	};
	uint64_t aux[2] = {8, 12};
	uint8_t record_bytes[sizeof(words) + sizeof(aux)];
	struct perf_event_header header = {PERF_RECORD_SAMPLE, 2, sizeof(record_bytes)};
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	struct perfdata_buffer bytes;
	struct perfdata *file;
	size_t size;

	(void)state;
	/* sample_type asks for AUX before CGROUP, but it stands last. */
	memcpy(record_bytes, words, sizeof(words));
	memcpy(record_bytes, &header, sizeof(header));
	memcpy(record_bytes + sizeof(words), aux, sizeof(aux));
	bytes = file_around(&attr, record_bytes, sizeof(record_bytes));
	assert_int_equal(perfdata_open(&file, bytes.data, bytes.size, NULL), PERFDATA_OK);
	perfdata_rewind(file, &cursor);
	assert_int_equal(perfdata_next(file, &cursor, &record, NULL), PERFDATA_OK);
	assert_int_equal(record.sample.addr, 0xadd4);
	assert_int_equal(record.id.stream_id, 0x57);
	assert_int_equal(record.sample.period, 1234);
	assert_int_equal(record.sample.read_size, 48);
	assert_int_equal(record.sample.chain[0], 0x400010);
	assert_memory_equal(record.sample.raw, "dcba", 4);
	assert_int_equal(record.sample.branches[1], 7);
	assert_int_equal(record.sample.user_regs.nr, 2);
	assert_int_equal(record.sample.user_regs.values[1], 0x14);
	assert_int_equal(record.sample.stack_size, 16);
	assert_int_equal(record.sample.stack_valid, 8);
	assert_int_equal(record.sample.transaction, 7);
	assert_int_equal(record.sample.intr_regs.values[0], 0x44);
	assert_int_equal(record.sample.code_page_size, 11);
	perfdata_close(file);
	perfdata_buffer_free(&bytes);

	/* Any shorter, and it contradicts itself. */
	for (size = 8; size < sizeof(record_bytes); size += 8) {
		header.size = size;
		memcpy(record_bytes, &header, sizeof(header));
		bytes = file_around(&attr, record_bytes, size);
		expect(&bytes, bytes.size, PERFDATA_CORRUPT, "SAMPLE record");
		perfdata_buffer_free(&bytes);
	}
}

static void test_other_files(void **state)
{
	struct perfdata_buffer file = sample_file();
	uint64_t n;

	(void)state;
	expect(&file, 0, PERFDATA_NOT_PERFDATA, "empty");
	expect(&file, 5, PERFDATA_NOT_PERFDATA, "too short, 5 bytes");
	memcpy(file.data, "2ELIFREP", 8);
	expect(&file, file.size, PERFDATA_CORRUPT, "attributes of 10376293541461622784 bytes each");
	memcpy(file.data, "PERFFILE", 8);
	expect(&file, file.size, PERFDATA_UNSUPPORTED, "before Linux 3.2");
	memcpy(file.data, "\177ELF\2\1\1\0", 8);
	expect(&file, file.size, PERFDATA_NOT_PERFDATA, "not a perf.data");
	memcpy(file.data, "PERFILE2", 8);
	put_u64(&file, 8, 16);
	expect(&file, file.size, PERFDATA_TRUNCATED, "before the first attribute (pipe mode)");
	for (n = 0; n < 104; n = n * 2 + 1) {
		put_u64(&file, 8, n == 16 ? 17 : n);
		expect(&file, file.size, PERFDATA_CORRUPT, "header of");
	}
	perfdata_buffer_free(&file);
}

static void test_attributes(void **state)
{
	static const uint64_t sizes[] = {0, 1, 8, 16, 72, 79, 81, 145, 1 << 20, UINT64_MAX};
	struct perfdata_buffer file = sample_file();
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(sizes) / sizeof(sizes[0]); n++) {
		put_u64(&file, HEADER_ATTR_SIZE, sizes[n]);
		expect(&file, file.size, PERFDATA_CORRUPT, "ttributes");
	}
	put_u64(&file, HEADER_ATTR_SIZE, 144);
	put_u64(&file, HEADER_ATTRS + 8, 0);
	expect(&file, file.size, PERFDATA_CORRUPT, "0 bytes of attributes");
	put_u64(&file, HEADER_ATTRS + 8, 144 * 1000000ULL);
	expect(&file, file.size, PERFDATA_TRUNCATED, "cut before the end of the attributes");
	put_u64(&file, HEADER_ATTRS + 8, 288);
	put_u64(&file, HEADER_ATTRS, UINT64_MAX - 8);
	expect(&file, file.size, PERFDATA_TRUNCATED, "attributes");
	perfdata_buffer_free(&file);
}

static void test_ids(void **state)
{
	static const uint64_t bad[] = {7, 1ULL << 32, UINT64_MAX - 7};
	struct perfdata_buffer file = sample_file();
	size_t n;

	(void)state;
	for (n = 0; n < 3; n++) {
		put_u64(&file, FIRST_ATTR_IDS + 8, bad[n]);
		expect(&file, file.size, PERFDATA_CORRUPT, "impossible list of ids");
	}
	/* Both attributes claim the whole file: more than there is. */
	put_u64(&file, FIRST_ATTR_IDS, 0);
	put_u64(&file, FIRST_ATTR_IDS + 8, file.size / 8 * 8);
	expect(&file, file.size, PERFDATA_CORRUPT, "impossible list of ids");
	perfdata_buffer_free(&file);
}

static void test_data(void **state)
{
	struct perfdata_buffer file = sample_file();
	struct perf_event_header header;
	struct perfdata_error error;
	struct perfdata *opened;
	uint64_t data, size;
	uint16_t whole;

	(void)state;
	memcpy(&data, file.data + HEADER_DATA_OFFSET, 8);
	memcpy(&size, file.data + HEADER_DATA_SIZE, 8);
	put_u64(&file, HEADER_DATA_OFFSET, UINT64_MAX);
	expect(&file, file.size, PERFDATA_TRUNCATED, "cut before the records");
	put_u64(&file, HEADER_DATA_OFFSET, data);

	put_u64(&file, HEADER_DATA_SIZE, UINT64_MAX - data);
	assert_int_equal(perfdata_open(&opened, file.data, file.size, &error), PERFDATA_OK);
	assert_true(opened->truncated);
	perfdata_close(opened);
	put_u64(&file, HEADER_DATA_SIZE, 0);
	assert_int_equal(perfdata_open(&opened, file.data, data + size, &error), PERFDATA_OK);
	assert_true(opened->unfinished);
	assert_int_equal(opened->data_size, size);
	perfdata_close(opened);
	expect(&file, data + size, PERFDATA_END, "");
	put_u64(&file, HEADER_DATA_SIZE, size);

	memcpy(&header, file.data + data, sizeof(header));
	whole = header.size;
	for (header.size = 0; header.size < 8; header.size++) {
		memcpy(file.data + data, &header, sizeof(header));
		expect(&file, file.size, PERFDATA_CORRUPT, "record of");
	}
	header.type = PERF_RECORD_COMPRESSED;
	header.size = whole;
	memcpy(file.data + data, &header, sizeof(header));
	expect(&file, file.size, PERFDATA_CORRUPT, "Unknown frame descriptor");
	perfdata_buffer_free(&file);
}

/* Names without an end, or without room for anything. */
static void test_strings(void **state)
{
	const struct perf_event_attr attr = {.size = sizeof(attr)};
	static const struct {
		uint32_t type;
		uint16_t fixed; /* bytes before the string */
	} kinds[] = {{PERF_RECORD_MMAP, 32},
		     {PERF_RECORD_MMAP2, 64},
		     {PERF_RECORD_COMM, 8},
		     {PERF_RECORD_KSYMBOL, 16}};
	uint8_t bytes[128];
	size_t n;

	(void)state;
	for (n = 0; n < 4; n++) {
		const size_t fixed = sizeof(struct perf_event_header) + kinds[n].fixed;
		struct perf_event_header header = {kinds[n].type, 0, fixed};
		struct perfdata_buffer file;

		memset(bytes, 'x', sizeof(bytes));
		for (; header.size <= fixed + 16; header.size += 8) {
			memcpy(bytes, &header, sizeof(header));
			file = file_around(&attr, bytes, header.size);
			expect(&file, file.size, PERFDATA_CORRUPT, "contradicts itself");
			perfdata_buffer_free(&file);
		}
		bytes[fixed + 15] = 0;
		header.size = fixed + 16;
		memcpy(bytes, &header, sizeof(header));
		file = file_around(&attr, bytes, header.size);
		expect(&file, file.size, PERFDATA_END, "");
		perfdata_buffer_free(&file);
	}
}

static void test_cut_everywhere(void **state)
{
	struct perfdata_buffer file = sample_file();
	struct perfdata_error error;
	size_t size;

	(void)state;
	for (size = 0; size < file.size; size++) {
		struct guarded guarded = guard(file.data, size);
		enum perfdata_status status = read_all(guarded.bytes, size, &error);

		if (size < 8)
			assert_int_equal(status, PERFDATA_NOT_PERFDATA);
		else if (status != PERFDATA_END)
			assert_int_equal(status, PERFDATA_TRUNCATED);
		unguard(&guarded);
	}
	perfdata_buffer_free(&file);
}

/* xorshift64 */
static uint64_t random_u64(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void test_flipped_bits(void **state)
{
	struct perfdata_buffer file = sample_file();
	struct guarded guarded = guard(file.data, file.size);
	struct perfdata_error error;
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int round, n;

	(void)state;
	for (round = 0; round < 20000; round++) {
		/* The header and the feature table are where it hurts. */
		uint64_t span = round % 2 ? file.size : 600;

		for (n = 0; n <= round % 5; n++)
			guarded.bytes[random_u64(&seed) % span] ^= 1 << random_u64(&seed) % 8;
		read_all(guarded.bytes, file.size, &error);
		if (round % 3 == 0)
			memcpy(guarded.bytes, file.data, file.size);
	}
	unguard(&guarded);
	perfdata_buffer_free(&file);
}

static void test_names(void **state)
{
	static const struct {
		struct perf_event_attr attr;
		const char *name;
	} cases[] = {
	    {{.type = PERF_TYPE_HARDWARE, .config = 1}, "instructions"},
	    {{.type = PERF_TYPE_SOFTWARE, .config = 0, .flags = PERF_ATTR_EXCLUDE_KERNEL},
	     "cpu-clock:u"},
	    {{.type = PERF_TYPE_HW_CACHE, .config = 0x10003, .flags = PERF_ATTR_EXCLUDE_USER},
	     "dTLB-load-misses:k"},
	    {{.type = PERF_TYPE_RAW, .config = 0x412e}, "r412e"},
	    {{.type = PERF_TYPE_HW_CACHE, .config = 0xffffff}, "type 3 config 0xffffff"},
	    {{.type = 77, .config = 5}, "type 77 config 0x5"},
	};
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct perfdata_buffer bytes = file_around(&cases[n].attr, "", 0);
		struct perfdata *file;

		/* Without records the header has no features: names are made. */
		assert_int_equal(perfdata_open(&file, bytes.data, bytes.size, NULL), PERFDATA_OK);
		assert_string_equal(file->events[0].name, cases[n].name);
		perfdata_close(file);
		perfdata_buffer_free(&bytes);
	}
	assert_string_equal(perfdata_record_name(PERF_RECORD_MMAP2), "MMAP2");
	assert_string_equal(perfdata_record_name(63), "UNKNOWN");
	assert_string_equal(perfdata_record_name(UINT32_MAX), "UNKNOWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),	   cmocka_unit_test(test_features),
	    cmocka_unit_test(test_sample_fields),  cmocka_unit_test(test_other_files),
	    cmocka_unit_test(test_attributes),	   cmocka_unit_test(test_ids),
	    cmocka_unit_test(test_data),	   cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_cut_everywhere), cmocka_unit_test(test_flipped_bits),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
