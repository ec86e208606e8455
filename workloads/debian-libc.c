/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Debian's prebuilt libz.a and libsqlite3.a want of a C library beyond
 * what the runtime has.  One thread, no files, no floating point functions:
 * what these workloads never call ends the program, by its name.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);
void *__memmove_chk(void *to, const void *from, size_t size, size_t room);
void *__memset_chk(void *to, int value, size_t size, size_t room);
char *strchrnul(const char *text, int character);
_Noreturn void __stack_chk_fail(void);

static _Noreturn void end(const char *what)
{
	dprintf(2, "%s\n", what);
	abort();
}

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room)
{
	if (size > room)
		end("memcpy over the end of an object");
	return memcpy(to, from, size);
}

void *__memmove_chk(void *to, const void *from, size_t size, size_t room)
{
	if (size > room)
		end("memmove over the end of an object");
	return memmove(to, from, size);
}

void *__memset_chk(void *to, int value, size_t size, size_t room)
{
	if (size > room)
		end("memset over the end of an object");
	return memset(to, value, size);
}

void __stack_chk_fail(void)
{
	end("the stack protector's value is not what it was");
}

char *strchrnul(const char *text, int character)
{
	while (*text != '\0' && *text != (char)character)
		text++;
	return (char *)text;
}

/* The one thread has every mutex already. */
#define GRANTED(name)                                                                              \
	int name(void);                                                                            \
	int name(void)                                                                             \
	{                                                                                          \
		return 0;                                                                          \
	}

GRANTED(pthread_mutex_init)
GRANTED(pthread_mutex_destroy)
GRANTED(pthread_mutex_lock)
GRANTED(pthread_mutex_trylock)
GRANTED(pthread_mutex_unlock)
GRANTED(pthread_mutexattr_init)
GRANTED(pthread_mutexattr_destroy)
GRANTED(pthread_mutexattr_settype)

#define MISSING(name)                                                                              \
	_Noreturn void missing_##name(void) __asm__(#name);                                        \
	void missing_##name(void)                                                                  \
	{                                                                                          \
		end(#name "() is not to be had in this workload");                                 \
	}

MISSING(acos)
MISSING(acosh)
MISSING(asin)
MISSING(asinh)
MISSING(atan)
MISSING(atan2)
MISSING(atanh)
MISSING(cos)
MISSING(cosh)
MISSING(exp)
MISSING(fmod)
MISSING(localtime_r)
MISSING(log)
MISSING(log10)
MISSING(log2)
MISSING(pow)
MISSING(pthread_create)
MISSING(pthread_join)
MISSING(qsort)
MISSING(sin)
MISSING(sinh)
MISSING(sqrt)
MISSING(strtod)
MISSING(tan)
MISSING(tanh)
MISSING(trunc)
