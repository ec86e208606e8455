/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program into a task: segments, stack, first thread.  docs: System V
 * ABI, AMD64 supplement, 3.4.1 (the stack at entry) and 11 (thread-local
 * storage, variant II); its i386 supplement has the same with smaller words.
 */
#include <string.h>
#include <stdlib.h>
#include <mach/thread_status.h>
#include <mach/vm_prot.h>
#include <machperf/task.h>
#include "agent.h"
#include "gnumach_user.h"
#include "mach_user.h"
#include "mach_i386_user.h"
#include "mach_port_user.h"
#include "perf_user.h"

#ifdef __x86_64__
#define STACK_TOP   0x7fffffff0000UL
#define TLS_ADDRESS 0x700000100000UL
#else
#define STACK_TOP   0xbfff0000UL
#define TLS_ADDRESS 0xb0100000UL
#endif
#define STACK_SIZE	    (8UL << 20)
#define STACK_ARGUMENTS_MAX 65536UL
/* Zero bytes above the last string, so that a program may read text by
   words. */
#define STACK_PADDING	    64
#define TLS_BLOCK_SIZE	    64 /* what %fs, or %gs, points to: its own address first */

/* The name of the send right to the agent in the workload's port space: far
   above those the kernel gives out in turn. */
#define AGENT_PORT_NAME 0x1000

static uint64_t page_floor(uint64_t address)
{
	return address & ~(uint64_t)(TASK_PAGE_SIZE - 1);
}

static uint64_t page_ceil(uint64_t address)
{
	return page_floor(address + TASK_PAGE_SIZE - 1);
}

kern_return_t workload_create(struct agent *agent)
{
	kern_return_t kr = task_create(mach_task_self(), 0, &agent->workload.task);

	agent->workload.exit = (struct perf_frame_exit){.how = PERF_EXIT_NORMAL, .status = -1};
	return kr == KERN_SUCCESS ? task_suspend(agent->workload.task) : kr;
}

/* Put SIZE bytes of zeros, then DATA at OFFSET in them, at the page ADDRESS
   of the task. */
static kern_return_t put_pages(task_t task, vm_address_t address, size_t size, const void *data,
			       size_t data_size, size_t offset)
{
	vm_address_t staging = 0;
	size_t staged = page_ceil(offset + data_size);
	kern_return_t kr;

	kr = vm_allocate(task, &address, size, 0);
	if (kr != KERN_SUCCESS || data_size == 0)
		return kr;
	kr = vm_allocate(mach_task_self(), &staging, staged, 1);
	if (kr != KERN_SUCCESS)
		return kr;
	memcpy((char *)staging + offset, data, data_size);
	kr = vm_write(task, address, staging, (mach_msg_type_number_t)staged);
	vm_deallocate(mach_task_self(), staging, staged);
	return kr;
}

/* Tell the kernel what stands at a segment, for its MMAP2 records. */
static kern_return_t name_segment(struct agent *agent, const struct elf_image *image,
				  const struct elf_segment *segment)
{
	vm_address_t address = page_floor(segment->address);
	perf_build_id_t build_id = {0};
	perf_name_t name = {0};
	size_t length = strlen(agent->config.workload);

	memcpy(build_id, image->build_id, image->build_id_size);
	memcpy(name, agent->config.workload, length);
	return perf_task_map(agent->workload.task, address,
			     page_ceil(segment->address + segment->memory_size) - address,
			     page_floor(segment->offset), segment->prot, build_id,
			     image->build_id_size, name, (mach_msg_type_number_t)length);
}

static void load_segment(struct agent *agent, const struct elf_image *image, unsigned index)
{
	const struct elf_segment *segment = &image->segments[index];
	task_t task = agent->workload.task;
	vm_address_t address = page_floor(segment->address);
	size_t size = page_ceil(segment->address + segment->memory_size) - address;
	kern_return_t kr;

	kr = put_pages(task, address, size, image->bytes + segment->offset, segment->file_size,
		       segment->address - address);
	if (kr == KERN_SUCCESS)
		kr = vm_protect(task, address, size, 0, (vm_prot_t)segment->prot);
	if (kr == KERN_SUCCESS)
		kr = name_segment(agent, image, segment);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_WORKLOAD, 0, kr,
			   "%s: segment %u at 0x%lx could not be loaded: error %d",
			   agent->config.workload, index, (unsigned long)segment->address, kr);
}

/* The words at the stack pointer: argc, argv, 0, (no environment) 0, AT_NULL
   and its value. */
static size_t nr_words(unsigned argc)
{
	return 1 + argc + 1 + 1 + 2;
}

/* Make the stack and return its pointer, or 0. */
static vm_address_t make_stack(struct agent *agent)
{
	const struct config *config = &agent->config;
	unsigned argc = 1 + config->nr_arguments;
	size_t strings = strlen(config->workload) + 1, used;
	uintptr_t *words, pointer, at;
	char *image;

	for (unsigned i = 0; i < config->nr_arguments; i++)
		strings += strlen(config->arguments[i]) + 1;
	used = ((strings + STACK_PADDING + 15) & ~15UL) +
	       ((nr_words(argc) * sizeof *words + 15) & ~15UL);
	used += config->stack_shift;
	if (used > STACK_ARGUMENTS_MAX)
		agent_fail(agent, PERF_ERROR_WORKLOAD, 0, 0, "%s: the arguments are too long",
			   config->workload);
	image = calloc(1, page_ceil(used));
	if (image == NULL)
		return 0;
	pointer = STACK_TOP - used;
	words = (uintptr_t *)(image + page_ceil(used) - used);
	at = (nr_words(argc) * sizeof *words + 15) & ~15UL; /* of the next string, from pointer */
	words[0] = argc;
	for (unsigned i = 0; i < argc; i++) {
		const char *text = i == 0 ? config->workload : config->arguments[i - 1];

		words[1 + i] = pointer + at;
		memcpy((char *)words + at, text, strlen(text) + 1);
		at += strlen(text) + 1;
	}
	if (put_pages(agent->workload.task, STACK_TOP - STACK_SIZE, STACK_SIZE - page_ceil(used),
		      NULL, 0, 0) != KERN_SUCCESS ||
	    put_pages(agent->workload.task, STACK_TOP - page_ceil(used), page_ceil(used), image,
		      page_ceil(used), 0) != KERN_SUCCESS)
		pointer = 0;
	free(image);
	return pointer;
}

#ifdef __x86_64__
/* Have %fs of the thread begin at BASE. */
static kern_return_t set_tls_base(thread_t thread, vm_address_t base)
{
	struct i386_fsgs_base_state state = {.fs_base = base};

	return thread_set_state(thread, i386_FSGS_BASE_STATE, (thread_state_t)&state,
				i386_FSGS_BASE_STATE_COUNT);
}
#else
/* Have %gs of the thread begin at BASE, by a segment of its own: data, writable,
   of all addresses (Intel SDM, volume 3, 3.4.5). */
static kern_return_t set_tls_base(thread_t thread, vm_address_t base)
{
	struct descriptor segment = {
	    .low_word = (unsigned)(base << 16 | 0xffff),
	    .high_word = (unsigned)((base & 0xff000000) | 0xcff200 | (base >> 16 & 0xff)),
	};
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;
	int selector = -1; /* any */
	kern_return_t kr;

	kr = i386_set_gdt(thread, &selector, segment);
	if (kr == KERN_SUCCESS)
		kr = thread_get_state(thread, i386_THREAD_STATE, (thread_state_t)&state, &count);
	if (kr != KERN_SUCCESS)
		return kr;
	state.gs = (unsigned)selector;
	/* The usual flavour would have it as all threads have it. */
	return thread_set_state(thread, i386_REGS_SEGS_STATE, (thread_state_t)&state, count);
}
#endif

/* Give the thread a thread-local block: programs read their stack
   protector's value there even without a segment of their own. */
static kern_return_t set_tls(struct agent *agent, const struct elf_image *image)
{
	uint64_t align = image->tls_align > 16 ? image->tls_align : 16;
	uint64_t room = (image->tls.memory_size + align - 1) & ~(align - 1);
	uint64_t size = page_ceil(room + TLS_BLOCK_SIZE);
	vm_address_t base = TLS_ADDRESS + room;
	char *block = calloc(1, size);
	kern_return_t kr;

	if (block == NULL)
		return KERN_RESOURCE_SHORTAGE;
	memcpy(block + room - ((image->tls.memory_size + align - 1) & ~(align - 1)),
	       image->bytes + image->tls.offset, image->tls.file_size);
	memcpy(block + room, &base, sizeof base);
	kr = put_pages(agent->workload.task, TLS_ADDRESS, size, block, size, 0);
	free(block);
	return kr == KERN_SUCCESS ? set_tls_base(agent->workload.thread, base) : kr;
}

static kern_return_t make_thread(struct agent *agent, const struct elf_image *image)
{
	struct workload *workload = &agent->workload;
	vm_address_t stack;
	kern_return_t kr;

	kr = mach_port_insert_right(workload->task, AGENT_PORT_NAME, agent->service,
				    MACH_MSG_TYPE_MAKE_SEND);
	if (kr != KERN_SUCCESS)
		return kr;
	stack = make_stack(agent);
	if (stack == 0)
		return KERN_RESOURCE_SHORTAGE;
	kr = thread_create(workload->task, &workload->thread);
	if (kr == KERN_SUCCESS)
		kr = task_thread_begin(workload->thread, image->entry, stack, AGENT_PORT_NAME);
	if (kr == KERN_SUCCESS)
		kr = set_tls(agent, image);
	return kr == KERN_SUCCESS ? thread_resume(workload->thread) : kr;
}

void workload_load(struct agent *agent, const struct elf_image *image)
{
	kern_return_t kr;

	for (unsigned i = 0; i < image->nr_segments; i++)
		load_segment(agent, image, i);
	kr = make_thread(agent, image);
	if (kr == KERN_SUCCESS)
		kr = task_set_name(agent->workload.task, agent->config.workload);
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_WORKLOAD, 0, kr, "%s could not be started: error %d",
			   agent->config.workload, kr);
}
