/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings for the tests, made by the writer and then broken. */
#ifndef PERFDATA_TESTS_FILE_H
#define PERFDATA_TESTS_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <perfdata_write.h>

#define FIRST_ID  0x1001
#define SECOND_ID 0x2002
#define NR_CHAIN  3
#define NR_PLAIN  40 /* samples of the sample file */

/* A recording of two events with every kind of record the writer knows,
   NR_PLAIN samples and all features. */
struct perfdata_buffer sample_file(void);

/* The same around records and an attribute of the caller's, without features. */
struct perfdata_buffer file_around(const struct perf_event_attr *attr, const void *records,
				   size_t size);

/* Bytes whose end is the end of accessible memory: reading on faults. */
struct guarded {
	uint8_t *bytes;
	size_t size;
	void *map;
	size_t map_size;
};

struct guarded guard(const void *bytes, size_t size);
void unguard(struct guarded *guarded);

/* Open and read everything there is; the status that ended it.  Fails the
   test if a cursor does not advance. */
enum perfdata_status read_all(const void *bytes, size_t size, struct perfdata_error *error);

#endif /* PERFDATA_TESTS_FILE_H */
