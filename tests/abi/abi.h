/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two sides of the comparison: each is made in a compilation unit of its own, since our header
 * and Linux's define the same names.
 */
#ifndef TESTS_ABI_H
#define TESTS_ABI_H

#include <stddef.h>
#include <stdint.h>

struct abi_value {
	const char *name;
	uint64_t value;
};

struct abi_side {
	const struct abi_value *constants; /* ABI_CONSTANTS */
	size_t nr_constants;
	const struct abi_value
	    *flags; /* ABI_FLAGS, each as a mask of perf_event_attr's 64-bit flag word */
	size_t nr_flags;
	const struct abi_value
	    *layout; /* offsets of the shared fields, sizes of the shared structures */
	size_t nr_layout;
};

/* By <mach/perf_event.h>. */
const struct abi_side *abi_ours(void);

/* By this machine's <linux/perf_event.h>. */
const struct abi_side *abi_linux(void);

/* Fields that both sides name alike; sizes up to PERF_ATTR_SIZE_VER7, the version we speak. */
#define ABI_SHARED_FIELDS(X)                                                                       \
	X(perf_event_attr, type)                                                                   \
	X(perf_event_attr, size)                                                                   \
	X(perf_event_attr, config)                                                                 \
	X(perf_event_attr, sample_period)                                                          \
	X(perf_event_attr, sample_type)                                                            \
	X(perf_event_attr, read_format)                                                            \
	X(perf_event_attr, wakeup_watermark)                                                       \
	X(perf_event_attr, bp_type)                                                                \
	X(perf_event_attr, config1)                                                                \
	X(perf_event_attr, config2)                                                                \
	X(perf_event_attr, branch_sample_type)                                                     \
	X(perf_event_attr, sample_regs_user)                                                       \
	X(perf_event_attr, sample_stack_user)                                                      \
	X(perf_event_attr, clockid)                                                                \
	X(perf_event_attr, sample_regs_intr)                                                       \
	X(perf_event_attr, aux_watermark)                                                          \
	X(perf_event_attr, sample_max_stack)                                                       \
	X(perf_event_attr, aux_sample_size)                                                        \
	X(perf_event_attr, sig_data)                                                               \
	X(perf_event_header, type)                                                                 \
	X(perf_event_header, misc)                                                                 \
	X(perf_event_header, size)

#define ABI_OFFSET(s, f) {"offset of " #s "." #f, offsetof(struct s, f)},
#define ABI_WIDTH(s, f)	 {"size of " #s "." #f, sizeof(((struct s *)0)->f)},
#define ABI_NAMED(n)	 {#n, (uint64_t)(n)},
#define ABI_COUNT(a)	 (sizeof(a) / sizeof((a)[0]))

#endif
