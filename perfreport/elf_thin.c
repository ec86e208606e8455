/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <gelf.h>
#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "elf_thin.h"

/* Compressed sections stay: libdw unpacks them all when it opens a file. */
static bool is_needless(const char *name, const GElf_Shdr *header)
{
	static const char *const needless[] = {
	    ".rodata",
	    ".data",
	    ".data.rel.ro",
	    ".gcc_except_table",
	    ".rela.dyn",
	    ".rel.dyn",
	    ".gnu.hash",
	    ".hash",
	    ".gdb_index",
	    ".debug_loc",
	    ".debug_loclists",
	    ".debug_pubnames",
	    ".debug_pubtypes",
	    ".debug_gnu_pubnames",
	    ".debug_gnu_pubtypes",
	    ".debug_macro",
	    ".debug_names",
	};

	if (header->sh_flags & (SHF_COMPRESSED | SHF_EXECINSTR) || header->sh_type == SHT_NOBITS)
		return false;
	for (size_t i = 0; i < sizeof needless / sizeof *needless; i++)
		if (strcmp(name, needless[i]) == 0)
			return true;
	return false;
}

static void copy(char *to, const char *from, size_t size, uint64_t offset, uint64_t length)
{
	if (offset < size)
		memcpy(to + offset, from + offset, length < size - offset ? length : size - offset);
}

static void clear(char *in, size_t size, uint64_t offset, uint64_t length)
{
	if (offset < size)
		memset(in + offset, 0, length < size - offset ? length : size - offset);
}

/* First what is needless is cleared, then what is needed put back: sections
   of a damaged file may overlap. */
static void thin(char *thin, const char *bytes, size_t size, Elf *elf, const GElf_Ehdr *ehdr)
{
	for (int put_back = 0; put_back < 2; put_back++) {
		Elf_Scn *section = NULL;
		GElf_Shdr header;

		while ((section = elf_nextscn(elf, section)) != NULL) {
			const char *name;

			if (gelf_getshdr(section, &header) == NULL)
				continue;
			name = elf_strptr(elf, ehdr->e_shstrndx, header.sh_name);
			if (!put_back && name != NULL && is_needless(name, &header))
				clear(thin, size, header.sh_offset, header.sh_size);
			if (put_back && header.sh_type != SHT_NOBITS &&
			    (name == NULL || !is_needless(name, &header)))
				copy(thin, bytes, size, header.sh_offset, header.sh_size);
		}
	}
	copy(thin, bytes, size, 0, sizeof(Elf64_Ehdr));
	copy(thin, bytes, size, ehdr->e_phoff, (uint64_t)ehdr->e_phnum * ehdr->e_phentsize);
	copy(thin, bytes, size, ehdr->e_shoff, (uint64_t)ehdr->e_shnum * ehdr->e_shentsize);
}

char *elf_thin(const char *bytes, size_t size)
{
	char *result = must_copy(bytes, size);
	GElf_Ehdr header;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, size);
	if (elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) != NULL)
		thin(result, bytes, size, elf, &header);
	if (elf != NULL)
		elf_end(elf);
	return result;
}

char *elf_head(const char *bytes, size_t size, size_t *head_size)
{
	size_t whole = sizeof(Elf64_Ehdr);
	char *head;

	*head_size = 0;
	head = must_calloc(whole, 1);
	if (size < whole || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return head;
	*head_size = whole;
	memcpy(head, bytes, whole);
	if (bytes[EI_CLASS] == ELFCLASS32) {
		Elf32_Ehdr *header = (Elf32_Ehdr *)head;

		header->e_phoff = header->e_shoff = 0;
		header->e_phnum = header->e_shnum = header->e_shstrndx = 0;
	} else {
		Elf64_Ehdr *header = (Elf64_Ehdr *)head;

		header->e_phoff = header->e_shoff = 0;
		header->e_phnum = header->e_shnum = header->e_shstrndx = 0;
	}
	return head;
}
