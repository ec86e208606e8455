/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sampling core takes from the kernel it is grafted onto: types from
 * the kernel's debug information, functions by their linker symbols, and the
 * few constants that debug information does not carry.
 */
#ifndef _KERN_SAMPLING_ENV_H_
#define _KERN_SAMPLING_ENV_H_

#include <i386/callchain.h>
#include <i386/registers.h>
#include <i386/user_page.h>
#include <kern/pmu/pmu.h>	/* also kernel.h and mach/perf_event.h */
#include <mach/perf_types.h>

#ifndef NULL
#define NULL	((void *) 0)
#endif

#define KERN_FAILURE		5	/* <mach/kern_return.h> */
#define KERN_RESOURCE_SHORTAGE	6
#define KERN_NO_ACCESS		8
#define KERN_ABORTED		14

#define MACH_NOTIFY_NO_SENDERS	(0100 + 006)	/* <mach/notify.h> */
#define MACH_MSG_TYPE_MOVE_SEND_ONCE 18		/* <mach/message.h> */

#define TH_WAIT			0x01	/* thread states, kern/thread.h */
#define TH_SUSP			0x02

#define THREAD_AWAKENED		0	/* wait results, kern/sched_prim.h */
#define THREAD_TIMED_OUT	1

#define PERF_VM_PROT_READ	1	/* <mach/vm_prot.h> */
#define PERF_VM_PROT_WRITE	2
#define PERF_VM_PROT_EXECUTE	4
#define PERF_VM_PROT_ALL	7U
#define PERF_VM_INHERIT_NONE	2	/* <mach/vm_inherit.h> */

/* Pages the kernel reaches through its direct map, vm/vm_page.h. */
#define PERF_PAGE_SEL_DIRECTMAP	1

#define PERF_PAGE_SIZE		4096UL

/* Where the direct map of physical memory begins, i386/vm_param.h. */
#if defined (__x86_64__)
#define PERF_DIRECTMAP_BASE	0xffffffff80000000UL
#else
#define PERF_DIRECTMAP_BASE	0xc0000000UL
#endif

typedef struct ipc_port *perf_port_t;

extern struct task *kernel_task;
extern struct vm_map *kernel_map;
extern struct ipc_space *ipc_space_kernel;
extern struct processor_set default_pset;
extern struct percpu percpu_array[];
extern struct host realhost;
extern int hz;
extern const char version[];

extern vm_offset_t kalloc (vm_size_t);
extern void kfree (vm_offset_t, vm_size_t);
extern void *memcpy (void *, const void *, size_t);
extern void *memset (void *, int, size_t);
extern int snprintf (char *, size_t, const char *, ...);

extern struct ipc_port *ipc_port_alloc_special (struct ipc_space *);
extern void ipc_port_dealloc_special (struct ipc_port *, struct ipc_space *);
extern struct ipc_port *ipc_port_make_send (struct ipc_port *);
extern struct ipc_port *ipc_port_make_sonce (struct ipc_port *);
extern void ipc_port_nsrequest (struct ipc_port *, mach_port_mscount_t,
				struct ipc_port *, struct ipc_port **);
extern void ipc_port_release_send (struct ipc_port *);
extern void ipc_kobject_set (struct ipc_port *, ipc_kobject_t,
			     ipc_kobject_type_t);
extern struct task *convert_port_to_task (struct ipc_port *);
extern struct thread *convert_port_to_thread (struct ipc_port *);
extern struct vm_map *convert_port_to_map (struct ipc_port *);
extern struct host *convert_port_to_host (struct ipc_port *);
extern struct host *convert_port_to_host_priv (struct ipc_port *);
extern void task_deallocate (struct task *);
extern void thread_deallocate (struct thread *);

extern struct vm_page *vm_page_grab_contig (vm_size_t, unsigned int);
extern void vm_page_release (struct vm_page *, boolean_t, boolean_t);
extern void vm_page_insert (struct vm_page *, struct vm_object *,
			    vm_offset_t);
extern void vm_page_wire (struct vm_page *);
extern struct vm_object *vm_object_allocate (vm_size_t);
extern void vm_object_reference (struct vm_object *);
extern void vm_object_deallocate (struct vm_object *);
extern void vm_map_reference (struct vm_map *);
extern void vm_map_deallocate (struct vm_map *);
extern kern_return_t vm_map_enter (struct vm_map *, vm_offset_t *, vm_size_t,
				   vm_offset_t, boolean_t,
				   struct vm_object *, vm_offset_t, boolean_t,
				   vm_prot_t, vm_prot_t, vm_inherit_t);
extern void lock_read (struct lock *);
extern void lock_done (struct lock *);

extern void assert_wait (event_t, boolean_t);
extern void clear_wait (struct thread *, int, boolean_t);
extern void thread_set_timeout (int);
extern void thread_block (void (*) (void));
extern boolean_t thread_wakeup_prim (event_t, boolean_t, int);

/* The running thread. */
static inline struct thread *
perf_current_thread (void)
{
  return percpu_array[cpu_this ()].active_thread;
}

/* The kernel's simple locks: an inline exchange, and nothing at all where
   there is one CPU (kern/lock.h). */
#if KERNEL_SMP
extern struct slock vm_page_queue_lock;

static inline void
perf_simple_lock (struct slock *lock)
{
  while (__sync_lock_test_and_set (&lock->lock_data, 1))
    cpu_pause ();
}

static inline void
perf_simple_unlock (struct slock *lock)
{
  __sync_lock_release (&lock->lock_data);
}
#endif

/* What inserting pages into an object and wiring them asks for: the object's
   lock and that of the page queues, in the kernel's order. */
static inline void
perf_vm_lock (struct vm_object *object)
{
#if KERNEL_SMP
  perf_simple_lock (&object->Lock);
  perf_simple_lock (&vm_page_queue_lock);
#else
  (void) object;
#endif
}

static inline void
perf_vm_unlock (struct vm_object *object)
{
#if KERNEL_SMP
  perf_simple_unlock (&vm_page_queue_lock);
  perf_simple_unlock (&object->Lock);
#else
  (void) object;
#endif
}

static inline void *
perf_phystokv (phys_addr_t address)
{
  return (void *) (PERF_DIRECTMAP_BASE + (unsigned long) address);
}

static inline boolean_t
perf_port_valid (struct ipc_port *port)
{
  return port != NULL && port != (struct ipc_port *) -1L;
}

/* The kind of a live port's object, ipc/ipc_object.h: the low half of
   io_bits; the top bit says it is alive. */
static inline unsigned int
perf_port_kind (struct ipc_port *port)
{
  unsigned int bits = port->ip_target.ipt_object.io_bits;

  return (bits & 0x80000000U) ? bits & 0xffff : 0;
}

#endif /* _KERN_SAMPLING_ENV_H_ */
