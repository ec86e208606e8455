/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counted memory; memory.h. */

#include <kern/sampling/memory.h>

struct perf_memory perf_memory;

void *
perf_alloc (vm_size_t size)
{
  void *block = (void *) kalloc (size);

  if (block == NULL)
    return NULL;
  memset (block, 0, size);
  __sync_fetch_and_add (&perf_memory.nr_blocks, 1);
  return block;
}

void
perf_free (void *block, vm_size_t size)
{
  if (block == NULL)
    return;
  kfree ((vm_offset_t) block, size);
  __sync_fetch_and_sub (&perf_memory.nr_blocks, 1);
}
