/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Geometries by name and as text.
 *
 * Presets follow what the makers publish: Intel 64 and IA-32 Architectures
 * Optimization Reference Manual, the chapters of the named microarchitectures;
 * AMD Software Optimization Guides for families 10h, 17h and 19h.  A model has
 * one level between L1 and memory, here the last level of a part with eight
 * cores or fewer; latencies are rounded.
 */
#include "model.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KiB 1024U
#define MiB (1024 * KiB)

#define LARGEST_CACHE	(64 * MiB)
#define MOST_WAYS	64
#define MOST_ENTRIES	4096
#define MOST_COUNTERS	(1U << 20)
#define MOST_HISTORY	20
#define LARGEST_LATENCY 1000

struct preset {
	const char *name;
	const char *like;
	struct vpmu_model model;
};

#define DEFAULT_BRANCH                                                                             \
	{                                                                                          \
		4096, 10, 512, 16, 15                                                              \
	}

static const struct preset presets[] = {
    {"default",
     "no one processor: round numbers",
     {.line = 64,
      .l1i = {32 * KiB, 8, 10},
      .l1d = {32 * KiB, 8, 10},
      .llc = {1 * MiB, 16, 150},
      .itlb = {64, 4, 20},
      .dtlb = {64, 4, 20},
      .branch = DEFAULT_BRANCH}},
    {"intel-nehalem",
     "Core i7-900",
     {.line = 64,
      .l1i = {32 * KiB, 4, 10},
      .l1d = {32 * KiB, 8, 10},
      .llc = {8 * MiB, 16, 150},
      .itlb = {128, 4, 20},
      .dtlb = {64, 4, 20},
      .branch = {16384, 12, 2048, 16, 17}}},
    {"intel-skylake",
     "Core i7-6700",
     {.line = 64,
      .l1i = {32 * KiB, 8, 12},
      .l1d = {32 * KiB, 8, 12},
      .llc = {8 * MiB, 16, 200},
      .itlb = {128, 8, 20},
      .dtlb = {64, 4, 20},
      .branch = {16384, 14, 4096, 16, 16}}},
    {"intel-icelake",
     "Core i7-1065G7",
     {.line = 64,
      .l1i = {32 * KiB, 8, 13},
      .l1d = {48 * KiB, 12, 13},
      .llc = {8 * MiB, 16, 200},
      .itlb = {128, 8, 20},
      .dtlb = {64, 4, 20},
      .branch = {16384, 14, 4096, 16, 17}}},
    {"amd-k10",
     "Phenom II X4",
     {.line = 64,
      .l1i = {64 * KiB, 2, 12},
      .l1d = {64 * KiB, 2, 12},
      .llc = {6 * MiB, 48, 150},
      .itlb = {32, 32, 20},
      .dtlb = {48, 48, 20},
      .branch = {16384, 12, 512, 32, 12}}},
    {"amd-zen",
     "Ryzen 7 1700",
     {.line = 64,
      .l1i = {64 * KiB, 4, 12},
      .l1d = {32 * KiB, 8, 12},
      .llc = {8 * MiB, 16, 200},
      .itlb = {64, 64, 20},
      .dtlb = {64, 64, 20},
      .branch = {16384, 12, 512, 32, 18}}},
    {"amd-zen3",
     "Ryzen 7 5800",
     {.line = 64,
      .l1i = {32 * KiB, 8, 12},
      .l1d = {32 * KiB, 8, 12},
      .llc = {32 * MiB, 16, 200},
      .itlb = {64, 64, 20},
      .dtlb = {64, 64, 20},
      .branch = {16384, 14, 2048, 32, 13}}},
};

#define NR_PRESETS (sizeof(presets) / sizeof(presets[0]))

/* A number of the geometry; sizes may end in K or M. */
struct key {
	const char *name;
	size_t offset; /* of an uint32_t in struct vpmu_model */
	uint32_t least, most;
	bool power_of_two;
	bool size;
};

#define AT(field) offsetof(struct vpmu_model, field)

#define CACHE_KEYS(name)                                                                           \
	{#name ".size", AT(name.size), 32, LARGEST_CACHE, false, true},                            \
	    {#name ".ways", AT(name.ways), 1, MOST_WAYS, false, false},                            \
	{                                                                                          \
#name ".latency", AT(name.latency), 0, LARGEST_LATENCY, false, false               \
	}

#define TLB_KEYS(name)                                                                             \
	{#name ".entries", AT(name.entries), 1, MOST_ENTRIES, false, false},                       \
	    {#name ".ways", AT(name.ways), 1, MOST_WAYS, false, false},                            \
	{                                                                                          \
#name ".latency", AT(name.latency), 0, LARGEST_LATENCY, false, false               \
	}

static const struct key keys[] = {
    {"line", AT(line), 32, 128, true, false},
    CACHE_KEYS(l1i),
    CACHE_KEYS(l1d),
    CACHE_KEYS(llc),
    TLB_KEYS(itlb),
    TLB_KEYS(dtlb),
    {"branch.counters", AT(branch.counters), 1, MOST_COUNTERS, true, false},
    {"branch.history", AT(branch.history), 0, MOST_HISTORY, false, false},
    {"branch.targets", AT(branch.targets), 1, MOST_COUNTERS, true, false},
    {"branch.returns", AT(branch.returns), 1, MOST_ENTRIES, true, false},
    {"branch.latency", AT(branch.latency), 0, LARGEST_LATENCY, false, false},
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

static bool is_power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

const char *vpmu_model_preset(unsigned int i, const char **like)
{
	if (i >= NR_PRESETS)
		return NULL;
	*like = presets[i].like;
	return presets[i].name;
}

static bool take_preset(const char *name, size_t length, struct vpmu_model *model, char *error)
{
	for (size_t i = 0; i < NR_PRESETS; i++)
		if (strlen(presets[i].name) == length && !memcmp(presets[i].name, name, length)) {
			*model = presets[i].model;
			return true;
		}
	snprintf(error, VPMU_MODEL_TEXT, "no geometry is called '%.*s'; there are", (int)length,
		 name);
	for (size_t i = 0; i < NR_PRESETS; i++)
		snprintf(error + strlen(error), VPMU_MODEL_TEXT - strlen(error), "%s %s",
			 i ? "," : "", presets[i].name);
	return false;
}

/* The number behind a key; false: it is none, or does not fit. */
static bool read_number(const struct key *key, const char *text, size_t length, uint32_t *number)
{
	char *end;
	unsigned long long value;

	if (length == 0 || *text < '0' || *text > '9')
		return false;
	value = strtoull(text, &end, 10);
	if (value > UINT32_MAX)
		return false;
	if (key->size && (*end == 'K' || *end == 'k')) {
		value *= KiB;
		end++;
	} else if (key->size && (*end == 'M' || *end == 'm')) {
		value *= MiB;
		end++;
	}
	if (end != text + length || value < key->least || value > key->most)
		return false;
	*number = (uint32_t)value;
	return !key->power_of_two || is_power_of_two(*number);
}

static bool take_pair(const char *pair, size_t length, struct vpmu_model *model, char *error)
{
	const char *equals = memchr(pair, '=', length);
	size_t name = (size_t)(equals - pair);

	for (size_t i = 0; i < NR_KEYS; i++) {
		const struct key *key = &keys[i];

		if (strlen(key->name) != name || memcmp(key->name, pair, name))
			continue;
		if (read_number(key, equals + 1, length - name - 1,
				(uint32_t *)((char *)model + key->offset)))
			return true;
		snprintf(error, VPMU_MODEL_TEXT, "%.*s: not %s %" PRIu32 " to %" PRIu32,
			 (int)length, pair,
			 key->power_of_two ? "a power of two from" : "a number from", key->least,
			 key->most);
		return false;
	}
	snprintf(error, VPMU_MODEL_TEXT, "'%.*s' is no part of a geometry: see docs/vpmu.md",
		 (int)name, pair);
	return false;
}

static bool check_cache(const char *name, const struct vpmu_cache_shape *shape, uint32_t line,
			char *error)
{
	if (shape->size % (line * shape->ways) == 0 &&
	    is_power_of_two(shape->size / line / shape->ways))
		return true;
	snprintf(error, VPMU_MODEL_TEXT,
		 "%s: %" PRIu32 " bytes in lines of %" PRIu32 ", %" PRIu32
		 " ways: the number of sets is no power of two",
		 name, shape->size, line, shape->ways);
	return false;
}

static bool check_tlb(const char *name, const struct vpmu_tlb_shape *shape, char *error)
{
	if (shape->entries % shape->ways == 0 && is_power_of_two(shape->entries / shape->ways))
		return true;
	snprintf(error, VPMU_MODEL_TEXT,
		 "%s: %" PRIu32 " entries, %" PRIu32 " ways: the number of sets is no power of two",
		 name, shape->entries, shape->ways);
	return false;
}

bool vpmu_model_parse(const char *text, struct vpmu_model *model, char error[VPMU_MODEL_TEXT])
{
	*model = presets[0].model;
	for (const char *part = text; *part;) {
		size_t length = strcspn(part, ",");

		if (memchr(part, '=', length)) {
			if (!take_pair(part, length, model, error))
				return false;
		} else if (part != text) {
			snprintf(error, VPMU_MODEL_TEXT, "'%.*s' has no value", (int)length, part);
			return false;
		} else if (!take_preset(part, length, model, error)) {
			return false;
		}
		part += length + (part[length] == ',');
	}
	return check_cache("l1i", &model->l1i, model->line, error) &&
	       check_cache("l1d", &model->l1d, model->line, error) &&
	       check_cache("llc", &model->llc, model->line, error) &&
	       check_tlb("itlb", &model->itlb, error) && check_tlb("dtlb", &model->dtlb, error);
}

void vpmu_model_print(const struct vpmu_model *model, char text[VPMU_MODEL_TEXT])
{
	size_t used = 0;

	for (size_t i = 0; i < NR_KEYS; i++)
		used += (size_t)snprintf(text + used, VPMU_MODEL_TEXT - used, "%s%s=%" PRIu32,
					 i ? "," : "", keys[i].name,
					 *(const uint32_t *)((const char *)model + keys[i].offset));
}
