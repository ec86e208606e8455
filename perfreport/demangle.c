/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "demangle.h"

#if HAVE_LIBIBERTY
#include <libiberty/demangle.h>

char *demangle(const char *name)
{
	/* Others, "main" say, would be taken for names of other languages. */
	if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
		return NULL;
	return cplus_demangle(name, DMGL_NO_OPTS);
}
#else
char *demangle(const char *name)
{
	(void)name;
	return NULL;
}
#endif
