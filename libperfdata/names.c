/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of records and of events. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define EVENT_UPDATE_NAME 2 /* type of an EVENT_UPDATE record */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const record_names[] = {
    [PERF_RECORD_MMAP] = "MMAP",
    [PERF_RECORD_LOST] = "LOST",
    [PERF_RECORD_COMM] = "COMM",
    [PERF_RECORD_EXIT] = "EXIT",
    [PERF_RECORD_THROTTLE] = "THROTTLE",
    [PERF_RECORD_UNTHROTTLE] = "UNTHROTTLE",
    [PERF_RECORD_FORK] = "FORK",
    [PERF_RECORD_READ] = "READ",
    [PERF_RECORD_SAMPLE] = "SAMPLE",
    [PERF_RECORD_MMAP2] = "MMAP2",
    [PERF_RECORD_AUX] = "AUX",
    [PERF_RECORD_ITRACE_START] = "ITRACE_START",
    [PERF_RECORD_LOST_SAMPLES] = "LOST_SAMPLES",
    [PERF_RECORD_SWITCH] = "SWITCH",
    [PERF_RECORD_SWITCH_CPU_WIDE] = "SWITCH_CPU_WIDE",
    [PERF_RECORD_NAMESPACES] = "NAMESPACES",
    [PERF_RECORD_KSYMBOL] = "KSYMBOL",
    [PERF_RECORD_BPF_EVENT] = "BPF_EVENT",
    [PERF_RECORD_CGROUP] = "CGROUP",
    [PERF_RECORD_TEXT_POKE] = "TEXT_POKE",
    [PERF_RECORD_AUX_OUTPUT_HW_ID] = "AUX_OUTPUT_HW_ID",
    [PERF_RECORD_CALLCHAIN_DEFERRED] = "CALLCHAIN_DEFERRED",
    [PERF_RECORD_HEADER_ATTR] = "HEADER_ATTR",
    [PERF_RECORD_HEADER_EVENT_TYPE] = "HEADER_EVENT_TYPE",
    [PERF_RECORD_HEADER_TRACING] = "HEADER_TRACING_DATA",
    [PERF_RECORD_HEADER_BUILD_ID] = "HEADER_BUILD_ID",
    [PERF_RECORD_FINISHED_ROUND] = "FINISHED_ROUND",
    [PERF_RECORD_ID_INDEX] = "ID_INDEX",
    [PERF_RECORD_AUXTRACE_INFO] = "AUXTRACE_INFO",
    [PERF_RECORD_AUXTRACE] = "AUXTRACE",
    [PERF_RECORD_AUXTRACE_ERROR] = "AUXTRACE_ERROR",
    [PERF_RECORD_THREAD_MAP] = "THREAD_MAP",
    [PERF_RECORD_CPU_MAP] = "CPU_MAP",
    [PERF_RECORD_STAT_CONFIG] = "STAT_CONFIG",
    [PERF_RECORD_STAT] = "STAT",
    [PERF_RECORD_STAT_ROUND] = "STAT_ROUND",
    [PERF_RECORD_EVENT_UPDATE] = "EVENT_UPDATE",
    [PERF_RECORD_TIME_CONV] = "TIME_CONV",
    [PERF_RECORD_HEADER_FEATURE] = "HEADER_FEATURE",
    [PERF_RECORD_COMPRESSED] = "COMPRESSED",
    [PERF_RECORD_FINISHED_INIT] = "FINISHED_INIT",
    [PERF_RECORD_COMPRESSED2] = "COMPRESSED2",
};

static const char *const hardware_names[PERF_COUNT_HW_MAX] = {
    "cycles",
    "instructions",
    "cache-references",
    "cache-misses",
    "branches",
    "branch-misses",
    "bus-cycles",
    "stalled-cycles-frontend",
    "stalled-cycles-backend",
    "ref-cycles",
};

static const char *const software_names[] = {
    "cpu-clock",	"task-clock",	"page-faults",	"context-switches",
    "cpu-migrations",	"minor-faults", "major-faults", "alignment-faults",
    "emulation-faults", "dummy",	"bpf-output",
};

static const char *const cache_names[PERF_COUNT_HW_CACHE_MAX] = {
    "L1-dcache", "L1-icache", "LLC", "dTLB", "iTLB", "branch", "node",
};

static const char *const cache_ops[PERF_COUNT_HW_CACHE_OP_MAX][2] = {
    {"loads", "load-misses"}, {"stores", "store-misses"}, {"prefetches", "prefetch-misses"}};

const char *perfdata_record_name(uint32_t type)
{
	if (type < COUNT(record_names) && record_names[type])
		return record_names[type];
	return "UNKNOWN";
}

/* Write the name without modifiers. */
static void base_name(char *name, size_t size, const struct perf_event_attr *attr)
{
	uint64_t id = attr->config & 0xff, op = attr->config >> 8 & 0xff,
		 result = attr->config >> 16 & 0xff;

	if (attr->type == PERF_TYPE_HARDWARE && attr->config < PERF_COUNT_HW_MAX)
		snprintf(name, size, "%s", hardware_names[attr->config]);
	else if (attr->type == PERF_TYPE_SOFTWARE && attr->config < COUNT(software_names))
		snprintf(name, size, "%s", software_names[attr->config]);
	else if (attr->type == PERF_TYPE_HW_CACHE && id < PERF_COUNT_HW_CACHE_MAX &&
		 op < PERF_COUNT_HW_CACHE_OP_MAX && result < PERF_COUNT_HW_CACHE_RESULT_MAX)
		snprintf(name, size, "%s-%s", cache_names[id], cache_ops[op][result]);
	else if (attr->type == PERF_TYPE_RAW)
		snprintf(name, size, "r%" PRIx64, attr->config);
	else
		snprintf(name, size, "type %" PRIu32 " config 0x%" PRIx64, attr->type,
			 attr->config);
}

char *perfdata_event_name(const struct perf_event_attr *attr)
{
	char base[64];
	char *name;
	const char *modifier = "";

	base_name(base, sizeof(base), attr);
	if ((attr->flags & (PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_KERNEL)) ==
	    PERF_ATTR_EXCLUDE_KERNEL)
		modifier = ":u";
	else if ((attr->flags & (PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_KERNEL)) ==
		 PERF_ATTR_EXCLUDE_USER)
		modifier = ":k";
	return asprintf(&name, "%s%s", base, modifier) < 0 ? NULL : name;
}

/* Take the names of EVENT_DESC as far as it makes sense:
   u32 nr, attr_size; nr times attr, u32 nr_ids, string, u64 ids[nr_ids]. */
static void described_names(struct perfdata *file)
{
	struct span span;
	uint32_t nr, attr_size, n;

	if (!feature_span(file, PERFDATA_FEAT_EVENT_DESC, &span))
		return;
	nr = take_u32(&span);
	attr_size = take_u32(&span);
	for (n = 0; n < nr && n < file->nr_events && !span.bad; n++) {
		uint32_t nr_ids;

		take_bytes(&span, attr_size);
		nr_ids = take_u32(&span);
		file->events[n].name = take_header_string(&span);
		take_bytes(&span, (uint64_t)nr_ids * 8);
	}
}

/* Take the names of EVENT_UPDATE records: u64 type, id; a string. */
static void updated_names(struct perfdata *file)
{
	const struct perfdata_index *index = file->index;

	for (size_t n = 0; n < index->nr_updates; n++) {
		const uint8_t *at = file->base + index->updates[n].offset;
		struct span span = {at, at + index->updates[n].size, false, file->swapped};
		uint64_t type = take_u64(&span), id = take_u64(&span);
		const struct perfdata_event *event = perfdata_event_by_id(file, id);

		if (type == EVENT_UPDATE_NAME && event)
			file->events[event->index].name = take_string(&span);
	}
}

enum perfdata_status perfdata_name_events(struct perfdata *file, struct perfdata_error *error)
{
	struct perfdata_index *index = file->index;
	uint32_t n;

	index->made_names = calloc(file->nr_events, sizeof(*index->made_names));
	if (!index->made_names)
		return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
	described_names(file);
	updated_names(file);
	for (n = 0; n < file->nr_events; n++) {
		if (file->events[n].name && file->events[n].name[0])
			continue;
		index->made_names[n] = perfdata_event_name(&file->events[n].attr);
		if (!index->made_names[n])
			return perfdata_fail(error, PERFDATA_NO_MEMORY, 0, "out of memory");
		file->events[n].name = index->made_names[n];
	}
	return PERFDATA_OK;
}
