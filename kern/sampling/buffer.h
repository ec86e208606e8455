/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers: one ring per CPU, behind a port, mapped into the recorder.
 *
 * The pages belong to the kernel: a memory object of ours holds them, wired,
 * and we hold a reference on the object as long as the buffer lives.  What
 * the recorder has is a view; it may unmap it or die while an NMI writes.
 * Each ring is in one piece in physical memory, all are one range in a view.
 * NMI code writes through the direct map, so it never faults.
 */
#ifndef _KERN_SAMPLING_BUFFER_H_
#define _KERN_SAMPLING_BUFFER_H_

#include <kern/sampling/env.h>
#include <kern/sampling/ring.h>

struct perf_event;

struct perf_buffer
{
  struct perf_buffer *next;	/* of all buffers; perf_lock */
  int nr_refs;			/* perf_lock */
  struct ipc_port *port;	/* NULL once it lost its senders; perf_lock */
  struct perf_event *events;	/* that write here, oldest first; perf_lock */
  volatile int wake;		/* PERF_WAKE_*; NONE to ASKED by any context
				   of any CPU, ASKED to DONE by the deferred
				   work, DONE to NONE by the recorder when it
				   looks again */
  uint64_t sideband_lost;	/* records, in no LOST record yet; perf_lock */
  struct vm_object *object;	/* constant from here on */
  vm_size_t stride;		/* from one ring to the next, bytes */
  vm_size_t size;		/* of all rings */
  unsigned int nr_rings;
  struct perf_ring ring[];
};

typedef struct perf_buffer *perf_buffer_t;

#define PERF_WAKE_NONE	0
#define PERF_WAKE_ASKED	1
#define PERF_WAKE_DONE	2

/* The largest block of pages that physical memory is handed out in: of one
   ring. */
#define PERF_BUFFER_MAX	(4UL << 20)

/* Bytes of all rings together: they are wired, and whoever has the host's name
   can ask for them. */
#define PERF_BUFFERS_MAX	(64UL << 20)

/* Make a buffer with rings of data_size bytes, and one send right to it.
   KERN_INVALID_ARGUMENT: data_size is no power of two, under a page, or less
   than watermark; KERN_RESOURCE_SHORTAGE: no contiguous memory, or
   PERF_BUFFERS_MAX reached. */
kern_return_t perf_buffer_create (vm_size_t data_size, vm_size_t watermark,
				  struct ipc_port **portp);

/* Map all rings into map, read and write, not inherited.  Errors are those
   of vm_map. */
kern_return_t perf_buffer_map (struct perf_buffer *buffer, struct vm_map *map,
			       vm_offset_t *addressp, vm_size_t *sizep);

/* Where ring number nr stands in physical memory; 0: there is no such. */
phys_addr_t perf_buffer_address (const struct perf_buffer *buffer,
				 unsigned int nr);

/* Block until there is a reason to return; perf.defs names them.
   KERN_ABORTED: the calling thread was interrupted. */
kern_return_t perf_buffer_wait (struct perf_buffer *buffer,
				natural_t timeout, natural_t *reasonp);

/* Ask for the recorder to be woken, once until it looks again; any
   context. */
void perf_buffer_notify (struct perf_buffer *buffer);

/* Notify if a ring that was just written into asks for it.  Any context. */
static inline void
perf_buffer_written (struct perf_buffer *buffer, const struct perf_ring *ring)
{
  if (! perf_ring_due (ring))
    return;
  cpu_fence ();			/* E: the ring before wake */
  if (buffer->wake == PERF_WAKE_NONE)
    perf_buffer_notify (buffer);
}

/* Wake the recorders asked for since the last call; the deferred work. */
void perf_buffer_wake_all (void);

/* Append a record to the ring of this CPU and notify when it is time to.
   FALSE: it found no room.  Interrupts off. */
boolean_t perf_buffer_write (struct perf_buffer *buffer, const void *record,
			     unsigned int size, boolean_t sideband);

/* Take and drop a reference.  The last one frees; task context, no lock. */
void perf_buffer_reference (struct perf_buffer *buffer);
void perf_buffer_release (struct perf_buffer *buffer);

/* The buffer behind a port with a new reference, or NULL. */
perf_buffer_t convert_port_to_perf_buffer (struct ipc_port *port);
void perf_buffer_deallocate (perf_buffer_t buffer);

/* The last send right to the buffer's port died. */
void perf_buffer_no_senders (struct ipc_port *port);

#endif /* _KERN_SAMPLING_BUFFER_H_ */
