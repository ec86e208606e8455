/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads and tasks: stopped, let go, looked at, changed, ended. */
#include <string.h>
#include <mach/message.h>
#include <mach/task_info.h>
#include <mach/thread_info.h>
#include <mach/thread_status.h>
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "../harness.h"
#include "gnumach_user.h"
#include "mach_user.h"
#include "mach_port_user.h"

static volatile uint64_t counter;

static void counts(void *argument)
{
	(void)argument;
	for (;;)
		counter++;
}

/* Whether the counter stands still for a while. */
static bool stands_still(void)
{
	uint64_t before = counter;

	sleep_ms(30);
	return counter == before;
}

static void check_suspension(unsigned cpu)
{
	thread_t thread = thread_make(mach_task_self(), counts, NULL);

	thread_place(thread, cpu);
	check(stands_still(), "a new thread does not run");
	check_kr(thread_resume(thread), KERN_SUCCESS, "let go");
	check(!stands_still(), "it runs");
	check_kr(thread_suspend(thread), KERN_SUCCESS, "stopped");
	check_kr(thread_suspend(thread), KERN_SUCCESS, "twice");
	check(stands_still(), "it stands still");
	check_kr(thread_resume(thread), KERN_SUCCESS, "let go once");
	check(stands_still(), "it stands still");
	check_kr(thread_resume(thread), KERN_SUCCESS, "and again");
	check(!stands_still(), "it runs");
	check_kr(thread_terminate(thread), KERN_SUCCESS, "ended");
	check(stands_still(), "it is gone");
	check_kr(thread_resume(thread), MACH_SEND_INVALID_DEST, "and cannot be let go");
	check_kr(thread_resume(mach_thread_self()), KERN_FAILURE, "who runs cannot either");
	drop(thread);
}

/* A register as a thread has it, seen and changed from outside. */
static volatile bool changed;

static void holds_register(void *argument)
{
	__asm__ volatile("mov $0x1234, %%r12\n"
			 "1:\tcmp $0x4321, %%r12\n"
			 "\tjne 1b"
			 :
			 :
			 : "r12", "cc");
	changed = true;
	(void)argument;
	thread_end();
}

static void check_state(unsigned cpu)
{
	thread_t thread = thread_make(mach_task_self(), holds_register, NULL);
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;

	changed = false;
	thread_place(thread, cpu);
	thread_resume(thread);
	sleep_ms(20);
	check_kr(thread_suspend(thread), KERN_SUCCESS, "stopped");
	check_kr(thread_abort(thread), KERN_SUCCESS, "thread_abort");
	check_kr(thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count),
		 KERN_SUCCESS, "thread_get_state");
	check(state.r12 == 0x1234 && state.rip - (uintptr_t)holds_register < 96,
	      "r12 is 0x%lx, in its loop", (unsigned long)state.r12);
	state.r12 = 0x4321;
	check_kr(thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count),
		 KERN_SUCCESS, "thread_set_state");
	check(!changed, "it waits");
	thread_resume(thread);
	for (unsigned i = 0; i < 100 && !changed; i++)
		sleep_ms(5);
	check(changed, "its register is changed");
	drop(thread);
	count = 1;
	check_kr(thread_get_state(mach_thread_self(), 999, (thread_state_t)&state, &count),
		 KERN_INVALID_ARGUMENT, "a state there is not");
}

/* A thread that waits for a message that never comes. */
static volatile mach_msg_return_t received;

static void waits(void *argument)
{
	mach_msg_header_t message;

	received = mach_msg(&message, MACH_RCV_MSG | MACH_RCV_INTERRUPT, 0, sizeof message,
			    (mach_port_t)(uintptr_t)argument, 0, MACH_PORT_NULL);
	thread_end();
}

static void check_abort(unsigned cpu)
{
	mach_port_t port;
	thread_t thread;

	received = 0;
	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port), "a port");
	thread = thread_make(mach_task_self(), waits, (void *)(uintptr_t)port);
	thread_place(thread, cpu);
	thread_resume(thread);
	sleep_ms(20);
	check(received == 0, "it waits");
	check_kr(thread_abort(thread), KERN_SUCCESS, "thread_abort");
	for (unsigned i = 0; i < 100 && received == 0; i++)
		sleep_ms(5);
	check(received == MACH_RCV_INTERRUPTED, "its wait was interrupted: 0x%x",
	      (unsigned)received);
	drop(thread);
	mach_port_destroy(mach_task_self(), port);
}

static unsigned nr_threads(task_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t nr = 0;

	if (task_threads(task, &threads, &nr) != KERN_SUCCESS)
		return ~0U;
	for (unsigned i = 0; i < nr; i++)
		drop(threads[i]);
	vm_deallocate(mach_task_self(), (vm_address_t)threads, nr * sizeof *threads);
	return nr;
}

static void child_counts(void *argument)
{
	(void)argument;
	for (;;)
		burn(1000);
}

static void check_task(unsigned cpu)
{
	struct task_basic_info info;
	struct thread_basic_info thread_data;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;
	mach_port_type_t type = 0;
	thread_t thread;
	task_t task = child_make(child_counts, NULL, &thread);

	thread_place(thread, cpu);
	check(nr_threads(task) == 1, "a child has one thread");
	check_kr(task_info(task, TASK_BASIC_INFO, (task_info_t)&info, &count), KERN_SUCCESS,
		 "task_info");
	check(info.suspend_count == 1, "stopped %d times", info.suspend_count);
	check_kr(task_resume(task), KERN_SUCCESS, "let go");
	sleep_ms(50);
	check_kr(task_suspend(task), KERN_SUCCESS, "stopped");
	count = THREAD_BASIC_INFO_COUNT;
	check_kr(thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&thread_data, &count),
		 KERN_SUCCESS, "thread_info");
	check(thread_data.user_time.seconds == 0 && thread_data.user_time.microseconds > 0,
	      "it has run");
	check_kr(task_resume(task), KERN_SUCCESS, "let go");
	check_kr(task_resume(task), KERN_FAILURE, "once too often");
	check_kr(task_terminate(task), KERN_SUCCESS, "ended");
	sleep_ms(50);
	mach_port_type(mach_task_self(), task, &type);
	check(type == MACH_PORT_TYPE_DEAD_NAME, "its port is dead: type 0x%x", type);
	check_kr(task_resume(thread), MACH_SEND_INVALID_DEST, "its thread, too");
	drop(thread);
	drop(task);
}

/* Many threads that are born, count once and end. */
enum { NR_BORN = 200 };

static uint32_t born;

static void is_born(void *argument)
{
	(void)argument;
	__atomic_fetch_add(&born, 1, __ATOMIC_SEQ_CST);
	thread_end();
}

static void check_many(void)
{
	unsigned before = nr_threads(mach_task_self());

	born = 0;
	for (unsigned i = 0; i < NR_BORN; i++) {
		thread_t thread = thread_make(mach_task_self(), is_born, NULL);

		thread_place(thread, i);
		thread_resume(thread);
		drop(thread);
		while (__atomic_load_n(&born, __ATOMIC_SEQ_CST) <= i)
			thread_switch(MACH_PORT_NULL, SWITCH_OPTION_DEPRESS, 1);
	}
	sleep_ms(50);
	check(born == NR_BORN && nr_threads(mach_task_self()) == before, "%u threads came and went",
	      born);
}

/* A lock of two threads that give way to each other. */
static struct {
	uint32_t lock;
	uint64_t held, finished;
} contest;

enum { NR_CONTESTANTS = 4, TURNS = 3000 };

static void contestant(void *argument)
{
	(void)argument;
	for (unsigned i = 0; i < TURNS; i++) {
		while (__atomic_exchange_n(&contest.lock, 1, __ATOMIC_ACQUIRE) != 0)
			thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
		contest.held++;
		__atomic_store_n(&contest.lock, 0, __ATOMIC_RELEASE);
	}
	__atomic_fetch_add(&contest.finished, 1, __ATOMIC_SEQ_CST);
	thread_end();
}

static void check_contest(void)
{
	for (unsigned i = 0; i < NR_CONTESTANTS; i++) {
		thread_t thread = thread_make(mach_task_self(), contestant, NULL);

		thread_place(thread, i);
		thread_resume(thread);
		drop(thread);
	}
	while (__atomic_load_n(&contest.finished, __ATOMIC_SEQ_CST) < NR_CONTESTANTS)
		sleep_ms(5);
	check(contest.held == NR_CONTESTANTS * TURNS, "a lock was held %lu times",
	      (unsigned long)contest.held);
}

void test_threads(void)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		check_suspension(cpu);
		check_state(cpu);
		check_abort(cpu);
		check_task(cpu);
	}
	check_many();
	check_contest();
}
