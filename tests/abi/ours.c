/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <mach/perf_event.h>

#include "abi-names.h"
#include "abi.h"

#define FLAG(name, field) {#name, name},

static const struct abi_value constants[] = {ABI_CONSTANTS(ABI_NAMED)};
static const struct abi_value flags[] = {
    ABI_FLAGS(FLAG){"precise_ip", 3ULL << PERF_ATTR_PRECISE_IP_SHIFT},
};
static const struct abi_value layout[] = {
    ABI_SHARED_FIELDS(ABI_OFFSET)
	ABI_SHARED_FIELDS(ABI_WIDTH){"size of perf_event_header", sizeof(struct perf_event_header)},
    {"size of perf_event_attr", sizeof(struct perf_event_attr)},
    {"offset of the flag word", offsetof(struct perf_event_attr, flags)},
};

const struct abi_side *abi_ours(void)
{
	static const struct abi_side side = {
	    constants, ABI_COUNT(constants), flags, ABI_COUNT(flags), layout, ABI_COUNT(layout),
	};
	return &side;
}
