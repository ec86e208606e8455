/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The geometry of a modelled processor: how large its caches, TLBs and branch
 * predictor are, and what a miss in each costs.
 *
 * As text it is a preset's name, or KEY=VALUE pairs, or both, with commas
 * between: "intel-skylake,llc.size=2M,llc.ways=16".  docs/vpmu.md lists presets
 * and keys.
 */
#ifndef VPMU_MODEL_H
#define VPMU_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* size / line / ways is a power of two. */
struct vpmu_cache_shape {
	uint32_t size; /* bytes */
	uint32_t ways;
	uint32_t latency; /* of a miss, in cycles, beside those of the levels below */
};

/* entries / ways is a power of two. */
struct vpmu_tlb_shape {
	uint32_t entries; /* of 4 KiB pages */
	uint32_t ways;
	uint32_t latency;
};

/* Counters and targets are powers of two, and so is the depth of returns. */
struct vpmu_branch_shape {
	uint32_t counters; /* of conditional branches, two bits each */
	uint32_t history;  /* outcomes that choose among them */
	uint32_t targets;  /* of indirect jumps and calls */
	uint32_t returns;  /* calls remembered */
	uint32_t latency;
};

struct vpmu_model {
	uint32_t line; /* of every cache, bytes: 32, 64 or 128 */
	struct vpmu_cache_shape l1i, l1d, llc;
	struct vpmu_tlb_shape itlb, dtlb;
	struct vpmu_branch_shape branch;
};

/* Room for any geometry as text, and for any complaint about one. */
#define VPMU_MODEL_TEXT 512

/* The name and what it is like of preset i, the default first; NULL: there is
   none. */
const char *vpmu_model_preset(unsigned int i, const char **like);

/* Read a geometry; "" is the default.  False: error says what is wrong, in one
   line. */
bool vpmu_model_parse(const char *text, struct vpmu_model *model, char error[VPMU_MODEL_TEXT]);

/* Write every key in a fixed order, so that equal geometries are equal text;
   vpmu_model_parse() takes it. */
void vpmu_model_print(const struct vpmu_model *model, char text[VPMU_MODEL_TEXT]);

#endif
