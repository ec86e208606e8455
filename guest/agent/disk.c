/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RAM disk the boot script made of the second module. */
#include <string.h>
#include <device/device_types.h>
#include <machperf/task.h>
#include "agent.h"
#include "device_user.h"
#include "mach_user.h"

#define CHUNK (256 * 1024)

static kern_return_t disk_size(mach_port_t disk, size_t *size, size_t *record)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	kern_return_t kr = device_get_status(disk, DEV_GET_SIZE, status, &count);

	if (kr != KERN_SUCCESS)
		return kr;
	if (count != DEV_GET_SIZE_COUNT || status[DEV_GET_SIZE_DEVICE_SIZE] <= 0 ||
	    status[DEV_GET_SIZE_RECORD_SIZE] <= 0)
		return D_INVALID_SIZE;
	*size = (size_t)status[DEV_GET_SIZE_DEVICE_SIZE];
	*record = (size_t)status[DEV_GET_SIZE_RECORD_SIZE];
	return KERN_SUCCESS;
}

/* Read what is at OFFSET to TO, at most LEFT bytes; *GOT says how many came. */
static kern_return_t read_chunk(mach_port_t disk, size_t record, size_t offset, char *to,
				size_t left, size_t *got)
{
	io_buf_ptr_t data;
	mach_msg_type_number_t size = 0;
	size_t wanted = left < CHUNK ? left : CHUNK;
	kern_return_t kr;

	kr = device_read(disk, 0, (recnum_t)(offset / record), (int)wanted, &data, &size);
	if (kr != KERN_SUCCESS)
		return kr;
	*got = size < left ? size : left;
	memcpy(to, data, *got);
	vm_deallocate(mach_task_self(), (vm_address_t)data, size);
	return size > 0 ? KERN_SUCCESS : D_IO_ERROR;
}

kern_return_t disk_read(mach_port_t device, struct archive *archive)
{
	mach_port_t disk;
	vm_address_t memory = 0;
	size_t size, record, at, got = 0;
	kern_return_t kr;

	kr = device_open(device, D_READ, "rd0", &disk);
	if (kr == KERN_SUCCESS)
		kr = disk_size(disk, &size, &record);
	if (kr == KERN_SUCCESS)
		kr = vm_allocate(mach_task_self(), &memory, size, 1);
	for (at = 0; kr == KERN_SUCCESS && at < size; at += got)
		kr = read_chunk(disk, record, at, (char *)memory + at, size - at, &got);
	if (kr == KERN_SUCCESS)
		*archive = (struct archive){(const char *)memory, size};
	return kr;
}
