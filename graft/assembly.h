/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the trampolines' assembly, for each width of machine. */
#ifndef GRAFT_ASSEMBLY_H
#define GRAFT_ASSEMBLY_H

#include "debuginfo.h"
#include "hooks.h"

#include <stdio.h>

/* One line of assembly. */
void emit(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the body of a hook's trampoline, behind its label: AMD64 System V ABI. */
void emit_amd64(FILE *out, const struct hook *hook, const struct function_info *info);

/* The same for the i386 System V ABI: all arguments on the stack. */
void emit_i386(FILE *out, const struct hook *hook, const struct function_info *info);

#endif
