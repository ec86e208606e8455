/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Callchains of user code are what the program itself says of who called
   whom, over generated calls; graph.h. */
#include <stdio.h>
#include <string.h>
#include <mach/exception.h>
#include <mach/thread_special_ports.h>
#include <mach/thread_status.h>
#include <machperf/task.h>
#include "graph.h"
#include "harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "exc_server.h"

/* Made by MIG, which declares it nowhere. */
boolean_t exc_server(mach_msg_header_t *in, mach_msg_header_t *out);

#define PERIOD	   997
#define STACK_DUMP 16384U
#define REG_SP	   7 /* perf's number */
#define UD2_SIZE   2
#define LEFT	   16

struct graph_list *volatile graph_list;
static volatile unsigned work;
static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

void GRAPH_CODE graph_handler(void)
{
	for (unsigned i = 0; i < 50; i++)
		work = work * 5 + i;
}

/* Called by exc_server(): as if the instruction had been a call of the
   handler. */
kern_return_t catch_exception_raise(mach_port_t port, mach_port_t thread, mach_port_t task,
				    int exception, int code, rpc_long_integer_t subcode)
{
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;

	must(thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count),
	     "thread_get_state");
	state.ursp -= sizeof(uint64_t);
	*(uint64_t *)state.ursp = state.rip + UD2_SIZE;
	state.rip = (uintptr_t)graph_handler;
	must(thread_set_state(thread, i386_THREAD_STATE, (thread_state_t)&state, count),
	     "thread_set_state");
	mach_port_deallocate(mach_task_self(), thread);
	mach_port_deallocate(mach_task_self(), task);
	return KERN_SUCCESS;
}

static void take_exceptions(void *argument)
{
	mach_port_t port = (mach_port_t)(uintptr_t)argument;
	union {
		mach_msg_header_t head;
		char room[512];
	} in, out;

	for (;;) {
		if (mach_msg(&in.head, MACH_RCV_MSG, 0, sizeof in, port, 0, MACH_PORT_NULL) !=
			MACH_MSG_SUCCESS ||
		    !exc_server(&in.head, &out.head))
			test_abandon("no exception");
		mach_msg(&out.head, MACH_SEND_MSG, out.head.msgh_size, 0, MACH_PORT_NULL, 0,
			 MACH_PORT_NULL);
	}
}

/* The number of the function that an address is in; graph_nr + 1: none. */
static unsigned function_at(uint64_t ip)
{
	uint64_t best = (uintptr_t)__start_graph_code - 1;
	unsigned number = graph_nr + 1;

	for (unsigned i = 0; ip < (uintptr_t)__stop_graph_code && i <= graph_nr; i++) {
		uint64_t start =
		    i < graph_nr ? (uintptr_t)graph_functions[i] : (uintptr_t)graph_handler;

		if (start <= ip && start > best) {
			best = start;
			number = i;
		}
	}
	return number;
}

/* The list in a dump of the stack; NULL: it is not there. */
static const struct graph_list *list_in(const char *dump, uint64_t sp, uint64_t size)
{
	uint64_t at = (uintptr_t)graph_list - sp;
	const struct graph_list *list = (const void *)(dump + at);

	if (at > size || size - at < sizeof *list || list->magic != GRAPH_MAGIC ||
	    list->depth > GRAPH_DEPTH)
		return NULL;
	return list;
}

struct score {
	unsigned samples, right, pending, deepest, handlers, kernel;
};

/* Whether the functions of a chain, from the innermost out, are the list's. */
static bool same(const uint64_t *ips, unsigned nr, const struct graph_list *list, unsigned depth)
{
	if (nr <= depth)
		return false;
	for (unsigned i = 0; i < depth; i++)
		/* A return address may be the first one behind its function. */
		if (function_at(i == 0 ? ips[0] : ips[i] - 1) != list->functions[depth - 1 - i])
			return false;
	return function_at(ips[depth] - (depth != 0)) == graph_nr + 1;
}

static void judge(struct score *score)
{
	const uint64_t *ips = sample->ips, *at = ips + sample->nr;
	unsigned nr = (unsigned)sample->nr, first = 0;
	const struct graph_list *list;
	uint64_t sp, size;

	if (*at++ == PERF_SAMPLE_REGS_ABI_NONE)
		return;
	sp = *at++;
	size = *at++;
	list = list_in((const char *)at, sp, size);
	if (list == NULL || list->depth == 0)
		return; /* before the first call, or another thread */
	while (first < nr && ips[first] != PERF_CONTEXT_USER)
		first++;
	first++;
	score->samples++;
	score->kernel += first > 1;
	if (first < nr && list->functions[list->depth - 1] == graph_nr)
		score->handlers++;
	if (list->depth > score->deepest)
		score->deepest = list->depth;
	if (first < nr && same(ips + first, nr - first, list, list->depth))
		score->right++;
	else if (first < nr && same(ips + first, nr - first, list, list->depth - 1))
		score->pending++;
	else if (score->samples - score->right - score->pending < 5) {
		printf("depth %u:", list->depth);
		for (unsigned i = list->depth; i-- > 0;)
			printf(" %u", list->functions[i]);
		printf("; chain:");
		for (unsigned i = first; i < nr; i++)
			printf(" %u", function_at(ips[i]));
		printf("\n");
	}
}

/* The list in this frame, and everything below it. */
static unsigned __attribute__((noipa)) walk_graph(unsigned n)
{
	volatile struct graph_list list;
	unsigned result;

	list.depth = 0;
	list.magic = GRAPH_MAGIC;
	graph_list = (struct graph_list *)&list;
	graph_enter(n % 8);
	result = graph_functions[n % 8](n, LEFT);
	graph_leave();
	list.magic = 0; /* the next who lies here is no list yet */
	return result;
}

void test_graphs(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERIOD, 0);
	struct ring ring = ring_make(1 << 20, 0);
	struct score score = {0};
	mach_port_t port, event;

	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port), "a port");
	must(mach_port_insert_right(mach_task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND),
	     "a send right");
	must(thread_set_special_port(mach_thread_self(), THREAD_EXCEPTION_PORT, port),
	     "thread_set_special_port");
	thread_start(take_exceptions, (void *)(uintptr_t)port);

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	attr.sample_regs_user = 1UL << REG_SP;
	attr.sample_stack_user = STACK_DUMP;
	event = event_must_open(mach_thread_self(), &attr, ring.buffer);
	for (unsigned n = 0; score.samples < 4000 && n < 100000; n++) {
		walk_graph(n * 2654435761U >> 7);
		while (ring_next(&ring, record))
			if (sample->header.type == PERF_RECORD_SAMPLE)
				judge(&score);
	}
	drop(event);
	ring_drop(&ring);
	check(score.samples >= 4000 && score.deepest > 10 && score.handlers > 20 &&
		  score.kernel > 100,
	      "%u samples, %u deep, %u in a handler, %u in the kernel", score.samples,
	      score.deepest, score.handlers, score.kernel);
	check(score.pending * 3 < score.samples &&
		  (score.right + score.pending) * 1000UL >= score.samples * 999UL,
	      "%u chains are the truth, %u but for a call being made", score.right, score.pending);
}
