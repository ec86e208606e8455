/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include <linux/perf_event.h>

#include "abi-names.h"
#include "abi.h"

/* The flag word of the original is an unnamed bit-field between read_format and wakeup_events. */
#define FLAG_WORD (offsetof(struct perf_event_attr, read_format) + sizeof(__u64))

static const struct abi_value constants[] = {ABI_CONSTANTS(ABI_NAMED)};
static const struct abi_value layout[] = {
    ABI_SHARED_FIELDS(ABI_OFFSET)
	ABI_SHARED_FIELDS(ABI_WIDTH){"size of perf_event_header", sizeof(struct perf_event_header)},
    {"size of perf_event_attr", PERF_ATTR_SIZE_VER7},
    {"offset of the flag word", FLAG_WORD},
};

/* What the flag word holds when one bit-field is set to all ones. */
#define FLAG(flag, field)                                                                          \
	{                                                                                          \
		struct perf_event_attr attr;                                                       \
		memset(&attr, 0, sizeof(attr));                                                    \
		attr.field--;                                                                      \
		flags[n].name = #flag;                                                             \
		memcpy(&flags[n++].value, (char *)&attr + FLAG_WORD, sizeof(flags[0].value));      \
	}

const struct abi_side *abi_linux(void)
{
	static struct abi_value flags[64];
	static struct abi_side side = {constants, ABI_COUNT(constants), flags, 0,
				       layout,	  ABI_COUNT(layout)};
	size_t n = 0;

	ABI_FLAGS(FLAG)
	FLAG(precise_ip, precise_ip)
	side.nr_flags = n;
	return &side;
}
