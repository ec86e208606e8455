/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 64-bit counts and periods on narrow counters; see count.h. */

#include <kern/pmu/count.h>

static inline uint64_t
width_mask (unsigned int width)
{
  return width >= 64 ? ~0ULL : (1ULL << width) - 1;
}

void
pmu_count_init (struct pmu_event *event, uint64_t period)
{
  event->count = 0;
  event->period = period;
  event->left = period;
  event->prev = 0;
}

uint64_t
pmu_count_start (struct pmu_event *event, unsigned int width,
		 unsigned int write_bits)
{
  uint64_t n = event->left;

  if (event->period == 0)
    {
      event->prev = 0;
      return 0;
    }
  if (n > width_mask (write_bits))
    n = width_mask (write_bits);
  event->prev = -n & width_mask (width);
  return event->prev;
}

unsigned int
pmu_count_advance (struct pmu_event *event, uint64_t n)
{
  uint64_t over, periods;

  event->count += n;
  if (event->period == 0)
    return 0;
  if (n < event->left)
    {
      event->left -= n;
      return 0;
    }
  over = n - event->left;
  if (over < event->period)	/* the usual case needs no division */
    {
      event->left = event->period - over;
      return 1;
    }
  periods = over / event->period;
  event->left = event->period - over % event->period;
  return periods < ~0U ? (unsigned int) periods + 1 : ~0U;
}

unsigned int
pmu_count_update (struct pmu_event *event, uint64_t raw, unsigned int width)
{
  uint64_t n = (raw - event->prev) & width_mask (width);

  event->prev = raw;
  return pmu_count_advance (event, n);
}

void
pmu_count_new_period (struct pmu_event *event, uint64_t old_period)
{
  uint64_t gone = old_period - event->left;

  if (event->period == old_period)
    return;
  event->left = gone < event->period ? event->period - gone : 1;
}
