// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's ring on the host: order, wrapping, nested writers, hostile tails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The copy of a record is where an NMI may come in: the ring is compiled here with a memcpy that
   calls back. */
static void (*interruption)(void);

static void *copy_interrupted(void *to, const void *from, size_t size)
{
	size_t half = size / 2;
	void (*now)(void) = interruption;

	memmove(to, from, half);
	interruption = NULL;
	if (now != NULL)
		now();
	memmove((char *)to + half, (const char *)from + half, size - half);
	return to;
}

#define memcpy copy_interrupted
#include "../../../kern/sampling/ring.c"
#undef memcpy

#define SIZE  4096UL
#define GUARD 512

static struct {
	struct perf_ring_page page;
	char rest[4096 - sizeof(struct perf_ring_page)];
	char data[SIZE];
	char guard[GUARD];
} area;
static struct perf_ring ring;

static int set_up(void **state)
{
	(void)state;
	memset(&area, 0, sizeof area);
	memset(area.guard, 0x5a, GUARD);
	perf_ring_init(&ring, &area.page, 3, offsetof(typeof(area), data), SIZE, 8192, 0);
	interruption = NULL;
	return 0;
}

static void check_guard(void)
{
	for (unsigned i = 0; i < GUARD; i++)
		assert_int_equal(area.guard[i], 0x5a);
	for (unsigned i = 0; i < sizeof area.rest; i++)
		assert_int_equal(area.rest[i], 0);
}

/* A record of nr words, all of them the same number. */
static bool put(uint64_t number, unsigned nr, boolean_t sideband)
{
	uint64_t words[64];

	for (unsigned i = 0; i < nr; i++)
		words[i] = number;
	return perf_ring_write(&ring, words, nr * 8, sideband);
}

/* Take one word as the recorder does; it must be there. */
static uint64_t take(void)
{
	uint64_t word;

	assert_true(area.page.data_tail < area.page.data_head);
	memcpy(&word, area.data + area.page.data_tail % SIZE, 8);
	area.page.data_tail += 8;
	return word;
}

static void test_control_page(void **state)
{
	(void)state;
	assert_int_equal(area.page.version, PERF_ABI_VERSION);
	assert_int_equal(area.page.cpu, 3);
	assert_int_equal(area.page.data_size, SIZE);
	assert_int_equal(area.page.stride, 8192);
	assert_true(perf_ring_empty(&ring));
	assert_false(perf_ring_due(&ring));
}

static void test_order_and_wrapping(void **state)
{
	uint64_t written = 0, taken = 0;

	(void)state;
	for (unsigned round = 0; round < 5001; round++) {
		unsigned nr = 1 + round * 7 % 40;

		if (put(written, nr, FALSE))
			written++;
		else
			assert_true(perf_ring_room(&ring, FALSE) < nr * 8);
		if (round % 3 == 0 || round == 5000)
			while (area.page.data_tail < area.page.data_head) {
				uint64_t word = take();

				assert_true(word == taken || word == taken + 1);
				taken = word;
			}
	}
	assert_true(area.page.data_head > 20 * SIZE);
	assert_int_equal(taken + 1, written);
	check_guard();
}

static void test_room_kept_for_sideband(void **state)
{
	unsigned samples = 0, sideband = 0;

	(void)state;
	while (put(1, 8, FALSE))
		samples++;
	assert_int_equal(samples, (SIZE - SIZE / 4) / 64);
	assert_true(perf_ring_due(&ring));
	while (put(2, 8, TRUE))
		sideband++;
	assert_int_equal(sideband, SIZE / 4 / 64);
	assert_int_equal(perf_ring_room(&ring, TRUE), 0);
	perf_ring_lost(&ring);
	perf_ring_lost(&ring);
	assert_int_equal(area.page.lost, 2);
	check_guard();
}

static uint64_t head_inside;

static void nested_writer(void)
{
	assert_true(put(7, 5, FALSE));
	head_inside = area.page.data_head;
}

/* A writer that interrupts another one publishes nothing; the outer does, for both. */
static void test_nested_writers(void **state)
{
	(void)state;
	interruption = nested_writer;
	assert_true(put(3, 4, FALSE));
	assert_int_equal(head_inside, 0);
	assert_int_equal(area.page.data_head, 9 * 8);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(take(), 3);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(take(), 7);
	assert_int_equal(ring.nest, 0);
}

static void nested_full(void)
{
	while (put(7, 5, FALSE))
		;
	head_inside = area.page.data_head;
}

static void test_nested_writer_finds_it_full(void **state)
{
	(void)state;
	interruption = nested_full;
	assert_true(put(3, 4, FALSE));
	assert_int_equal(head_inside, 0);
	assert_true(area.page.data_head > SIZE / 2);
	assert_int_equal(ring.nest, 0);
	assert_int_equal(take(), 3);
}

/* Put a record together in the ring, as an overflow does. */
static bool place(uint64_t number, unsigned nr)
{
	uint64_t *words = perf_ring_place(&ring, nr * 8 + 40); /* it may turn out smaller */

	if (words == NULL)
		return false;
	for (unsigned i = 0; i < nr; i++)
		words[i] = number;
	perf_ring_placed(&ring, nr * 8);
	return true;
}

static void test_placed_records(void **state)
{
	uint64_t written = 0, taken = 0;
	unsigned wrapped = 0;

	(void)state;
	for (unsigned round = 0; round < 5000; round++) {
		unsigned nr = 1 + round * 11 % 30;
		bool placed = place(written, nr);

		/* What would wrap around is copied in. */
		if (!placed && perf_ring_room(&ring, FALSE) >= nr * 8 + 40) {
			assert_true(SIZE - ring.head % SIZE < nr * 8 + 40);
			placed = put(written, nr, FALSE);
			wrapped++;
		}
		written += placed;
		if (round % 5 == 4 || !placed)
			while (area.page.data_tail < area.page.data_head) {
				uint64_t word = take();

				assert_true(word == taken || word == taken + 1);
				taken = word;
			}
	}
	assert_true(written > 4000 && wrapped > 50);
	check_guard();
}

static void nested_placer(void)
{
	assert_true(place(7, 5));
	head_inside = area.page.data_head;
}

static void test_placed_inside_a_writer(void **state)
{
	(void)state;
	interruption = nested_placer;
	assert_true(put(3, 4, TRUE));
	assert_int_equal(head_inside, 0);
	assert_int_equal(area.page.data_head, 9 * 8);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(take(), 3);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(take(), 7);
	assert_true(place(8, 2));
	assert_int_equal(area.page.data_head, 11 * 8);
}

static void test_no_place_in_a_full_ring(void **state)
{
	(void)state;
	while (place(1, 8))
		;
	assert_true(ring.head <= SIZE - SIZE / 4);
	assert_true(ring.head > SIZE - SIZE / 4 - 8 * 8 - 40);
	area.page.data_tail = ring.head + 8; /* nonsense */
	assert_false(place(1, 8));
	check_guard();
}

/* Whatever the recorder writes, the kernel stays inside the data and its head stays right. */
static void test_hostile_control_page(void **state)
{
	uint64_t x = 88172645463325252ULL, before;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		switch (x % 5) {
		case 0:
			area.page.data_tail = x;
			break;
		case 1:
			area.page.data_tail = ring.published - x % (2 * SIZE);
			break;
		case 2:
			area.page.data_tail = ring.published;
			break;
		case 3:
			area.page.data_head = x;
			area.page.data_size = x >> 3;
			area.page.data_offset = x >> 5;
			break;
		}
		before = ring.published;
		if (put(i, 1 + x % 60, x & 1))
			assert_int_equal(area.page.data_head, before + 8 * (1 + x % 60));
	}
	assert_true(ring.published > 100 * SIZE);
	check_guard();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_control_page, set_up),
	    cmocka_unit_test_setup(test_order_and_wrapping, set_up),
	    cmocka_unit_test_setup(test_room_kept_for_sideband, set_up),
	    cmocka_unit_test_setup(test_nested_writers, set_up),
	    cmocka_unit_test_setup(test_nested_writer_finds_it_full, set_up),
	    cmocka_unit_test_setup(test_placed_records, set_up),
	    cmocka_unit_test_setup(test_placed_inside_a_writer, set_up),
	    cmocka_unit_test_setup(test_no_place_in_a_full_ring, set_up),
	    cmocka_unit_test_setup(test_hostile_control_page, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
