/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime's own test, as the only task of a kernel: prints "ok" and
 * "FAIL" lines on the console, and ends the emulator when it can.
 * Arguments: ${host-port} ${device-port}.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mach/thread_switch.h>
#include <machperf/emulator.h>
#include <machperf/task.h>
#include "mach_user.h"
#include "mach_host_user.h"
#include "mach_port_user.h"

static int failures;

static void check(int good, const char *what)
{
	printf("%s: %s\n", good ? "ok" : "FAIL", what);
	failures += !good;
}

static void test_strings(void)
{
	char a[64] = "0123456789abcdefghijklmnopqrstuvwxyz", b[64];

	memcpy(b, a, sizeof a);
	check(memcmp(a, b, sizeof a) == 0, "memcpy and memcmp");
	memmove(b + 3, b, 30);
	check(memcmp(b + 3, a, 30) == 0, "memmove upwards over itself");
	memcpy(b, a, sizeof a);
	memmove(b, b + 5, 30);
	check(memcmp(b, a + 5, 30) == 0, "memmove downwards over itself");
	memset(b, 'x', 37);
	check(b[0] == 'x' && b[36] == 'x' && b[37] == a[37], "memset keeps to its length");
	check(strcmp("abc", "abd") < 0 && strcmp("abc", "abc") == 0 && strcmp("b", "abc") > 0,
	      "strcmp");
	check(strncmp("abc", "abd", 2) == 0 && strncmp("ab", "abc", 3) < 0, "strncmp");
	check(strstr("a needle here", "needle") != NULL && strstr("nee", "needle") == NULL,
	      "strstr");
	check(strspn("aabbc", "ab") == 4 && strcspn("aabbc", "c") == 4, "strspn and strcspn");
	check(strrchr("a/b/c", '/') != NULL && *strrchr("a/b/c", '/') == '/' &&
		  strcmp(strrchr("a/b/c", '/'), "/c") == 0,
	      "strrchr");
}

static void test_numbers(void)
{
	char text[80], *end;
	const char *volatile longer = "longer"; /* not for the compiler to see through */

	snprintf(text, sizeof text, "%d|%5u|%-4x|%04X|%s|%.2s|%c|%%|%lld|%zu", -12, 34U, 0xabU,
		 0xcdU, "str", "cut", 'q', -5000000000LL, (size_t)7);
	check(strcmp(text, "-12|   34|ab  |00CD|str|cu|q|%|-5000000000|7") == 0, "snprintf");
	check(snprintf(text, 4, "%s", longer) == 6 && strcmp(text, "lon") == 0,
	      "snprintf cuts and says the length");
	check(strtoul("123x", &end, 10) == 123 && *end == 'x', "strtoul stops at the end");
	check(strtoul("0x1f", NULL, 0) == 31 && strtol("-42", NULL, 10) == -42, "strtol");
	check(strtoull("18446744073709551616", NULL, 10) == ~0ULL, "strtoull overflows to the top");
	errno = 0;
	check(strtoul("18446744073709551615", NULL, 10) == ULONG_MAX &&
		  errno == (ULONG_MAX < ULLONG_MAX ? ERANGE : 0),
	      "strtoul by the width of a long");
	check(strtol("-9223372036854775809", NULL, 10) == LONG_MIN && errno == ERANGE,
	      "strtol overflows to the bottom");
}

/* Blocks of all sizes keep what was put into them while others come and go. */
static void test_heap(void)
{
	enum { COUNT = 300 };
	static unsigned char *blocks[COUNT];
	static size_t sizes[COUNT];
	int good = 1;
	unsigned x = 1;
	volatile size_t too_large = ~0UL;

	for (unsigned i = 0; i < 20000; i++) {
		unsigned slot = (x = x * 1103515245 + 12345) >> 16 & 0xff;
		size_t size = ((x >> 8) & 0xfff) << ((x >> 20) % 8 == 0 ? 7 : 0);

		if (blocks[slot] != NULL && sizes[slot] > 0)
			good &= blocks[slot][0] == slot && blocks[slot][sizes[slot] - 1] == slot;
		if (x & 1) {
			free(blocks[slot]);
			blocks[slot] = malloc(size);
		} else {
			blocks[slot] = realloc(blocks[slot], size);
			if (blocks[slot] != NULL && sizes[slot] > 0 && size > 0)
				good &= blocks[slot][0] == slot;
		}
		good &= blocks[slot] != NULL && ((uintptr_t)blocks[slot] & 15) == 0;
		if (blocks[slot] == NULL)
			break;
		memset(blocks[slot], (int)slot, size);
		sizes[slot] = size;
	}
	check(good, "heap");
	check(malloc(too_large) == NULL, "heap refuses what cannot be had");
}

/* More than there are addresses, in large blocks. */
static void test_large_blocks(void)
{
	enum { COUNT = 8 };
	void *blocks[COUNT];
	size_t size = (size_t)1 << (LONG_WIDTH == 64 ? 45 : 29);
	int got = 0;

	while (got < COUNT && (blocks[got] = malloc(size)) != NULL)
		got++;
	check(got > 0 && got < COUNT, "heap ends with the addresses");
	while (got > 0)
		free(blocks[--got]);
}

static volatile int thread_ran;

static void second_thread(void *argument)
{
	thread_ran = *(int *)argument;
	for (;;)
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 1000);
}

static void test_threads(void)
{
	static int value = 42;
	thread_t thread;
	kern_return_t kr = task_thread_start(second_thread, &value, 16384, &thread);

	for (int i = 0; i < 100 && thread_ran == 0; i++)
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 10);
	check(kr == KERN_SUCCESS && thread_ran == 42, "a second thread runs");
	check(thread_terminate(thread) == KERN_SUCCESS, "and ends");
}

static void test_messages(void)
{
	mach_port_t port = MACH_PORT_NULL;
	struct {
		mach_msg_header_t head;
		mach_msg_type_t type;
		int32_t value, pad;
		char trailer[32];
	} message = {
	    .type = {.msgt_name = MACH_MSG_TYPE_INTEGER_32,
		     .msgt_size = 32,
		     .msgt_number = 1,
		     .msgt_inline = 1},
	    .value = 1234,
	};
	mach_msg_return_t r;

	check(mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE, &port) == KERN_SUCCESS,
	      "a port");
	message.head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	message.head.msgh_remote_port = port;
	message.head.msgh_size = offsetof(__typeof__(message), trailer);
	message.head.msgh_id = 77;
	r = mach_msg(&message.head, MACH_SEND_MSG | MACH_RCV_MSG, message.head.msgh_size,
		     sizeof message, port, 0, MACH_PORT_NULL);
	check(r == MACH_MSG_SUCCESS && message.head.msgh_id == 77 && message.value == 1234,
	      "a message to oneself");
	r = mach_msg(&message.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof message, port, 20,
		     MACH_PORT_NULL);
	check(r == MACH_RCV_TIMED_OUT, "a wait that times out");
	check(mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1) ==
		  KERN_SUCCESS,
	      "the port goes");
}

int main(int argc, char **argv)
{
	kernel_version_t version;

	printf("runtime: start, %d arguments\n", argc);
	check(task_agent() == MACH_PORT_NULL, "a boot task has no agent");
	check(argc == 3 && task_port_argument(argv[1]) != MACH_PORT_NULL, "arguments");
	check(host_get_kernel_version(mach_host_self(), version) == KERN_SUCCESS &&
		  strncmp(version, "GNU Mach", 8) == 0,
	      "host_kernel_version");
	test_strings();
	test_numbers();
	test_heap();
	test_large_blocks();
	test_threads();
	test_messages();
	printf("runtime: %s\n", failures == 0 ? "all good" : "FAILED");
	if (argc == 3 && emulator_open(task_port_argument(argv[2])) == KERN_SUCCESS)
		emulator_exit(failures == 0 ? 0 : 1);
	return failures != 0;
}
