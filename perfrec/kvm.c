/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probe of KVM.  Linux, Documentation/virt/kvm/api.rst: sections 4.1
 * (version), 4.46 (CPUID), 4.5 and 4.10 (running), 7.23 (the capability of the
 * PMU).  CPUID leaf 0xa: Intel SDM volume 2; 0x80000001 and 0x80000022: AMD64
 * Architecture Programmer's Manual volume 3.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kvm.h"

#define MAX_LEAVES 256

#define LEAF_VENDOR	  0
#define LEAF_PERFMON	  0xa
#define LEAF_AMD_FEATURES 0x80000001U
#define AMD_PERFCTR_CORE  (1U << 23) /* ecx */
#define VENDOR_AMD_EBX	  0x68747541 /* "Auth" */
#define VENDOR_HYGON_EBX  0x6f677948 /* "Hygo" */

#define PAGE 4096
#define GOOD "+" /* the child's answer if there is nothing to say */

/* Three pages that VT-x needs where the guest has none; as QEMU has it. */
#define TSS_ADDRESS 0xfffbd000UL

/* A guest's whole program, in the page of its reset address 0xfffffff0. */
#define RESET_PAGE 0xfffff000ULL
#define HLT	   0xf4

/* Fill reason; false, for whoever returns it. */
static bool no(char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool no(char *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, KVM_REASON_BYTES, format, args);
	va_end(args);
	return false;
}

/* The host must have counters itself: KVM's are made of them.  Rights do not
   matter, since KVM asks for them, not we. */
static bool host_counts(const struct kvm_host *host, char *reason)
{
	const int error = host->counter();

	if (error == 0 || error == EACCES || error == EPERM)
		return true;
	return no(reason, "this host has no hardware counters (perf_event_open: %s)",
		  strerror(error));
}

/* The leaf that KVM lets guests see; zeros: none. */
static struct kvm_cpuid_entry2 find_leaf(const struct kvm_cpuid2 *cpuid, uint32_t leaf)
{
	struct kvm_cpuid_entry2 none = {0};

	for (uint32_t n = 0; n < cpuid->nent; n++)
		if (cpuid->entries[n].function == leaf)
			return cpuid->entries[n];
	return none;
}

/* Whether a guest sees counters in CPUID. */
static bool guest_sees_counters(const struct kvm_host *host, int kvm, char *reason)
{
	struct kvm_cpuid2 *cpuid =
	    calloc(1, sizeof(*cpuid) + MAX_LEAVES * sizeof(cpuid->entries[0]));
	uint32_t vendor, perfmon;
	bool good;

	if (!cpuid)
		return no(reason, "out of memory");
	cpuid->nent = MAX_LEAVES;
	if (host->ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid) < 0) {
		free(cpuid);
		return no(reason, "KVM does not tell what guests have: %s", strerror(errno));
	}
	vendor = find_leaf(cpuid, LEAF_VENDOR).ebx;
	perfmon = find_leaf(cpuid, LEAF_PERFMON).eax;
	/* AMD's four old counters are on every processor that KVM runs on. */
	good = vendor == VENDOR_AMD_EBX || vendor == VENDOR_HYGON_EBX ||
	       ((perfmon & 0xff) != 0 && (perfmon >> 8 & 0xff) != 0) ||
	       (find_leaf(cpuid, LEAF_AMD_FEATURES).ecx & AMD_PERFCTR_CORE);
	free(cpuid);
	return good ? true : no(reason, "KVM shows its guests no counters (CPUID leaf 0xa)");
}

/* What runs is a guest of one instruction, which must end. */
static bool guest_runs(const struct kvm_host *host, int kvm, char *reason)
{
	struct kvm_userspace_memory_region memory = {.guest_phys_addr = RESET_PAGE,
						     .memory_size = PAGE};
	struct kvm_run *run;
	uint8_t *page;
	int vm, vcpu, size;

	vm = host->ioctl(kvm, KVM_CREATE_VM, NULL);
	if (vm < 0)
		return no(reason, "KVM makes no virtual machine: %s", strerror(errno));
	size = host->ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	page = host->map(-1, PAGE);
	if (size < (int)sizeof(*run) || !page)
		return no(reason, "KVM's machine cannot be set up: %s", strerror(errno));
	memset(page, HLT, PAGE);
	host->ioctl(vm, KVM_SET_TSS_ADDR, (void *)TSS_ADDRESS); /* AMD's needs none */
	memory.userspace_addr = (uintptr_t)page;
	if (host->ioctl(vm, KVM_SET_USER_MEMORY_REGION, &memory) < 0)
		return no(reason, "KVM's machine gets no memory: %s", strerror(errno));
	vcpu = host->ioctl(vm, KVM_CREATE_VCPU, NULL);
	if (vcpu < 0)
		return no(reason, "KVM makes no processor: %s", strerror(errno));
	run = host->map(vcpu, (size_t)size);
	if (!run)
		return no(reason, "KVM's processor cannot be mapped: %s", strerror(errno));
	if (host->ioctl(vcpu, KVM_RUN, NULL) < 0)
		return no(reason, "KVM runs no guest: %s", strerror(errno));
	if (run->exit_reason != KVM_EXIT_HLT)
		return no(reason, "KVM's guest ended by exit %u instead of running",
			  run->exit_reason);
	return true;
}

/* All of it, in the child. */
static bool probe(const struct kvm_host *host, const char *device, char *reason)
{
	int kvm, value;

	if (!host_counts(host, reason))
		return false;
	kvm = host->open(device);
	if (kvm < 0)
		return no(reason, "%s: %s", device, strerror(errno));
	value = host->ioctl(kvm, KVM_GET_API_VERSION, NULL);
	if (value != KVM_API_VERSION)
		return no(reason, "%s is not KVM's, or speaks another version", device);
	value = host->ioctl(kvm, KVM_CHECK_EXTENSION, (void *)(uintptr_t)KVM_CAP_PMU_CAPABILITY);
	if (value <= 0)
		return no(reason, "KVM has no counters for guests (its parameter enable_pmu, or "
				  "a Linux before 5.18)");
	return guest_sees_counters(host, kvm, reason) && guest_runs(host, kvm, reason);
}

/* Milliseconds since some moment. */
static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The child's whole answer: how many bytes, -1 if it did not come in time. */
static int read_answer(int fd, char *answer, unsigned int ms)
{
	const int64_t deadline = now_ms() + ms;
	int length = 0;

	for (;;) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		const int64_t left = deadline - now_ms();
		ssize_t got;

		if (left <= 0)
			return -1;
		if (poll(&poll_fd, 1, (int)left) <= 0)
			continue;
		got = read(fd, answer + length, KVM_REASON_BYTES - length);
		if (got <= 0)
			return length;
		length += (int)got;
	}
}

/* Kill the child and take it away, unless it hangs inside the kernel: then init
   gets it. */
static void put_away(pid_t pid)
{
	const struct timespec tick = {.tv_nsec = 1000000};

	kill(pid, SIGKILL);
	for (int tries = 0; tries < 100 && waitpid(pid, NULL, WNOHANG) == 0; tries++)
		nanosleep(&tick, NULL);
}

bool kvm_usable(const struct kvm_host *host, const char *device, unsigned int ms,
		char reason[KVM_REASON_BYTES])
{
	int ends[2], length;
	pid_t pid;

	memset(reason, 0, KVM_REASON_BYTES);
	if (pipe2(ends, O_CLOEXEC))
		return no(reason, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return no(reason, "fork: %s", strerror(errno));
	}
	if (pid == 0) {
		if (probe(host, device, reason))
			strcpy(reason, GOOD);
		_exit(write(ends[1], reason, strlen(reason)) < 0);
	}
	close(ends[1]);
	length = read_answer(ends[0], reason, ms);
	close(ends[0]);
	put_away(pid);
	if (length < 0)
		return no(reason, "KVM does not answer: nothing within %u ms", ms);
	if (length == 0)
		return no(reason, "the probe of KVM crashed");
	reason[length < KVM_REASON_BYTES ? length : KVM_REASON_BYTES - 1] = '\0';
	return !strcmp(reason, GOOD);
}
