/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trampolines are run here, on this processor: which registers they keep, which arguments the
 * real function and the handler get, in what order, how the stack and the frame chain look
 * meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "trampoline_test.h"

/* In trampoline_calls.S. */
extern void *call_function;
extern unsigned long call_args[MAX_ARGS], call_result, call_frame[2];
extern unsigned long kept_before[NR_KEPT], kept_after[NR_KEPT];
extern unsigned long real_args[MAX_ARGS], real_calls, real_stack;
extern char call_return[];
void call_with_registers(void);
unsigned long ruin(void);

/* What is tested. */
void graft_before_real_before(void);
void graft_after_real_after0(void);
void graft_after_real_after5(void);
void graft_after_real_after6(void);
void graft_after_real_after12(void);
void graft_wrap_real_void(void);
void graft_wrap_real_wrap9(void);

unsigned char flag;

#define HANDLER_RESULT 99

static struct {
	unsigned calls;
	unsigned nr_args;
	unsigned long args[MAX_ARGS + 1];
	unsigned long frame[2];	  /* the trampoline's: its caller's frame, where it returns to */
	unsigned long real_calls; /* so far, when the handler ran */
	uintptr_t stack;	  /* at the handler's entry */
} seen;

static void note(unsigned long *frame, unsigned nr_args, ...)
{
	va_list args;

	seen.calls++;
	seen.nr_args = nr_args;
	seen.real_calls = real_calls;
	memcpy(seen.frame, (const void *)frame[0], sizeof seen.frame);
	seen.stack = (uintptr_t)(frame + 2);
	va_start(args, nr_args);
	for (unsigned i = 0; i < nr_args; i++)
		seen.args[i] = va_arg(args, unsigned long);
	va_end(args);
}

#define FRAME ((unsigned long *)__builtin_frame_address(0))
#define P(n)  unsigned long a##n

/* The handlers: they note what they are given, and leave ruins behind. */
#define HANDLER(name, params, count, ...)                                                          \
	unsigned long name params;                                                                 \
	unsigned long name params                                                                  \
	{                                                                                          \
		note(FRAME, count, __VA_ARGS__);                                                   \
		ruin();                                                                            \
		return HANDLER_RESULT;                                                             \
	}

HANDLER(on_before, (P(0), P(1), P(2), P(3), P(4), P(5)), 6, a0, a1, a2, a3, a4, a5)
HANDLER(on_after0, (P(0)), 1, a0)
HANDLER(on_after5, (P(0), P(1), P(2), P(3), P(4), P(5)), 6, a0, a1, a2, a3, a4, a5)
HANDLER(on_after6, (P(0), P(1), P(2), P(3), P(4), P(5), P(6)), 7, a0, a1, a2, a3, a4, a5, a6)
HANDLER(on_after12,
	(P(0), P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), P(10), P(11), P(12)), 13, a0,
	a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
HANDLER(on_wrap9, (P(0), P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8)), 9, a0, a1, a2, a3, a4, a5,
	a6, a7, a8)

void on_void(void);
void on_void(void)
{
	note(FRAME, 0);
	ruin();
}

static void call(void (*function)(void))
{
	memset(&seen, 0, sizeof seen);
	real_calls = 0;
	memset(real_args, 0, sizeof real_args);
	for (unsigned long i = 0; i < MAX_ARGS; i++)
		call_args[i] = 0x100 + i;
	call_result = 0x5555;
	call_function = (void *)function;
	call_with_registers();
	assert_memory_equal(kept_before, kept_after, sizeof kept_before);
	assert_int_equal(call_frame[0], call_frame[1]);
}

static void assert_real(unsigned nr_args)
{
	assert_int_equal(real_calls, 1);
	assert_memory_equal(real_args, call_args, nr_args * sizeof *real_args);
#if __x86_64__
	assert_int_equal(real_stack % 16, 0);
#endif
}

/* The handler's caller has a frame, and that frame's caller is who called the trampoline. */
static void assert_handler(unsigned nr_args)
{
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.nr_args, nr_args);
	assert_int_equal(seen.frame[0], call_frame[0]);
	assert_int_equal(seen.frame[1], (uintptr_t)call_return);
#if __x86_64__
	assert_int_equal(seen.stack % 16, 0);
#endif
}

static void off(void **state)
{
	static void (*const trampolines[])(void) = {
	    graft_before_real_before, graft_after_real_after0,	graft_after_real_after5,
	    graft_after_real_after6,  graft_after_real_after12,
	};

	(void)state;
	flag = 0;
	for (size_t i = 0; i < sizeof trampolines / sizeof *trampolines; i++) {
		call(trampolines[i]);
		assert_real(MAX_ARGS);
		assert_int_equal(seen.calls, 0);
		assert_int_equal(call_result, RESULT);
	}
}

static void before(void **state)
{
	(void)state;
	flag = 1;
	call(graft_before_real_before);
	assert_handler(6);
	assert_int_equal(seen.real_calls, 0);
	assert_memory_equal(seen.args, call_args, 6 * sizeof *call_args);
	assert_real(MAX_ARGS);
	assert_int_equal(call_result, RESULT);
}

static void after(void **state)
{
	static const struct {
		void (*trampoline)(void);
		unsigned nr_args;
	} cases[] = {
	    {graft_after_real_after0, 0},
	    {graft_after_real_after5, 5},
	    {graft_after_real_after6, 6},
	    {graft_after_real_after12, 12},
	};

	(void)state;
	flag = 0x80; /* any bit counts */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		call(cases[i].trampoline);
		assert_real(cases[i].nr_args);
		assert_handler(cases[i].nr_args + 1);
		assert_int_equal(seen.real_calls, 1);
		assert_int_equal(seen.args[0], RESULT);
		assert_memory_equal(seen.args + 1, call_args, cases[i].nr_args * sizeof *call_args);
		assert_int_equal(call_result, RESULT);
	}
}

static void wrap(void **state)
{
	(void)state;
	call(graft_wrap_real_wrap9);
	assert_handler(9);
	assert_memory_equal(seen.args, call_args, 9 * sizeof *call_args);
	assert_int_equal(real_calls, 0);
	assert_int_equal(call_result, HANDLER_RESULT);
}

/* A void function leaves the result's register alone, perhaps: so must its trampoline. */
static void wrap_void(void **state)
{
	(void)state;
	call(graft_wrap_real_void);
	assert_handler(0);
	assert_int_equal(call_result, 0x5555);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(off),  cmocka_unit_test(before),	 cmocka_unit_test(after),
	    cmocka_unit_test(wrap), cmocka_unit_test(wrap_void),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
