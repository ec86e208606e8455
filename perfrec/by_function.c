/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From counts by address to counts by function. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mach/perf_event.h>

#include "by_function.h"
#include "exit_codes.h"
#include "functions.h"

#define HEADER	    "vpmu-histogram 1\n"
#define UNKNOWN	    "[unknown]"
#define KERNEL	    "[kernel.kallsyms]"
#define OTHER_TASK  "[task]"
#define MAX_COLUMNS 32
#define NO_COLUMN   UINT32_MAX

#define CACHE(id, op, result)                                                                      \
	(PERF_COUNT_HW_CACHE_##id | PERF_COUNT_HW_CACHE_OP_##op << 8 |                             \
	 PERF_COUNT_HW_CACHE_RESULT_##result << 16)

/* What the emulator calls an event. */
static const struct {
	uint32_t type;
	uint64_t config;
	const char *column;
} columns[] = {
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "cycles"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES, "cycles"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, "cycles"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, "instructions"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "branches"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, "branch-misses"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, "llc-refs"},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, "llc-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS), "loads"},
    {PERF_TYPE_HW_CACHE, CACHE(L1D, READ, MISS), "l1d-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(L1D, WRITE, ACCESS), "stores"},
    {PERF_TYPE_HW_CACHE, CACHE(LL, READ, ACCESS), "llc-refs"},
    {PERF_TYPE_HW_CACHE, CACHE(LL, READ, MISS), "llc-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS), "loads"},
    {PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, MISS), "dtlb-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(L1I, READ, MISS), "l1i-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, MISS), "itlb-misses"},
    {PERF_TYPE_HW_CACHE, CACHE(DTLB, WRITE, ACCESS), "stores"},
    {PERF_TYPE_HW_CACHE, CACHE(BPU, READ, ACCESS), "branches"},
    {PERF_TYPE_HW_CACHE, CACHE(BPU, READ, MISS), "branch-misses"},
    {PERF_TYPE_RAW, 0x003c, "cycles"},
    {PERF_TYPE_RAW, 0x013c, "cycles"},
    {PERF_TYPE_RAW, 0x00c0, "instructions"},
    {PERF_TYPE_RAW, 0x00c4, "branches"},
    {PERF_TYPE_RAW, 0x00c5, "branch-misses"},
    {PERF_TYPE_RAW, 0x4f2e, "llc-refs"},
    {PERF_TYPE_RAW, 0x412e, "llc-misses"},
    {PERF_TYPE_RAW, 0x0151, "l1d-misses"},
    {PERF_TYPE_RAW, 0x0149, "dtlb-misses"},
    {PERF_TYPE_RAW, 0x0280, "l1i-misses"},
    {PERF_TYPE_RAW, 0x0185, "itlb-misses"},
    {PERF_TYPE_RAW, 0x010b, "loads"},
    {PERF_TYPE_RAW, 0x020b, "stores"},
};

/* The file while it is read. */
struct reading {
	FILE *file;
	const struct images *images;
	const struct event_list *events;
	struct functions kernel, workload;
	unsigned int nr_columns;
	unsigned int column[MAX_EVENTS]; /* of each event; NO_COLUMN: never counted */
};

static const char *column_of(const struct event *event)
{
	size_t n;

	for (n = 0; n < sizeof(columns) / sizeof(columns[0]); n++)
		if (columns[n].type == event->type && columns[n].config == event->config)
			return columns[n].column;
	return NULL;
}

bool by_function_counts(const struct event *event)
{
	return column_of(event) != NULL;
}

/* The line of the events' names. */
static bool read_columns(struct reading *reading, char *line)
{
	char *rest = line, *name;
	unsigned int n;

	if (strncmp(line, "events", strlen("events")))
		return false;
	strsep(&rest, " \n");
	for (n = 0; n < reading->events->nr; n++)
		reading->column[n] = NO_COLUMN;
	while ((name = strsep(&rest, " \n")) && *name) {
		for (n = 0; n < reading->events->nr; n++)
			if (!strcmp(name, column_of(&reading->events->events[n])))
				reading->column[n] = reading->nr_columns;
		if (++reading->nr_columns > MAX_COLUMNS)
			return false;
	}
	return true;
}

/* "SPACE ADDRESS COUNT..." */
static bool read_place(const struct reading *reading, const char *line, unsigned int *space,
		       uint64_t *address, uint64_t counts[MAX_COLUMNS])
{
	int length;
	unsigned int n;

	if (sscanf(line, "%u %" SCNx64 "%n", space, address, &length) != 2)
		return false;
	for (n = 0; n < reading->nr_columns; n++) {
		line += length;
		if (sscanf(line, " %" SCNu64 "%n", &counts[n], &length) != 1)
			return false;
	}
	return line[length] == '\n' || line[length] == '\0';
}

/* Which function an address belongs to, without counts. */
static struct function_counts find(const struct reading *reading, unsigned int space,
				   uint64_t address)
{
	struct function_counts row = {.name = UNKNOWN, .space = space};
	const struct function *function = NULL;

	if (space == 0) {
		row.object = KERNEL;
		function = functions_find(&reading->kernel, address);
	} else if (space == 1) {
		row.object = reading->images->workload_name;
		function = functions_find(&reading->workload, address);
	} else {
		row.object = OTHER_TASK;
	}
	if (function) {
		row.name = function->name;
		row.start = function->start;
	}
	return row;
}

static bool same_function(const struct function_counts *a, const struct function_counts *b)
{
	return a->space == b->space && a->start == b->start;
}

/* Add the counts of one address: neighbours mostly are of one function. */
static bool add_place(struct by_function *functions, const struct reading *reading,
		      unsigned int space, uint64_t address, const uint64_t counts[MAX_COLUMNS])
{
	struct function_counts row = find(reading, space, address), *rows;
	bool any = false;
	unsigned int n;

	for (n = 0; n < reading->events->nr; n++) {
		const struct event *event = &reading->events->events[n];

		if (reading->column[n] == NO_COLUMN ||
		    (space ? event->exclude_user : event->exclude_kernel))
			continue;
		row.values[n] = counts[reading->column[n]];
		any |= row.values[n] != 0;
	}
	if (!any)
		return true;
	if (functions->nr && same_function(&functions->rows[functions->nr - 1], &row)) {
		for (n = 0; n < reading->events->nr; n++)
			functions->rows[functions->nr - 1].values[n] += row.values[n];
		return true;
	}
	if (functions->nr == functions->room) {
		functions->room = functions->room ? 2 * functions->room : 256;
		rows = realloc(functions->rows, functions->room * sizeof(*rows));
		if (!rows)
			return false;
		functions->rows = rows;
	}
	functions->rows[functions->nr++] = row;
	return true;
}

static int compare_functions(const void *a, const void *b)
{
	const struct function_counts *x = a, *y = b;

	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int compare_counts(const void *a, const void *b)
{
	const struct function_counts *x = a, *y = b;
	unsigned int n;

	for (n = 0; n < MAX_EVENTS; n++)
		if (x->values[n] != y->values[n])
			return x->values[n] > y->values[n] ? -1 : 1;
	return compare_functions(a, b);
}

/* Bring the parts of each function together, then all in order. */
static void settle(struct by_function *functions)
{
	struct function_counts *rows = functions->rows;
	size_t kept = 0, n;
	unsigned int event;

	if (functions->nr == 0)
		return;
	qsort(rows, functions->nr, sizeof(*rows), compare_functions);
	for (n = 0; n < functions->nr; n++) {
		if (kept == 0 || !same_function(&rows[kept - 1], &rows[n])) {
			rows[kept++] = rows[n];
			continue;
		}
		for (event = 0; event < MAX_EVENTS; event++)
			rows[kept - 1].values[event] += rows[n].values[event];
	}
	functions->nr = kept;
	qsort(rows, kept, sizeof(*rows), compare_counts);
}

static int broken(const char *line)
{
	return fail(EXIT_SESSION,
		    "the emulator's counts by address are not complete: '%.*s' is no line of "
		    "them; is it the one of this machperf?",
		    (int)strcspn(line, "\n"), line);
}

/* The lines behind the first two, to the last. */
static int read_places(struct by_function *functions, struct reading *reading, char **line,
		       size_t *size)
{
	uint64_t counts[MAX_COLUMNS], address;
	size_t nr = 0, end;
	unsigned int space;

	while (getline(line, size, reading->file) > 0) {
		if (sscanf(*line, "end %zu", &end) == 1)
			return end == nr ? EXIT_GOOD : broken(*line);
		if (!read_place(reading, *line, &space, &address, counts))
			return broken(*line);
		if (!add_place(functions, reading, space, address, counts))
			return fail(EXIT_HOST, "out of memory");
		nr++;
	}
	return broken("");
}

/* The next line; "" at the end, where getline() leaves its buffer as it was,
   or never written. */
static const char *next_line(struct reading *reading, char **line, size_t *size)
{
	return getline(line, size, reading->file) > 0 ? *line : "";
}

static int read_file(struct by_function *functions, struct reading *reading)
{
	const char *head;
	char *line = NULL;
	size_t size = 0;
	int code;

	if (!functions_read(&reading->kernel, &reading->images->kernel) ||
	    !functions_read(&reading->workload, &reading->images->workload))
		return fail(EXIT_HOST, "out of memory");
	head = next_line(reading, &line, &size);
	if (strcmp(head, HEADER)) {
		code = broken(head);
	} else {
		head = next_line(reading, &line, &size);
		code = *head && read_columns(reading, line)
			   ? read_places(functions, reading, &line, &size)
			   : broken(head);
	}
	free(line);
	return code;
}

int by_function_read(struct by_function *functions, const char *path, const struct images *images,
		     const struct event_list *events)
{
	struct reading reading = {.images = images, .events = events};
	int code;

	reading.file = fopen(path, "re");
	if (!reading.file)
		return fail(EXIT_SESSION, "the emulator wrote no counts by address: %s",
			    strerror(errno));
	code = read_file(functions, &reading);
	fclose(reading.file);
	functions_free(&reading.kernel);
	functions_free(&reading.workload);
	settle(functions);
	return code;
}

uint64_t by_function_sum(const struct by_function *functions, unsigned int event)
{
	uint64_t sum = 0;
	size_t n;

	for (n = 0; n < functions->nr; n++)
		sum += functions->rows[n].values[event];
	return sum;
}

void by_function_free(struct by_function *functions)
{
	free(functions->rows);
	memset(functions, 0, sizeof(*functions));
}
