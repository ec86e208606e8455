/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feature sections as lines of text, for people. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

struct teller {
	void (*line)(void *context, const char *label, const char *value);
	void *context;
};

static void tell(const struct teller *teller, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(const struct teller *teller, const char *label, const char *format, ...)
{
	char value[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	for (char *c = value; *c; c++)
		if (*c == '\n')
			*c = ' ';
	teller->line(teller->context, label, value);
}

/* u32 nr, strings */
static void tell_list(const struct teller *teller, struct span *span, const char *label)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		const char *text = take_header_string(span);

		if (text)
			tell(teller, label, "%s", text);
	}
}

/* sockets and cores, each by its CPUs; numbers of each CPU follow */
static void cpu_topology(const struct teller *teller, struct span *span)
{
	tell_list(teller, span, "cpus of a package");
	tell_list(teller, span, "cpus of a core");
}

static void numa_topology(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		uint32_t node = take_u32(span);
		uint64_t total = take_u64(span), left = take_u64(span);
		const char *cpus = take_header_string(span);

		if (cpus)
			tell(teller, "node",
			     "%" PRIu32 ": %" PRIu64 " MiB, %" PRIu64 " MiB free, cpus %s", node,
			     total / 1024, left / 1024, cpus);
	}
}

static void pmu_mappings(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		uint32_t type = take_u32(span);
		const char *name = take_header_string(span);

		if (name)
			tell(teller, "pmu", "%s (type %" PRIu32 ")", name, type);
	}
}

static void group_desc(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		const char *name = take_header_string(span);
		uint32_t leader = take_u32(span), members = take_u32(span);

		if (name)
			tell(teller, "group", "%s: %" PRIu32 " events from number %" PRIu32 " on",
			     name, members, leader);
	}
}

static void cache(const struct teller *teller, struct span *span)
{
	uint32_t version = take_u32(span), nr = take_u32(span);

	for (uint32_t i = 0; version == 1 && i < nr && !span->bad; i++) {
		uint32_t level = take_u32(span), line = take_u32(span), sets = take_u32(span),
			 ways = take_u32(span);
		const char *type = take_header_string(span), *size = take_header_string(span),
			   *cpus = take_header_string(span);

		if (type && size && cpus)
			tell(teller, "cache",
			     "L%" PRIu32 " %s %s, lines of %" PRIu32 " bytes, %" PRIu32
			     " sets of %" PRIu32 ", cpus %s",
			     level, type, size, line, sets, ways, cpus);
	}
}

static void mem_topology(const struct teller *teller, struct span *span)
{
	uint64_t version = take_u64(span), block = take_u64(span), nr = take_u64(span);

	for (uint64_t i = 0; version == 1 && i < nr && !span->bad; i++) {
		uint64_t node = take_u64(span), bits = take_u64(span), blocks = 0;

		for (uint64_t word = 0; word < (bits + 63) / 64 && !span->bad; word++)
			blocks += __builtin_popcountll(take_u64(span));
		if (!span->bad)
			tell(teller, "memory of node",
			     "%" PRIu64 ": %" PRIu64 " blocks of %" PRIu64 " MiB", node, blocks,
			     block >> 20);
	}
}

static void clockid(const struct teller *teller, struct span *span)
{
	uint64_t resolution = take_u64(span);

	if (!span->bad)
		tell(teller, "clock resolution", "%" PRIu64 " ns", resolution);
}

static void clock_data(const struct teller *teller, struct span *span)
{
	uint32_t version = take_u32(span), clock = take_u32(span);
	uint64_t wall = take_u64(span), time = take_u64(span);

	if (!span->bad && version == 1)
		tell(teller, "clock",
		     "number %" PRIu32 "; its %" PRIu64 ".%09" PRIu64 " s is %" PRIu64 ".%09" PRIu64
		     " s since 1970",
		     clock, time / 1000000000, time % 1000000000, wall / 1000000000,
		     wall % 1000000000);
}

static void compressed(const struct teller *teller, struct span *span)
{
	uint32_t version = take_u32(span), type = take_u32(span), level = take_u32(span),
		 ratio = take_u32(span);

	if (!span->bad && version)
		tell(teller, "compressed", "%s, level %" PRIu32 ", %" PRIu32 " to 1",
		     type == 1 ? "zstd" : "unknown", level, ratio);
}

static void caps_of(const struct teller *teller, struct span *span, uint32_t nr, const char *pmu)
{
	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		const char *name = take_header_string(span), *value = take_header_string(span);

		if (name && value)
			tell(teller, "pmu capability", "%s: %s = %s", pmu, name, value);
	}
}

static void cpu_pmu_caps(const struct teller *teller, struct span *span)
{
	caps_of(teller, span, take_u32(span), "cpu");
}

static void pmu_caps(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		uint32_t caps = take_u32(span);
		const char *pmu = take_header_string(span);

		if (pmu)
			caps_of(teller, span, caps, pmu);
	}
}

static void hybrid_topology(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	for (uint32_t i = 0; i < nr && !span->bad; i++) {
		const char *pmu = take_header_string(span), *cpus = take_header_string(span);

		if (pmu && cpus)
			tell(teller, "cpus of pmu", "%s: %s", pmu, cpus);
	}
}

static void bpf_programs(const struct teller *teller, struct span *span)
{
	uint32_t nr = take_u32(span);

	if (nr && !span->bad)
		tell(teller, "bpf programs", "%" PRIu32, nr);
}

static void auxtrace(const struct teller *teller, struct span *span)
{
	tell(teller, "trace", "of a processor, %" PRIu64 " places (not read)",
	     span_left(span) / 16);
}

static void tracing_data(const struct teller *teller, struct span *span)
{
	tell(teller, "tracepoints", "%" PRIu64 " bytes of formats", span_left(span));
}

void perfdata_describe(const struct perfdata *file,
		       void (*line)(void *context, const char *label, const char *value),
		       void *context)
{
	static const struct {
		unsigned int bit;
		void (*describe)(const struct teller *teller, struct span *span);
	} sections[] = {
	    {PERFDATA_FEAT_CPU_TOPOLOGY, cpu_topology},
	    {PERFDATA_FEAT_NUMA_TOPOLOGY, numa_topology},
	    {PERFDATA_FEAT_HYBRID_TOPOLOGY, hybrid_topology},
	    {PERFDATA_FEAT_CACHE, cache},
	    {PERFDATA_FEAT_MEM_TOPOLOGY, mem_topology},
	    {PERFDATA_FEAT_PMU_MAPPINGS, pmu_mappings},
	    {PERFDATA_FEAT_CPU_PMU_CAPS, cpu_pmu_caps},
	    {PERFDATA_FEAT_PMU_CAPS, pmu_caps},
	    {PERFDATA_FEAT_GROUP_DESC, group_desc},
	    {PERFDATA_FEAT_CLOCKID, clockid},
	    {PERFDATA_FEAT_CLOCK_DATA, clock_data},
	    {PERFDATA_FEAT_COMPRESSED, compressed},
	    {PERFDATA_FEAT_BPF_PROG_INFO, bpf_programs},
	    {PERFDATA_FEAT_TRACING_DATA, tracing_data},
	    {PERFDATA_FEAT_AUXTRACE, auxtrace},
	};
	const struct teller teller = {.line = line, .context = context};
	struct span span;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (feature_span(file, sections[i].bit, &span))
			sections[i].describe(&teller, &span);
}
