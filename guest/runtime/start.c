/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a task: from _start to exit. */
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <machperf/task.h>

int main(int argc, char **argv, char **envp);
_Noreturn void task_start(uintptr_t *stack, mach_port_t agent);

static mach_port_t agent_port;

mach_port_t task_agent(void)
{
	return agent_port;
}

/* Called by _start with the stack the loader made. */
_Noreturn void task_start(uintptr_t *stack, mach_port_t agent)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);

	agent_port = agent;
	exit(main(argc, argv, argv + argc + 1));
}

/* The message is made before it is needed and sent by one trap: what a task
   executes beside its main function is short, and the same in every run. */
static struct task_exit_message exit_message = {
    .head = {.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
	     .msgh_size = sizeof(struct task_exit_message),
	     .msgh_id = TASK_MSG_EXIT},
    .type = {.msgt_name = MACH_MSG_TYPE_INTEGER_32,
	     .msgt_size = 32,
	     .msgt_inline = 1,
	     .msgt_number = 1},
};

void exit(int status)
{
	if (agent_port != MACH_PORT_NULL) {
		exit_message.head.msgh_remote_port = agent_port;
		exit_message.status = status;
		mach_msg_trap(&exit_message.head, MACH_SEND_MSG, sizeof exit_message, 0,
			      MACH_PORT_NULL, 0, MACH_PORT_NULL);
	}
	syscall_task_terminate(mach_task_self());
	__builtin_trap();
}

void abort(void)
{
	__builtin_trap();
}

static int write_agent(const char *data, size_t size)
{
	struct task_write_message message;

	message.head = (mach_msg_header_t){
	    .msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
	    .msgh_remote_port = agent_port,
	    .msgh_id = TASK_MSG_WRITE,
	};
	message.type = (mach_msg_type_t){
	    .msgt_name = MACH_MSG_TYPE_BYTE,
	    .msgt_size = 8,
	    .msgt_inline = 1,
	    .msgt_number = size,
	};
	memcpy(message.data, data, size);
	message.head.msgh_size =
	    (offsetof(struct task_write_message, data) + size + 7) & ~(size_t)7;
	return mach_msg(&message.head, MACH_SEND_MSG, message.head.msgh_size, 0, MACH_PORT_NULL,
			MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL) == MACH_MSG_SUCCESS;
}

static int write_console(const char *data, size_t size)
{
	char line[128];

	while (size > 0) {
		size_t part = size < sizeof line - 1 ? size : sizeof line - 1;

		memcpy(line, data, part);
		line[part] = '\0';
		mach_print(line);
		data += part;
		size -= part;
	}
	return 1;
}

ssize_t write(int fd, const void *buffer, size_t size)
{
	const char *data = buffer;
	size_t left = size;

	if (fd != 1 && fd != 2)
		return -1;
	while (left > 0) {
		size_t part = left < TASK_WRITE_MAX ? left : TASK_WRITE_MAX;

		if (!(agent_port != MACH_PORT_NULL ? write_agent(data, part)
						   : write_console(data, part)))
			return -1;
		data += part;
		left -= part;
	}
	return (ssize_t)size;
}
