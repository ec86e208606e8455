/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include "encode.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

#define PAGE	    4096
#define TABLE_ALIGN 16

/* What is being built; the section tables are rewritten at the end of the file. */
struct output {
	struct buffer *file;
	const struct image *image;
	struct blob *blob;
	size_t blob_offset;
	GElf_Ehdr ehdr;
	GElf_Shdr *sections;
	size_t nr_sections;  /* of the kernel; ours follow */
	size_t strtab;	     /* index of the symbols' names */
	struct buffer names; /* .strtab */
	struct buffer section_names;
	struct buffer symbols;
};

static bool rewritten(const struct output *output, size_t index)
{
	return index == output->image->symtab_section || index == output->strtab ||
	       index == output->ehdr.e_shstrndx;
}

/* Whether a section's bytes are all in the file. */
static bool within(const struct image *image, const GElf_Shdr *shdr)
{
	return shdr->sh_size <= image->file.size &&
	       shdr->sh_offset <= image->file.size - shdr->sh_size;
}

static int read_sections(struct output *output)
{
	size_t count;

	if (elf_getshdrnum(output->image->elf, &count) < 0)
		return fail("%s: %s", output->image->path, elf_errmsg(-1));
	output->nr_sections = count;
	output->sections = xcalloc(count + output->blob->nr_sections, sizeof *output->sections);
	for (size_t i = 0; i < count; i++)
		if (!gelf_getshdr(elf_getscn(output->image->elf, i), &output->sections[i]))
			return fail("%s: %s", output->image->path, elf_errmsg(-1));
	output->strtab = output->sections[output->image->symtab_section].sh_link;
	if (output->strtab >= count || output->ehdr.e_shstrndx >= count)
		return refuse("%s: unknown kernel layout: no string table", output->image->path);
	for (size_t i = 0; i < count; i++)
		if (rewritten(output, i) && !within(output->image, &output->sections[i]))
			return refuse("%s: unknown kernel layout: truncated", output->image->path);
	if (output->strtab == output->ehdr.e_shstrndx)
		return refuse(
		    "%s: unknown kernel layout: one string table for symbols and sections",
		    output->image->path);
	return STATUS_OK;
}

/* Copies the kernel up to the end of what stays: headers, segments, sections not rewritten. */
static void copy_kernel(struct output *output)
{
	const struct image *image = output->image;
	size_t keep = output->ehdr.e_phoff + output->ehdr.e_phnum * encoded_phdr_size(image->is64);
	GElf_Phdr phdr;

	for (size_t i = 0; i < output->nr_sections; i++) {
		const GElf_Shdr *shdr = &output->sections[i];
		size_t end = shdr->sh_offset + shdr->sh_size;

		if (!rewritten(output, i) && shdr->sh_type != SHT_NOBITS && end > keep)
			keep = end;
	}
	for (int i = 0; gelf_getphdr(image->elf, i, &phdr); i++)
		if (phdr.p_offset + phdr.p_filesz > keep)
			keep = phdr.p_offset + phdr.p_filesz;
	if (keep > image->file.size)
		keep = image->file.size;
	buffer_append(output->file, image->file.data, keep);
}

/* End of the room behind the program headers: the first byte a segment or section uses. */
static size_t header_room(const struct output *output)
{
	size_t room = output->file->size;
	GElf_Phdr phdr;

	for (size_t i = 1; i < output->nr_sections; i++)
		if (output->sections[i].sh_offset < room && output->sections[i].sh_size)
			room = output->sections[i].sh_offset;
	for (int i = 0; gelf_getphdr(output->image->elf, i, &phdr); i++)
		if (phdr.p_filesz && phdr.p_offset < room && phdr.p_offset >= output->ehdr.e_phoff)
			room = phdr.p_offset;
	return room;
}

/* Appends a program header behind the last if it fits. */
static bool add_phdr(struct output *output, const GElf_Phdr *phdr)
{
	bool is64 = output->image->is64;
	size_t size = encoded_phdr_size(is64);
	size_t at = output->ehdr.e_phoff + output->ehdr.e_phnum * size;

	if (at + size > header_room(output))
		return false;
	encode_phdr(is64, phdr, output->file->data + at);
	output->ehdr.e_phnum++;
	return true;
}

static int add_segments(struct output *output)
{
	const struct blob *blob = output->blob;
	bool is64 = output->image->is64;
	size_t size = encoded_phdr_size(is64);
	GElf_Phdr load = {
	    .p_type = PT_LOAD,
	    .p_flags = PF_R | PF_W | PF_X,
	    .p_offset = output->blob_offset,
	    .p_vaddr = blob->base,
	    .p_paddr = blob->base - output->image->phys_offset,
	    .p_filesz = blob->bytes.size,
	    .p_memsz = blob->bytes.size,
	    .p_align = PAGE,
	};
	GElf_Phdr phdr;
	bool placed = false;

	for (int i = 0; !placed && gelf_getphdr(output->image->elf, i, &phdr); i++) {
		if (phdr.p_type != PT_GNU_STACK)
			continue;
		encode_phdr(is64, &load, output->file->data + output->ehdr.e_phoff + i * size);
		placed = true;
	}
	if (!placed && !add_phdr(output, &load))
		return refuse("%s: unknown kernel layout: no room for another program header",
			      output->image->path);
	for (size_t i = 0; i < blob->nr_sections; i++) {
		const GElf_Shdr *note = &blob->sections[i].shdr;
		size_t at = note->sh_addr - blob->base;

		if (note->sh_type == SHT_NOTE)
			add_phdr(output, &(GElf_Phdr){
					     .p_type = PT_NOTE,
					     .p_flags = PF_R,
					     .p_offset = output->blob_offset + at,
					     .p_vaddr = load.p_vaddr + at,
					     .p_paddr = load.p_paddr + at,
					     .p_filesz = note->sh_size,
					     .p_memsz = note->sh_size,
					     .p_align = 4,
					 });
	}
	return STATUS_OK;
}

static const void *section_bytes(const struct output *output, size_t index)
{
	return output->image->file.data + output->sections[index].sh_offset;
}

/* Number in the grafted image of a section of the blob, or 0. */
static size_t section_number(const struct output *output, size_t blob_index)
{
	for (size_t i = 0; i < output->blob->nr_sections; i++)
		if (output->blob->sections[i].index == blob_index)
			return output->nr_sections + i;
	return 0;
}

/* Appends our symbols of one binding; local ones must stand before the others. */
static void add_symbols(struct output *output, bool local)
{
	const struct symtab *symtab = &output->blob->symbols;

	for (size_t i = 0; i < symtab->count; i++) {
		const struct symbol *symbol = symtab->by_address[i];
		size_t section = section_number(output, symbol->section);
		GElf_Sym sym = {
		    .st_info = GELF_ST_INFO(symbol->bind, symbol->type),
		    .st_value = symbol->value,
		    .st_size = symbol->size,
		    .st_shndx = (GElf_Section)section,
		};
		size_t at;

		if (!section || (symbol->bind == STB_LOCAL) != local ||
		    (symbol->type != STT_FUNC && symbol->type != STT_OBJECT))
			continue;
		sym.st_name = (GElf_Word)buffer_append(&output->names, symbol->name,
						       strlen(symbol->name) + 1);
		at = buffer_append(&output->symbols, NULL, encoded_sym_size(output->image->is64));
		encode_sym(output->image->is64, &sym, output->symbols.data + at);
	}
}

/* The kernel's symbols with ours: locals of both, then globals of both. */
static void build_symbols(struct output *output)
{
	GElf_Shdr *shdr = &output->sections[output->image->symtab_section];
	const unsigned char *old = section_bytes(output, output->image->symtab_section);
	size_t entry = encoded_sym_size(output->image->is64);
	size_t locals = shdr->sh_info * entry;

	if (locals > shdr->sh_size)
		locals = shdr->sh_size;
	buffer_append(&output->names, section_bytes(output, output->strtab),
		      output->sections[output->strtab].sh_size);
	buffer_append(&output->symbols, old, locals);
	add_symbols(output, true);
	shdr->sh_info = (GElf_Word)(output->symbols.size / entry);
	buffer_append(&output->symbols, old + locals, shdr->sh_size - locals);
	add_symbols(output, false);
}

static void add_sections(struct output *output)
{
	size_t names = output->ehdr.e_shstrndx;

	buffer_append(&output->section_names, section_bytes(output, names),
		      output->sections[names].sh_size);
	for (size_t i = 0; i < output->blob->nr_sections; i++) {
		const struct blob_section *from = &output->blob->sections[i];
		GElf_Shdr *to = &output->sections[output->nr_sections + i];

		*to = from->shdr;
		if (to->sh_type == SHT_NOBITS)
			to->sh_type = SHT_PROGBITS;
		to->sh_offset = output->blob_offset + (to->sh_addr - output->blob->base);
		to->sh_name = (GElf_Word)buffer_append(&output->section_names, from->name,
						       strlen(from->name) + 1);
	}
}

static void place(struct output *output, size_t index, const struct buffer *bytes)
{
	buffer_align(output->file, TABLE_ALIGN);
	output->sections[index].sh_offset = buffer_append(output->file, bytes->data, bytes->size);
	output->sections[index].sh_size = bytes->size;
}

/* Tables at the end, and the header that finds them. */
static void finish(struct output *output)
{
	bool is64 = output->image->is64;
	size_t count = output->nr_sections + output->blob->nr_sections;
	size_t size = encoded_shdr_size(is64);

	place(output, output->image->symtab_section, &output->symbols);
	place(output, output->strtab, &output->names);
	place(output, output->ehdr.e_shstrndx, &output->section_names);
	buffer_align(output->file, TABLE_ALIGN);
	output->ehdr.e_shoff = buffer_append(output->file, NULL, count * size);
	output->ehdr.e_shnum = (GElf_Half)count;
	for (size_t i = 0; i < count; i++)
		encode_shdr(is64, &output->sections[i],
			    output->file->data + output->ehdr.e_shoff + i * size);
	encode_ehdr(is64, &output->ehdr, output->file->data);
}

static void set_build_id(struct output *output)
{
	size_t at = output->blob_offset + output->blob->build_id;
	char hex[SHA256_HEX];

	sha256_hex(output->file->data, output->file->size, hex);
	for (size_t i = 0; i < BUILD_ID_SIZE; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		output->file->data[at + i] = (unsigned char)strtoul(byte, NULL, 16);
	}
}

int output_build(struct buffer *out, const struct image *image, struct blob *blob)
{
	struct output output = {.file = out, .image = image, .blob = blob, .ehdr = image->ehdr};
	int status = read_sections(&output);

	if (!status) {
		copy_kernel(&output);
		output.blob_offset = buffer_align(out, PAGE);
		buffer_append(out, blob->bytes.data, blob->bytes.size);
		status = add_segments(&output);
	}
	if (!status) {
		build_symbols(&output);
		add_sections(&output);
		finish(&output);
		set_build_id(&output);
	}
	buffer_free(&output.names);
	buffer_free(&output.section_names);
	buffer_free(&output.symbols);
	free(output.sections);
	return status;
}
