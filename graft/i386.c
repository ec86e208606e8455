/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trampolines for 32-bit kernels. System V ABI, Intel386 supplement, chapter 3. */
#include "assembly.h"

/* What a called function may change; those of the result first. */
static const char *const caller_saved[] = {"%eax", "%edx", "%ecx"};

#define NR_CALLER_SAVED (sizeof caller_saved / sizeof *caller_saved)

static void emit_start(FILE *out, const struct hook *hook)
{
	if (hook->flag) {
		emit(out, "cmpb $0, %s", hook->flag);
		emit(out, "jne 1f");
		emit(out, "jmp %s", hook->function);
		fprintf(out, "1:\n");
	}
	emit(out, "push %%ebp");
	emit(out, "mov %%esp, %%ebp");
}

/* Copies the caller's arguments: they stand behind its frame pointer and return address. */
static void push_args(FILE *out, unsigned words)
{
	for (unsigned i = words; i > 0; i--)
		emit(out, "push %u(%%ebp)", 8 + 4 * (i - 1));
}

static void call(FILE *out, const char *function, unsigned words)
{
	emit(out, "call %s", function);
	if (words)
		emit(out, "add $%u, %%esp", 4 * words);
}

static void save(FILE *out, size_t first)
{
	for (size_t i = first; i < NR_CALLER_SAVED; i++)
		emit(out, "push %s", caller_saved[i]);
}

static void restore(FILE *out, size_t first)
{
	for (size_t i = NR_CALLER_SAVED; i-- > first;)
		emit(out, "pop %s", caller_saved[i]);
	emit(out, "pop %%ebp");
}

static void emit_before(FILE *out, const struct hook *hook, unsigned words)
{
	save(out, 0);
	push_args(out, words);
	call(out, hook->handler, words);
	restore(out, 0);
	emit(out, "jmp %s", hook->function);
}

static void emit_wrap(FILE *out, const struct hook *hook, const struct function_info *info)
{
	size_t first = info->result_size == 0 ? 0 : info->result_size <= 4 ? 1 : 2;

	save(out, first);
	push_args(out, info->arg_words);
	call(out, hook->handler, info->arg_words);
	restore(out, first);
	emit(out, "ret");
}

static void emit_after(FILE *out, const struct hook *hook, const struct function_info *info)
{
	unsigned result = info->result_size > 4 ? 2 : 1;

	push_args(out, info->arg_words);
	call(out, hook->function, info->arg_words);
	save(out, 0);
	push_args(out, info->arg_words);
	for (unsigned i = result; i > 0; i--)
		emit(out, "push %s", caller_saved[i - 1]);
	call(out, hook->handler, info->arg_words + result);
	restore(out, 0);
	emit(out, "ret");
}

void emit_i386(FILE *out, const struct hook *hook, const struct function_info *info)
{
	emit_start(out, hook);
	switch (hook->kind) {
	case HOOK_WRAP:
		emit_wrap(out, hook, info);
		break;
	case HOOK_BEFORE:
		emit_before(out, hook, info->found ? info->arg_words : hook->nr_args);
		break;
	case HOOK_AFTER:
		emit_after(out, hook, info);
		break;
	}
}
