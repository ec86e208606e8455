/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pingpong N: N remote procedure calls from one task to another.  The
 * second is made from the first, with a copy of its memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <machperf/task.h>
#include "mach_user.h"
#include "mach_port_user.h"
#include "gnumach_user.h"
#include "arguments.h"

#define CALL_ID	     1000
#define REPLY_ID     1100
/* The service port's name in the second task, where nothing else is. */
#define SERVICE_NAME 0x2000

struct call {
	mach_msg_header_t head;
	mach_msg_type_t type;
	int64_t value;
};

static char pong_stack[32768] __attribute__((aligned(16)));

static const mach_msg_type_t value_type = {
    .msgt_name = MACH_MSG_TYPE_INTEGER_64,
    .msgt_size = 64,
    .msgt_inline = 1,
    .msgt_number = 1,
};

/* The second task: answer each number with its successor. */
static void pong(void)
{
	struct call call;

	mach_msg(&call.head, MACH_RCV_MSG, 0, sizeof call, SERVICE_NAME, MACH_MSG_TIMEOUT_NONE,
		 MACH_PORT_NULL);
	for (;;) {
		call.head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
		call.head.msgh_local_port = MACH_PORT_NULL;
		call.head.msgh_id = REPLY_ID;
		call.value++;
		mach_msg(&call.head, MACH_SEND_MSG | MACH_RCV_MSG, sizeof call, sizeof call,
			 SERVICE_NAME, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	}
}

/* One call; its answer, or -1. */
static int64_t ping(mach_port_t service, mach_port_t reply, int64_t value)
{
	struct call call = {
	    .head = {.msgh_bits =
			 MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
		     .msgh_size = sizeof call,
		     .msgh_remote_port = service,
		     .msgh_local_port = reply,
		     .msgh_id = CALL_ID},
	    .type = value_type,
	    .value = value,
	};

	if (mach_msg(&call.head, MACH_SEND_MSG | MACH_RCV_MSG, sizeof call, sizeof call, reply,
		     MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL) != MACH_MSG_SUCCESS ||
	    call.head.msgh_id != REPLY_ID)
		return -1;
	return call.value;
}

/* Start pong() in TASK, as if called from nowhere. */
static kern_return_t start_thread(task_t task)
{
	thread_t thread;
	kern_return_t kr;

	kr = thread_create(task, &thread);
	if (kr == KERN_SUCCESS)
		kr = task_thread_begin(
		    thread, (vm_address_t)pong,
		    (vm_address_t)pong_stack + sizeof pong_stack - sizeof(void *), 0);
	return kr == KERN_SUCCESS ? thread_resume(thread) : kr;
}

/* Make the second task; *SERVICE is a send right to what it listens on. */
static kern_return_t make_pong(task_t *task, mach_port_t *service)
{
	kern_return_t kr;

	kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, service);
	if (kr == KERN_SUCCESS)
		kr = mach_port_insert_right(mach_task_self(), *service, *service,
					    MACH_MSG_TYPE_MAKE_SEND);
	if (kr == KERN_SUCCESS)
		kr = task_create(mach_task_self(), 1, task);
	if (kr == KERN_SUCCESS)
		kr = task_set_name(*task, "pong");
	if (kr == KERN_SUCCESS)
		kr = mach_port_insert_right(*task, SERVICE_NAME, *service,
					    MACH_MSG_TYPE_MOVE_RECEIVE);
	return kr == KERN_SUCCESS ? start_thread(*task) : kr;
}

__attribute__((noinline)) static int64_t pingpong_loop(mach_port_t service, unsigned long n)
{
	mach_port_t reply = mach_reply_port();
	int64_t value = 0;

	for (; n > 0 && value >= 0; n--)
		value = ping(service, reply, value);
	return value;
}

int main(int argc, char **argv)
{
	static const struct argument argument = {"N", "calls to make", 10000, 1, 1000000000};
	static const struct program program = {"pingpong", "Calls from one task to another.",
					       &argument, 1};
	unsigned long n;
	mach_port_t service;
	task_t task;
	int64_t value;
	kern_return_t kr;

	arguments_read(&program, argc, argv, &n);
	task_set_name(mach_task_self(), "ping");
	kr = make_pong(&task, &service);
	if (kr != KERN_SUCCESS) {
		dprintf(2, "pingpong: the second task could not be made: error %d\n", kr);
		return 1;
	}
	value = pingpong_loop(service, n);
	task_terminate(task);
	if (value != (int64_t)n) {
		dprintf(2, "pingpong: the answer is %ld, not %lu\n", (long)value, n);
		return 1;
	}
	printf("pingpong: %lu calls\n", n);
	return 0;
}
