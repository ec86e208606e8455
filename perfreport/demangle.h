/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of C++ and Rust as people write them.
 */
#ifndef PERFREPORT_DEMANGLE_H
#define PERFREPORT_DEMANGLE_H

/* The readable form of a symbol's name, without parameters, as stock perf
   prints it; free() it.  NULL: the name is not a mangled one, or we were
   built without libiberty. */
char *demangle(const char *name);

#endif /* PERFREPORT_DEMANGLE_H */
