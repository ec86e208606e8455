/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay a trace of addresses, as valgrind's tool lackey writes it, into the
 * model: replay GEOMETRY <TRACE.
 *
 * Prints what the model's core counts of it, as in the emulator: lines missed.
 * cachegrind counts accesses, which differs for one that reaches into a second
 * line: if both miss, that is one miss; and if one does, both lines are looked
 * up in the last-level cache.  So the second lines are printed too, and beside
 * that the model's caches put together by cachegrind's rule.
 */
#include "core_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By cachegrind's rule. */
struct by_rule {
	struct vpmu_cache l1i, l1d, llc;
	uint64_t l1i_misses, l1d_misses, llc_misses;
};

/* Of accesses that missed two lines, the second. */
struct second_lines {
	uint64_t l1i, l1d;
};

struct replay {
	struct vpmu_core core;
	struct vpmu_cache llc;
	struct second_lines second;
	struct by_rule rule;
	uint32_t line;
	uint64_t accesses;
};

static bool init_cache(struct vpmu_cache *cache, const struct vpmu_cache_shape *shape,
		       uint32_t line)
{
	return vpmu_cache_init(cache, shape->size / line / shape->ways, shape->ways);
}

static bool init(struct replay *r, const char *text, char error[VPMU_MODEL_TEXT])
{
	static uint64_t latest[VPMU_LATEST], latest_code[VPMU_LATEST];
	static const struct vpmu_config config;
	struct vpmu_model model;

	if (!vpmu_model_parse(text, &model, error))
		return false;
	strcpy(error, "out of memory");
	r->line = model.line;
	return vpmu_llc_init(&r->llc, &model) &&
	       vpmu_core_init(&r->core, &model, &r->llc, latest, latest_code, &config) &&
	       init_cache(&r->rule.l1i, &model.l1i, model.line) &&
	       init_cache(&r->rule.l1d, &model.l1d, model.line) &&
	       init_cache(&r->rule.llc, &model.llc, model.line);
}

static void done(struct replay *r)
{
	vpmu_core_done(&r->core);
	vpmu_cache_done(&r->llc);
	vpmu_cache_done(&r->rule.l1i);
	vpmu_cache_done(&r->rule.l1d);
	vpmu_cache_done(&r->rule.llc);
}

/* All lines of an access; true: some missed. */
static bool missed(struct vpmu_cache *cache, uint64_t first, uint64_t last)
{
	bool miss = false;

	for (uint64_t line = first; line <= last; line++)
		miss |= !vpmu_cache_access(cache, line);
	return miss;
}

static void by_rule(struct by_rule *rule, bool code, uint64_t first, uint64_t last)
{
	if (!missed(code ? &rule->l1i : &rule->l1d, first, last))
		return;
	++*(code ? &rule->l1i_misses : &rule->l1d_misses);
	rule->llc_misses += missed(&rule->llc, first, last);
}

/* As the emulator: the lines of the first and the last byte. */
static void fetch(struct replay *r, uint64_t address)
{
	const struct vpmu_latest *code = &r->core.code;
	uint64_t line = address & -(uint64_t)r->line;

	if (code->lines[vpmu_latest_index(&r->core, code, line)] != line)
		vpmu_core_fetch(&r->core, line, line, 0);
}

/* As the emulator: a page at a time, where it is not the line used last. */
static void use(struct replay *r, uint64_t address, unsigned int size)
{
	unsigned int room = (1U << VPMU_PAGE_SHIFT) - (address & ((1U << VPMU_PAGE_SHIFT) - 1));

	if (vpmu_core_is_latest(&r->core, address, size))
		return;
	vpmu_core_access(&r->core, address, address, size < room ? size : room, 0);
	if (room < size)
		vpmu_core_access(&r->core, address + room, address + room, size - room, 0);
}

static void replay(struct replay *r, char kind, uint64_t address, unsigned int size)
{
	const uint64_t *l1i = &r->core.pmu.total[VPMU_L1I_MISSES][0];
	const uint64_t *l1d = &r->core.pmu.total[VPMU_L1D_MISSES][0];
	uint64_t code_before = *l1i, data_before = *l1d;

	/* cachegrind cuts off what is larger than a line. */
	size = size < r->line ? size : r->line;
	r->accesses++;
	if (kind == 'I') {
		fetch(r, address);
		fetch(r, address + size - 1);
	} else {
		use(r, address, size);
	}
	r->second.l1i += *l1i - code_before > 1;
	r->second.l1d += *l1d - data_before > 1;
	by_rule(&r->rule, kind == 'I', address / r->line, (address + size - 1) / r->line);
}

/* "I  04001000,3", " L 1ffeffe7e,8", " S ...", " M ..."; others are talk. */
static bool read_trace(struct replay *r, FILE *f)
{
	char text[128];

	while (fgets(text, sizeof(text), f)) {
		uint64_t address;
		unsigned int size;
		char kind;

		if (strlen(text) < 4 || text[2] != ' ' ||
		    sscanf(text, " %c %" SCNx64 ",%u", &kind, &address, &size) != 3 ||
		    !strchr("ILSM", kind))
			continue;
		if (size == 0)
			return false;
		replay(r, kind, address, size);
	}
	return !ferror(f) && r->accesses > 0;
}

int main(int argc, char **argv)
{
	static struct replay r;
	char error[VPMU_MODEL_TEXT];
	bool good;

	if (argc != 2) {
		fprintf(stderr, "usage: replay GEOMETRY <TRACE\n");
		return 2;
	}
	if (!init(&r, argv[1], error)) {
		fprintf(stderr, "replay: %s\n", error);
		return 1;
	}
	good = read_trace(&r, stdin);
	printf("accesses %" PRIu64 "\n", r.accesses);
	printf("lines.l1i %" PRIu64 "\n", r.core.pmu.total[VPMU_L1I_MISSES][0]);
	printf("lines.l1d %" PRIu64 "\n", r.core.pmu.total[VPMU_L1D_MISSES][0]);
	printf("lines.llc %" PRIu64 "\n", r.core.pmu.total[VPMU_LLC_MISSES][0]);
	printf("second.l1i %" PRIu64 "\n", r.second.l1i);
	printf("second.l1d %" PRIu64 "\n", r.second.l1d);
	printf("rule.l1i %" PRIu64 "\n", r.rule.l1i_misses);
	printf("rule.l1d %" PRIu64 "\n", r.rule.l1d_misses);
	printf("rule.llc %" PRIu64 "\n", r.rule.llc_misses);
	done(&r);
	return good ? 0 : 1;
}
