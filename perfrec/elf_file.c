/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading ELF files, by libelf. */
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <errno.h>

#include "elf_file.h"

/* What a note is looked for by, and what was found. */
struct note {
	const char *owner;
	uint32_t type;
	const uint8_t *contents;
	size_t size;
};

static bool find_in_data(Elf_Data *data, struct note *wanted)
{
	size_t offset = 0, next, name, contents;
	GElf_Nhdr header;

	while (data && (next = gelf_getnote(data, offset, &header, &name, &contents)) > 0) {
		const char *owner = (const char *)data->d_buf + name;

		if (header.n_type == wanted->type && header.n_namesz == strlen(wanted->owner) + 1 &&
		    !memcmp(owner, wanted->owner, header.n_namesz)) {
			wanted->contents = (const uint8_t *)data->d_buf + contents;
			wanted->size = header.n_descsz;
			return true;
		}
		offset = next;
	}
	return false;
}

/* Look in the sections, and in the segments of a file without sections. */
static bool find_note(Elf *elf, struct note *wanted)
{
	Elf_Scn *section = NULL;
	GElf_Phdr segment;
	GElf_Shdr header;
	size_t nr, i;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_NOTE &&
		    find_in_data(elf_getdata(section, NULL), wanted))
			return true;
	if (elf_getphdrnum(elf, &nr))
		return false;
	for (i = 0; i < nr; i++)
		if (gelf_getphdr(elf, i, &segment) && segment.p_type == PT_NOTE &&
		    find_in_data(
			elf_getdata_rawchunk(elf, segment.p_offset, segment.p_filesz, ELF_T_NHDR),
			wanted))
			return true;
	return false;
}

/* Map the whole file; false: errno says why. */
static bool map_file(struct elf_file *file, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	struct stat status;
	void *bytes = MAP_FAILED;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		file->size = status.st_size;
		bytes = file->size ? mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	} else if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
	}
	error = errno;
	close(fd);
	errno = error;
	file->bytes = bytes == MAP_FAILED ? NULL : bytes;
	return bytes != MAP_FAILED;
}

enum elf_status elf_file_open(struct elf_file *file, const char *path)
{
	struct note build_id = {.owner = ELF_NOTE_GNU, .type = NT_GNU_BUILD_ID};

	memset(file, 0, sizeof(*file));
	if (!map_file(file, path))
		return ELF_FILE_NO_FILE;
	elf_version(EV_CURRENT);
	file->elf = file->size ? elf_memory((char *)file->bytes, file->size) : NULL;
	if (!file->elf || elf_kind(file->elf) != ELF_K_ELF) {
		elf_file_close(file);
		return ELF_FILE_NOT_ELF;
	}
	if (find_note(file->elf, &build_id) && build_id.size <= sizeof(file->build_id)) {
		memcpy(file->build_id, build_id.contents, build_id.size);
		file->build_id_size = build_id.size;
	}
	return ELF_FILE_OK;
}

void elf_file_close(struct elf_file *file)
{
	elf_end(file->elf);
	if (file->bytes)
		munmap((void *)file->bytes, file->size);
	memset(file, 0, sizeof(*file));
}

const struct arch *elf_file_arch(const struct elf_file *file)
{
	GElf_Ehdr header;

	if (!gelf_getehdr(file->elf, &header))
		return NULL;
	return arch_of_elf(header.e_machine, header.e_ident[EI_CLASS]);
}

bool elf_file_runs(const struct elf_file *file)
{
	GElf_Ehdr header;

	return gelf_getehdr(file->elf, &header) && header.e_type == ET_EXEC;
}

bool elf_file_has_note(const struct elf_file *file, const char *owner, uint32_t type)
{
	struct note wanted = {.owner = owner, .type = type};

	return find_note(file->elf, &wanted);
}

bool elf_file_kernel_range(const struct elf_file *file, uint64_t *start, uint64_t *end)
{
	GElf_Phdr segment;
	size_t nr, i;

	*start = UINT64_MAX;
	*end = 0;
	if (elf_getphdrnum(file->elf, &nr))
		return false;
	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(file->elf, i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X) || segment.p_vaddr == segment.p_paddr ||
		    segment.p_memsz > UINT64_MAX - segment.p_vaddr)
			continue;
		if (segment.p_vaddr < *start)
			*start = segment.p_vaddr;
		if (segment.p_vaddr + segment.p_memsz > *end)
			*end = segment.p_vaddr + segment.p_memsz;
	}
	return *start < *end;
}

const void *elf_file_at(const struct elf_file *file, uint64_t address, size_t length)
{
	GElf_Phdr segment;
	size_t nr, i;

	if (elf_getphdrnum(file->elf, &nr))
		return NULL;
	for (i = 0; i < nr; i++) {
		uint64_t inside;

		if (!gelf_getphdr(file->elf, i, &segment) || segment.p_type != PT_LOAD ||
		    address < segment.p_vaddr)
			continue;
		inside = address - segment.p_vaddr;
		if (inside < segment.p_filesz && length <= segment.p_filesz - inside &&
		    segment.p_offset <= file->size &&
		    inside + length <= file->size - segment.p_offset)
			return file->bytes + segment.p_offset + inside;
	}
	return NULL;
}
