/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The emulated machine, or the host's own processor by KVM. */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_codes.h"
#include "kvm.h"
#include "machine.h"

/* The device, and how the emulator is told of it. */
static const char *kvm_device(void)
{
	const char *device = getenv("MACHPERF_KVM");

	return device && *device ? device : KVM_DEVICE;
}

void machine_kvm_argument(char argument[MACHINE_ACCEL_BYTES])
{
	const char *device = kvm_device();
	bool usual = !strcmp(device, KVM_DEVICE);

	snprintf(argument, MACHINE_ACCEL_BYTES, "kvm%s%s",
		 usual ? "" : ",device=", usual ? "" : device);
}

int machine_check(const struct options *options)
{
	char reason[KVM_REASON_BYTES];

	if (options->accelerator != ACCEL_KVM ||
	    kvm_usable(&kvm_this_host, kvm_device(), KVM_PROBE_MS, reason))
		return EXIT_GOOD;
	return fail(EXIT_NO_ACCELERATOR, "--accel kvm: %s; without it the emulated PMU counts",
		    reason);
}

/* This processor, by vendor, family, model and stepping (Intel SDM volume 2,
   CPUID leaf 1). */
static void host_cpuid(char cpuid[MACHINE_CPUID_BYTES])
{
	unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0, family, model;
	char vendor[13] = "";

	if (__get_cpuid(0, &eax, &ebx, &ecx, &edx)) {
		memcpy(vendor, &ebx, 4);
		memcpy(vendor + 4, &edx, 4);
		memcpy(vendor + 8, &ecx, 4);
	}
	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	family = eax >> 8 & 0xf;
	model = eax >> 4 & 0xf;
	if (family >= 6)
		model |= eax >> 12 & 0xf0;
	if (family == 15)
		family += eax >> 20 & 0xff;
	snprintf(cpuid, MACHINE_CPUID_BYTES, "%s-%u-%X-%X", vendor, family, model, eax & 0xf);
}

void machine_cpuid(enum accelerator accelerator, char cpuid[MACHINE_CPUID_BYTES])
{
	/* Nehalem of machine.c: family 6, model 26, stepping 3. */
	if (accelerator == ACCEL_KVM)
		host_cpuid(cpuid);
	else
		strcpy(cpuid, "GenuineIntel-6-1A-3");
}
