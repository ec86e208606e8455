/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "exit_codes.h"

static void say_args(const char *format, va_list args)
{
	/* A progress line may stand there. */
	fputs(isatty(STDERR_FILENO) ? "\r\033[Kperfrec: " : "perfrec: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_args(format, args);
	va_end(args);
}

int fail(enum exit_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_args(format, args);
	va_end(args);
	return code;
}
