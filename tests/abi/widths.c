/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiled by widths.py for both widths: the layout as data, in the order of the lists. */
#include <mach/perf_stream.h>

#include "abi-names.h"

#define FIELD(s, f)    offsetof(struct s, f), sizeof(((struct s *)0)->f),
#define STRUCT(s, sum) sizeof(struct s), _Alignof(struct s) > 8,

const uint32_t abi_layout[]
    __attribute__((section(".rodata.abi"))) = {ABI_FIELDS(FIELD) ABI_STRUCTS(STRUCT)};
