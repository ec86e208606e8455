/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine under the driver; see machine.h. */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"

#include <i386/hpet.h>
#include <i386/emulator.h>
#include <i386/lapic.h>
#include <i386/tsc.h>
#include <kern/pmu/machine.h>

struct machine machine;

const struct pmu_ops *const pmu_machine_drivers[] = {&x86_pmu_ops, NULL};

/* What kind of PMU the processor has, and how its CPUID names it. */
static const struct {
	enum vpmu_kind pmu;
	const char *vendor; /* NULL: Intel */
	uint32_t version;   /* leaf 1 eax; 0: Nehalem's */
} processors[] = {
    [MACHINE_V1] = {.pmu = VPMU_INTEL_1},
    [MACHINE_OTHER] = {.version = 0x000f06e3},
    [MACHINE_FOREIGN] = {.vendor = "ForeineIntel"},
    [MACHINE_V3] = {.pmu = VPMU_INTEL_3, .version = 0x000306c3},
    [MACHINE_V4] = {.pmu = VPMU_INTEL_4, .version = 0x000f06f3}, /* no known model */
    [MACHINE_V5] = {.pmu = VPMU_INTEL_5, .version = 0x000606a6},
    [MACHINE_AMD_LEGACY] = {VPMU_AMD_LEGACY, "AuthenticAMD", 0x00100f42},
    [MACHINE_BULLDOZER] = {VPMU_AMD_CORE, "AuthenticAMD", 0x00600f12},
    [MACHINE_AMD_CORE] = {VPMU_AMD_CORE, "AuthenticAMD", 0x00800f11},
    [MACHINE_AMD_2] = {VPMU_AMD_2, "AuthenticAMD", 0x00a10f11},
    [MACHINE_HYGON] = {VPMU_AMD_CORE, "HygonGenuine", 0x00900f01},
    [MACHINE_K6] = {VPMU_AMD_LEGACY, "AuthenticAMD", 0x00000562},
    [MACHINE_ZHAOXIN] = {VPMU_ZHAOXIN, "  Shanghai  ", 0x000107b2},
};

const enum machine_kind machine_kinds[] = {
    MACHINE_EMULATOR, MACHINE_NEHALEM, MACHINE_V1,	   MACHINE_V3,
    MACHINE_V4,	      MACHINE_V5,      MACHINE_AMD_LEGACY, MACHINE_BULLDOZER,
    MACHINE_AMD_CORE, MACHINE_AMD_2,   MACHINE_HYGON,	   MACHINE_ZHAOXIN,
};
const unsigned int machine_nr_kinds = sizeof(machine_kinds) / sizeof(machine_kinds[0]);

static enum vpmu_kind pmu_kind(void)
{
	return processors[machine.kind].pmu;
}

static bool is_amd(void)
{
	return pmu_kind() >= VPMU_AMD_LEGACY && pmu_kind() <= VPMU_AMD_2;
}

int console_printf(const char *format, ...)
{
	size_t length = strlen(machine.console);
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(machine.console + length, sizeof(machine.console) - length, format,
		      arguments);
	va_end(arguments);
	return n;
}

/* The processor. */

static void deliver_nmi(void);

/* What was seen of the register so far. */
static struct machine_register *note(uint32_t msr)
{
	unsigned int i;

	for (i = 0; i < machine.nr_registers && machine.registers[i].msr != msr; i++)
		continue;
	assert(i < MACHINE_MAX_REGISTERS);
	machine.nr_registers = i < machine.nr_registers ? machine.nr_registers : i + 1;
	machine.registers[i].msr = msr;
	return &machine.registers[i];
}

static bool is_status(uint32_t msr)
{
	return msr == VPMU_MSR_GLOBAL_STATUS || msr == VPMU_MSR_AMD_GLOBAL_STATUS;
}

static void try_nmi(void)
{
	while (machine.nmi_pending && !machine.in_nmi && !machine.accesses && !machine.hold_nmi)
		deliver_nmi();
}

/* The model asks for the interrupt of the LAPIC's performance entry, which
   masks itself as it delivers; AMD's does not. */
static void raise_pmi(void *opaque)
{
	(void)opaque;
	if (machine.lvt_masked)
		return;
	machine.lvt_masked = !is_amd();
	if (machine.lose_nmi)
		return;
	machine.nmi_pending = true;
	try_nmi();
}

uint64_t cpu_rdmsr(uint32_t msr)
{
	uint64_t value = 0;

	machine.accesses++;
	if (vpmu_rdmsr(&machine.vpmu, msr, &value) != VPMU_ACCESS_OK)
		machine.faults++;
	machine.accesses--;
	if (msr == machine.zero_read || machine.kind == MACHINE_DEAF)
		value = 0;
	if (is_status(msr))
		value |= machine.status_bits;
	note(msr)->read |= value;
	if (msr == machine.lost_bits.msr)
		value &= ~machine.lost_bits.read;
	try_nmi();
	return value;
}

void cpu_wrmsr(uint32_t msr, uint64_t value)
{
	machine.accesses++;
	note(msr)->written |= value;
	if (msr == machine.lost_bits.msr)
		value &= ~machine.lost_bits.written;
	if (msr != machine.dropped_write && machine.kind != MACHINE_DEAF)
		if (vpmu_wrmsr(&machine.vpmu, msr, value) != VPMU_ACCESS_OK)
			machine.faults++;
	machine.accesses--;
	try_nmi();
}

uint64_t cpu_rdtsc(void)
{
	return machine.ns;
}

void cpu_pause(void)
{
	machine_run(4, false);
}

/* CPUID. */

static void leaf_perfmon(uint32_t regs[4])
{
	if (!vpmu_cpuid(&machine.vpmu, 0xa, regs))
		return;
	switch (machine.kind) {
	case MACHINE_ZEROS:
		memset(regs, 0, 4 * sizeof(*regs));
		break;
	case MACHINE_NO_BRANCH:
		regs[1] = 1U << 6;
		break;
	case MACHINE_SHORT:
		regs[0] = (regs[0] & 0x00ffffff) | 2U << 24;
		break;
	default:
		break;
	}
}

/* Leaf 0: the string is in ebx, edx, ecx. */
static void leaf_vendor(uint32_t regs[4])
{
	const char *vendor = processors[machine.kind].vendor;

	vendor = vendor ? vendor : "GenuineIntel";
	regs[0] = machine.kind == MACHINE_NO_LEAF ? 4 : 0xd;
	memcpy(&regs[1], vendor, 4);
	memcpy(&regs[3], vendor + 4, 4);
	memcpy(&regs[2], vendor + 8, 4);
}

static void leaf_brand(uint32_t leaf, uint32_t regs[4])
{
	static const char brand[48] = "   A processor that counts";

	memcpy(regs, brand + 16 * (leaf - 0x80000002), 16);
}

void cpu_cpuid(uint32_t leaf, struct cpuid_regs *r)
{
	uint32_t regs[4] = {0, 0, 0, 0};

	switch (leaf) {
	case 0:
		leaf_vendor(regs);
		break;
	case 1:
		regs[0] = processors[machine.kind].version;
		if (regs[0] == 0)
			regs[0] = 0x000106a5;
		break;
	case 0xa:
		leaf_perfmon(regs);
		break;
	case 0x80000000:
		regs[0] = 0x80000008;
		break;
	case 0x80000002:
	case 0x80000003:
	case 0x80000004:
		leaf_brand(leaf, regs);
		break;
	case VPMU_CPUID_SIGNATURE:
	case VPMU_CPUID_PARAMS:
		if (machine.kind == MACHINE_EMULATOR)
			vpmu_cpuid(&machine.vpmu, leaf, regs);
		else /* what Intel processors do with a leaf they do not have */
			leaf_perfmon(regs);
		break;
	case 0x80000022:
		vpmu_cpuid(&machine.vpmu, leaf, regs);
		break;
	default:
		break;
	}
	vpmu_cpuid_features(&machine.vpmu, leaf, regs);
	r->eax = regs[0];
	r->ebx = regs[1];
	r->ecx = regs[2];
	r->edx = regs[3];
}

/* The local APIC. */

boolean_t lapic_init(void)
{
	return TRUE;
}

void lapic_pmi_unmask(void)
{
	machine.lvt_masked = false;
}

void lapic_pmi_mask(void)
{
	machine.lvt_masked = true;
}

boolean_t lapic_pmi_masked(void)
{
	return machine.lvt_masked;
}

/* The HPET. */

void *kmem_map_aligned_table(phys_addr_t address, vm_size_t size, int mode);

void *kmem_map_aligned_table(phys_addr_t address, vm_size_t size, int mode)
{
	assert(address == 0xfed00000 && size >= sizeof(machine.hpet) && mode == 3);
	return machine.hpet;
}

/* Time has passed: the second timer sends what is due, if it interrupts, repeats
   and sends messages. */
static void hpet_pass(void)
{
	const uint32_t running = 1U << 2 | 1U << 3 | 1U << 14;
	const uint64_t period = (uint64_t)machine.hpet[MACHINE_HPET_COMPARATOR] *
				machine.hpet[MACHINE_HPET_PERIOD] / 1000000;

	if ((machine.hpet[MACHINE_HPET_TIMER] & running) != running ||
	    machine.hpet[MACHINE_HPET_MESSAGE] != 0x400) {
		machine.hpet_due = 0;
		return;
	}
	if (machine.hpet_due == 0)
		machine.hpet_due = machine.ns + period;
	if (machine.ns < machine.hpet_due)
		return;
	machine.hpet_due += period;
	machine.nmi_pending |= !machine.lose_nmi;
}

boolean_t pmu_machine_clock_find(void)
{
	return hpet_find(3);
}

void pmu_machine_clock_start(uint32_t nanoseconds)
{
	hpet_start(nanoseconds);
}

void pmu_machine_clock_stop(void)
{
	hpet_stop();
}

/* What i386/pmi.c and the entry stub do. */

static void deliver_nmi(void)
{
	struct x86_pmu_frame frame = {.regs = {.ip = machine.ip, .user = machine.user}};
	uint32_t global = x86_pmu.layout ? x86_pmu.layout->global_ctrl : 0;
	uint64_t resume;

	machine.nmi_pending = false;
	machine.in_nmi = true;
	machine.nmis++;
	if (machine.entry_events)
		vpmu_advance(&machine.vpmu, machine.entry_events, 0);
	if (global)
		cpu_wrmsr(global, 0);
	resume = x86_pmu_interrupt(0, &frame);
	if (frame.not_ours)
		machine.passed_on++;
	if (global)
		cpu_wrmsr(global, resume);
	machine.in_nmi = false;
}

void pmu_machine_init(void)
{
	emulator_init();
	tsc_set_rate(emulator.tsc_khz ? emulator.tsc_khz : 1000000);
}

boolean_t pmu_machine_cpu_init(int cpu)
{
	(void)cpu;
	lapic_pmi_mask();
	return TRUE;
}

boolean_t pmu_machine_defer(void)
{
	machine.deferred++;
	return TRUE;
}

boolean_t pmu_machine_interrupt(int cpu)
{
	(void)cpu;
	return FALSE;
}

void pmu_machine_describe(struct pmu_description *description)
{
	description->tsc_khz = tsc_khz();
}

static void record_overflow(struct pmu_event *event, unsigned int overflows,
			    const struct pmu_regs *regs)
{
	if (overflows == 0) {
		machine.turns++;
		return;
	}
	assert(machine.nr_overflows < MACHINE_MAX_OVERFLOWS);
	machine.overflows[machine.nr_overflows++] =
	    (struct machine_overflow){event, overflows, regs->ip, regs->user, event->count};
	if (machine.on_overflow)
		machine.on_overflow(event);
}

void machine_start(enum machine_kind kind)
{
	machine_start_broken(&(struct machine){.kind = kind});
}

static void power_on(const struct machine *broken)
{
	struct vpmu_config config = {.icount_shift = 3, .tsc_khz = 1000000, .pmi = raise_pmi};

	machine = *broken;
	config.kind = pmu_kind();
	vpmu_init(&machine.vpmu, &config);
	vpmu_reset(&machine.vpmu);
	if (machine.cond_changed)
		machine.vpmu.global_status |= 1ULL << 63;
	if (machine.firmware_msr)
		vpmu_wrmsr(&machine.vpmu, machine.firmware_msr, machine.firmware_value);
}

void machine_restart_broken(const struct machine *broken)
{
	power_on(broken);
	x86_pmu_cpu_init(0);
}

void machine_start_broken(const struct machine *broken)
{
	power_on(broken);
	pmu_init(record_overflow);
	pmu_cpu_init(0);
	machine.nmis = machine.nr_overflows = machine.turns = 0;
	vpmu_wrmsr(&machine.vpmu, VPMU_MSR_RESET, 0);
}

void machine_run(uint64_t instructions, bool user)
{
	machine.user = user;
	vpmu_advance(&machine.vpmu, instructions, user ? 3 : 0);
	machine.ns += instructions;
	hpet_pass();
	try_nmi();
}

void machine_happen(enum vpmu_event event, uint64_t n, bool user)
{
	machine.user = user;
	vpmu_event(&machine.vpmu, event, n, user ? 3 : 0);
	try_nmi();
}

void machine_release(void)
{
	machine.hold_nmi = false;
	try_nmi();
}

void machine_foreign_nmi(void)
{
	machine.nmi_pending = true;
	try_nmi();
}

uint64_t machine_periods(const struct pmu_event *event)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < machine.nr_overflows; i++)
		if (machine.overflows[i].event == event)
			sum += machine.overflows[i].overflows;
	return sum;
}

unsigned int machine_calls(const struct pmu_event *event)
{
	unsigned int calls = 0;

	for (unsigned int i = 0; i < machine.nr_overflows; i++)
		calls += machine.overflows[i].event == event;
	return calls;
}

kern_return_t event_init(struct pmu_event *event, uint32_t type, uint64_t config, uint64_t period)
{
	struct pmu_request request = {.type = type, .config = config, .period = period};

	return pmu_event_init(event, &request);
}

void event_add(struct pmu_event *event)
{
	boolean_t added;

	pmu_disable();
	added = pmu_event_add(event);
	pmu_enable();
	assert(added);
}

void event_remove(struct pmu_event *event)
{
	pmu_disable();
	pmu_event_remove(event);
	pmu_enable();
}

uint64_t event_count(struct pmu_event *event)
{
	pmu_disable();
	pmu_event_read(event);
	pmu_enable();
	return event->count;
}

uint64_t machine_wraps(int index)
{
	int i = index >= X86_PMU_FIXED ? index - X86_PMU_FIXED + VPMU_FIRST_FIXED : index;

	return machine.vpmu.counters[i].overflows;
}
