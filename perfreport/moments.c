/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "moments.h"

void moments_add(struct moments *moments, uint64_t time, uint32_t cell, uint64_t weight)
{
	moments->list =
	    must_grow(moments->list, &moments->capacity, moments->nr + 1, sizeof *moments->list);
	moments->list[moments->nr++] =
	    (struct moment){.time = time, .weight = weight, .cell = cell};
}

void moments_free(struct moments *moments)
{
	free(moments->list);
	memset(moments, 0, sizeof *moments);
}
