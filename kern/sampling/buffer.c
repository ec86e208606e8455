/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers of rings; buffer.h tells how they are owned.
 *
 * Barrier E: whoever writes into a ring looks at wake afterwards, the
 * recorder sets wake before it looks at the rings; so that one of them sees
 * the other (perf_buffer_written, perf_buffer_write; buffer_reasons).
 */

#include <kern/pmu/call.h>
#include <kern/sampling/buffer.h>
#include <kern/sampling/event.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/port.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/sideband.h>

static struct perf_buffer *buffers;	/* perf_lock */

/* Put size bytes of wired, zeroed, physically contiguous pages into object at
   offset.  Physical memory comes in powers of two; what is too much goes
   back.  Answer where they stand, NULL if there are none. */
static struct perf_ring_page *
buffer_pages (struct vm_object *object, vm_size_t offset, vm_size_t size)
{
  unsigned long nr_pages = size / PERF_PAGE_SIZE;
  struct vm_page *pages;
  unsigned long nr_block, i;
  void *memory;

  for (nr_block = 1; nr_block < nr_pages; nr_block *= 2)
    continue;
  pages = vm_page_grab_contig (nr_block * PERF_PAGE_SIZE,
			       PERF_PAGE_SEL_DIRECTMAP);
  if (pages == NULL)
    return NULL;
  perf_vm_lock (object);
  for (i = 0; i < nr_pages; i++)
    {
      pages[i].busy = FALSE;
      vm_page_insert (&pages[i], object, offset + i * PERF_PAGE_SIZE);
      vm_page_wire (&pages[i]);
    }
  perf_vm_unlock (object);
  for (; i < nr_block; i++)
    vm_page_release (&pages[i], FALSE, FALSE);

  memory = perf_phystokv (pages->phys_addr);
  memset (memory, 0, size);
  return memory;
}

/* Give every ring of buffer its pages.  FALSE: there are not enough; those
   that were had go with the object. */
static boolean_t
buffer_fill (struct perf_buffer *buffer, vm_size_t data_size,
	     vm_size_t watermark)
{
  struct perf_ring_page *page;
  unsigned int i;

  buffer->object = vm_object_allocate (buffer->size);
  if (buffer->object == NULL)
    return FALSE;
  for (i = 0; i < buffer->nr_rings; i++)
    {
      page = buffer_pages (buffer->object, i * buffer->stride, buffer->stride);
      if (page == NULL)
	{
	  vm_object_deallocate (buffer->object);
	  return FALSE;
	}
      perf_ring_init (&buffer->ring[i], page, i, PERF_PAGE_SIZE, data_size,
		      buffer->stride, watermark);
    }
  return TRUE;
}

/* Take nr_pages for rings out of what all buffers may have.  FALSE: that is
   used up. */
static boolean_t
buffer_charge (unsigned int nr_pages)
{
  unsigned int nr = __sync_add_and_fetch (&perf_memory.nr_pages, nr_pages);

  if (nr <= PERF_BUFFERS_MAX / PERF_PAGE_SIZE)
    return TRUE;
  __sync_fetch_and_sub (&perf_memory.nr_pages, nr_pages);
  return FALSE;
}

static void
buffer_enlist (struct perf_buffer *buffer)
{
  unsigned long flags = perf_lock ();

  buffer->next = buffers;
  buffers = buffer;
  perf_unlock (flags);
}

kern_return_t
perf_buffer_create (vm_size_t data_size, vm_size_t watermark,
		    struct ipc_port **portp)
{
  unsigned int nr_rings = perf_nr_cpus;
  vm_size_t stride = PERF_PAGE_SIZE + data_size;
  vm_size_t size = sizeof (struct perf_buffer)
		   + nr_rings * sizeof (struct perf_ring);
  struct perf_buffer *buffer;

  if (data_size < PERF_PAGE_SIZE || (data_size & (data_size - 1)) != 0
      || watermark > data_size)
    return KERN_INVALID_ARGUMENT;
  if (data_size > PERF_BUFFER_MAX / 2)
    return KERN_RESOURCE_SHORTAGE;

  buffer = perf_alloc (size);
  if (buffer == NULL)
    return KERN_RESOURCE_SHORTAGE;
  buffer->nr_refs = 1;
  buffer->nr_rings = nr_rings;
  buffer->stride = stride;
  buffer->size = stride * nr_rings;
  if (! buffer_charge (buffer->size / PERF_PAGE_SIZE))
    {
      perf_free (buffer, size);
      return KERN_RESOURCE_SHORTAGE;
    }
  if (! buffer_fill (buffer, data_size, watermark))
    {
      __sync_fetch_and_sub (&perf_memory.nr_pages,
			    buffer->size / PERF_PAGE_SIZE);
      perf_free (buffer, size);
      return KERN_RESOURCE_SHORTAGE;
    }
  buffer_enlist (buffer);
  buffer->port = perf_port_create (buffer, IKOT_PERF_BUFFER);
  if (buffer->port == NULL)
    {
      perf_buffer_release (buffer);
      return KERN_RESOURCE_SHORTAGE;
    }
  *portp = perf_port_send (buffer->port);
  return KERN_SUCCESS;
}

void
perf_buffer_reference (struct perf_buffer *buffer)
{
  unsigned long flags = perf_lock ();

  buffer->nr_refs++;
  perf_unlock (flags);
}

void
perf_buffer_release (struct perf_buffer *buffer)
{
  struct perf_buffer **link = &buffers;
  unsigned long flags;

  if (buffer == NULL)
    return;
  flags = perf_lock ();
  if (--buffer->nr_refs > 0)
    {
      perf_unlock (flags);
      return;
    }
  while (*link != buffer)
    link = &(*link)->next;
  *link = buffer->next;
  perf_unlock (flags);

  /* Views that a recorder still has keep the object, and only they. */
  vm_object_deallocate (buffer->object);
  __sync_fetch_and_sub (&perf_memory.nr_pages, buffer->size / PERF_PAGE_SIZE);
  perf_free (buffer, sizeof *buffer
		     + buffer->nr_rings * sizeof (struct perf_ring));
}

perf_buffer_t
convert_port_to_perf_buffer (struct ipc_port *port)
{
  unsigned long flags = perf_lock ();
  struct perf_buffer *buffer = perf_port_object (port, IKOT_PERF_BUFFER);

  if (buffer != NULL && buffer->port == NULL)
    buffer = NULL;		/* it is being closed */
  if (buffer != NULL)
    buffer->nr_refs++;
  perf_unlock (flags);
  return buffer;
}

void
perf_buffer_deallocate (perf_buffer_t buffer)
{
  perf_buffer_release (buffer);
}

void
perf_buffer_no_senders (struct ipc_port *port)
{
  unsigned long flags = perf_lock ();
  struct perf_buffer *buffer = perf_port_object (port, IKOT_PERF_BUFFER);

  if (buffer != NULL)
    buffer->port = NULL;
  perf_unlock (flags);
  if (buffer == NULL)
    return;
  perf_port_clear (port);
  perf_port_destroy (port);
  perf_buffer_release (buffer);
}

kern_return_t
perf_buffer_map (struct perf_buffer *buffer, struct vm_map *map,
		 vm_offset_t *addressp, vm_size_t *sizep)
{
  vm_prot_t prot = PERF_VM_PROT_READ | PERF_VM_PROT_WRITE;
  vm_offset_t address = 0;
  kern_return_t kr;

  vm_object_reference (buffer->object);
  kr = vm_map_enter (map, &address, buffer->size, 0, TRUE, buffer->object, 0,
		     FALSE, prot, prot, PERF_VM_INHERIT_NONE);
  if (kr != KERN_SUCCESS)
    {
      vm_object_deallocate (buffer->object);
      return kr;
    }
  *addressp = address;
  *sizep = buffer->size;
  return KERN_SUCCESS;
}

phys_addr_t
perf_buffer_address (const struct perf_buffer *buffer, unsigned int nr)
{
  return nr < buffer->nr_rings
	 ? (unsigned long) buffer->ring[nr].page - PERF_DIRECTMAP_BASE : 0;
}

boolean_t
perf_buffer_write (struct perf_buffer *buffer, const void *record,
		   unsigned int size, boolean_t sideband)
{
  struct perf_ring *ring = &buffer->ring[cpu_this ()];
  boolean_t written;

  if (cpu_this () == CPU_UNKNOWN)
    return FALSE;		/* it takes no part and has no ring */
  written = perf_ring_write (ring, record, size, sideband);
  if (! written)
    {
      perf_ring_lost (ring);
      cpu_fence ();		/* E */
      perf_buffer_notify (buffer);
    }
  else
    perf_buffer_written (buffer, ring);
  return written;
}

void
perf_buffer_notify (struct perf_buffer *buffer)
{
  if (buffer->wake != PERF_WAKE_NONE)
    return;
  buffer->wake = PERF_WAKE_ASKED;
  pmu_defer ();
}

/* One buffer whose recorder is to be woken, or NULL. */
static struct perf_buffer *
buffer_to_wake (void)
{
  struct perf_buffer *buffer;
  unsigned long flags = perf_lock ();

  for (buffer = buffers; buffer != NULL; buffer = buffer->next)
    if (buffer->wake == PERF_WAKE_ASKED)
      {
	buffer->wake = PERF_WAKE_DONE;
	break;
      }
  perf_unlock (flags);
  return buffer;
}

void
perf_buffer_wake_all (void)
{
  struct perf_buffer *buffer;

  /* The address is but a key here; the buffer may be gone already. */
  while ((buffer = buffer_to_wake ()) != NULL)
    thread_wakeup_prim ((event_t) buffer, FALSE, THREAD_AWAKENED);
}

/* The CPUs that owe a LOST record to their rings.  perf_lock held. */
static unsigned long
buffer_owing (const struct perf_buffer *buffer)
{
  const struct perf_event *event;
  unsigned long owing = 0;

  for (event = buffer->events; event != NULL; event = event->buffer_next)
    owing |= perf_event_owing (event);
  return owing;
}

/* Write what LOST records there is room for on this CPU.  Of pmu_call (). */
static void
buffer_tell_lost (void *argument)
{
  struct perf_buffer *buffer = argument;
  unsigned long flags = perf_lock ();
  struct perf_event *event;

  for (event = buffer->events; event != NULL; event = event->buffer_next)
    perf_event_tell_lost_here (event);
  perf_unlock (flags);
}

/* Why a wait should end now, or 0.  Writes what LOST records it can first,
   so that a hangup is told only when nothing is left to be told. */
static natural_t
buffer_reasons (struct perf_buffer *buffer)
{
  unsigned long owing, flags = perf_lock ();
  boolean_t told, hangup = buffer->events != NULL;
  natural_t reasons = 0;
  struct perf_event *event;
  unsigned int i;

  /* Still asked for, it is due: others may wait here, too. */
  if (buffer->wake == PERF_WAKE_DONE)
    buffer->wake = PERF_WAKE_NONE;
  cpu_fence ();			/* E: wake before the rings */
  owing = buffer_owing (buffer);
  if (owing != 0)
    {
      perf_unlock (flags);
      pmu_call (owing, buffer_tell_lost, buffer);
      flags = perf_lock ();
      owing = buffer_owing (buffer);
    }
  told = perf_sideband_tell_lost (buffer) && owing == 0;
  for (event = buffer->events; event != NULL; event = event->buffer_next)
    hangup = hangup && perf_event_hung_up (event);
  for (i = 0; i < buffer->nr_rings; i++)
    if (perf_ring_due (&buffer->ring[i]))
      reasons |= PERF_WAIT_DATA;
  if (! told)
    reasons |= PERF_WAIT_DATA;	/* full: the recorder has to make room */
  else if (hangup)
    reasons |= PERF_WAIT_HANGUP;
  perf_unlock (flags);
  return reasons;
}

kern_return_t
perf_buffer_wait (struct perf_buffer *buffer, natural_t timeout,
		  natural_t *reasonp)
{
  uint64_t now = pmu_clock_ns ();
  uint64_t deadline = now + timeout * 1000000ULL;
  uint64_t tick = 1000000000U / (unsigned int) hz;
  struct thread *self = perf_current_thread ();

  *reasonp = 0;
  do
    {
      assert_wait ((event_t) buffer, TRUE);
      *reasonp = buffer_reasons (buffer);
      if (*reasonp != 0)
	{
	  clear_wait (self, THREAD_AWAKENED, FALSE);
	  return KERN_SUCCESS;
	}
      if (timeout != 0)
	{
	  if (now >= deadline)
	    {
	      clear_wait (self, THREAD_AWAKENED, FALSE);
	      *reasonp = PERF_WAIT_TIMEOUT;
	      return KERN_SUCCESS;
	    }
	  thread_set_timeout ((deadline - now + tick - 1) / tick);
	}
      thread_block (NULL);
      now = pmu_clock_ns ();
    }
  while (self->wait_result == THREAD_AWAKENED
	 || self->wait_result == THREAD_TIMED_OUT);
  return KERN_ABORTED;
}
