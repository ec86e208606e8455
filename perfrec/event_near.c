/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names near one that nobody knows. */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "exit_codes.h"

/* Names offered for an unknown one, and how many edits away they may be. */
#define MAX_NEAR     3
#define MAX_DISTANCE 4

static unsigned int smallest(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Edits (insert, delete, replace) from a to b; both short. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[MAX_EVENT_NAME + 1];
	size_t length = strlen(b), i, j;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= length; j++) {
			unsigned int above = row[j];

			row[j] =
			    smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

/* How near a name is to what was written: its edits, 0 if it holds it. */
static unsigned int nearness(const char *written, const char *name)
{
	return strlen(written) >= 3 && strcasestr(name, written) ? 0 : distance(written, name);
}

/* Refuse an unknown event and offer the nearest names. */
int unknown_event(const char *written)
{
	char offer[3 * MAX_EVENT_NAME + 32] = "";
	unsigned int limit, found = 0;
	size_t n;

	for (limit = 0; limit <= MAX_DISTANCE && found < MAX_NEAR; limit++) {
		for (n = 0; n < nr_event_names && found < MAX_NEAR; n++) {
			const char *name = event_names[n].name;

			if (nearness(written, name) != limit)
				continue;
			strcat(offer, found++ ? ", " : "; near it: ");
			strcat(offer, name);
		}
	}
	return fail(EXIT_UNKNOWN_EVENT, "unknown event '%s'%s (perfrec list shows all)", written,
		    offer);
}
