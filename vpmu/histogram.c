/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of counts by address. */
#include "histogram.h"
#include "attribution.h"
#include "stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION 1
#define FIRST_SIZE     4096
#define NO_SPACE       UINT32_MAX

static size_t hash(uint64_t address, unsigned int space)
{
	return (size_t)((address ^ (uint64_t)space << 48) * UINT64_C(0x9e3779b97f4a7c15) >> 24);
}

/* The slot of a place, or the free one where it would stand. */
static struct vpmu_place **find_slot(struct vpmu_place **slots, size_t size, uint64_t address,
				     unsigned int space)
{
	size_t i = hash(address, space) & (size - 1);

	while (slots[i] && (slots[i]->address != address || slots[i]->space != space))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

/* Keep the table at most half full. */
static bool make_room(struct vpmu_histogram *h)
{
	size_t size = h->size ? 2 * h->size : FIRST_SIZE;
	struct vpmu_place **slots;

	if (2 * h->nr < h->size)
		return true;
	slots = calloc(size, sizeof(struct vpmu_place *));
	if (!slots)
		return false;
	for (size_t i = 0; i < h->size; i++)
		if (h->slots[i])
			*find_slot(slots, size, h->slots[i]->address, h->slots[i]->space) =
			    h->slots[i];
	free(h->slots);
	h->slots = slots;
	h->size = size;
	return true;
}

static unsigned int find_space(struct vpmu_histogram *h, uint64_t root)
{
	uint64_t *roots;

	for (unsigned int i = 0; i < h->nr_spaces; i++)
		if (h->roots[i] == root)
			return i + 1;
	roots = realloc(h->roots, (h->nr_spaces + 1) * sizeof(uint64_t));
	if (!roots)
		return NO_SPACE;
	h->roots = roots;
	h->roots[h->nr_spaces++] = root;
	return h->nr_spaces;
}

struct vpmu_place *vpmu_histogram_place(struct vpmu_histogram *h, uint64_t address, uint64_t root,
					unsigned int ring)
{
	unsigned int space = ring == 0 ? 0 : find_space(h, root);
	struct vpmu_place **slot;

	if (space != NO_SPACE && make_room(h)) {
		slot = find_slot(h->slots, h->size, address, space);
		if (!*slot && (*slot = calloc(1, sizeof(struct vpmu_place))) != NULL) {
			**slot = (struct vpmu_place){.address = address, .space = space};
			h->nr++;
		}
		if (*slot)
			return *slot;
	}
	h->incomplete = true;
	return &h->spill;
}

void vpmu_histogram_clear(struct vpmu_histogram *h)
{
	for (size_t i = 0; i < h->size; i++)
		free(h->slots[i]);
	free(h->slots);
	free(h->roots);
	memset(h, 0, sizeof(*h));
}

static int compare_places(const void *a, const void *b)
{
	const struct vpmu_place *x = *(struct vpmu_place *const *)a;
	const struct vpmu_place *y = *(struct vpmu_place *const *)b;

	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Whether anything was counted there. */
static bool has_counts(const struct vpmu_place *place)
{
	for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
		if (place->counts[e])
			return true;
	return false;
}

static void write_place(const struct vpmu_histogram *h, const struct vpmu_place *place, FILE *f)
{
	fprintf(f, "%u %" PRIx64, place->space, place->address);
	for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
		if (h->events & 1U << e)
			fprintf(f, " %" PRIu64, place->counts[e]);
	fputc('\n', f);
}

bool vpmu_histogram_write(struct vpmu_histogram *h, FILE *f)
{
	struct vpmu_place **places = calloc(h->nr + 1, sizeof(struct vpmu_place *));
	size_t nr = 0;

	if (!places || h->incomplete) {
		free(places);
		return false;
	}
	fprintf(f, "vpmu-histogram %d\nevents", FORMAT_VERSION);
	for (unsigned int e = 0; e < VPMU_NR_EVENTS; e++)
		if (h->events & 1U << e)
			fprintf(f, " %s", vpmu_event_name(e));
	fputc('\n', f);
	for (size_t i = 0; i < h->size; i++)
		if (h->slots[i] && has_counts(h->slots[i]))
			places[nr++] = h->slots[i];
	qsort(places, nr, sizeof(struct vpmu_place *), compare_places);
	for (size_t i = 0; i < nr; i++)
		write_place(h, places[i], f);
	fprintf(f, "end %zu\n", nr);
	free(places);
	return true;
}
