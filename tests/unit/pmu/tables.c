/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk of every event table: the driver's of each kind, the recorder's, and
 * the model's.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <events.h>
#include <kind.h>

#include "machine.h"

#define BIT(n) (1ULL << (n))

/* What perfrec knows of a generic event; NULL: nothing. */
static const struct event_name *described(uint32_t type, uint64_t config)
{
	for (size_t i = 0; i < nr_event_names; i++)
		if (event_names[i].type == type && event_names[i].config == config)
			return &event_names[i];
	return NULL;
}

/* One entry of the tables of the kind that runs. */
static void check_entry(uint32_t type, uint64_t config, uint64_t encoding)
{
	const uint64_t counters = (BIT(x86_pmu.nr_general) - 1) | (uint64_t)x86_pmu.fixed
								      << X86_PMU_FIXED;
	const struct event_name *name = described(type, config);
	bool fixed_only = encoding & X86_EVENT_FIXED_ONLY;
	struct pmu_event e;

	/* Described. */
	assert_non_null(name);
	assert_true(name->name[0] && name->description[0]);
	/* Encodable, by a user too. */
	assert_true(((encoding & ~X86_EVENT_FIXED_ONLY) & ~x86_pmu.layout->raw_allowed) == 0);
	assert_true((encoding & x86_pmu.layout->raw_ignored) == 0);
	assert_int_equal(event_init(&e, type, config, 0), KERN_SUCCESS);
	/* On counters that are there. */
	assert_true(e.counter_mask != 0 && (e.counter_mask & ~counters) == 0);
	assert_true(fixed_only
			? e.counter_mask >> X86_PMU_FIXED << X86_PMU_FIXED == e.counter_mask
			: (e.counter_mask & counters << 32 >> 32) == BIT(x86_pmu.nr_general) - 1);
	if (!fixed_only) {
		assert_int_equal(event_init(&e, PERF_TYPE_RAW, encoding, 0), KERN_SUCCESS);
		assert_true((e.config & x86_pmu.layout->raw_allowed) == encoding);
	}
}

static void check_hardware_table(void)
{
	for (unsigned int i = 0; i < PERF_COUNT_HW_MAX; i++) {
		if (x86_pmu.hardware[i] == 0)
			continue;
		check_entry(PERF_TYPE_HARDWARE, i, x86_pmu.hardware[i]);
		for (unsigned int j = 0; j < i; j++)
			assert_true(x86_pmu.hardware[i] != x86_pmu.hardware[j]);
	}
}

static void check_cache_table(void)
{
	assert_in_range(x86_pmu.nr_cache, 4, 42);
	for (unsigned int i = 0; i < x86_pmu.nr_cache; i++) {
		const struct x86_cache_event *c = &x86_pmu.cache[i];

		assert_in_range(c->config & 0xff, 0, PERF_COUNT_HW_CACHE_MAX - 1);
		assert_in_range(c->config >> 8 & 0xff, 0, PERF_COUNT_HW_CACHE_OP_MAX - 1);
		assert_in_range(c->config >> 16, 0, PERF_COUNT_HW_CACHE_RESULT_MAX - 1);
		check_entry(PERF_TYPE_HW_CACHE, c->config, c->encoding);
		for (unsigned int j = 0; j < i; j++)
			assert_int_not_equal(x86_pmu.cache[j].config, c->config);
	}
}

/* Each fixed counter serves an event that is in a table, and one only. */
static void check_fixed(void)
{
	for (unsigned int i = 0; i < X86_PMU_MAX_FIXED; i++) {
		uint64_t encoding = x86_pmu.fixed_encoding[i];
		unsigned int generic = 0;

		if (encoding == 0)
			continue;
		assert_true(x86_pmu.fixed & BIT(i));
		while (generic < PERF_COUNT_HW_MAX && x86_pmu.hardware[generic] != encoding)
			generic++;
		assert_in_range(generic, 0, PERF_COUNT_HW_MAX - 1);
		for (unsigned int j = 0; j < i; j++)
			assert_true(x86_pmu.fixed_encoding[j] != encoding);
	}
}

static void driver(void **state)
{
	(void)state;
	for (unsigned int k = 0; k < machine_nr_kinds; k++) {
		machine_start(machine_kinds[k]);
		check_hardware_table();
		check_cache_table();
		check_fixed();
		assert_int_equal(machine.faults, 0);
	}
	machine_start(MACHINE_OTHER);
	check_hardware_table();
	check_cache_table();
}

/* Every register of the layout is one of the machine's. */
static void registers(void **state)
{
	(void)state;
	for (unsigned int k = 0; k < machine_nr_kinds; k++) {
		const struct x86_pmu_layout *l;

		machine_start(machine_kinds[k]);
		l = x86_pmu.layout;
		for (unsigned int i = 0; i < x86_pmu.nr_general; i++) {
			cpu_rdmsr(l->select_base + i * l->stride);
			cpu_rdmsr(l->counter_base + i * l->stride);
			if (x86_pmu.full_width)
				cpu_rdmsr(l->full_base + i * l->stride);
		}
		for (unsigned int i = 0; i < X86_PMU_MAX_FIXED; i++)
			if (x86_pmu.fixed & BIT(i))
				cpu_rdmsr(l->fixed_base + i);
		if (l->global_ctrl) {
			cpu_rdmsr(l->global_ctrl);
			cpu_rdmsr(l->global_status);
			cpu_rdmsr(l->global_ack);
		}
		assert_int_equal(machine.faults, 0);
	}
}

/* What perfrec says of an event is what the driver does with it. */
static void recorder(void **state)
{
	(void)state;
	machine_start(MACHINE_EMULATOR);
	for (size_t i = 0; i < nr_event_names; i++) {
		const struct event_name *name = &event_names[i];
		struct pmu_event e;

		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(name->name, event_names[j].name);
			assert_false(name->type == event_names[j].type &&
				     name->config == event_names[j].config);
		}
		/* Counted at context switches, not on a PMU. */
		if (name->type == PERF_TYPE_SOFTWARE && name->config == PERF_COUNT_SW_BPF_OUTPUT)
			continue;
		assert_int_equal(event_init(&e, name->type, name->config, 0),
				 name->reason ? KERN_NOT_SUPPORTED : KERN_SUCCESS);
	}
}

/* The raw encodings that perfrec takes are those that its machine's PMU counts. */
static void modelled(void **state)
{
	const struct vpmu_shape *shape = &vpmu_shapes[VPMU_INTEL_2];

	(void)state;
	for (unsigned int i = 0; i < shape->nr_encodings; i++)
		assert_true(is_modelled(shape->encodings[i].code));
	assert_int_equal(nr_modelled_encodings, shape->nr_encodings);
	assert_false(is_modelled(0x0251));
	assert_false(is_modelled(0x00c1));
}

/* The model's own tables: each encoding once, and none with a bit that the
   kind's select register does not have. */
static void model(void **state)
{
	(void)state;
	for (enum vpmu_kind k = 0; k < VPMU_NR_KINDS; k++) {
		const struct vpmu_shape *shape = &vpmu_shapes[k];

		for (unsigned int i = 0; i < shape->nr_encodings; i++) {
			assert_true((shape->encodings[i].code & shape->evtsel_reserved) == 0);
			assert_in_range(shape->encodings[i].event, 0, VPMU_NR_EVENTS - 1);
			for (unsigned int j = 0; j < i; j++)
				assert_true(shape->encodings[i].code != shape->encodings[j].code);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(driver),	cmocka_unit_test(registers), cmocka_unit_test(recorder),
	    cmocka_unit_test(modelled), cmocka_unit_test(model),
	};

	return cmocka_run_group_tests_name("pmu-tables", tests, NULL, NULL);
}
