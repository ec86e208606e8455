/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every call with every kind of port in the place of every argument. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "mach_host_user.h"
#include "mach_port_user.h"
#include "perf_user.h"

enum kind {
	NOTHING,
	DEAD_NAME,
	MESSAGES, /* a port of our own: only as an argument, for nobody answers there */
	TASK,
	THREAD,
	HOST,
	HOST_PRIV,
	PROCESSORS,
	BUFFER,
	EVENT,
	NR_KINDS
};

static const char *const names[NR_KINDS] = {
    "no port",	"a dead name",	       "a message queue", "a task",   "a thread",
    "the host", "the privileged host", "a processor set", "a buffer", "an event",
};

static mach_port_t ports[NR_KINDS];

#define KIND(kind) (1U << (kind))

/* A call with one argument in question, and the kinds of port that are right
   for it. */
struct place {
	const char *name;
	kern_return_t (*call)(mach_port_t port);
	unsigned right;
	bool request; /* the message goes to this port */
};

static struct perf_event_attr counting(void)
{
	return attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, PERF_ATTR_DISABLED);
}

static kern_return_t opened(mach_port_t target, mach_port_t privilege,
			    const struct perf_event_attr *attr, mach_port_t buffer)
{
	mach_port_t event = MACH_PORT_NULL;
	uint64_t id;
	kern_return_t kr = event_open(target, privilege, attr, buffer, &event, &id);

	if (kr == KERN_SUCCESS)
		drop(event);
	else if (event != MACH_PORT_NULL)
		check(false, "an event comes with error %d", kr);
	return kr;
}

static kern_return_t open_on(mach_port_t port)
{
	struct perf_event_attr attr = counting();

	return opened(port, ports[HOST_PRIV], &attr, MACH_PORT_NULL);
}

static kern_return_t open_with_privilege(mach_port_t port)
{
	struct perf_event_attr attr = counting();

	return opened(ports[TASK], port, &attr, MACH_PORT_NULL);
}

static kern_return_t open_into(mach_port_t port)
{
	struct perf_event_attr attr = counting();

	attr.sample_period = 100000;
	return opened(ports[TASK], ports[HOST_PRIV], &attr, port);
}

static kern_return_t info_of(mach_port_t port)
{
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;

	return perf_info(port, bytes, &size);
}

static kern_return_t overhead_of(mach_port_t port)
{
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;

	return perf_overhead(port, bytes, &size);
}

static kern_return_t budget_by(mach_port_t port)
{
	return perf_budget(port, 100);
}

static kern_return_t create_on(mach_port_t port)
{
	mach_port_t buffer;
	kern_return_t kr = perf_buffer_create(port, 4096, 0, &buffer);

	if (kr == KERN_SUCCESS)
		drop(buffer);
	return kr;
}

static kern_return_t map_in(mach_port_t buffer, mach_port_t task)
{
	vm_address_t address;
	vm_size_t size;
	kern_return_t kr = perf_buffer_map(buffer, task, &address, &size);

	return kr == KERN_SUCCESS ? vm_deallocate(mach_task_self(), address, size) : kr;
}

static kern_return_t map_of(mach_port_t port)
{
	return map_in(port, ports[TASK]);
}

static kern_return_t map_into(mach_port_t port)
{
	return map_in(ports[BUFFER], port);
}

static kern_return_t address_of(mach_port_t port)
{
	rpc_phys_addr_t address;

	return perf_buffer_phys(port, ports[HOST_PRIV], 0, &address);
}

static kern_return_t address_by(mach_port_t port)
{
	rpc_phys_addr_t address;

	return perf_buffer_phys(ports[BUFFER], port, 0, &address);
}

static kern_return_t wait_for(mach_port_t port)
{
	natural_t reason;

	return perf_buffer_wait(port, 1, &reason);
}

static kern_return_t period_of(mach_port_t port)
{
	kern_return_t kr = perf_event_period(port, 100000);

	/* What only counts has none. */
	return port == ports[EVENT] && kr == KERN_INVALID_ARGUMENT ? KERN_SUCCESS : kr;
}

static kern_return_t values_of(mach_port_t port)
{
	perf_bytes_t bytes;
	mach_msg_type_number_t size = sizeof bytes;

	return perf_event_read(port, bytes, &size);
}

static kern_return_t name_in(mach_port_t port)
{
	perf_build_id_t id = {0};
	perf_name_t name = "name";

	return perf_task_map(port, 0x1000, 0x1000, 0, 5, id, 0, name, 4);
}

static const struct place places[] = {
    {"perf_info", info_of, KIND(HOST) | KIND(HOST_PRIV), true},
    {"perf_overhead", overhead_of, KIND(HOST) | KIND(HOST_PRIV), true},
    {"perf_budget", budget_by, KIND(HOST_PRIV), true},
    {"perf_pmu_reset", perf_pmu_reset, KIND(HOST_PRIV), true},
    {"perf_buffer_create", create_on, KIND(HOST) | KIND(HOST_PRIV), true},
    {"perf_buffer_map", map_of, KIND(BUFFER), true},
    {"perf_buffer_map into", map_into, KIND(TASK), false},
    {"perf_buffer_phys", address_of, KIND(BUFFER), true},
    {"perf_buffer_phys by", address_by, KIND(HOST_PRIV), false},
    {"perf_buffer_wait", wait_for, KIND(BUFFER), true},
    {"perf_event_open", open_on, KIND(TASK) | KIND(THREAD) | KIND(HOST_PRIV), true},
    {"perf_event_open by", open_with_privilege, KIND(HOST_PRIV), false},
    {"perf_event_open into", open_into, KIND(BUFFER), false},
    {"perf_event_enable", perf_event_enable, KIND(EVENT), true},
    {"perf_event_disable", perf_event_disable, KIND(EVENT), true},
    {"perf_event_reset", perf_event_reset, KIND(EVENT), true},
    {"perf_event_period", period_of, KIND(EVENT), true},
    {"perf_event_read", values_of, KIND(EVENT), true},
    {"perf_task_map", name_in, KIND(TASK), true},
};

#define NR_PLACES (sizeof places / sizeof places[0])

static void make_ports(void)
{
	struct perf_event_attr attr = counting();

	ports[TASK] = mach_task_self();
	ports[THREAD] = mach_thread_self();
	ports[HOST] = mach_host_self();
	ports[HOST_PRIV] = host_priv;
	check_kr(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_DEAD_NAME, &ports[DEAD_NAME]),
		 KERN_SUCCESS, "a dead name");
	check_kr(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &ports[MESSAGES]),
		 KERN_SUCCESS, "a message queue");
	check_kr(mach_port_insert_right(mach_task_self(), ports[MESSAGES], ports[MESSAGES],
					MACH_MSG_TYPE_MAKE_SEND),
		 KERN_SUCCESS, "a send right to it");
	check_kr(processor_set_default(mach_host_self(), &ports[PROCESSORS]), KERN_SUCCESS,
		 "a processor set");
	check_kr(perf_buffer_create(mach_host_self(), 4096, 0, &ports[BUFFER]), KERN_SUCCESS,
		 "a buffer");
	ports[EVENT] = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
}

/* Refusals have a reason of ours, and none other. */
static bool is_refusal(kern_return_t kr, bool request, enum kind kind)
{
	if (request && kind == NOTHING)
		return kr == MACH_SEND_INVALID_DEST;
	if (request && kind == DEAD_NAME)
		return kr == MACH_SEND_INVALID_DEST;
	if (kr == MACH_SEND_INVALID_RIGHT)
		return !request && kind == DEAD_NAME;
	return kr == KERN_INVALID_ARGUMENT || kr == KERN_NO_ACCESS;
}

static unsigned try_all(const struct place *place)
{
	unsigned wrong = 0;

	for (enum kind kind = 0; kind < NR_KINDS; kind++) {
		kern_return_t kr;

		if (place->request && kind == MESSAGES)
			continue;
		kr = place->call(ports[kind]);
		if ((place->right & KIND(kind)) != 0 ? kr == KERN_SUCCESS
						     : is_refusal(kr, place->request, kind))
			continue;
		check(false, "%s %s: %d (0x%x)", place->name, names[kind], kr, (unsigned)kr);
		wrong++;
	}
	return wrong;
}

void test_rights_matrix(void)
{
	struct usage before, after;
	unsigned wrong = 0;

	make_ports();
	for (unsigned i = 0; i < NR_PLACES; i++) /* fills the kernel's caches */
		try_all(&places[i]);
	before = usage_now();
	for (unsigned i = 0; i < NR_PLACES; i++) {
		unsigned here = try_all(&places[i]);

		check(here == 0, "%s takes what it should and nothing else", places[i].name);
		wrong += here;
	}
	after = usage_now();
	check_usage(&before, &after, "refusals");
}
