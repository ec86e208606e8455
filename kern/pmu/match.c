/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events to counters; match.h. */

#include <kern/pmu/match.h>

static inline unsigned int
lowest (uint64_t mask)
{
  return __builtin_ctzll (mask);
}

/* The path that ends, at its free end, at counter; from[] leads back. */
static unsigned int
follow (uint64_t wanted, const uint8_t *from, unsigned int counter,
	uint8_t *path)
{
  unsigned int nr = 0;

  path[nr++] = counter;
  while (!(wanted >> counter & 1))
    {
      counter = from[counter];
      path[nr++] = counter;
    }
  return nr;
}

unsigned int
pmu_match (uint64_t wanted, uint64_t used, pmu_occupant_t occupant,
	   const void *where, uint8_t path[PMU_MAX_COUNTERS])
{
  uint8_t from[PMU_MAX_COUNTERS];	/* who could move there */
  uint64_t seen = wanted, reached = wanted, next, left, more;
  unsigned int counter;

  for (; reached != 0; reached = next)
    {
      if ((reached & ~used) != 0)
	return follow (wanted, from, lowest (reached & ~used), path);
      next = 0;
      for (left = reached; left != 0; left &= left - 1)
	{
	  counter = lowest (left);
	  more = occupant (where, counter) & ~seen;
	  seen |= more;
	  next |= more;
	  for (; more != 0; more &= more - 1)
	    from[lowest (more)] = counter;
	}
    }
  return 0;
}

/* Of pmu_match_all (): where is an array of masks by counter. */
static uint64_t
placed (const void *where, unsigned int counter)
{
  return ((const uint64_t *) where)[counter];
}

boolean_t
pmu_match_all (const uint64_t *masks, unsigned int nr)
{
  uint64_t on[PMU_MAX_COUNTERS], used = 0;
  uint8_t path[PMU_MAX_COUNTERS];
  unsigned int i, step, length;

  for (i = 0; i < nr; i++)
    {
      length = pmu_match (masks[i], used, placed, on, path);
      if (length == 0)
	return FALSE;
      for (step = 0; step + 1 < length; step++)
	on[path[step]] = on[path[step + 1]];
      on[path[length - 1]] = masks[i];
      used |= 1ULL << path[0];
    }
  return TRUE;
}
