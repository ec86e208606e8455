/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk of the current thread's page tables through the direct map, so that
 * an NMI can read user memory without a fault (Intel SDM volume 3, 4.5).  The
 * thread says where they are, not CR3: in the midst of a switch these differ,
 * and whose registers we hold is what counts.
 *
 * The tables may change under us on another CPU only; what we read is then
 * stale, but still memory of the direct map.
 */

#include <i386/user_page.h>

#define DIRECTMAP_BASE	0xffffffff80000000UL	/* i386/vm_param.h */
#define USER_LIMIT	0x0000800000000000UL
#define FRAME_MASK	0x000ffffffffff000UL

#define PTE_PRESENT	0x01UL
#define PTE_USER	0x04UL
#define PTE_LARGE	0x80UL

extern struct percpu percpu_array[];

unsigned long user_page_limit;

const char *
user_page (unsigned long address)
{
  unsigned long table, entry, size;
  int shift;

  if (address >= USER_LIMIT)
    return NULL;
  table = (unsigned long) percpu_array[0].active_thread->task->map->pmap->l4base
	  - DIRECTMAP_BASE;
  for (shift = 39; shift >= 12; shift -= 9)
    {
      if (table >= user_page_limit)
	return NULL;
      entry = ((const volatile unsigned long *) (DIRECTMAP_BASE + table))
	[(address >> shift) & 511];
      if ((entry & (PTE_PRESENT | PTE_USER)) != (PTE_PRESENT | PTE_USER))
	return NULL;
      table = entry & FRAME_MASK;
      if (shift > 12 && (entry & PTE_LARGE))
	{
	  size = 1UL << shift;
	  table = (table & ~(size - 1)) | (address & (size - 1) & FRAME_MASK);
	  break;
	}
    }
  if (table >= user_page_limit)
    return NULL;
  return (const char *) (DIRECTMAP_BASE + table);
}
