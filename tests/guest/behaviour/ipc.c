/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages: what is sent arrives, in order, and what cannot be sent says why. */
#include <string.h>
#include <mach/message.h>
#include <mach/notify.h>
#include <machperf/task.h>
#include "../harness.h"
#include "mach_user.h"
#include "mach_port_user.h"

#define ECHO_ID	 7001
#define CALLS	 2000
#define QUEUE	 5
#define OUT_SIZE (5 * TASK_PAGE_SIZE + 123)

struct message {
	mach_msg_header_t head;
	mach_msg_type_t type;
	uint64_t value;
	char room[256]; /* for what the kernel may send */
};

/* A message with its data elsewhere. */
struct far_message {
	mach_msg_header_t head;
	mach_msg_type_long_t type;
	vm_address_t data;
	char room[128];
};

/* A message with a right. */
struct right_message {
	mach_msg_header_t head;
	mach_msg_type_t type;
	mach_port_name_inlined_t port;
	char room[128];
};

#define VALUE_SIZE (__builtin_offsetof(struct message, room))
#define FAR_SIZE   (__builtin_offsetof(struct far_message, room))

static mach_port_t port_make(void)
{
	mach_port_t port;

	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port),
	     "mach_port_allocate");
	return port;
}

static mach_port_t port_make_with_send(void)
{
	mach_port_t port = port_make();

	must(mach_port_insert_right(mach_task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND),
	     "mach_port_insert_right");
	return port;
}

static void port_destroy(mach_port_t port)
{
	must(mach_port_destroy(mach_task_self(), port), "mach_port_destroy");
}

static struct message value_message(mach_port_t to, uint64_t value)
{
	struct message message = {
	    .head = {.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		     .msgh_size = VALUE_SIZE,
		     .msgh_remote_port = to,
		     .msgh_id = ECHO_ID},
	    .type = {.msgt_name = MACH_MSG_TYPE_INTEGER_64,
		     .msgt_size = 64,
		     .msgt_number = 1,
		     .msgt_inline = 1},
	    .value = value,
	};

	return message;
}

static mach_msg_return_t send_value(mach_port_t to, uint64_t value, mach_msg_option_t option,
				    mach_msg_timeout_t timeout)
{
	struct message message = value_message(to, value);

	return mach_msg(&message.head, MACH_SEND_MSG | option, VALUE_SIZE, 0, MACH_PORT_NULL,
			timeout, MACH_PORT_NULL);
}

static mach_msg_return_t receive(void *message, mach_msg_size_t size, mach_port_t from,
				 mach_msg_option_t option, mach_msg_timeout_t timeout)
{
	return mach_msg(message, MACH_RCV_MSG | option, 0, size, from, timeout, MACH_PORT_NULL);
}

/* A thread that answers each message with its value and one. */
static void echo(void *argument)
{
	mach_port_t port = (mach_port_t)(uintptr_t)argument;
	struct message message;

	for (;;) {
		if (receive(&message, sizeof message, port, 0, 0) != MACH_MSG_SUCCESS)
			thread_end();
		message.head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0);
		message.head.msgh_local_port = MACH_PORT_NULL;
		message.head.msgh_size = VALUE_SIZE;
		message.value++;
		mach_msg(&message.head, MACH_SEND_MSG, VALUE_SIZE, 0, MACH_PORT_NULL, 0,
			 MACH_PORT_NULL);
	}
}

static void check_calls(unsigned cpu)
{
	mach_port_t port = port_make_with_send(), reply = mach_reply_port();
	thread_t thread = thread_make(mach_task_self(), echo, (void *)(uintptr_t)port);
	unsigned good = 0;

	thread_place(thread, cpu);
	thread_resume(thread);
	for (uint64_t i = 0; i < CALLS; i++) {
		struct message message = value_message(port, i);

		message.head.msgh_bits =
		    MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE);
		message.head.msgh_local_port = reply;
		if (mach_msg(&message.head, MACH_SEND_MSG | MACH_RCV_MSG, VALUE_SIZE,
			     sizeof message, reply, 0, MACH_PORT_NULL) == MACH_MSG_SUCCESS)
			good += message.value == i + 1 && message.head.msgh_id == ECHO_ID;
	}
	check(good == CALLS, "%u of %u calls answered rightly, from CPU %u", good, CALLS, cpu);
	port_destroy(port); /* and so the thread ends */
	port_destroy(reply);
	drop(thread);
}

static void check_queue(void)
{
	mach_port_t port = port_make_with_send();
	struct message message;
	struct mach_port_status status;
	unsigned sent = 0, in_order = 0;

	check_kr(mach_port_set_qlimit(mach_task_self(), port, QUEUE), KERN_SUCCESS, "a limit");
	while (send_value(port, sent, MACH_SEND_TIMEOUT, 0) == MACH_MSG_SUCCESS)
		sent++;
	check(sent == QUEUE, "%u messages fit", sent);
	check_kr(send_value(port, 0, MACH_SEND_TIMEOUT, 20), MACH_SEND_TIMED_OUT, "one too many");
	check_kr(mach_port_get_receive_status(mach_task_self(), port, &status), KERN_SUCCESS,
		 "the queue's state");
	check(status.mps_msgcount == QUEUE && status.mps_qlimit == QUEUE && !status.mps_nsrequest,
	      "%u of %u wait", status.mps_msgcount, status.mps_qlimit);
	while (receive(&message, sizeof message, port, MACH_RCV_TIMEOUT, 0) == MACH_MSG_SUCCESS)
		in_order += message.value == in_order;
	check(in_order == QUEUE, "%u came in order", in_order);
	check_kr(receive(&message, sizeof message, port, MACH_RCV_TIMEOUT, 20), MACH_RCV_TIMED_OUT,
		 "no more");
	port_destroy(port);
}

static void check_errors(void)
{
	mach_port_t port = port_make_with_send();
	struct message message;
	mach_port_t dead;

	check_kr(send_value(MACH_PORT_NULL, 0, 0, 0), MACH_SEND_INVALID_DEST, "to no port");
	check_kr(send_value(0x123456, 0, 0, 0), MACH_SEND_INVALID_DEST, "to no name");
	check_kr(receive(&message, sizeof message, 0x123456, 0, 0), MACH_RCV_INVALID_NAME,
		 "from no name");
	check_kr(receive(&message, sizeof message, mach_task_self(), 0, 0), MACH_RCV_INVALID_NAME,
		 "from a send right");
	send_value(port, 1, 0, 0);
	check_kr(receive(&message, sizeof message.head, port, MACH_RCV_LARGE, 0),
		 MACH_RCV_TOO_LARGE, "too large, and kept");
	check_kr(receive(&message, sizeof message, port, 0, 0), MACH_MSG_SUCCESS, "with room");
	send_value(port, 1, 0, 0);
	check_kr(receive(&message, sizeof message.head, port, 0, 0), MACH_RCV_TOO_LARGE,
		 "too large, and dropped");
	check_kr(receive(&message, sizeof message, port, MACH_RCV_TIMEOUT, 0), MACH_RCV_TIMED_OUT,
		 "gone");
	check_kr(mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1),
		 KERN_SUCCESS, "without its receiver");
	check_kr(send_value(port, 1, 0, 0), MACH_SEND_INVALID_DEST, "a port is dead");
	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_DEAD_NAME, &dead), "a dead name");
	check_kr(send_value(dead, 1, 0, 0), MACH_SEND_INVALID_DEST, "to a dead name");
	port_destroy(dead);
	port_destroy(port);
}

static void check_far(void)
{
	mach_port_t port = port_make_with_send();
	vm_address_t data = 0;
	struct far_message message = {
	    .head = {.msgh_bits =
			 MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0) | MACH_MSGH_BITS_COMPLEX,
		     .msgh_size = FAR_SIZE,
		     .msgh_remote_port = port},
	    .type = {.msgtl_header = {.msgt_longform = 1, .msgt_inline = 0},
		     .msgtl_name = MACH_MSG_TYPE_CHAR,
		     .msgtl_size = 8,
		     .msgtl_number = OUT_SIZE},
	};
	unsigned wrong = 0;

	must(vm_allocate(mach_task_self(), &data, OUT_SIZE, 1), "vm_allocate");
	for (unsigned i = 0; i < OUT_SIZE; i++)
		((char *)data)[i] = (char)(i * 31);
	message.data = data;
	check_kr(
	    mach_msg(&message.head, MACH_SEND_MSG, FAR_SIZE, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL),
	    MACH_MSG_SUCCESS, "data out of line");
	memset((char *)data, 0, OUT_SIZE); /* what was sent was a copy */
	check_kr(receive(&message, sizeof message, port, 0, 0), MACH_MSG_SUCCESS, "received");
	for (unsigned i = 0; i < OUT_SIZE; i++)
		wrong += ((char *)message.data)[i] != (char)(i * 31);
	check(wrong == 0 && message.data != data && message.type.msgtl_number == OUT_SIZE,
	      "%u bytes, %u of them wrong", message.type.msgtl_number, wrong);
	vm_deallocate(mach_task_self(), message.data, OUT_SIZE);
	vm_deallocate(mach_task_self(), data, OUT_SIZE);
	port_destroy(port);
}

/* Hand the receive right of a port with a message in it over. */
static void check_right(void)
{
	mach_port_t carrier = port_make_with_send(), handed = port_make_with_send();
	struct right_message message = {
	    .head = {.msgh_bits =
			 MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0) | MACH_MSGH_BITS_COMPLEX,
		     .msgh_size = __builtin_offsetof(struct right_message, room),
		     .msgh_remote_port = carrier},
	    .type = {.msgt_name = MACH_MSG_TYPE_MOVE_RECEIVE,
		     .msgt_size = sizeof(mach_port_name_inlined_t) * 8,
		     .msgt_number = 1,
		     .msgt_inline = 1},
	    .port = {.name = handed},
	};
	struct message inner;
	mach_port_type_t type = 0;

	send_value(handed, 99, 0, 0);
	check_kr(mach_msg(&message.head, MACH_SEND_MSG, message.head.msgh_size, 0, MACH_PORT_NULL,
			  0, MACH_PORT_NULL),
		 MACH_MSG_SUCCESS, "a receive right is sent");
	mach_port_type(mach_task_self(), handed, &type);
	check(type == MACH_PORT_TYPE_SEND, "a send right is left: type 0x%x", type);
	check_kr(receive(&message, sizeof message, carrier, 0, 0), MACH_MSG_SUCCESS, "it comes");
	check(message.type.msgt_name == MACH_MSG_TYPE_PORT_RECEIVE && message.port.name == handed,
	      "under the name it had");
	check_kr(receive(&inner, sizeof inner, message.port.name, 0, 0), MACH_MSG_SUCCESS,
		 "with what was in it");
	check(inner.value == 99, "the value is %lu", (unsigned long)inner.value);
	port_destroy(handed);
	port_destroy(carrier);
}

static mach_port_t notify_on(mach_port_t port, mach_msg_id_t id, mach_port_t to)
{
	mach_port_t previous = MACH_PORT_NULL;

	check_kr(mach_port_request_notification(mach_task_self(), port, id, 0, to,
						MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous),
		 KERN_SUCCESS, "asked to be notified");
	return previous;
}

static void check_notifications(void)
{
	mach_port_t notices = port_make(), port = port_make_with_send();
	union {
		mach_msg_header_t head;
		mach_dead_name_notification_t dead;
		char room[256];
	} notice;

	notify_on(port, MACH_NOTIFY_NO_SENDERS, notices);
	check_kr(receive(&notice, sizeof notice, notices, MACH_RCV_TIMEOUT, 0), MACH_RCV_TIMED_OUT,
		 "there is a sender");
	check_kr(mach_port_deallocate(mach_task_self(), port), KERN_SUCCESS, "the last goes");
	check_kr(receive(&notice, sizeof notice, notices, MACH_RCV_TIMEOUT, 1000), MACH_MSG_SUCCESS,
		 "a notice comes");
	check(notice.head.msgh_id == MACH_NOTIFY_NO_SENDERS, "of no senders: %d",
	      notice.head.msgh_id);

	must(mach_port_insert_right(mach_task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND),
	     "a send right");
	notify_on(port, MACH_NOTIFY_DEAD_NAME, notices);
	mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1);
	check_kr(receive(&notice, sizeof notice, notices, MACH_RCV_TIMEOUT, 1000), MACH_MSG_SUCCESS,
		 "a notice comes");
	check(notice.head.msgh_id == MACH_NOTIFY_DEAD_NAME && notice.dead.not_port == port,
	      "of a dead name: %d", notice.head.msgh_id);
	port_destroy(port);
	port_destroy(notices);
}

static void check_set(void)
{
	mach_port_t set, ports[3];
	struct message message;
	unsigned seen = 0;

	must(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_PORT_SET, &set), "a port set");
	for (unsigned i = 0; i < 3; i++) {
		ports[i] = port_make_with_send();
		check_kr(mach_port_move_member(mach_task_self(), ports[i], set), KERN_SUCCESS,
			 "a member");
	}
	for (unsigned i = 0; i < 3; i++)
		send_value(ports[2 - i], 2 - i, 0, 0);
	while (receive(&message, sizeof message, set, MACH_RCV_TIMEOUT, 0) == MACH_MSG_SUCCESS)
		seen |=
		    message.head.msgh_local_port == ports[message.value] ? 1U << message.value : 0;
	check(seen == 7, "what any member gets comes through the set: %u", seen);
	check_kr(receive(&message, sizeof message, ports[0], MACH_RCV_TIMEOUT, 0), MACH_RCV_IN_SET,
		 "a member alone");
	for (unsigned i = 0; i < 3; i++)
		port_destroy(ports[i]);
	port_destroy(set);
}

static void check_refs(void)
{
	mach_port_t port = port_make_with_send();
	mach_port_urefs_t refs = 0;

	for (unsigned i = 0; i < 4; i++)
		mach_port_insert_right(mach_task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
	check_kr(mach_port_get_refs(mach_task_self(), port, MACH_PORT_RIGHT_SEND, &refs),
		 KERN_SUCCESS, "references");
	check(refs == 5, "%u to a send right", refs);
	check_kr(mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_SEND, -6),
		 KERN_INVALID_VALUE, "one too many away");
	check_kr(mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_SEND, -5), KERN_SUCCESS,
		 "all of them");
	check_kr(send_value(port, 0, 0, 0), MACH_SEND_INVALID_DEST, "no send right");
	port_destroy(port);
}

void test_ipc(void)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		check_calls(cpu);
	check_queue();
	check_errors();
	check_far();
	check_right();
	check_notifications();
	check_set();
	check_refs();
}
