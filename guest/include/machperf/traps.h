/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel traps of GNU Mach that have no declaration in its headers
   (<mach/syscall_sw.h> has their numbers). */
#ifndef _MACHPERF_TRAPS_H_
#define _MACHPERF_TRAPS_H_

#include <mach/mach_types.h>

mach_port_t mach_reply_port(void);
mach_port_t mach_task_self(void);
mach_port_t mach_thread_self(void);
mach_port_t mach_host_self(void);

/* Print TEXT on the kernel's console. */
void mach_print(const char *text);

/* Let another thread run; OPTION is SWITCH_OPTION_* of <mach/thread_switch.h>,
   TIME is in milliseconds. */
kern_return_t thread_switch(mach_port_t thread, int option, natural_t time);

kern_return_t syscall_vm_allocate(task_t task, vm_address_t *address, vm_size_t size, int anywhere);
kern_return_t syscall_vm_deallocate(task_t task, vm_address_t address, vm_size_t size);
kern_return_t syscall_task_terminate(task_t task);
kern_return_t syscall_mach_port_deallocate(task_t task, mach_port_t name);

#endif
