/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files of the host: the workload, the agent, the kernel. */
#ifndef PERFREC_ELF_FILE_H
#define PERFREC_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"

#define MAX_BUILD_ID 20

struct elf_file {
	const uint8_t *bytes; /* mapped */
	size_t size;
	void *elf; /* libelf's */
	uint8_t build_id[MAX_BUILD_ID];
	uint8_t build_id_size; /* 0: none */
};

enum elf_status {
	ELF_FILE_OK,
	ELF_FILE_NO_FILE, /* errno says why */
	ELF_FILE_NOT_ELF,
};

/* Map a file and read its build-id; to be closed when it is ELF_FILE_OK. */
enum elf_status elf_file_open(struct elf_file *file, const char *path);

/* All 0 is nothing. */
void elf_file_close(struct elf_file *file);

/* The width it is of; NULL: it is of another machine. */
const struct arch *elf_file_arch(const struct elf_file *file);

/* Whether it is a program that is linked to its addresses (not relocatable). */
bool elf_file_runs(const struct elf_file *file);

/* Whether it has a note of this owner and type. */
bool elf_file_has_note(const struct elf_file *file, const char *owner, uint32_t type);

/* The addresses that a kernel's code takes up, from the first byte of its
   lowest executable segment to the last of its highest; segments that run
   where they were loaded (start-up code) left out.  false: there are none. */
bool elf_file_kernel_range(const struct elf_file *file, uint64_t *start, uint64_t *end);

/* The length bytes that are loaded at an address, as they stand in the file;
   NULL: not all of them are there. */
const void *elf_file_at(const struct elf_file *file, uint64_t address, size_t length);

#endif /* PERFREC_ELF_FILE_H */
