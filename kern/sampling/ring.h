/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of records between one CPU and the recorder, without a lock.
 *
 * Only code on the ring's own CPU writes into it, but an NMI may do so in the
 * middle of a task's write.  A writer therefore reserves room by moving head
 * in one instruction, copies its record there, and the outermost writer on
 * the CPU publishes everything reserved so far in data_head: a record whose
 * writer was interrupted is never seen half done.
 *
 * Barriers.  The recorder is on another CPU perhaps, the NMI is not:
 *   A  record bytes before data_head (perf_ring_commit), pairs with the
 *      recorder's acquire of data_head;
 *   B  data_tail before the bytes that overwrite what it freed
 *      (perf_ring_reserve), pairs with the recorder's release of data_tail.
 * x86 keeps both orders by itself; the compiler is held to them.
 *
 * This file has no kernel dependency but its types; the host tests use it.
 */
#ifndef _KERN_SAMPLING_RING_H_
#define _KERN_SAMPLING_RING_H_

#include <kern/pmu/pmu_env.h>

/* Owner of every field after initialisation: the ring's CPU. */
struct perf_ring
{
  struct perf_ring_page *page;	/* shared with the recorder */
  char *data;
  unsigned long size;		/* of data, a power of two */
  unsigned long keep;		/* bytes only side-band records may use */
  unsigned long watermark;	/* used bytes that make a wake-up due */
  unsigned long head;		/* reserved up to here */
  uint64_t published;		/* what data_head holds */
  uint64_t lost;		/* records that found no room */
  volatile int nest;		/* writers in progress */
};

/* Room kept back so that samples cannot crowd out side-band records. */
#define PERF_RING_KEEP_MAX	8192UL

/* Set up an empty ring over page, which is zeroed and whose data of size
   bytes (a power of two, at least 4096) follows data_offset bytes behind.
   A watermark of 0 means half of the ring. */
void perf_ring_init (struct perf_ring *ring, struct perf_ring_page *page,
		     uint32_t cpu, unsigned long data_offset,
		     unsigned long size, unsigned long stride,
		     unsigned long watermark);

/* Bytes that a record may still take; sideband may use the room kept back.
   A data_tail that makes no sense counts as a full ring. */
unsigned long perf_ring_room (const struct perf_ring *ring,
			      boolean_t sideband);

/* Append a record of size bytes, a multiple of 8.  FALSE: no room, and
   nothing was written.  Any context on the ring's CPU with interrupts off. */
boolean_t perf_ring_write (struct perf_ring *ring, const void *record,
			   unsigned int size, boolean_t sideband);

/*
 * The short way for a writer that nothing on its CPU can interrupt: an NMI, or
 * code with interrupts off and the PMU quiet.  perf_ring_place () answers
 * where a record of up to size bytes may be put together in the ring itself,
 * or NULL if there is no room for it in one piece; perf_ring_placed () takes
 * the record in at its true size, and nothing may be written in between.
 */
static inline void *
perf_ring_place (const struct perf_ring *ring, unsigned long size)
{
  unsigned long head = ring->head;
  unsigned long at = head & (ring->size - 1);
  unsigned long used
    = head - *(const volatile unsigned long *) &ring->page->data_tail; /* B */

  if (at + size > ring->size
      || used > ring->size || used + size > ring->size - ring->keep)
    return (void *) 0;
  return ring->data + at;
}

static inline void
perf_ring_placed (struct perf_ring *ring, unsigned int size)
{
  ring->head += size;
  if (ring->nest != 0)
    return;			/* whoever was interrupted publishes */
  cpu_barrier ();		/* A */
  ring->published += size;
  *(volatile uint64_t *) &ring->page->data_head = ring->published;
}

/* For the same writer a record that is too long, or wraps: after room was
   seen to be, copy bytes to where they stand in it, at bytes from its
   beginning, and then perf_ring_placed (). */
void perf_ring_put (const struct perf_ring *ring, unsigned long at,
		    const void *bytes, unsigned long size);

/* Whether the recorder has as much to read as it asked to be woken for. */
static inline boolean_t
perf_ring_due (const struct perf_ring *ring)
{
  return ring->head - *(const volatile unsigned long *) &ring->page->data_tail
	 >= ring->watermark;
}

/* Whether anything at all stands in the ring. */
boolean_t perf_ring_empty (const struct perf_ring *ring);

/* Count a record that found no room. */
void perf_ring_lost (struct perf_ring *ring);

#endif /* _KERN_SAMPLING_RING_H_ */
