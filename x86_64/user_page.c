/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk of a thread's page tables through the direct map, so that
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

unsigned long user_page_limit;

/* The entry of table, a physical address, for address; shift says of which
   level. */
static inline unsigned long
table_entry (unsigned long table, unsigned long address, int shift)
{
  return ((const volatile unsigned long *) (DIRECTMAP_BASE + table))
    [(address >> shift) & 511];
}

/* Whether an entry leads to another table.  The kernel maps user memory by
   small pages only. */
static inline boolean_t
is_table (unsigned long entry)
{
  return (entry & (PTE_PRESENT | PTE_USER | PTE_LARGE))
	 == (PTE_PRESENT | PTE_USER);
}

const char *
user_page (const struct thread *thread, unsigned long address)
{
  unsigned long entry;

  if (address >= USER_LIMIT)
    return NULL;
  /* The kernel itself reaches its tables through the direct map. */
  entry = (unsigned long) thread->task->map->pmap->l4base - DIRECTMAP_BASE;
  entry = table_entry (entry, address, 39);
  if (! is_table (entry))
    return NULL;
  entry = table_entry (entry & FRAME_MASK, address, 30);
  if (! is_table (entry))
    return NULL;
  entry = table_entry (entry & FRAME_MASK, address, 21);
  if (! is_table (entry))
    return NULL;
  entry = table_entry (entry & FRAME_MASK, address, 12);
  if ((entry & (PTE_PRESENT | PTE_USER)) != (PTE_PRESENT | PTE_USER))
    return NULL;
  entry &= FRAME_MASK;
  return entry < user_page_limit ? (const char *) (DIRECTMAP_BASE + entry)
				 : NULL;
}
