/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heap: size classes, four to a doubling, each with a list of free
 * blocks, cut from chunks of fresh memory; what is larger than a class can
 * be comes from the kernel and goes back to it.  A block is preceded by its
 * header and aligned to 16 bytes.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <machperf/task.h>

struct header {
	size_t size;  /* bytes the caller may use */
	size_t class; /* NR_CLASSES: the block is the kernel's own */
} __attribute__((aligned(16)));

struct free_block {
	struct free_block *next;
};

#define MIN_SHIFT  5  /* the first doubling starts at 32 bytes */
#define NR_CLASSES 52 /* up to 32 << 13 = 256 KiB, header included */
#define CHUNK_SIZE (1UL << 20)

_Static_assert(sizeof(struct header) == 16, "blocks are aligned to 16 bytes");

static struct free_block *free_blocks[NR_CLASSES];
static char *chunk, *chunk_end;

/* Bytes of a block of CLASS, header included. */
static size_t class_bytes(size_t class)
{
	size_t base = (size_t)1 << (MIN_SHIFT + class / 4);

	return (base + (class % 4) * (base / 4) + 15) & ~(size_t)15;
}

/* The smallest class that holds BYTES, or NR_CLASSES. */
static size_t class_of(size_t bytes)
{
	size_t class;

	if (bytes <= (size_t)1 << MIN_SHIFT)
		return 0;
	class = (size_t)(LONG_WIDTH - 1 - __builtin_clzl(bytes) - MIN_SHIFT) * 4;
	while (class < NR_CLASSES && class_bytes(class) < bytes)
		class ++;
	return class < NR_CLASSES ? class : NR_CLASSES;
}

static void *fresh(size_t bytes)
{
	vm_address_t address = 0;

	if (syscall_vm_allocate(mach_task_self(), &address, bytes, 1) != KERN_SUCCESS)
		return NULL;
	return (void *)address;
}

/* Cut BYTES off the chunk at hand; what is left of an old one is given up,
   less than a block of the class that did not fit. */
static void *cut(size_t bytes)
{
	void *block;

	if ((size_t)(chunk_end - chunk) < bytes) {
		char *next = fresh(CHUNK_SIZE);

		if (next == NULL)
			return NULL;
		chunk = next;
		chunk_end = next + CHUNK_SIZE;
	}
	block = chunk;
	chunk += bytes;
	return block;
}

void *malloc(size_t size)
{
	struct header *header;
	size_t class, bytes;

	if (size > PTRDIFF_MAX - 2 * TASK_PAGE_SIZE) {
		errno = ENOMEM;
		return NULL;
	}
	class = class_of(size + sizeof *header);
	if (class == NR_CLASSES) {
		bytes = (size + sizeof *header + TASK_PAGE_SIZE - 1) & ~(TASK_PAGE_SIZE - 1);
		header = fresh(bytes);
	} else {
		bytes = class_bytes(class);
		header = (struct header *)free_blocks[class];
		if (header != NULL)
			free_blocks[class] = ((struct free_block *)header)->next;
		else
			header = cut(bytes);
	}
	if (header == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	header->size = bytes - sizeof *header;
	header->class = class;
	return header + 1;
}

void free(void *block)
{
	struct header *header = (struct header *)block - 1;

	if (block == NULL)
		return;
	if (header->class == NR_CLASSES) {
		syscall_vm_deallocate(mach_task_self(), (vm_address_t)header,
				      header->size + sizeof *header);
	} else {
		struct free_block *free_block = (struct free_block *)header;
		size_t class = header->class;

		free_block->next = free_blocks[class];
		free_blocks[class] = free_block;
	}
}

size_t malloc_usable_size(void *block)
{
	return block != NULL ? ((struct header *)block - 1)->size : 0;
}

void *calloc(size_t n, size_t size)
{
	size_t bytes;
	void *block;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	block = malloc(bytes);
	return block != NULL ? memset(block, 0, bytes) : NULL;
}

void *realloc(void *block, size_t size)
{
	size_t old = malloc_usable_size(block);
	void *moved;

	if (block != NULL && size <= old && size >= old / 2)
		return block;
	moved = malloc(size);
	if (moved == NULL || block == NULL)
		return moved;
	memcpy(moved, block, size < old ? size : old);
	free(block);
	return moved;
}
