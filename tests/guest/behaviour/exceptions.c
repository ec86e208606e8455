/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: told to the thread's port, else the task's; what the handler
   changes is what the thread goes on with. */
#include <string.h>
#include <mach/exception.h>
#include <mach/mig_errors.h>
#include <mach/task_special_ports.h>
#include <mach/thread_special_ports.h>
#include <mach/thread_status.h>
#include <machperf/task.h>
#include "../harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "exc_server.h"

/* Made by MIG, which declares it nowhere. */
boolean_t exc_server(mach_msg_header_t *in, mach_msg_header_t *out);

#define NOWHERE 0x600000000000UL /* an address with nothing at it */

/* What a thread did, and what the handler heard of it. */
static struct {
	mach_port_t port; /* where it came in */
	int exception, code;
	long subcode;
	uint64_t ip;
	unsigned heard;
} told;

static struct {
	kern_return_t answer;
	unsigned skip; /* bytes of the instruction */
	bool map;      /* put a page there instead */
} handling;

/* Called by exc_server(). */
kern_return_t catch_exception_raise(mach_port_t port, mach_port_t thread, mach_port_t task,
				    int exception, int code, rpc_long_integer_t subcode)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	vm_address_t address = NOWHERE;

	must(thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count),
	     "thread_get_state");
	told.port = port;
	told.exception = exception;
	told.code = code;
	told.subcode = subcode;
	told.ip = state.rip;
	told.heard++;
	if (handling.map)
		must(vm_allocate(task, &address, TASK_PAGE_SIZE, 0), "vm_allocate");
	state.rip += handling.skip;
	state.rfl &= ~0x100U; /* no single steps */
	if (handling.answer == KERN_SUCCESS)
		must(thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count),
		     "thread_set_state");
	mach_port_deallocate(mach_task_self(), thread);
	mach_port_deallocate(mach_task_self(), task);
	return handling.answer;
}

/* Serve one exception that comes to PORT (a receive right or a port set). */
static bool serve(mach_port_t port)
{
	union {
		mach_msg_header_t head;
		char room[512];
	} in, out;

	if (mach_msg(&in.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof in, port, 2000,
		     MACH_PORT_NULL) != MACH_MSG_SUCCESS ||
	    !exc_server(&in.head, &out.head))
		return false;
	return mach_msg(&out.head, MACH_SEND_MSG, out.head.msgh_size, 0, MACH_PORT_NULL, 0,
			MACH_PORT_NULL) == MACH_MSG_SUCCESS;
}

/* The instruction that goes wrong, and how many came through behind it. */
extern const char bad_read[], bad_write[], bad_divide[], bad_break[], bad_opcode[], bad_address[],
    bad_privilege[];
static uint32_t survived;

static void end_well(void)
{
	__atomic_fetch_add(&survived, 1, __ATOMIC_SEQ_CST);
	thread_end();
}

static void reads(void *argument)
{
	__asm__ volatile("bad_read:\tmovb (%0), %%al" : : "r"(argument) : "rax", "memory");
	end_well();
}

static void writes(void *argument)
{
	__asm__ volatile("bad_write:\tmovb %%al, (%0)" : : "r"(argument) : "memory");
	end_well();
}

static void divides(void *argument)
{
	__asm__ volatile("xor %%ecx, %%ecx\n\tmov $1, %%eax\n\tcltd\n"
			 "bad_divide:\tidivl %%ecx"
			 :
			 :
			 : "rax", "rcx", "rdx", "cc");
	(void)argument;
	end_well();
}

static void breaks(void *argument)
{
	__asm__ volatile("int3\nbad_break:");
	(void)argument;
	end_well();
}

static void is_illegal(void *argument)
{
	__asm__ volatile("bad_opcode:\tud2");
	(void)argument;
	end_well();
}

static void is_not_canonical(void *argument)
{
	__asm__ volatile("mov $0x8000000000000000, %%rcx\n"
			 "bad_address:\tmovb (%%rcx), %%al"
			 :
			 :
			 : "rax", "rcx", "memory");
	(void)argument;
	end_well();
}

static void is_privileged(void *argument)
{
	__asm__ volatile("bad_privilege:\thlt");
	(void)argument;
	end_well();
}

/* Everything that can go wrong. */
static const struct {
	const char *name;
	void (*run)(void *);
	const char *ip;
	unsigned length; /* of the instruction, to skip it */
} deeds[] = {
    {"a read from nowhere", reads, bad_read, 2},
    {"a write to nowhere", writes, bad_write, 2},
    {"a division by zero", divides, bad_divide, 2},
    {"a breakpoint", breaks, bad_break, 0},
    {"no instruction", is_illegal, bad_opcode, 2},
    {"an address that cannot be", is_not_canonical, bad_address, 2},
    {"a privileged instruction", is_privileged, bad_privilege, 1},
};

#define NR_DEEDS (sizeof deeds / sizeof deeds[0])

static mach_port_t port_make(void)
{
	mach_port_t port;

	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port), "a port");
	must(mach_port_insert_right(mach_task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND),
	     "its send right");
	return port;
}

/* A thread does it, and the handler lets it go on behind it. */
static void check_deed(unsigned n, mach_port_t port, unsigned cpu)
{
	thread_t thread = thread_make(mach_task_self(), deeds[n].run, (void *)NOWHERE);
	uint32_t before = survived;

	memset(&told, 0, sizeof told);
	handling.answer = KERN_SUCCESS;
	handling.skip = deeds[n].length;
	handling.map = false;
	thread_place(thread, cpu);
	thread_resume(thread);
	check(serve(port), "%s is told of", deeds[n].name);
	check(told.port == port && told.ip == (uintptr_t)deeds[n].ip,
	      "%s: exception %d, code %d, subcode 0x%lx, where it is", deeds[n].name,
	      told.exception, told.code, (unsigned long)told.subcode);
	for (unsigned i = 0; i < 200 && survived == before; i++)
		sleep_ms(5);
	check(survived == before + 1, "it goes on behind it");
	drop(thread);
}

/* The page that is missing is put there, and the instruction runs again. */
static void check_repair(mach_port_t port, unsigned cpu)
{
	thread_t thread = thread_make(mach_task_self(), writes, (void *)NOWHERE);
	uint32_t before = survived;

	memset(&told, 0, sizeof told);
	handling.answer = KERN_SUCCESS;
	handling.skip = 0;
	handling.map = true;
	thread_place(thread, cpu);
	thread_resume(thread);
	check(serve(port), "a write to nowhere is told of");
	for (unsigned i = 0; i < 200 && survived == before; i++)
		sleep_ms(5);
	check(survived == before + 1 && told.heard == 1, "and is repaired: %u times heard",
	      told.heard);
	vm_deallocate(mach_task_self(), NOWHERE, TASK_PAGE_SIZE);
	drop(thread);
}

/* A thread's own port comes before its task's. */
static void check_order(mach_port_t task_port)
{
	mach_port_t own = port_make();
	thread_t thread = thread_make(mach_task_self(), is_illegal, NULL);

	memset(&told, 0, sizeof told);
	handling.skip = 2;
	handling.map = false;
	check_kr(thread_set_special_port(thread, THREAD_EXCEPTION_PORT, own), KERN_SUCCESS,
		 "a thread's own port");
	thread_resume(thread);
	check(serve(own), "hears of it");
	check(told.port == own && told.heard == 1, "alone");
	drop(thread);

	/* What it refuses goes to the task's. */
	thread = thread_make(mach_task_self(), is_illegal, NULL);
	thread_set_special_port(thread, THREAD_EXCEPTION_PORT, own);
	handling.answer = KERN_FAILURE;
	thread_resume(thread);
	check(serve(own), "hears of another, and refuses it");
	handling.answer = KERN_SUCCESS;
	check(serve(task_port), "the task's hears of it then");
	check(told.port == task_port && told.heard == 3, "%u times heard", told.heard);
	sleep_ms(20);
	drop(thread);
	must(mach_port_destroy(mach_task_self(), own), "mach_port_destroy");
}

/* What nobody takes ends the task. */
static void check_death(unsigned cpu)
{
	mach_port_t notices = port_make(), previous;
	thread_t thread;
	task_t task = child_make(is_illegal, NULL, &thread);
	union {
		mach_msg_header_t head;
		char room[256];
	} notice;

	thread_place(thread, cpu);
	must(task_set_special_port(task, TASK_EXCEPTION_PORT, MACH_PORT_NULL), "no port");
	must(mach_port_request_notification(mach_task_self(), task, 0110 /* dead name */, 0,
					    notices, MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous),
	     "mach_port_request_notification");
	task_resume(task);
	check_kr(mach_msg(&notice.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof notice, notices,
			  2000, MACH_PORT_NULL),
		 MACH_MSG_SUCCESS, "a task whose exception nobody takes ends");
	drop(thread);
	mach_port_destroy(mach_task_self(), task);
	mach_port_destroy(mach_task_self(), notices);
}

void test_exceptions(void)
{
	mach_port_t port = port_make();

	check_kr(task_set_special_port(mach_task_self(), TASK_EXCEPTION_PORT, port), KERN_SUCCESS,
		 "a port for the task's exceptions");
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		for (unsigned i = 0; i < NR_DEEDS; i++)
			check_deed(i, port, cpu);
		check_repair(port, cpu);
		check_death(cpu);
	}
	check_order(port);
}
