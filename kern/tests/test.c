/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into the test image only: a piece of kernel of known length, and a
 * look at what is allocated.
 */

#include <kern/sampling/hooks.h>
#include <kern/sampling/memory.h>

#include PERF_TEST_SERVER

/* <ipc/ipc_object.h>: the cache of ports is the first. */
extern struct kmem_cache ipc_object_caches[];
extern struct kmem_cache vm_object_cache;
extern int vm_page_wire_count;

extern const char test_loop_start[], test_loop_end[];

boolean_t perf_test_notify (mach_msg_header_t *request,
			    mach_msg_header_t *reply);

/* wrap ipc_kobject_notify of the test image. */
boolean_t
perf_test_notify (mach_msg_header_t *request, mach_msg_header_t *reply)
{
  mig_routine_t routine = perf_test_server_routine (request);

  if (routine == NULL)
    return perf_kobject_notify (request, reply);
  routine (request, reply);
  return TRUE;
}

kern_return_t
rpc_perf_test_loop (struct host *host_priv, uint64_t iterations,
		    uint64_t *start, uint64_t *end)
{
  unsigned long left = iterations;

  *start = *end = 0;
  if (host_priv == NULL || left == 0 || left != iterations)
    return KERN_INVALID_ARGUMENT;
  asm volatile ("pushf; cli\n"
		"	.globl test_loop_start, test_loop_end\n"
		"test_loop_start:\n"
		"1:	dec %0\n"
		"	jnz 1b\n"
		"test_loop_end:\n"
		"	popf"
		: "+r" (left) :: "cc", "memory");
  *start = (unsigned long) test_loop_start;
  *end = (unsigned long) test_loop_end;
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_test_usage (struct host *host_priv, natural_t *blocks,
		     natural_t *pages, natural_t *ports, natural_t *objects,
		     natural_t *wired)
{
  *blocks = *pages = *ports = *objects = *wired = 0;
  if (host_priv == NULL)
    return KERN_INVALID_ARGUMENT;
  *blocks = perf_memory.nr_blocks;
  *pages = perf_memory.nr_pages;
  *ports = ipc_object_caches[0].nr_objs;
  *objects = vm_object_cache.nr_objs;
  *wired = vm_page_wire_count;
  return KERN_SUCCESS;
}
