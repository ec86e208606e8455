/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a program or library as they lie in memory, at the addresses
 * it was linked for.
 */
#ifndef PERFREPORT_IMAGE_H
#define PERFREPORT_IMAGE_H

#include "elf_file.h"

struct segment {
	uint64_t address, size; /* as linked; bytes that stand in the file */
	uint64_t offset;	/* in the file */
};

struct image {
	Elf *elf; /* the file's, not ours */
	const uint8_t *bytes;
	size_t size;
	struct segment *segments;
	size_t nr_segments;
	uint64_t eh_frame_hdr; /* address as linked of PT_GNU_EH_FRAME; 0: none */
	bool is_64;
	bool is_x86; /* of either width */
};

/* The image of an open file, which must stay open; false: it has no segment
   that could be read.  To be freed when true. */
bool image_init(struct image *image, const struct elf_file *file);
void image_free(struct image *image);

/* The bytes from an address on, and in *room how many there are; NULL: no
   segment has it. */
const uint8_t *image_at(const struct image *image, uint64_t address, uint64_t *room);

/* The address of an offset in the file; false: no segment has it. */
bool image_address(const struct image *image, uint64_t offset, uint64_t *address);

/* The offset in the file of an address; false: no segment has it. */
bool image_offset(const struct image *image, uint64_t address, uint64_t *offset);

#endif /* PERFREPORT_IMAGE_H */
