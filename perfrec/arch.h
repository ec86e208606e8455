/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The widths of x86 a session can be of. */
#ifndef PERFREC_ARCH_H
#define PERFREC_ARCH_H

#include <stdint.h>

/* Places are below the build folder. */
struct arch {
	const char *name; /* for --arch, and in messages */
	const char *uts;  /* what the system calls the machine (uname -m): perf.data's arch */
	uint16_t machine; /* EM_* */
	uint8_t class;	  /* ELFCLASS* */
	const char *kernel;
	const char *agent;
	const char *workloads;	  /* the folder */
	uint64_t dwarf_registers; /* what perf asks for with --call-graph dwarf; PERF_REG_X86_* */
};

/* By its name; NULL: no such. */
const struct arch *arch_named(const char *name);

/* That of an ELF file of this machine and class; NULL: none. */
const struct arch *arch_of_elf(uint16_t machine, uint8_t class);

/* The one that it is if nothing says otherwise. */
const struct arch *arch_default(void);

#endif /* PERFREC_ARCH_H */
