/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The probe of KVM against hosts that lack one thing each, or never answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../kvm.h"

/* What the fake host is like; all zero, it lacks nothing. */
static struct fake {
	const char *hangs_at; /* "open", "counter" or "run" */
	int open_error, counter_error, version, capability;
	bool amd, no_leaf, no_vm, no_vcpu, crashes;
	uint32_t exit_reason;
	int run_error;
} fake;

enum { KVM = 100, VM, VCPU };

static struct kvm_run *run_page;

/* As a call that never returns: not even signals that can be caught end it. */
static void maybe_hang(const char *where)
{
	sigset_t all;

	if (!fake.hangs_at || strcmp(fake.hangs_at, where))
		return;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;)
		pause();
}

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static int fake_open(const char *path)
{
	assert_string_equal(path, "/fake/kvm");
	maybe_hang("open");
	if (fake.crashes)
		raise(SIGKILL);
	return fake.open_error ? fail_with(fake.open_error) : KVM;
}

static void fill_cpuid(struct kvm_cpuid2 *cpuid)
{
	assert_in_range(cpuid->nent, 3, 1000);
	cpuid->nent = 2;
	cpuid->entries[0] =
	    (struct kvm_cpuid_entry2){.function = 0, .ebx = fake.amd ? 0x68747541 : 0x756e6547};
	cpuid->entries[1] =
	    (struct kvm_cpuid_entry2){.function = 0xa, .eax = fake.no_leaf ? 0 : 0x07300402};
}

static int fake_run(void)
{
	maybe_hang("run");
	run_page->exit_reason = fake.exit_reason ? fake.exit_reason : KVM_EXIT_HLT;
	return fake.run_error ? fail_with(fake.run_error) : 0;
}

static int fake_ioctl(int fd, unsigned long request, void *argument)
{
	switch (request) {
	case KVM_GET_API_VERSION:
		return fake.version ? fake.version : 12;
	case KVM_CHECK_EXTENSION:
		assert_int_equal((uintptr_t)argument, KVM_CAP_PMU_CAPABILITY);
		return fake.capability < 0 ? 0 : 1;
	case KVM_GET_SUPPORTED_CPUID:
		assert_int_equal(fd, KVM);
		fill_cpuid(argument);
		return 0;
	case KVM_CREATE_VM:
		return fake.no_vm ? fail_with(EBUSY) : VM;
	case KVM_GET_VCPU_MMAP_SIZE:
		return sizeof(struct kvm_run);
	case KVM_SET_TSS_ADDR:
	case KVM_SET_USER_MEMORY_REGION:
		assert_int_equal(fd, VM);
		return 0;
	case KVM_CREATE_VCPU:
		return fake.no_vcpu ? fail_with(ENOENT) : VCPU;
	case KVM_RUN:
		assert_int_equal(fd, VCPU);
		return fake_run();
	default:
		return fail_with(ENOTTY);
	}
}

static void *fake_map(int fd, size_t size)
{
	void *page = calloc(1, size);

	if (fd == VCPU)
		run_page = page;
	return page;
}

static int fake_counter(void)
{
	maybe_hang("counter");
	return fake.counter_error;
}

static const struct kvm_host host = {
    .open = fake_open, .ioctl = fake_ioctl, .map = fake_map, .counter = fake_counter};

static double probe(bool *usable, char *reason, unsigned int ms)
{
	struct timespec start, end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	*usable = kvm_usable(&host, "/fake/kvm", ms, reason);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

static void expect_no(const char *why)
{
	char reason[KVM_REASON_BYTES];
	bool usable;

	probe(&usable, reason, 60000);
	assert_false(usable);
	if (!strstr(reason, why))
		fail_msg("'%s' does not say '%s'", reason, why);
	assert_null(strchr(reason, '\n'));
}

static void good(void **state)
{
	const struct fake hosts[] = {{0},
				     {.amd = true, .no_leaf = true},
				     /* It is KVM's right that matters, not ours. */
				     {.counter_error = EACCES}};
	char reason[KVM_REASON_BYTES];
	bool usable;

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		fake = hosts[i];
		probe(&usable, reason, 60000);
		if (!usable)
			fail_msg("host %zu: %s", i, reason);
	}
}

static void lacking(void **state)
{
	const struct {
		struct fake fake;
		const char *why;
	} rows[] = {
	    {{.counter_error = ENOENT}, "no hardware counters"},
	    {{.counter_error = ENOSYS}, "no hardware counters"},
	    {{.open_error = ENOENT}, "/fake/kvm: No such file"},
	    {{.open_error = EACCES}, "/fake/kvm: Permission denied"},
	    {{.version = -1}, "is not KVM's"},
	    {{.version = 11}, "another version"},
	    {{.capability = -1}, "enable_pmu"},
	    {{.no_leaf = true}, "shows its guests no counters"},
	    {{.no_vm = true}, "no virtual machine: Device or resource busy"},
	    {{.no_vcpu = true}, "makes no processor"},
	    {{.run_error = EINVAL}, "runs no guest: Invalid argument"},
	    {{.exit_reason = KVM_EXIT_FAIL_ENTRY}, "ended by exit 9"},
	    {{.crashes = true}, "crashed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake = rows[i].fake;
		expect_no(rows[i].why);
	}
}

static void hanging(void **state)
{
	static const char *const places[] = {"open", "counter", "run"};
	char reason[KVM_REASON_BYTES];
	bool usable;

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		double seconds;

		fake = (struct fake){.hangs_at = places[i]};
		seconds = probe(&usable, reason, 200);
		assert_false(usable);
		assert_non_null(strstr(reason, "does not answer"));
		assert_true(seconds >= 0.2 && seconds < 2);
	}
	assert_in_range(KVM_PROBE_MS, 500, 1800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(lacking),
					   cmocka_unit_test(hanging)};

	return cmocka_run_group_tests_name("perfrec-kvm", tests, NULL, NULL);
}
