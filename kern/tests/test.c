/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into the test image only: a piece of kernel of known length, and a
 * look at what is allocated.
 */

#include <kern/sampling/hooks.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/sched.h>

#include PERF_TEST_SERVER

/* <ipc/ipc_object.h>: the cache of ports is the first. */
extern struct kmem_cache ipc_object_caches[];
extern struct kmem_cache vm_object_cache;
extern int vm_page_wire_count;

#if KERNEL_SMP
/* <i386/mp_desc.h>, <vm/vm_page.h> */
extern struct mp_desc_table *mp_desc_table[];
extern struct vm_page *vm_page_lookup_pa (phys_addr_t);
#define PAGE_RESERVED	1	/* VM_PT_RESERVED */
#define PAGE_SIZE	4096UL
#endif

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

/* 2 instructions, left times, with interrupts off. */
static void __attribute__ ((noinline))
test_loop (unsigned long left)
{
  asm volatile ("pushf; cli\n"
		"	.globl test_loop_start, test_loop_end\n"
		"test_loop_start:\n"
		"1:	dec %0\n"
		"	jnz 1b\n"
		"test_loop_end:\n"
		"	popf"
		: "+r" (left) :: "cc", "memory");
}

/* depth calls of itself, then the loop.  Where a call returns to is put in
   *site; nothing but a call's return stands at its place. */
static void __attribute__ ((noinline, noclone))
test_recurse (unsigned int depth, unsigned long left, uint64_t *site)
{
  if (depth == 0)
    {
      *site = (unsigned long) __builtin_return_address (0);
      test_loop (left);
    }
  else
    test_recurse (depth - 1, left, site);
  /* The call is not the last thing done, so its frame stays. */
  asm volatile ("" ::: "memory");
}

kern_return_t
rpc_perf_test_loop (struct host *host_priv, uint64_t iterations,
		    uint64_t *start, uint64_t *end)
{
  unsigned long left = iterations;

  *start = *end = 0;
  if (host_priv == NULL || left == 0 || left != iterations)
    return KERN_INVALID_ARGUMENT;
  test_loop (left);
  *start = (unsigned long) test_loop_start;
  *end = (unsigned long) test_loop_end;
  return KERN_SUCCESS;
}

/* The kernel's stack holds so many frames easily. */
#define DEPTH_MAX	32

kern_return_t
rpc_perf_test_recurse (struct host *host_priv, natural_t depth,
		       uint64_t iterations, uint64_t *start, uint64_t *end,
		       uint64_t *site)
{
  unsigned long left = iterations;

  *start = *end = *site = 0;
  if (host_priv == NULL || left == 0 || left != iterations || depth == 0
      || depth > DEPTH_MAX)
    return KERN_INVALID_ARGUMENT;
  test_recurse (depth, left, site);
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

kern_return_t
rpc_perf_test_descriptors (struct host *host_priv, natural_t *given)
{
  *given = 0;
  if (host_priv == NULL)
    return KERN_INVALID_ARGUMENT;
#if KERNEL_SMP
  {
    const struct vm_page *page;
    unsigned long at, end;
    unsigned int cpu;

    for (cpu = 1; cpu < perf_nr_cpus; cpu++)
      {
	at = (unsigned long) mp_desc_table[cpu];
	end = at + sizeof (struct mp_desc_table);
	for (at &= ~(PAGE_SIZE - 1); at < end; at += PAGE_SIZE)
	  {
	    page = vm_page_lookup_pa (at - PERF_DIRECTMAP_BASE);
	    *given += page != NULL && page->type != PAGE_RESERVED;
	  }
      }
  }
#endif
  return KERN_SUCCESS;
}
