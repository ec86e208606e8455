/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trampoline.h"

#include "assembly.h"
#include "status.h"

#include <stdarg.h>
#include <stdlib.h>

void emit(FILE *out, const char *format, ...)
{
	va_list args;

	fputc('\t', out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

static void emit_trampoline(FILE *out, const struct hook *hook, const struct function_info *info,
			    bool is64)
{
	emit(out, ".globl %s", hook->entry);
	emit(out, ".type %s, @function", hook->entry);
	emit(out, ".balign 16");
	fprintf(out, "%s:\n", hook->entry);
	if (is64)
		emit_amd64(out, hook, info);
	else
		emit_i386(out, hook, info);
	emit(out, ".size %s, . - %s", hook->entry, hook->entry);
}

char *trampoline_source(struct hooks *hooks, const struct debuginfo *info, bool is64)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		exit(fail("out of memory"));
	emit(out, ".text");
	for (size_t i = 0; i < hooks->count; i++) {
		struct hook *hook = &hooks->all[i];

		if (hook->kind == HOOK_WRAP && !info->functions[i].own_unit_sites) {
			hook->entry = xstrdup(hook->handler);
			continue;
		}
		hook->entry = xformat("graft_%s_%s", hook_kind_name(hook->kind), hook->function);
		emit_trampoline(out, hook, &info->functions[i], is64);
	}
	emit(out, ".section .note.GNU-stack, \"\", @progbits");
	if (fclose(out))
		exit(fail("out of memory"));
	return text;
}
