/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * threads N LOOPS: N threads, each of which goes through a loop of two
 * instructions LOOPS times.
 */
#include <stdint.h>
#include <stdio.h>
#include <mach/message.h>
#include <machperf/task.h>
#include "mach_user.h"
#include "mach_port_user.h"
#include "arguments.h"

#define STACK_SIZE 16384
#define MOST	   64

static mach_port_t finished; /* gets an empty message from each thread */
static unsigned long loops;

__attribute__((noinline)) static void threads_loop(unsigned long n)
{
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
}

static void worker(void *argument)
{
	mach_msg_header_t message = {
	    .msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0),
	    .msgh_size = sizeof message,
	    .msgh_remote_port = finished,
	};

	(void)argument;
	threads_loop(loops);
	mach_msg(&message, MACH_SEND_MSG, sizeof message, 0, MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
		 MACH_PORT_NULL);
	for (;;)
		thread_terminate(mach_thread_self());
}

int main(int argc, char **argv)
{
	static const struct argument arguments[] = {
	    {"N", "threads", 2, 1, MOST},
	    {"LOOPS", "turns of each thread's loop", 20000000, 1, ARGUMENT_LIMIT(1ULL << 40)},
	};
	static const struct program program = {"threads", "threads that compute side by side",
					       arguments, 2};
	unsigned long values[2];
	kern_return_t kr;

	arguments_read(&program, argc, argv, values);
	loops = values[1];
	kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &finished);
	for (unsigned long i = 0; i < values[0] && kr == KERN_SUCCESS; i++) {
		thread_t thread;

		kr = task_thread_start(worker, NULL, STACK_SIZE, &thread);
	}
	if (kr != KERN_SUCCESS) {
		printf("threads: error %d of the kernel\n", kr);
		return 1;
	}
	for (unsigned long i = 0; i < values[0]; i++) {
		struct {
			mach_msg_header_t head;
			char trailer[64];
		} message;

		mach_msg(&message.head, MACH_RCV_MSG, 0, sizeof message, finished,
			 MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	}
	printf("threads: %lu done, %lu turns each\n", values[0], values[1]);
	return 0;
}
