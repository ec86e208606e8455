/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program that runs as a Mach task gets from the runtime, beside a
 * small C library.
 *
 * A task is started with the usual stack (argc, argv, envp) and, in %rdi (on
 * i386 %edi), the name of a send right to the agent that loaded it: 0 for a task
 * the kernel's boot script started.  The agent takes what the task prints
 * and its exit status; without one, the kernel's console takes the first.
 */
#ifndef _MACHPERF_TASK_H_
#define _MACHPERF_TASK_H_

#include <stdint.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <machperf/traps.h>

#define TASK_PAGE_SIZE 4096UL

/* Messages from a task to its agent; both one-way. */
#define TASK_MSG_EXIT  0x6d700001 /* struct task_exit_message */
#define TASK_MSG_WRITE 0x6d700002 /* struct task_write_message */

struct task_exit_message {
	mach_msg_header_t head;
	mach_msg_type_t type; /* one MACH_MSG_TYPE_INTEGER_32 */
	int32_t status;
	int32_t pad;
};

#define TASK_WRITE_MAX 2048

struct task_write_message {
	mach_msg_header_t head;
	mach_msg_type_t type; /* MACH_MSG_TYPE_BYTE, at most TASK_WRITE_MAX of them */
	char data[TASK_WRITE_MAX];
};

/* The send right to the agent, MACH_PORT_NULL without one. */
mach_port_t task_agent(void);

/* Start FUNCTION (ARGUMENT) in a new thread of this task, on a stack of
   STACK_SIZE bytes, and return its port in *THREAD (the caller's reference).
   The function must not return.  Errors: those of thread_create and
   vm_allocate. */
kern_return_t task_thread_start(void (*function)(void *), void *argument, vm_size_t stack_size,
				thread_t *thread);

/* Have THREAD, of any task, begin at IP with the stack pointer SP, the frame
   pointer 0, so that its callchains end there, and FIRST in %rdi or %edi: on
   x86-64 the first argument of a function.  Errors: those of thread_set_state. */
kern_return_t task_thread_begin(thread_t thread, vm_address_t ip, vm_address_t sp, uintptr_t first);

/* Where THREAD is or, if it left user mode, will go on; 0 if that is unknown. */
vm_address_t task_thread_ip(thread_t thread);

/* The name of a kernel error in a few words, or NULL if it has none here. */
const char *task_error_name(kern_return_t kr);

/* Read a decimal port name as the kernel's boot script passes it in argv.
   MACH_PORT_NULL if TEXT is not a number. */
mach_port_t task_port_argument(const char *text);

#endif
