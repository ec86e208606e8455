/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host whose KVM can give a guest counters, for perfrec as a whole. */
#include <linux/kvm.h>
#include <stdlib.h>

#include "../kvm.h"

static struct kvm_run *run_page;

static int opens(const char *path)
{
	(void)path;
	return 100;
}

static int agrees(int fd, unsigned long request, void *argument)
{
	struct kvm_cpuid2 *cpuid = argument;

	(void)fd;
	if (request == KVM_GET_API_VERSION)
		return KVM_API_VERSION;
	if (request == KVM_GET_VCPU_MMAP_SIZE)
		return sizeof(struct kvm_run);
	if (request == KVM_RUN)
		run_page->exit_reason = KVM_EXIT_HLT;
	if (request == KVM_GET_SUPPORTED_CPUID) {
		cpuid->nent = 1;
		cpuid->entries[0] = (struct kvm_cpuid_entry2){.function = 0xa, .eax = 0x07300402};
	}
	return 1;
}

static void *maps(int fd, size_t size)
{
	void *page = calloc(1, size);

	if (fd >= 0)
		run_page = page;
	return page;
}

static int counts(void)
{
	return 0;
}

const struct kvm_host kvm_this_host = {
    .open = opens, .ioctl = agrees, .map = maps, .counter = counts};
