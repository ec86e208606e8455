/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "symtab.h"
#include "symtree.h"

static const char *at(const struct symtab *symtab, uint64_t address)
{
	const struct symbol *symbol = symtab_find(symtab, address);

	return symbol ? symbol_name(symtab, symbol) : "-";
}

static void sized_symbols(void **state)
{
	struct symtab symtab;

	(void)state;
	symtab_init(&symtab);
	assert_string_equal(at(&symtab, 0), "-");
	symtab_add(&symtab, 100, 10, STT_FUNC, STB_GLOBAL, "b");
	symtab_add(&symtab, 50, 10, STT_FUNC, STB_GLOBAL, "a");
	assert_string_equal(at(&symtab, 49), "-");
	assert_string_equal(at(&symtab, 50), "a");
	assert_string_equal(at(&symtab, 59), "a");
	assert_string_equal(at(&symtab, 60), "-");
	assert_string_equal(at(&symtab, 109), "b");
	assert_string_equal(at(&symtab, 110), "-");
	symtab_free(&symtab);
}

static void unsized_symbols_reach_to_the_next(void **state)
{
	struct symtab symtab;

	(void)state;
	symtab_init(&symtab);
	symtab_add(&symtab, 0x1000, 0, STT_NOTYPE, STB_LOCAL, "label");
	symtab_add(&symtab, 0x1800, 0, STT_FUNC, STB_LOCAL, "last");
	symtab_fix_ends(&symtab);
	assert_string_equal(at(&symtab, 0x17ff), "label");
	assert_string_equal(at(&symtab, 0x1800), "last");
	assert_string_equal(at(&symtab, 0x2fff), "last");
	assert_string_equal(at(&symtab, 0x3000), "-");
	symtab_free(&symtab);
}

struct alias {
	uint64_t size;
	unsigned int type, binding;
	const char *name;
};

/* In both orders of arrival the better one stays. */
static void aliases(void **state)
{
	static const struct alias pairs[][2] = {
	    {{8, STT_NOTYPE, STB_LOCAL, "sized"}, {0, STT_FUNC, STB_GLOBAL, "unsized"}},
	    {{8, STT_FUNC, STB_LOCAL, "typed"}, {8, STT_NOTYPE, STB_GLOBAL, "label"}},
	    {{8, STT_FUNC, STB_LOCAL, "strong"}, {8, STT_FUNC, STB_WEAK, "weak"}},
	    {{8, STT_FUNC, STB_GLOBAL, "global"}, {8, STT_FUNC, STB_LOCAL, "local_one"}},
	    {{8, STT_FUNC, STB_GLOBAL, "_read"}, {8, STT_FUNC, STB_GLOBAL, "__libc_read"}},
	    {{8, STT_FUNC, STB_GLOBAL, "longer"}, {8, STT_FUNC, STB_GLOBAL, "short"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		for (int first = 0; first < 2; first++) {
			struct symtab symtab;

			symtab_init(&symtab);
			for (int k = 0; k < 2; k++) {
				const struct alias *alias = &pairs[i][k ^ first];

				symtab_add(&symtab, 0x100, alias->size, alias->type, alias->binding,
					   alias->name);
			}
			symtab_drop_duplicates(&symtab);
			assert_string_equal(at(&symtab, 0x100), pairs[i][0].name);
			assert_null(symtab_next(&symtab, symtab_first(&symtab)));
			symtab_free(&symtab);
		}
	}
}

/* The rules of red-black trees: nodes in order, no red child of a red node,
   as many black nodes on every way down. Returns that number. */
static int check_tree(const struct symtab *symtab, uint32_t node)
{
	const struct symbol *s = symtab->symbols;
	int black[2];

	if (node == SYMBOL_NONE)
		return 0;
	for (int side = 0; side < 2; side++) {
		uint32_t child = s[node].child[side];

		if (child != SYMBOL_NONE) {
			assert_int_equal(s[child].parent, node);
			assert_false(s[node].red && s[child].red);
			if (side)
				assert_true(s[child].start >= s[node].start);
			else
				assert_true(s[child].start <= s[node].start);
		}
		black[side] = check_tree(symtab, child);
	}
	assert_int_equal(black[0], black[1]);
	return black[0] + !s[node].red;
}

static void the_tree_stays_balanced(void **state)
{
	enum { NR = 400 };
	struct symtab symtab;
	size_t left = NR;
	bool gone[NR] = {false};
	char name[16];

	(void)state;
	srand(1);
	symtab_init(&symtab);
	for (int i = 0; i < NR; i++) {
		snprintf(name, sizeof name, "s%d", i);
		symtab_add(&symtab, rand() % 200, 1, STT_FUNC, STB_GLOBAL, name);
		check_tree(&symtab, symtab.root);
	}
	while (left) {
		size_t nr = 0;
		int victim = rand() % NR;

		if (gone[victim])
			continue;
		gone[victim] = true;
		left--;
		symtree_erase(&symtab, victim);
		check_tree(&symtab, symtab.root);
		for (const struct symbol *s = symtab_first(&symtab); s; s = symtab_next(&symtab, s))
			nr++;
		assert_int_equal(nr, left);
	}
	assert_int_equal(symtab.root, SYMBOL_NONE);
	symtab_free(&symtab);
}

static void absurd_sizes(void **state)
{
	struct symtab symtab;

	(void)state;
	symtab_init(&symtab);
	symtab_add(&symtab, UINT64_MAX - 8, UINT64_MAX, STT_FUNC, STB_GLOBAL, "huge");
	symtab_add(&symtab, UINT64_MAX, 0, STT_FUNC, STB_GLOBAL, "last");
	symtab_fix_ends(&symtab);
	symtab_drop_duplicates(&symtab);
	assert_string_equal(at(&symtab, UINT64_MAX - 1), "huge");
	symtab_free(&symtab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sized_symbols), cmocka_unit_test(unsized_symbols_reach_to_the_next),
	    cmocka_unit_test(aliases),	     cmocka_unit_test(the_tree_stays_balanced),
	    cmocka_unit_test(absurd_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
