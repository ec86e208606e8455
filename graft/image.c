/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096

static int unknown(const struct image *image, const char *what)
{
	return refuse("%s: unknown kernel layout: %s", image->path, what);
}

static int check_header(struct image *image)
{
	GElf_Ehdr *ehdr = &image->ehdr;

	if (elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, ehdr))
		return unknown(image, "not an ELF file");
	image->is64 = ehdr->e_ident[EI_CLASS] == ELFCLASS64;
	if (ehdr->e_machine != (image->is64 ? EM_X86_64 : EM_386))
		return unknown(image, "not an x86 kernel");
	if (ehdr->e_type != ET_EXEC)
		return unknown(image, "not a static executable");
	return STATUS_OK;
}

/* Finds .symtab; refuses a kernel without debug information or already grafted. */
static int check_sections(struct image *image)
{
	Elf_Scn *section = NULL;
	bool debug = false;
	size_t names;

	if (elf_getshdrstrndx(image->elf, &names) < 0)
		return unknown(image, "no section names");
	while ((section = elf_nextscn(image->elf, section))) {
		GElf_Shdr shdr;
		const char *name;

		if (!gelf_getshdr(section, &shdr))
			return unknown(image, "unreadable section headers");
		name = elf_strptr(image->elf, names, shdr.sh_name);
		if (shdr.sh_type == SHT_SYMTAB)
			image->symtab_section = elf_ndxscn(section);
		if (name && !strcmp(name, ".debug_info"))
			debug = true;
		if (name && !strcmp(name, ".graft"))
			return refuse("%s: already grafted (it has a .graft section)", image->path);
	}
	if (!image->symtab_section)
		return unknown(image, "no symbol table (is it the -dbg kernel?)");
	if (!debug)
		return unknown(image, "no debug information (is it the -dbg kernel?)");
	return STATUS_OK;
}

/* The blob goes behind _end: that must be the end of the highest segment. */
static int check_end(struct image *image)
{
	const struct symbol *end;
	uint64_t highest = 0;
	size_t count;

	if (symtab_find(&image->symbols, "_end", &end) != 1)
		return unknown(image, "no symbol _end");
	image->end = end->value;
	if (elf_getphdrnum(image->elf, &count) < 0)
		return unknown(image, "no program headers");
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr phdr;

		if (!gelf_getphdr(image->elf, (int)i, &phdr))
			return unknown(image, "unreadable program headers");
		if (phdr.p_type != PT_LOAD || phdr.p_vaddr + phdr.p_memsz <= highest)
			continue;
		highest = phdr.p_vaddr + phdr.p_memsz;
		image->phys_offset = phdr.p_vaddr - phdr.p_paddr;
	}
	if (image->end > highest || highest - image->end >= PAGE)
		return unknown(image, "_end is not the end of its highest segment");
	return STATUS_OK;
}

int image_open(struct image *image, const char *path)
{
	int status;

	*image = (struct image){.path = path};
	elf_version(EV_CURRENT);
	status = file_read(path, &image->file);
	if (status)
		return status;
	sha256_hex(image->file.data, image->file.size, image->sha256);
	image->elf = elf_memory((char *)image->file.data, image->file.size);
	if (!image->elf)
		return unknown(image, "not an ELF file");
	if ((status = check_header(image)) || (status = check_sections(image)))
		return status;
	status = symtab_load(&image->symbols, image->elf, image->symtab_section, path);
	return status ? status : check_end(image);
}

void image_close(struct image *image)
{
	symtab_free(&image->symbols);
	elf_end(image->elf);
	buffer_free(&image->file);
	*image = (struct image){0};
}

int64_t image_offset(const struct image *image, uint64_t address, size_t size)
{
	size_t count;

	if (elf_getphdrnum(image->elf, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr phdr;

		if (gelf_getphdr(image->elf, (int)i, &phdr) && phdr.p_type == PT_LOAD &&
		    address >= phdr.p_vaddr && size <= phdr.p_filesz &&
		    address - phdr.p_vaddr <= phdr.p_filesz - size &&
		    phdr.p_offset + phdr.p_filesz <= image->file.size)
			return (int64_t)(address - phdr.p_vaddr + phdr.p_offset);
	}
	return -1;
}
