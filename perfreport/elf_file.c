/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"

bool build_id_equal(const struct build_id *a, const struct build_id *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void read_build_id(struct elf_file *file, Elf_Scn *section)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t at = 0, next, name, desc;
	GElf_Nhdr note;

	if (data == NULL)
		return;
	while ((next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;

		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof "GNU" &&
		    memcmp(bytes + name, "GNU", sizeof "GNU") == 0 &&
		    note.n_descsz <= BUILD_ID_MAX) {
			file->build_id.size = note.n_descsz;
			memcpy(file->build_id.bytes, bytes + desc, note.n_descsz);
			return;
		}
		at = next;
	}
}

static const char *section_name(const struct elf_file *file, const GElf_Shdr *header)
{
	const char *name = elf_strptr(file->elf, file->header.e_shstrndx, header->sh_name);

	return name ? name : "";
}

Elf_Scn *elf_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(file->elf, section)) != NULL)
		if (gelf_getshdr(section, header) != NULL &&
		    strcmp(section_name(file, header), name) == 0)
			return section;
	return NULL;
}

const char *elf_debuglink(const struct elf_file *file, uint32_t *crc)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_section(file, ".gnu_debuglink", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	size_t length, at;

	if (data == NULL || data->d_size == 0)
		return NULL;
	length = strnlen(data->d_buf, data->d_size);
	at = (length + 1 + 3) / 4 * 4;
	if (length == 0 || strchr(data->d_buf, '/') != NULL || at + sizeof *crc > data->d_size)
		return NULL;
	memcpy(crc, (const char *)data->d_buf + at, sizeof *crc);
	return data->d_buf;
}

static void find_sections(struct elf_file *file)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section)) != NULL) {
		if (gelf_getshdr(section, &header) == NULL)
			continue;
		if (header.sh_type == SHT_SYMTAB && file->symtab == NULL)
			file->symtab = section;
		else if (header.sh_type == SHT_DYNSYM && file->dynsym == NULL)
			file->dynsym = section;
		else if (header.sh_type == SHT_NOTE && file->build_id.size == 0)
			read_build_id(file, section);
		else if (header.sh_type == SHT_PROGBITS && header.sh_flags & SHF_EXECINSTR)
			file->has_code = true;
		else if (header.sh_type == SHT_PROGBITS &&
			 strcmp(section_name(file, &header), ".debug_info") == 0)
			file->has_dwarf = true;
	}
}

/* False: there is no such file; one that is no ELF file may have no elf. */
static bool begin(struct elf_file *file, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		file->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	/* A recording may name more files than a process may have open. */
	if (file->elf != NULL && elf_cntl(file->elf, ELF_C_FDREAD) != 0)
		elf_file_close(file);
	close(fd);
	return true;
}

static bool begin_in_bundle(struct elf_file *file, const struct bundle *bundle, const char *path)
{
	/* libelf notes in the file itself which sections it has unpacked. */
	file->map = bundle_map(bundle, path, &file->map_size);
	if (file->map == NULL)
		return bundle_find(bundle, path, &file->map_size) != NULL;
	file->elf = elf_memory(file->map, file->map_size);
	return true;
}

bool elf_file_open(struct elf_file *file, const struct bundle *bundle, const char *path,
		   const char **why)
{
	memset(file, 0, sizeof *file);
	elf_version(EV_CURRENT);
	if (!(bundle ? begin_in_bundle(file, bundle, path) : begin(file, path))) {
		*why = "no such file";
		return false;
	}
	if (file->elf == NULL || elf_kind(file->elf) != ELF_K_ELF ||
	    gelf_getehdr(file->elf, &file->header) == NULL) {
		*why = "not an ELF file";
		elf_file_close(file);
		return false;
	}
	find_sections(file);
	return true;
}

void elf_file_close(struct elf_file *file)
{
	if (file->elf != NULL)
		elf_end(file->elf);
	file->elf = NULL;
	if (file->map != NULL)
		munmap(file->map, file->map_size);
	file->map = NULL;
}

void kernel_layout_free(struct kernel_layout *layout)
{
	for (size_t i = 0; i < layout->nr_sections; i++) {
		free(layout->sections[i].name);
		symtab_free(&layout->sections[i].symbols);
	}
	free(layout->sections);
	memset(layout, 0, sizeof *layout);
}
