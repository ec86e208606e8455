/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that come one after the other and are read as a whole later: a file
 * without a name in TMPDIR (or /var/tmp), so that memory stays bounded.
 */
#ifndef PERFREPORT_SPOOL_H
#define PERFREPORT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"

struct spool {
	int fd; /* -1: not open */
	uint8_t *buffer;
	size_t buffered;
	uint64_t size; /* of all that was added */
	void *map;
};

/* Open an empty one; spool_close() it.  Errors: EXIT_INPUT. */
bool spool_open(struct spool *spool, struct failure *failure);
void spool_close(struct spool *spool);

/* Append bytes.  Errors: EXIT_INPUT, the disk is full. */
bool spool_add(struct spool *spool, const void *bytes, size_t size, struct failure *failure);

/* Map what was added, spool->size bytes at spool->map; nothing can be added
   after that.  Errors: EXIT_INPUT. */
bool spool_map(struct spool *spool, struct failure *failure);

#endif /* PERFREPORT_SPOOL_H */
