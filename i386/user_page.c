/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk of a thread's page tables through the direct map, on a
 * 32-bit kernel with two levels of them (Intel SDM volume 3, 4.3); what
 * x86_64/user_page.c says of it holds here, too.
 */

#include <i386/user_page.h>

#define DIRECTMAP_BASE	0xc0000000UL	/* i386/vm_param.h */
#define USER_LIMIT	0xc0000000UL
#define FRAME_MASK	0xfffff000UL

#define PTE_PRESENT	0x01UL
#define PTE_USER	0x04UL
#define PTE_LARGE	0x80UL

unsigned long user_page_limit;

const char *
user_page (const struct thread *thread, unsigned long address)
{
  const volatile unsigned long *table;
  unsigned long entry;

  if (address >= USER_LIMIT)
    return NULL;
  table = (const volatile unsigned long *) thread->task->map->pmap->dirbase;
  entry = table[address >> 22];
  /* The kernel maps user memory by small pages only. */
  if ((entry & (PTE_PRESENT | PTE_USER | PTE_LARGE))
      != (PTE_PRESENT | PTE_USER))
    return NULL;
  table = (const volatile unsigned long *)
	  (DIRECTMAP_BASE + (entry & FRAME_MASK));
  entry = table[(address >> 12) & 1023];
  if ((entry & (PTE_PRESENT | PTE_USER)) != (PTE_PRESENT | PTE_USER))
    return NULL;
  entry &= FRAME_MASK;
  return entry < user_page_limit ? (const char *) (DIRECTMAP_BASE + entry)
				 : NULL;
}
