/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "encode.h"
#include "output.h"
#include "status.h"

#include <stdlib.h>

#define PAGE	  4096
#define MAX_LOADS 16

static int order_by_address(const void *a, const void *b)
{
	const GElf_Phdr *x = a, *y = b;

	return x->p_paddr < y->p_paddr ? -1 : x->p_paddr > y->p_paddr;
}

/* The loaded segments in order of physical address. Returns how many, 0 when they do not fit. */
static size_t collect(Elf *elf, size_t file_size, GElf_Phdr loads[MAX_LOADS])
{
	size_t count = 0;
	GElf_Phdr phdr;

	for (int i = 0; gelf_getphdr(elf, i, &phdr); i++) {
		if (phdr.p_type != PT_LOAD)
			continue;
		if (count == MAX_LOADS || phdr.p_paddr + phdr.p_memsz > UINT32_MAX ||
		    phdr.p_offset + phdr.p_filesz > file_size)
			return 0;
		loads[count++] = phdr;
	}
	qsort(loads, count, sizeof *loads, order_by_address);
	return count;
}

int output_elf32(struct buffer *out, const struct buffer *grafted, const char *path)
{
	Elf *elf = elf_memory((char *)grafted->data, grafted->size);
	GElf_Phdr loads[MAX_LOADS];
	GElf_Ehdr ehdr;
	size_t count;

	if (!elf || !gelf_getehdr(elf, &ehdr) || !(count = collect(elf, grafted->size, loads))) {
		elf_end(elf);
		return refuse("%s: its segments do not fit the 32-bit address space", path);
	}
	elf_end(elf);
	ehdr.e_ident[EI_CLASS] = ELFCLASS32;
	ehdr.e_machine = EM_386;
	ehdr.e_ehsize = sizeof(Elf32_Ehdr);
	ehdr.e_phoff = sizeof(Elf32_Ehdr);
	ehdr.e_phentsize = sizeof(Elf32_Phdr);
	ehdr.e_phnum = (GElf_Half)count;
	ehdr.e_shoff = ehdr.e_shnum = ehdr.e_shstrndx = 0;
	ehdr.e_shentsize = sizeof(Elf32_Shdr);
	buffer_append(out, NULL, sizeof(Elf32_Ehdr) + count * sizeof(Elf32_Phdr));
	encode_ehdr(false, &ehdr, out->data);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr *load = &loads[i];
		const unsigned char *bytes = grafted->data + load->p_offset;

		buffer_align(out, PAGE);
		buffer_append(out, NULL, load->p_paddr % PAGE);
		load->p_vaddr = load->p_paddr;
		load->p_offset = buffer_append(out, bytes, load->p_filesz);
		load->p_align = PAGE;
		encode_phdr(false, load, out->data + ehdr.e_phoff + i * sizeof(Elf32_Phdr));
	}
	return STATUS_OK;
}
