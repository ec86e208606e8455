/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk of the current page tables through the direct map, so that an NMI
 * can read user memory without a fault (Intel SDM volume 3, 4.5).
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

unsigned long user_page_limit;

const char *
user_page (unsigned long address)
{
  unsigned long table, entry, size;
  int shift;

  if (address >= USER_LIMIT)
    return NULL;
  asm volatile ("mov %%cr3, %0" : "=r" (table));
  table &= FRAME_MASK;
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
