/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of an ELF file the loader needs. */
#ifndef AGENT_ELF_H
#define AGENT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_MAX_SEGMENTS 16
#define ELF_BUILD_ID_MAX 20

/* Protections: the values of VM_PROT_* and of PROT_* alike. */
#define ELF_PROT_READ	 1
#define ELF_PROT_WRITE	 2
#define ELF_PROT_EXECUTE 4

struct elf_segment {
	uint64_t address;     /* of its first byte */
	uint64_t memory_size; /* what is beyond file_size is zero */
	uint64_t offset, file_size;
	unsigned prot;
};

struct elf_image {
	const char *bytes;
	uint64_t entry;
	struct elf_segment segments[ELF_MAX_SEGMENTS];
	unsigned nr_segments;
	struct elf_segment tls; /* memory_size 0 without one */
	uint64_t tls_align;
	unsigned char build_id[ELF_BUILD_ID_MAX];
	unsigned build_id_size; /* 0 without one */
};

enum elf_machine {
	ELF_X86_64,
	ELF_I386,
};

/* Look at the SIZE bytes of a program of MACHINE for a Mach task that may use
   the addresses from LOW up to HIGH.  NULL, or why it cannot be loaded, in a few
   words.  Format: System V ABI, chapters 4 and 5, and its supplements for both
   machines. */
const char *elf_parse(const char *bytes, size_t size, enum elf_machine machine, uint64_t low,
		      uint64_t high, struct elf_image *image);

#endif
