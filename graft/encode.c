/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "encode.h"

#include <string.h>

/* x86 files are little-endian; the structures are copied as the host has them. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "graft runs on little-endian hosts");

size_t encoded_phdr_size(bool is64)
{
	return is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

size_t encoded_shdr_size(bool is64)
{
	return is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

size_t encoded_sym_size(bool is64)
{
	return is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

void encode_ehdr(bool is64, const GElf_Ehdr *ehdr, void *out)
{
	Elf32_Ehdr small = {
	    .e_type = ehdr->e_type,
	    .e_machine = ehdr->e_machine,
	    .e_version = ehdr->e_version,
	    .e_entry = (Elf32_Addr)ehdr->e_entry,
	    .e_phoff = (Elf32_Off)ehdr->e_phoff,
	    .e_shoff = (Elf32_Off)ehdr->e_shoff,
	    .e_flags = ehdr->e_flags,
	    .e_ehsize = ehdr->e_ehsize,
	    .e_phentsize = ehdr->e_phentsize,
	    .e_phnum = ehdr->e_phnum,
	    .e_shentsize = ehdr->e_shentsize,
	    .e_shnum = ehdr->e_shnum,
	    .e_shstrndx = ehdr->e_shstrndx,
	};

	memcpy(small.e_ident, ehdr->e_ident, EI_NIDENT);
	memcpy(out, is64 ? (const void *)ehdr : &small, is64 ? sizeof *ehdr : sizeof small);
}

void encode_phdr(bool is64, const GElf_Phdr *phdr, void *out)
{
	Elf32_Phdr small = {
	    .p_type = phdr->p_type,
	    .p_offset = (Elf32_Off)phdr->p_offset,
	    .p_vaddr = (Elf32_Addr)phdr->p_vaddr,
	    .p_paddr = (Elf32_Addr)phdr->p_paddr,
	    .p_filesz = (Elf32_Word)phdr->p_filesz,
	    .p_memsz = (Elf32_Word)phdr->p_memsz,
	    .p_flags = phdr->p_flags,
	    .p_align = (Elf32_Word)phdr->p_align,
	};

	memcpy(out, is64 ? (const void *)phdr : &small, encoded_phdr_size(is64));
}

void encode_shdr(bool is64, const GElf_Shdr *shdr, void *out)
{
	Elf32_Shdr small = {
	    .sh_name = shdr->sh_name,
	    .sh_type = shdr->sh_type,
	    .sh_flags = (Elf32_Word)shdr->sh_flags,
	    .sh_addr = (Elf32_Addr)shdr->sh_addr,
	    .sh_offset = (Elf32_Off)shdr->sh_offset,
	    .sh_size = (Elf32_Word)shdr->sh_size,
	    .sh_link = shdr->sh_link,
	    .sh_info = shdr->sh_info,
	    .sh_addralign = (Elf32_Word)shdr->sh_addralign,
	    .sh_entsize = (Elf32_Word)shdr->sh_entsize,
	};

	memcpy(out, is64 ? (const void *)shdr : &small, encoded_shdr_size(is64));
}

void encode_sym(bool is64, const GElf_Sym *sym, void *out)
{
	Elf32_Sym small = {
	    .st_name = sym->st_name,
	    .st_value = (Elf32_Addr)sym->st_value,
	    .st_size = (Elf32_Word)sym->st_size,
	    .st_info = sym->st_info,
	    .st_other = sym->st_other,
	    .st_shndx = sym->st_shndx,
	};

	memcpy(out, is64 ? (const void *)sym : &small, encoded_sym_size(is64));
}
