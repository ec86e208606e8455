/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blob.h"

#include "status.h"
#include "undefined.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096

static const char note_section[] = ".note.gnu.build-id";

/* Symbols the linker script itself defines. */
static const char *const own_symbols[] = {"graft_start", "graft_end", "graft_build_id"};

static const char sections[] =
    "SECTIONS\n"
    "{\n"
    "  . = %#" PRIx64 ";\n"
    "  .graft : { graft_start = .; *(.text .text.*) *(.plt .iplt) }\n"
    "  .note.gnu.build-id : { *(.note.gnu.build-id) graft_build_id = . - 20; }\n"
    "  .graft.rodata : { *(.rodata .rodata.*) }\n"
    "  .graft.data : { *(.data .data.*) *(.got .got.plt .igot .igot.plt) *(.bss .bss.* COMMON) . = "
    "ALIGN(16); "
    "graft_end = .; }\n"
    "  /DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame) *(.rela.*) *(.rel.*) }\n"
    "}\n";

static bool is_own(const char *name)
{
	for (size_t i = 0; i < sizeof own_symbols / sizeof *own_symbols; i++)
		if (!strcmp(name, own_symbols[i]))
			return true;
	return false;
}

/* Writes "name = address;" for each name the kernel has to provide. */
static int resolve(FILE *script, const struct image *image, const struct names *undefined)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < undefined->count; i++) {
		const char *name = undefined->all[i];
		const struct symbol *symbol;
		size_t addresses;

		if (is_own(name))
			continue;
		addresses = symtab_find(&image->symbols, name, &symbol);
		if (!addresses)
			status = refuse("undefined symbol %s: neither the objects nor %s have it",
					name, image->path);
		else if (addresses > 1)
			status = refuse("ambiguous symbol %s: %s has %zu of them", name,
					image->path, addresses);
		else
			fprintf(script, "%s = %#" PRIx64 ";\n", name, symbol->value);
	}
	return status;
}

static int write_script(const struct blob *blob, const struct image *image, char *const *objects,
			size_t nr_objects, const char *path)
{
	struct names undefined;
	char *text = NULL;
	size_t size;
	FILE *script;
	int status = undefined_names(&undefined, image, objects, nr_objects);

	script = status ? NULL : open_memstream(&text, &size);
	if (script) {
		status = resolve(script, image, &undefined);
		fprintf(script, sections, blob->base);
		if (fclose(script) && !status)
			status = fail("out of memory");
		if (!status)
			status = file_write(path, text, size, 0666);
		free(text);
	}
	names_free(&undefined);
	return status;
}

static int assemble(const struct image *image, const struct scratch *scratch, const char *source,
		    const char *object)
{
	char *path = scratch_path(scratch, "trampolines.s");
	const char *const argv[] = {"as", image->is64 ? "--64" : "--32", "-o", object, path, NULL};
	int status = file_write(path, source, strlen(source), 0666);

	if (!status)
		status = tool_run(scratch, "binutils", argv, NULL);
	free(path);
	return status;
}

static int run_ld(const struct blob *blob, const struct image *image, const struct scratch *scratch,
		  const char *script, char *const *objects, size_t nr_objects, const char *map)
{
	char *map_option = map ? xformat("-Map=%s", map) : xstrdup("--no-print-map-discarded");
	const char *const options[] = {
	    "ld",
	    "-m",
	    image->is64 ? "elf_x86_64" : "elf_i386",
	    "-static",
	    "-nostdlib",
	    "--strip-debug",
	    "--fatal-warnings",
	    "--no-warn-rwx-segments",
	    "--orphan-handling=error",
	    "--build-id=0x0000000000000000000000000000000000000000",
	    "-z",
	    "max-page-size=4096",
	    map_option,
	    "-T",
	    script,
	    "-o",
	    blob->path,
	};
	size_t nr_options = sizeof options / sizeof *options;
	const char **argv = xcalloc(nr_options + nr_objects + 1, sizeof *argv);
	int status;

	memcpy(argv, options, sizeof options);
	for (size_t i = 0; i < nr_objects; i++)
		argv[nr_options + i] = objects[i];
	status = tool_run(scratch, "binutils", argv, NULL);
	free(argv);
	free(map_option);
	return status;
}

/* Copies one loaded section to its place in blob->bytes; what is between is zero. */
static void load_section(struct blob *blob, Elf_Scn *section, const GElf_Shdr *shdr)
{
	size_t at = shdr->sh_addr - blob->base;
	Elf_Data *data = elf_rawdata(section, NULL);

	if (at + shdr->sh_size > blob->bytes.size)
		buffer_append(&blob->bytes, NULL, at + shdr->sh_size - blob->bytes.size);
	if (shdr->sh_type != SHT_NOBITS && data && data->d_size)
		memcpy(blob->bytes.data + at, data->d_buf, data->d_size);
}

static int load(struct blob *blob)
{
	Elf_Scn *section = NULL;
	size_t symtab = 0;
	size_t names;
	int status = file_read(blob->path, &blob->file);

	if (status)
		return status;
	blob->elf = elf_memory((char *)blob->file.data, blob->file.size);
	if (!blob->elf || elf_getshdrstrndx(blob->elf, &names) < 0)
		return fail("%s: %s", blob->path, elf_errmsg(-1));
	while ((section = elf_nextscn(blob->elf, section))) {
		struct blob_section entry = {.index = elf_ndxscn(section)};

		if (!gelf_getshdr(section, &entry.shdr))
			return fail("%s: %s", blob->path, elf_errmsg(-1));
		entry.name = elf_strptr(blob->elf, names, entry.shdr.sh_name);
		if (entry.shdr.sh_type == SHT_SYMTAB)
			symtab = entry.index;
		if (!(entry.shdr.sh_flags & SHF_ALLOC) || !entry.shdr.sh_size)
			continue;
		load_section(blob, section, &entry.shdr);
		if (!strcmp(entry.name, note_section))
			blob->build_id =
			    entry.shdr.sh_addr + entry.shdr.sh_size - BUILD_ID_SIZE - blob->base;
		blob->sections =
		    xrealloc(blob->sections, (blob->nr_sections + 1) * sizeof *blob->sections);
		blob->sections[blob->nr_sections++] = entry;
	}
	return symtab_load(&blob->symbols, blob->elf, symtab, blob->path);
}

int blob_link(struct blob *blob, const struct image *image, const struct scratch *scratch,
	      const char *trampolines, char *const *objects, size_t nr_objects, const char *map)
{
	char **all = xcalloc(nr_objects + 1, sizeof *all);
	char *script = scratch_path(scratch, "graft.lds");
	int status;

	*blob = (struct blob){
	    .path = scratch_path(scratch, "graft.elf"),
	    .base = (image->end + PAGE - 1) & ~(uint64_t)(PAGE - 1),
	};
	for (size_t i = 0; i < nr_objects; i++)
		all[i] = objects[i];
	all[nr_objects] = scratch_path(scratch, "trampolines.o");
	status = assemble(image, scratch, trampolines, all[nr_objects]);
	if (!status)
		status = write_script(blob, image, all, nr_objects + 1, script);
	if (!status)
		status = run_ld(blob, image, scratch, script, all, nr_objects + 1, map);
	if (!status)
		status = load(blob);
	free(all[nr_objects]);
	free(all);
	free(script);
	return status;
}

void blob_free(struct blob *blob)
{
	symtab_free(&blob->symbols);
	elf_end(blob->elf);
	buffer_free(&blob->file);
	buffer_free(&blob->bytes);
	free(blob->sections);
	free(blob->path);
	*blob = (struct blob){0};
}
