/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of the kernel and the name of its task.
 *
 * perf takes a map of pid -1 in kernel mode whose name begins with
 * [kernel.kallsyms] for the kernel; the name behind it is the symbol whose
 * address pgoff is, by which perf would notice a relocated kernel.  With the
 * build-id it takes symbols from the image of that id only, never from the
 * kernel that runs on the host.
 *
 * perf replaces that map by one for each section when it reads the image's
 * symbols, which it does while it looks up the first kernel sample, and so
 * misplaces that one if it lies beyond .text.  A TEXT_POKE makes it read the
 * symbols at once: a byte of the kernel's code that stays what it is.
 */
#include <string.h>

#include "first_records.h"

#define KERNEL_MAP	"[kernel.kallsyms]_text"
#define KERNEL_TASK_PID 1

void put_first_records(struct perfdata_buffer *buffer, const struct session *session)
{
	const struct elf_file *kernel = &session->images->kernel;
	const struct perfdata_write_id tail = {.sample_type = session->attrs[0].sample_type};
	const struct perfdata_comm comm = {
	    .pid = KERNEL_TASK_PID, .tid = KERNEL_TASK_PID, .comm = "kernel_task"};
	struct perfdata_mmap map = {.pid = UINT32_MAX, .prot = 5, .filename = KERNEL_MAP};
	const void *code;
	uint64_t end;

	if (elf_file_kernel_range(kernel, &map.addr, &end)) {
		map.len = end - map.addr;
		map.pgoff = map.addr;
		map.build_id_size = kernel->build_id_size;
		memcpy(map.build_id, kernel->build_id, sizeof(map.build_id));
		perfdata_put_mmap2(buffer, &map, PERF_RECORD_MISC_KERNEL, &tail);
		code = elf_file_at(kernel, map.addr, 1);
		if (code != NULL)
			perfdata_put_text_poke(buffer, map.addr, code, 1, &tail);
	}
	perfdata_put_comm(buffer, &comm, &tail);
}
