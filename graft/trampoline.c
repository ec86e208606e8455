/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trampoline.h"

#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define REGISTER_ARGS 6

/* System V ABI, AMD64 supplement, 3.2.3: the registers of the first arguments. */
static const char *const arg_registers[REGISTER_ARGS] = {"%rdi", "%rsi", "%rdx",
							 "%rcx", "%r8",	 "%r9"};

/* The same, figure 3.4: what a called function may change; the result first. */
static const char *const caller_saved[] = {"%rax", "%rdx", "%rcx", "%rsi", "%rdi",
					   "%r8",  "%r9",  "%r10", "%r11"};

#define NR_CALLER_SAVED (sizeof caller_saved / sizeof *caller_saved)

static void emit(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void emit(FILE *out, const char *format, ...)
{
	va_list args;

	fputc('\t', out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

/* The start all trampolines share: off, it is a test and a jump. */
static void emit_start(FILE *out, const struct hook *hook)
{
	emit(out, ".globl %s", hook->entry);
	emit(out, ".type %s, @function", hook->entry);
	emit(out, ".balign 16");
	fprintf(out, "%s:\n", hook->entry);
	emit(out, "cmpb $0, %s(%%rip)", hook->flag);
	emit(out, "jne 1f");
	emit(out, "jmp %s", hook->function);
	fprintf(out, "1:\n");
	emit(out, "push %%rbp");
	emit(out, "mov %%rsp, %%rbp");
}

static void emit_end(FILE *out, const struct hook *hook)
{
	emit(out, ".size %s, . - %s", hook->entry, hook->entry);
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
	emit_end(out, hook);
}

/* Where argument n (from 0) of the hooked function stands in the frame of an after trampoline. */
static int arg_slot(unsigned n)
{
	if (n < REGISTER_ARGS)
		return -8 * (int)(n + 1);
	return 16 + 8 * (int)(n - REGISTER_ARGS); /* the caller's: behind the return address */
}

/* Makes room for n words of arguments on the stack, 16-byte aligned. Returns the bytes. */
static unsigned emit_room(FILE *out, unsigned n)
{
	if (n % 2)
		emit(out, "sub $8, %%rsp");
	return 8 * (n + n % 2);
}

/*
 * Frame, down from %rbp: the 6 register arguments, then the 9 caller-saved registers as the real
 * function left them, one word of padding.  Stack arguments are copied with push, memory to memory,
 * so that no register changes on the way.
 */
static void emit_after(FILE *out, const struct hook *hook)
{
	unsigned stacked = hook->nr_args > REGISTER_ARGS ? hook->nr_args - REGISTER_ARGS : 0;
	unsigned shifted =
	    hook->nr_args + 1 > REGISTER_ARGS ? hook->nr_args + 1 - REGISTER_ARGS : 0;
	unsigned room;

	emit_start(out, hook);
	emit(out, "sub $%zu, %%rsp", 8 * (REGISTER_ARGS + NR_CALLER_SAVED + 1));
	for (unsigned i = 0; i < REGISTER_ARGS; i++)
		emit(out, "mov %s, %d(%%rbp)", arg_registers[i], arg_slot(i));
	room = emit_room(out, stacked);
	for (unsigned i = hook->nr_args; i > REGISTER_ARGS; i--)
		emit(out, "push %d(%%rbp)", arg_slot(i - 1));
	emit(out, "call %s", hook->function);
	if (room)
		emit(out, "lea %u(%%rsp), %%rsp", room);
	for (size_t i = 0; i < NR_CALLER_SAVED; i++)
		emit(out, "mov %s, %d(%%rbp)", caller_saved[i], -8 * (int)(REGISTER_ARGS + 1 + i));
	emit_room(out, shifted);
	for (unsigned i = hook->nr_args; i + 1 > REGISTER_ARGS; i--)
		emit(out, "push %d(%%rbp)", arg_slot(i - 1));
	emit(out, "mov %%rax, %s", arg_registers[0]);
	for (unsigned i = 1; i < REGISTER_ARGS && i <= hook->nr_args; i++)
		emit(out, "mov %d(%%rbp), %s", arg_slot(i - 1), arg_registers[i]);
	emit(out, "call %s", hook->handler);
	for (size_t i = 0; i < NR_CALLER_SAVED; i++)
		emit(out, "mov %d(%%rbp), %s", -8 * (int)(REGISTER_ARGS + 1 + i), caller_saved[i]);
	emit(out, "leave");
	emit(out, "ret");
	emit_end(out, hook);
}

char *trampoline_source(struct hooks *hooks, bool is64)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)is64;
	if (!out)
		exit(fail("out of memory"));
	emit(out, ".text");
	for (size_t i = 0; i < hooks->count; i++) {
		struct hook *hook = &hooks->all[i];

		if (hook->kind == HOOK_WRAP) {
			hook->entry = xstrdup(hook->handler);
			continue;
		}
		hook->entry = xformat("graft_%s_%s", hook_kind_name(hook->kind), hook->function);
		if (hook->kind == HOOK_BEFORE)
			emit_before(out, hook);
		else
			emit_after(out, hook);
	}
	emit(out, ".section .note.GNU-stack, \"\", @progbits");
	if (fclose(out))
		exit(fail("out of memory"));
	return text;
}
