/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the binary interface: constants, flag bits and offsets are those of perf_event_open(2) as
 * this machine's <linux/perf_event.h> has them, and no structure of ours has hidden padding.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <mach/perf_stream.h>

#include "abi-names.h"
#include "abi.h"

/* Prints every difference before it fails: one run shows them all. */
static void compare(const char *what, const struct abi_value *ours, size_t nr_ours,
		    const struct abi_value *theirs, size_t nr_theirs)
{
	size_t different = 0;

	assert_int_equal(nr_ours, nr_theirs);
	assert_true(nr_ours > 0);
	for (size_t i = 0; i < nr_ours; i++) {
		assert_string_equal(ours[i].name, theirs[i].name);
		if (ours[i].value != theirs[i].value) {
			print_error("%s %s: ours %#" PRIx64 ", Linux %#" PRIx64 "\n", what,
				    ours[i].name, ours[i].value, theirs[i].value);
			different++;
		}
	}
	assert_int_equal(different, 0);
}

static void test_constants(void **state)
{
	(void)state;
	compare("constant", abi_ours()->constants, abi_ours()->nr_constants, abi_linux()->constants,
		abi_linux()->nr_constants);
}

static void test_flags(void **state)
{
	(void)state;
	compare("flag", abi_ours()->flags, abi_ours()->nr_flags, abi_linux()->flags,
		abi_linux()->nr_flags);
}

static void test_layout(void **state)
{
	(void)state;
	compare("layout:", abi_ours()->layout, abi_ours()->nr_layout, abi_linux()->layout,
		abi_linux()->nr_layout);
}

static void test_padding(void **state)
{
	static const struct {
		const char *name;
		size_t size, fields;
	} structs[] = {
#define STRUCT(s, sum) {#s, sizeof(struct s), sum},
	    ABI_STRUCTS(STRUCT)};

	(void)state;
	for (size_t i = 0; i < ABI_COUNT(structs); i++)
		if (structs[i].size != structs[i].fields)
			fail_msg("struct %s has %zu bytes, its fields %zu", structs[i].name,
				 structs[i].size, structs[i].fields);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_constants),
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_layout),
	    cmocka_unit_test(test_padding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
