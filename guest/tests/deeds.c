/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deeds WHAT [NUMBER]: what a workload may do, good and bad, for the tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <machperf/task.h>
#include <mach/thread_switch.h>
#include "mach_user.h"

static void do_exit(long number)
{
	exit((int)number);
}

/* Print NUMBER bytes in one write. */
static void do_print(long number)
{
	char *text = malloc((size_t)number);

	for (long i = 0; i < number; i++)
		text[i] = (char)(i % 64 == 63 ? '\n' : 'a' + i % 26);
	write(1, text, (size_t)number);
}

static void do_fault(long number)
{
	*(volatile char *)number = 1;
}

static void do_undefined(long number)
{
	(void)number;
	__asm__ volatile("ud2");
}

static void do_divide(long number)
{
	volatile long zero = 0;

	printf("%ld\n", number / zero);
}

static void do_breakpoint(long number)
{
	(void)number;
	__asm__ volatile("int3");
}

/* What only the kernel may do. */
static void do_privileged(long number)
{
	(void)number;
	__asm__ volatile("cli");
}

static void do_jump(long number)
{
	((void (*)(void))number)();
}

/* Call itself until no stack is left. */
static long do_recurse_from(volatile long depth)
{
	return depth == 0 ? 0 : 1 + do_recurse_from(depth + 1);
}

static void do_recurse(long number)
{
	printf("%ld\n", do_recurse_from(number + 1));
}

static void do_loop(long number)
{
	(void)number;
	for (;;)
		__asm__ volatile("");
}

/* Touch more and more memory, until the kernel gives no more. */
static void do_hog(long number)
{
	enum { CHUNK = 1 << 20, PAGE = 4096 };
	vm_address_t address;

	(void)number;
	for (long chunks = 0;; chunks++) {
		if (vm_allocate(mach_task_self(), &address, CHUNK, 1) != KERN_SUCCESS) {
			printf("no memory after %ld MiB\n", chunks);
			exit(9);
		}
		for (unsigned at = 0; at < CHUNK; at += PAGE)
			*(volatile char *)(address + at) = 1;
	}
}

/* Die without a word. */
static void do_vanish(long number)
{
	(void)number;
	syscall_task_terminate(mach_task_self());
}

static void spin_thread(void *argument)
{
	for (volatile long i = 0; i < *(long *)argument; i++)
		;
	thread_terminate(mach_thread_self());
}

/* NUMBER turns in a second thread. */
static void do_thread(long number)
{
	thread_t thread;

	if (task_thread_start(spin_thread, &number, 16384, &thread) != KERN_SUCCESS)
		exit(1);
	/* Until the thread's port is dead. */
	while (thread_suspend(thread) == KERN_SUCCESS) {
		thread_resume(thread);
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 10);
	}
	printf("thread done\n");
}

/* Send the agent a message that is none, then another of a foreign kind. */
static void do_babble(long number)
{
	struct {
		mach_msg_header_t head;
		mach_msg_type_t type;
		char data[4000]; /* more than the agent takes */
	} message = {
	    .head = {.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		     .msgh_remote_port = task_agent(),
		     .msgh_id = TASK_MSG_WRITE},
	    .type = {.msgt_name = MACH_MSG_TYPE_BYTE,
		     .msgt_size = 8,
		     .msgt_inline = 1,
		     .msgt_number = 4000},
	};
	static const unsigned sizes[] = {sizeof(mach_msg_header_t), 40, sizeof message};

	for (unsigned i = 0; i < 3; i++) {
		message.head.msgh_size = sizes[i];
		message.type.msgt_number = sizes[i] > 40 ? 4000 : 0;
		mach_msg(&message.head, MACH_SEND_MSG, sizes[i], 0, MACH_PORT_NULL, 0,
			 MACH_PORT_NULL);
		message.head.msgh_id = i == 0 ? TASK_MSG_EXIT : TASK_MSG_WRITE;
	}
	printf("still here %ld\n", number);
}

static void do_tls(long number)
{
	uintptr_t self;

	(void)number;
#ifdef __x86_64__
	__asm__("movq %%fs:0, %0" : "=r"(self));
#else
	__asm__("movl %%gs:0, %0" : "=r"(self));
#endif
	printf("tls %d\n", *(uintptr_t *)self == self);
}

static void do_arguments(long number)
{
	(void)number;
}

/* Ten times a piece of work, then NUMBER milliseconds of sleep. */
static void do_nap(long number)
{
	for (int i = 0; i < 10; i++) {
		for (volatile long n = 0; n < 300000; n++)
			continue;
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, (mach_msg_timeout_t)number);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*function)(long);
	} deeds[] = {
	    {"exit", do_exit},
	    {"print", do_print},
	    {"fault", do_fault},
	    {"undefined", do_undefined},
	    {"divide", do_divide},
	    {"vanish", do_vanish},
	    {"thread", do_thread},
	    {"babble", do_babble},
	    {"tls", do_tls},
	    {"arguments", do_arguments},
	    {"breakpoint", do_breakpoint},
	    {"privileged", do_privileged},
	    {"jump", do_jump},
	    {"recurse", do_recurse},
	    {"loop", do_loop},
	    {"hog", do_hog},
	    {"nap", do_nap},
	};

	if (argc > 1 && strcmp(argv[1], "arguments") == 0) {
		for (int i = 0; i < argc; i++)
			printf("%d '%s'\n", i, argv[i]);
	}
	for (unsigned i = 0; argc > 1 && i < sizeof deeds / sizeof deeds[0]; i++) {
		if (strcmp(argv[1], deeds[i].name) == 0) {
			deeds[i].function(argc > 2 ? strtol(argv[2], NULL, 0) : 0);
			return 0;
		}
	}
	dprintf(2, "deeds: no such deed\n");
	return 2;
}
