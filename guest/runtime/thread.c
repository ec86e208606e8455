/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A further thread in a task. */
#include <string.h>
#include <mach/thread_status.h>
#include <machperf/task.h>
#include "mach_user.h"

#ifdef __x86_64__
#define IP(state)    ((state).rip)
#define SP(state)    ((state).ursp)
#define FP(state)    ((state).rbp)
#define FIRST(state) ((state).rdi)
#else
#define IP(state)    ((state).eip)
#define SP(state)    ((state).uesp)
#define FP(state)    ((state).ebp)
#define FIRST(state) ((state).edi)
#endif

kern_return_t task_thread_begin(thread_t thread, vm_address_t ip, vm_address_t sp, uintptr_t first)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	kern_return_t kr;

	kr = thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count);
	if (kr != KERN_SUCCESS)
		return kr;
	IP(state) = ip;
	SP(state) = sp;
	FP(state) = 0;
	FIRST(state) = first;
	return thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count);
}

vm_address_t task_thread_ip(thread_t thread)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;

	if (thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count) !=
	    KERN_SUCCESS)
		return 0;
	return IP(state);
}

/* Start THREAD of this task at FUNCTION (ARGUMENT) with the stack ending at
   TOP, as if called from nowhere: the return address of a function that must
   not return is the 0 of fresh memory. */
static kern_return_t set_registers(thread_t thread, void (*function)(void *), void *argument,
				   vm_address_t top)
{
	uintptr_t *frame = (uintptr_t *)(top - 16); /* the stack is aligned to 16 bytes there */

	frame[0] = (uintptr_t)argument; /* where i386 looks for it */
	return task_thread_begin(thread, (vm_address_t)function, (vm_address_t)(frame - 1),
				 (uintptr_t)argument);
}

kern_return_t task_thread_start(void (*function)(void *), void *argument, vm_size_t stack_size,
				thread_t *thread)
{
	vm_address_t stack = 0;
	kern_return_t kr;

	*thread = MACH_PORT_NULL;
	kr = vm_allocate(mach_task_self(), &stack, stack_size, 1);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = thread_create(mach_task_self(), thread);
	if (kr == KERN_SUCCESS)
		kr = set_registers(*thread, function, argument, stack + stack_size);
	if (kr == KERN_SUCCESS)
		kr = thread_resume(*thread);
	if (kr != KERN_SUCCESS) {
		if (*thread != MACH_PORT_NULL)
			thread_terminate(*thread);
		vm_deallocate(mach_task_self(), stack, stack_size);
	}
	return kr;
}
