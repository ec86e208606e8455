/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the writer share. */
#ifndef PERFDATA_WRITE_INTERNAL_H
#define PERFDATA_WRITE_INTERNAL_H

#include <string.h>

#include "perfdata_write.h"

/* Round up to a power of two. */
#define ALIGN_UP(value, to) (((value) + (to)-1) & ~(uint64_t)((to)-1))

/* Append zeros, or a number, little endian; a failure stays noted in the buffer. */
void put_zeros(struct perfdata_buffer *buffer, size_t size);
void put_u32(struct perfdata_buffer *buffer, uint32_t value);
void put_u64(struct perfdata_buffer *buffer, uint64_t value);

/* Whether the facts have something for a feature section. */
bool feature_wanted(const struct perfdata_facts *facts, unsigned int bit);

#endif /* PERFDATA_WRITE_INTERNAL_H */
