/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trampolines for 64-bit kernels. System V ABI, AMD64 supplement, 3.2. */
#include "assembly.h"

#define REGISTER_ARGS 6

/* 3.2.3: the registers of the first arguments. */
static const char *const arg_registers[REGISTER_ARGS] = {"%rdi", "%rsi", "%rdx",
							 "%rcx", "%r8",	 "%r9"};

/* Figure 3.4: what a called function may change; those of the result first. */
static const char *const caller_saved[] = {"%rax", "%rdx", "%rcx", "%rsi", "%rdi",
					   "%r8",  "%r9",  "%r10", "%r11"};

#define NR_CALLER_SAVED (sizeof caller_saved / sizeof *caller_saved)

/* Off, it is a test and a jump; on, a frame is set up. */
static void emit_start(FILE *out, const struct hook *hook)
{
	if (hook->flag) {
		emit(out, "cmpb $0, %s(%%rip)", hook->flag);
		emit(out, "jne 1f");
		emit(out, "jmp %s", hook->function);
		fprintf(out, "1:\n");
	}
	emit(out, "push %%rbp");
	emit(out, "mov %%rsp, %%rbp");
}

/* Where argument n (from 0) on the stack stands: behind the return address of the caller's. */
static int stack_arg(unsigned n)
{
	return 16 + 8 * (int)(n - REGISTER_ARGS);
}

/*
 * The handler runs with every caller-saved register kept, the stack is as it was, and the real
 * function is jumped to: it finds its arguments, those on the stack too, and returns to the caller.
 */
static void emit_before(FILE *out, const struct hook *hook)
{
	emit_start(out, hook);
	for (size_t i = 0; i < NR_CALLER_SAVED; i++)
		emit(out, "push %s", caller_saved[i]);
	emit(out, "sub $8, %%rsp"); /* 16-byte alignment: return address, frame pointer, 9, 1 */
	emit(out, "call %s", hook->handler);
	emit(out, "add $8, %%rsp");
	for (size_t i = NR_CALLER_SAVED; i-- > 0;)
		emit(out, "pop %s", caller_saved[i]);
	emit(out, "pop %%rbp");
	emit(out, "jmp %s", hook->function);
}

/* The handler in the function's place; all but the result's registers are kept. */
static void emit_wrap(FILE *out, const struct hook *hook, const struct function_info *info)
{
	size_t first = info->result_size == 0 ? 0 : info->result_size <= 8 ? 1 : 2;
	unsigned stacked = info->nr_args > REGISTER_ARGS ? info->nr_args - REGISTER_ARGS : 0;
	unsigned pad = (NR_CALLER_SAVED - first + stacked) % 2;

	emit_start(out, hook);
	for (size_t i = first; i < NR_CALLER_SAVED; i++)
		emit(out, "push %s", caller_saved[i]);
	if (pad)
		emit(out, "sub $8, %%rsp");
	for (unsigned i = REGISTER_ARGS + stacked; i-- > REGISTER_ARGS;)
		emit(out, "push %d(%%rbp)", stack_arg(i));
	emit(out, "call %s", hook->handler);
	if (pad + stacked)
		emit(out, "add $%u, %%rsp", 8 * (pad + stacked));
	for (size_t i = NR_CALLER_SAVED; i-- > first;)
		emit(out, "pop %s", caller_saved[i]);
	emit(out, "pop %%rbp");
	emit(out, "ret");
}

/* In the frame of after, down from %rbp: the 6 register arguments, ... */
static int after_arg(unsigned n)
{
	return n < REGISTER_ARGS ? -8 * (int)(n + 1) : stack_arg(n);
}

/* ... then the caller-saved registers as the real function left them, then a word of padding. */
static int after_saved(size_t n)
{
	return -8 * (int)(REGISTER_ARGS + 1 + n);
}

/* Pushes arguments last to first of an after trampoline, 16-byte aligned. Returns the bytes. */
static unsigned push_args(FILE *out, unsigned first, unsigned count)
{
	unsigned stacked = count > first ? count - first : 0;

	if (stacked % 2)
		emit(out, "sub $8, %%rsp");
	for (unsigned i = count; i > first; i--)
		emit(out, "push %d(%%rbp)", after_arg(i - 1));
	return 8 * (stacked + stacked % 2);
}

/*
 * Arguments on the stack are copied with push, memory to memory, so that no register changes on the
 * way to the real function.
 */
static void emit_after(FILE *out, const struct hook *hook)
{
	unsigned bytes;

	emit_start(out, hook);
	emit(out, "sub $%zu, %%rsp", 8 * (REGISTER_ARGS + NR_CALLER_SAVED + 1));
	for (unsigned i = 0; i < REGISTER_ARGS; i++)
		emit(out, "mov %s, %d(%%rbp)", arg_registers[i], after_arg(i));
	bytes = push_args(out, REGISTER_ARGS, hook->nr_args);
	emit(out, "call %s", hook->function);
	if (bytes)
		emit(out, "add $%u, %%rsp", bytes);
	for (size_t i = 0; i < NR_CALLER_SAVED; i++)
		emit(out, "mov %s, %d(%%rbp)", caller_saved[i], after_saved(i));
	push_args(out, REGISTER_ARGS - 1, hook->nr_args);
	emit(out, "mov %%rax, %s", arg_registers[0]);
	for (unsigned i = 1; i < REGISTER_ARGS && i <= hook->nr_args; i++)
		emit(out, "mov %d(%%rbp), %s", after_arg(i - 1), arg_registers[i]);
	emit(out, "call %s", hook->handler);
	for (size_t i = 0; i < NR_CALLER_SAVED; i++)
		emit(out, "mov %d(%%rbp), %s", after_saved(i), caller_saved[i]);
	emit(out, "leave");
	emit(out, "ret");
}

void emit_amd64(FILE *out, const struct hook *hook, const struct function_info *info)
{
	switch (hook->kind) {
	case HOOK_WRAP:
		emit_wrap(out, hook, info);
		break;
	case HOOK_BEFORE:
		emit_before(out, hook);
		break;
	case HOOK_AFTER:
		emit_after(out, hook);
		break;
	}
}
