/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stubs made by MIG call. */
#include <mach/message.h>
#include <mach/mig_errors.h>
#include <mach/mig_support.h>
#include <machperf/task.h>
#include "mach_port_user.h"

mach_msg_return_t mach_msg(mach_msg_header_t *message, mach_msg_option_t option,
			   mach_msg_size_t send_size, mach_msg_size_t receive_size,
			   mach_port_t receive_name, mach_msg_timeout_t timeout, mach_port_t notify)
{
	mach_msg_return_t r =
	    mach_msg_trap(message, option, send_size, receive_size, receive_name, timeout, notify);

	/* The kernel gives up a wait that was interrupted; a caller that did
	   not ask to hear of it wants it taken up again. */
	if (!(option & MACH_SEND_INTERRUPT)) {
		while (r == MACH_SEND_INTERRUPTED)
			r = mach_msg_trap(message, option, send_size, receive_size, receive_name,
					  timeout, notify);
	}
	if (!(option & MACH_RCV_INTERRUPT)) {
		while (r == MACH_RCV_INTERRUPTED)
			r = mach_msg_trap(message, option & ~MACH_SEND_MSG, 0, receive_size,
					  receive_name, timeout, notify);
	}
	return r;
}

/* Reply ports at rest.  A port is owned by who took it out of its slot, so
   threads need no lock. */
#define NR_SPARE 8
static mach_port_t spare[NR_SPARE];

mach_port_t mig_get_reply_port(void)
{
	for (int i = 0; i < NR_SPARE; i++) {
		mach_port_t port = __atomic_exchange_n(&spare[i], MACH_PORT_NULL, __ATOMIC_ACQUIRE);

		if (port != MACH_PORT_NULL)
			return port;
	}
	return mach_reply_port();
}

void mig_put_reply_port(mach_port_t port)
{
	for (int i = 0; i < NR_SPARE; i++) {
		mach_port_t empty = MACH_PORT_NULL;

		if (__atomic_compare_exchange_n(&spare[i], &empty, port, 0, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return;
	}
	mig_dealloc_reply_port(port);
}

void mig_dealloc_reply_port(mach_port_t port)
{
	mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1);
}

/* Memory for an array that did not fit; 0 if there is none. */
void mig_allocate(vm_address_t *address, vm_size_t size)
{
	*address = 0;
	if (syscall_vm_allocate(mach_task_self(), address, size, 1) != KERN_SUCCESS)
		*address = 0;
}

/* Copy a string into a field of SIZE bytes, NUL ended; the bytes it takes. */
vm_size_t mig_strncpy(char *to, const char *from, vm_size_t size)
{
	vm_size_t n = 0;

	if (size == 0)
		return 0;
	for (; n < size - 1 && from[n] != '\0'; n++)
		to[n] = from[n];
	to[n] = '\0';
	return n + 1;
}
