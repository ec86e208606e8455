/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "image.h"

static void add_segment(struct image *image, const GElf_Phdr *header)
{
	uint64_t size = header->p_filesz;

	if (header->p_type != PT_LOAD || header->p_offset >= image->size)
		return;
	if (size > image->size - header->p_offset)
		size = image->size - header->p_offset;
	if (size == 0 || size > UINT64_MAX - header->p_vaddr)
		return;
	image->segments[image->nr_segments++] =
	    (struct segment){.address = header->p_vaddr, .size = size, .offset = header->p_offset};
}

bool image_init(struct image *image, const struct elf_file *file)
{
	GElf_Phdr header;
	size_t nr;

	memset(image, 0, sizeof *image);
	image->elf = file->elf;
	image->bytes = (const uint8_t *)elf_rawfile(file->elf, &image->size);
	image->is_64 = gelf_getclass(file->elf) == ELFCLASS64;
	image->is_x86 = file->header.e_machine == EM_X86_64 || file->header.e_machine == EM_386;
	if (image->bytes == NULL || elf_getphdrnum(file->elf, &nr) != 0 || nr > UINT16_MAX)
		return false;
	image->segments = must_calloc(nr + 1, sizeof *image->segments);
	for (size_t i = 0; i < nr; i++)
		if (gelf_getphdr(file->elf, i, &header) != NULL) {
			add_segment(image, &header);
			if (header.p_type == PT_GNU_EH_FRAME && image->eh_frame_hdr == 0)
				image->eh_frame_hdr = header.p_vaddr;
		}
	if (image->nr_segments == 0)
		image_free(image);
	return image->nr_segments != 0;
}

void image_free(struct image *image)
{
	free(image->segments);
	memset(image, 0, sizeof *image);
}

const uint8_t *image_at(const struct image *image, uint64_t address, uint64_t *room)
{
	for (size_t i = 0; i < image->nr_segments; i++) {
		const struct segment *segment = &image->segments[i];

		if (address >= segment->address && address - segment->address < segment->size) {
			*room = segment->size - (address - segment->address);
			return image->bytes + segment->offset + (address - segment->address);
		}
	}
	return NULL;
}

bool image_address(const struct image *image, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < image->nr_segments; i++) {
		const struct segment *segment = &image->segments[i];

		if (offset >= segment->offset && offset - segment->offset < segment->size) {
			*address = segment->address + (offset - segment->offset);
			return true;
		}
	}
	return false;
}

bool image_offset(const struct image *image, uint64_t address, uint64_t *offset)
{
	uint64_t room;
	const uint8_t *at = image_at(image, address, &room);

	if (at != NULL)
		*offset = at - image->bytes;
	return at != NULL;
}
