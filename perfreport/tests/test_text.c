/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "demangle.h"
#include "names.h"
#include "text.h"

static void check(struct text *text, const char *expected)
{
	text_add_bytes(text, "", 1);
	assert_string_equal(text->bytes, expected);
	text_free(text);
}

static void html_is_escaped(void **state)
{
	struct text text = {0};

	(void)state;
	text_add_html(&text, "<script>alert(\"a\" & 'b')</script>");
	check(&text, "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
	text_add_html(&text, "ok \xff\xc3\xa9\x01");
	check(&text, "ok \xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
}

static void json_is_escaped(void **state)
{
	struct text text = {0};

	(void)state;
	text_add_json(&text, "a\"b\\c\n\x1f</script>&");
	check(&text, "\"a\\\"b\\\\c\\u000a\\u001f\\u003c/script\\u003e\\u0026\"");
	text_add_json(&text, "\xc3\xa9 \xf0\x9f\x94\xa5");
	check(&text, "\"\xc3\xa9 \xf0\x9f\x94\xa5\"");
}

/* Not UTF-8 (RFC 3629): cut short, too long, surrogate, beyond U+10FFFF. */
static void json_replaces_what_is_no_utf8(void **state)
{
	static const char *const wrong[] = {
	    "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\xaf", "\x80"};
	struct text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		text_add_json(&text, wrong[i]);
		text_add_bytes(&text, "", 1);
		assert_true(strstr(text.bytes, "\\ufffd") != NULL);
		for (const char *c = text.bytes; *c; c++)
			assert_true((unsigned char)*c < 0x80);
		text_free(&text);
	}
}

/* The examples of RFC 4648, section 10. */
static void base64(void **state)
{
	static const char *const pairs[][2] = {{"", ""},
					       {"f", "Zg=="},
					       {"fo", "Zm8="},
					       {"foo", "Zm9v"},
					       {"foob", "Zm9vYg=="},
					       {"fooba", "Zm9vYmE="},
					       {"foobar", "Zm9vYmFy"}};
	struct text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		text_add_base64(&text, pairs[i][0], strlen(pairs[i][0]));
		check(&text, pairs[i][1]);
	}
}

/* The examples of DWARF 5, table 7.7. */
static void varints(void **state)
{
	struct text text = {0};

	(void)state;
	text_add_varint(&text, 2);
	text_add_varint(&text, 127);
	text_add_varint(&text, 128);
	text_add_varint(&text, 129);
	text_add_varint(&text, 12857);
	assert_int_equal(text.length, 8);
	assert_memory_equal(text.bytes, "\x02\x7f\x80\x01\x81\x01\xb9\x64", 8);
	text_free(&text);
	text_add_varint(&text, UINT64_MAX);
	assert_int_equal(text.length, 10);
	text_free(&text);
}

static void long_lines_are_printed_whole(void **state)
{
	struct text text = {0};
	char line[2000];

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	text_print(&text, "<%s>", line);
	assert_int_equal(text.length, sizeof line - 1 + 2);
	assert_int_equal(text.bytes[text.length - 1], '>');
	text_free(&text);
}

static void names_are_interned(void **state)
{
	struct names *names = names_new();
	name_t known[5000];
	char text[32];

	(void)state;
	assert_int_equal(names_add(names, ""), 0);
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof text, "name %d", i);
		known[i] = names_add(names, text);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof text, "name %d", i);
		assert_int_equal(names_add(names, text), known[i]);
		assert_string_equal(names_text(names, known[i]), text);
	}
	names_free(names);
}

/* C++ (Itanium ABI), Rust's v0 and legacy names. */
static void names_are_demangled(void **state)
{
	static const char *const names[][2] = {
	    {"_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"},
	    {"_RNvMs_NtCs1234_7mycrate3fooNtB4_3Bar3baz", "<mycrate::foo::Bar>::baz"},
	    {"_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>"},
	    {"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"},
	    {"_ZNSt6vectorIiSaIiEE9push_backERKi",
	     "std::vector<int, std::allocator<int> >::push_back"},
	};
	char *probe = demangle("_Z1fv");

	(void)state;
	if (probe == NULL)
		skip(); /* built without libiberty */
	free(probe);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *plain = demangle(names[i][0]);

		assert_string_equal(plain, names[i][1]);
		free(plain);
	}
	assert_null(demangle("main"));
	assert_null(demangle("_Rubbish"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_demangled),
	    cmocka_unit_test(html_is_escaped),
	    cmocka_unit_test(json_is_escaped),
	    cmocka_unit_test(json_replaces_what_is_no_utf8),
	    cmocka_unit_test(base64),
	    cmocka_unit_test(varints),
	    cmocka_unit_test(long_lines_are_printed_whole),
	    cmocka_unit_test(names_are_interned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
