/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The "config" file of a session; <mach/perf_stream.h> says what it holds. */
#ifndef AGENT_CONFIG_H
#define AGENT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_MAX_ARGUMENTS 256
#define CONFIG_NAME_MAX	     127 /* of perf_name_t */
#define CONFIG_MAX_EVENTS    64

/* Strings lie in the text that was parsed. */
struct config {
	bool system_scope;
	const char *workload; /* NULL without one */
	const char *arguments[CONFIG_MAX_ARGUMENTS];
	unsigned nr_arguments;
	uint64_t ring_size;
	uint64_t watermark;
	uint8_t leader[CONFIG_MAX_EVENTS]; /* of the event's group and 1; 0: it is in none */
	uint64_t stack_shift;
	uint64_t delay;
	bool per_cpu;
	uint64_t interval; /* ms; 0: none */
	uint64_t budget;   /* percent; 0: the kernel's own */
};

struct config_error {
	unsigned line;	  /* from 1; 0 for the whole */
	const char *what; /* NULL: none */
};

/* Parse the SIZE bytes of TEXT, which is changed: lines become strings. */
struct config_error config_parse(char *text, size_t size, struct config *config);

#endif
