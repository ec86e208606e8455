/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of the sampling core, counted, so that a test can prove that
 * nothing leaks.
 */
#ifndef _KERN_SAMPLING_MEMORY_H_
#define _KERN_SAMPLING_MEMORY_H_

#include <kern/sampling/env.h>

/* What is allocated now.  Updated with atomic adds, read by anyone. */
struct perf_memory
{
  unsigned int nr_blocks;	/* from perf_alloc () */
  unsigned int nr_pages;	/* of rings */
};

extern struct perf_memory perf_memory;

/* Zeroed memory, or NULL.  Task context, no lock held. */
void *perf_alloc (vm_size_t size);

/* Give back what perf_alloc (size) answered; NULL is nothing. */
void perf_free (void *block, vm_size_t size);

#endif /* _KERN_SAMPLING_MEMORY_H_ */
