/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A further thread in a task. */
#include <string.h>
#include <mach/thread_status.h>
#include <machperf/task.h>
#include "mach_user.h"

/* Start THREAD at FUNCTION (ARGUMENT) with the stack ending at TOP: as if
   called from nowhere, so that its callchains end here. */
static kern_return_t set_registers(thread_t thread, void (*function)(void *), void *argument,
				   vm_address_t top)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	kern_return_t kr;

	kr = thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count);
	if (kr != KERN_SUCCESS)
		return kr;
	state.rip = (uintptr_t)function;
	state.rdi = (uintptr_t)argument;
	state.rbp = 0;
	/* The return address of a function that must not return is the 0
	   of fresh memory. */
	state.ursp = state.rsp = top - 8;
	return thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count);
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
