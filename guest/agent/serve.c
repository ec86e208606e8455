/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the workload says: its output, its exit status, its exceptions, its
 * death.  The messages come from a task under test, so sizes and types are
 * checked before they are used.
 */
#include <stddef.h>
#include <string.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <mach/task_special_ports.h>
#include <mach/thread_switch.h>
#include <machperf/task.h>
#include "agent.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "exc_server.h"

#define STACK_SIZE	   65536
#define EXCEPTION_RAISE_ID 2400	      /* the base of <mach/exc.defs> */
#define SYNC_ID		   0x6d700003 /* serve_sync() */

union message {
	mach_msg_header_t head;
	mig_reply_header_t reply;
	struct task_exit_message exit;
	struct task_write_message write;
	mach_dead_name_notification_t dead;
	char bytes[sizeof(struct task_write_message) + 256];
};

/* Made by MIG, which declares it nowhere. */
boolean_t exc_server(mach_msg_header_t *in, mach_msg_header_t *out);

/* exc_server() calls the handler of an exception with no argument of ours:
   the serving thread's agent, set before it serves. */
static struct agent *serving;

static void record_exit(struct workload *workload, const struct perf_frame_exit *exit)
{
	/* The first counts: what a dying task says after is a consequence. */
	if (workload->has_exit)
		return;
	workload->exit = *exit;
	workload->has_exit = true;
}

/* Called by exc_server(): a thread of the workload, or of a task it made,
   did what it may not.  Everything ends. */
kern_return_t catch_exception_raise(mach_port_t exception_port, mach_port_t thread,
				    mach_port_t task, int exception, int code,
				    rpc_long_integer_t subcode)
{
	struct workload *workload = &serving->workload;
	struct perf_frame_exit exit = {
	    .how = PERF_EXIT_EXCEPTION,
	    .exception = exception,
	    .code = code,
	    .subcode = subcode,
	    .ip = task_thread_ip(thread),
	};

	(void)exception_port;
	record_exit(workload, &exit);
	task_terminate(task);
	if (task != workload->task)
		task_terminate(workload->task);
	mach_port_deallocate(mach_task_self(), thread);
	mach_port_deallocate(mach_task_self(), task);
	return KERN_SUCCESS;
}

static void send_reply(mach_msg_header_t *head)
{
	mach_msg(head, MACH_SEND_MSG, head->msgh_size, 0, MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
		 MACH_PORT_NULL);
}

static void serve_exit(struct agent *agent, const union message *message)
{
	struct perf_frame_exit exit = {.how = PERF_EXIT_NORMAL, .status = message->exit.status};

	if (message->head.msgh_size >= offsetof(struct task_exit_message, pad))
		record_exit(&agent->workload, &exit);
}

static void serve_write(struct agent *agent, const union message *message)
{
	size_t room, size;

	if (message->head.msgh_size < offsetof(struct task_write_message, data))
		return;
	room = message->head.msgh_size - offsetof(struct task_write_message, data);
	size = message->write.type.msgt_number;
	if (message->write.type.msgt_size != 8 || !message->write.type.msgt_inline || size > room)
		return;
	output_lock(agent);
	output_frame(agent, PERF_FRAME_OUTPUT, message->write.data, size, NULL, 0);
	output_unlock(agent);
}

static void serve_exception(union message *message)
{
	union message reply;

	if (exc_server(&message->head, &reply.head))
		send_reply(&reply.head);
}

static void serve_sync_request(union message *message)
{
	message->head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
	message->head.msgh_local_port = MACH_PORT_NULL;
	message->head.msgh_size = sizeof message->head;
	send_reply(&message->head);
}

static void serve_dead_name(struct agent *agent, const union message *message)
{
	if (message->head.msgh_size < sizeof message->dead ||
	    message->dead.not_port != agent->workload.task)
		return;
	/* Its last thread may still be on its way out.  With every event
	   gone, the first thread hears of it and ends the session before. */
	thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 20);
	agent_finish(agent);
}

static void serve(void *argument)
{
	struct agent *agent = argument;
	static union message message; /* this thread's */

	for (;;) {
		mach_msg_return_t r =
		    mach_msg(&message.head, MACH_RCV_MSG, 0, sizeof message, agent->service,
			     MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);

		if (r != MACH_MSG_SUCCESS)
			continue; /* too large: the kernel has dropped it */
		switch (message.head.msgh_id) {
		case TASK_MSG_EXIT:
			serve_exit(agent, &message);
			break;
		case TASK_MSG_WRITE:
			serve_write(agent, &message);
			break;
		case EXCEPTION_RAISE_ID:
			serve_exception(&message);
			break;
		case SYNC_ID:
			serve_sync_request(&message);
			break;
		case MACH_NOTIFY_DEAD_NAME:
			serve_dead_name(agent, &message);
			break;
		}
	}
}

void serve_start(struct agent *agent)
{
	thread_t thread;
	kern_return_t kr;

	serving = agent;
	kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &agent->service);
	if (kr == KERN_SUCCESS)
		kr = task_thread_start(serve, agent, STACK_SIZE, &thread);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr, "no serving thread: error %d", kr);
}

void serve_attach(struct agent *agent)
{
	task_t task = agent->workload.task;
	mach_port_t previous;
	kern_return_t kr;

	kr = mach_port_insert_right(mach_task_self(), agent->service, agent->service,
				    MACH_MSG_TYPE_MAKE_SEND);
	if (kr == KERN_SUCCESS)
		kr = task_set_special_port(task, TASK_EXCEPTION_PORT, agent->service);
	if (kr == KERN_SUCCESS)
		kr = mach_port_request_notification(mach_task_self(), task, MACH_NOTIFY_DEAD_NAME,
						    0, agent->service, MACH_MSG_TYPE_MAKE_SEND_ONCE,
						    &previous);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "the workload cannot be listened to: error %d", kr);
}

void serve_sync(struct agent *agent)
{
	mach_port_t reply = mach_reply_port();
	struct {
		mach_msg_header_t head;
		char trailer[64];
	} message = {
	    .head = {.msgh_bits =
			 MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE),
		     .msgh_size = sizeof(mach_msg_header_t),
		     .msgh_remote_port = agent->service,
		     .msgh_local_port = reply,
		     .msgh_id = SYNC_ID},
	};

	mach_msg(&message.head, MACH_SEND_MSG | MACH_RCV_MSG, sizeof message.head, sizeof message,
		 reply, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	mach_port_mod_refs(mach_task_self(), reply, MACH_PORT_RIGHT_RECEIVE, -1);
}
