/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring of records; ring.h tells how it works. */

#include <kern/sampling/ring.h>

extern void *memcpy (void *, const void *, size_t);

void
perf_ring_init (struct perf_ring *ring, struct perf_ring_page *page,
		uint32_t cpu, unsigned long data_offset, unsigned long size,
		unsigned long stride, unsigned long watermark)
{
  ring->page = page;
  ring->data = (char *) page + data_offset;
  ring->size = size;
  ring->keep = size / 4 < PERF_RING_KEEP_MAX ? size / 4 : PERF_RING_KEEP_MAX;
  ring->watermark = watermark == 0 ? size / 2 : watermark;
  ring->head = 0;
  ring->published = 0;
  ring->lost = 0;
  ring->nest = 0;

  page->version = PERF_ABI_VERSION;
  page->cpu = cpu;
  page->data_offset = data_offset;
  page->data_size = size;
  page->stride = stride;
}

/* Bytes the recorder has not taken yet, or more than size if data_tail
   makes no sense.  Only the low word is looked at: it says all that
   matters, and reads in one piece on every processor. */
static inline unsigned long
ring_used (const struct perf_ring *ring, unsigned long head)
{
  const volatile unsigned long *tail
    = (const volatile unsigned long *) &ring->page->data_tail;

  return head - *tail;
}

unsigned long
perf_ring_room (const struct perf_ring *ring, boolean_t sideband)
{
  unsigned long used = ring_used (ring, ring->head);
  unsigned long limit = sideband ? ring->size : ring->size - ring->keep;

  return used < limit ? limit - used : 0;
}

/* Move head by size in one instruction, so that an NMI in between makes us
   try again.  No lock prefix: other CPUs never touch it. */
static inline boolean_t
ring_advance (struct perf_ring *ring, unsigned long head, unsigned int size)
{
  unsigned long seen = head;

  asm volatile ("cmpxchg %2, %1"
		: "+a" (seen), "+m" (ring->head)
		: "r" (head + size)
		: "cc", "memory");
  return seen == head;
}

/* Publish all that is reserved, unless a writer below us will. */
static inline void
ring_commit (struct perf_ring *ring)
{
  unsigned long head;

  do
    {
      head = ring->head;
      if (ring->nest > 1)
	{
	  ring->nest--;
	  return;
	}
      cpu_barrier ();		/* A */
      ring->published += head - (unsigned long) ring->published;
      *(volatile uint64_t *) &ring->page->data_head = ring->published;
      ring->nest = 0;
      cpu_barrier ();
      /* An NMI that came before nest fell left its publishing to us. */
      if (ring->head == head)
	return;
      ring->nest = 1;
    }
  while (TRUE);
}

/* Copy bytes to where the count from the beginning of time is at. */
static inline void
ring_copy (const struct perf_ring *ring, unsigned long at, const void *bytes,
	   unsigned long size)
{
  unsigned long first;

  at &= ring->size - 1;
  first = ring->size - at;
  if (first >= size)
    {
      memcpy (ring->data + at, bytes, size);
      return;
    }
  memcpy (ring->data + at, bytes, first);
  memcpy (ring->data, (const char *) bytes + first, size - first);
}

boolean_t
perf_ring_write (struct perf_ring *ring, const void *record,
		 unsigned int size, boolean_t sideband)
{
  unsigned long limit = sideband ? ring->size : ring->size - ring->keep;
  unsigned long head, used;

  ring->nest++;
  cpu_barrier ();
  do
    {
      head = ring->head;
      used = ring_used (ring, head);	/* B */
      if (used > limit || limit - used < size)
	{
	  ring_commit (ring);
	  return FALSE;
	}
    }
  while (! ring_advance (ring, head, size));

  ring_copy (ring, head, record, size);
  ring_commit (ring);
  return TRUE;
}

void
perf_ring_put (const struct perf_ring *ring, unsigned long at,
	       const void *bytes, unsigned long size)
{
  ring_copy (ring, ring->head + at, bytes, size);
}

boolean_t
perf_ring_empty (const struct perf_ring *ring)
{
  return ring_used (ring, ring->head) == 0;
}

void
perf_ring_lost (struct perf_ring *ring)
{
  ring->page->lost = ++ring->lost;
}
