/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event attributes; perf_event_open(2) has their meaning. */

#include <kern/sampling/attr.h>
#include <kern/sampling/sched.h>

#define ATTR_SAMPLE_TYPES						\
  (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME			\
   | PERF_SAMPLE_ADDR | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_ID		\
   | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_STREAM_ID	\
   | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER			\
   | PERF_SAMPLE_IDENTIFIER)

/* Bytes of a stack dump: a record's size has 16 bits, and the rest of it takes
   less than the difference. */
#define ATTR_STACK_MAX	63488U

#define ATTR_READ_FORMATS						\
  (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING	\
   | PERF_FORMAT_ID | PERF_FORMAT_LOST)

#define ATTR_FLAGS							\
  (PERF_ATTR_SIDEBAND | PERF_ATTR_DISABLED | PERF_ATTR_INHERIT		\
   | PERF_ATTR_INHERIT_STAT						\
   | PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_KERNEL			\
   | PERF_ATTR_EXCLUDE_HV | PERF_ATTR_FREQ | PERF_ATTR_WATERMARK	\
   | PERF_ATTR_SAMPLE_ID_ALL | PERF_ATTR_EXCLUDE_HOST			\
   | PERF_ATTR_EXCLUDE_GUEST | PERF_ATTR_EXCLUDE_CALLCHAIN_KERNEL	\
   | PERF_ATTR_EXCLUDE_CALLCHAIN_USER | PERF_ATTR_COMM_EXEC		\
   | PERF_ATTR_BUILD_ID | PERF_ATTR_CONTEXT_SWITCH)

/* Events per second that a frequency starts from; the first ticks correct
   it. */
#define ATTR_FIRST_RATE	100000000U

static boolean_t
attr_unused_fields_clear (const struct perf_event_attr *attr)
{
  return attr->bp_type == 0 && attr->config1 == 0 && attr->config2 == 0
	 && attr->branch_sample_type == 0 && attr->clockid == 0
	 && attr->sample_regs_intr == 0 && attr->aux_watermark == 0
	 && attr->reserved2 == 0 && attr->aux_sample_size == 0
	 && attr->reserved3 == 0 && attr->sig_data == 0;
}

/* Registers and stack are asked for as they can be had. */
static boolean_t
attr_user_state_valid (const struct perf_event_attr *attr)
{
  uint64_t registers = attr->sample_regs_user;

  return ((attr->sample_type & PERF_SAMPLE_REGS_USER) != 0
	  ? registers != 0 && (registers & ~REGISTERS_KNOWN) == 0
	  : registers == 0)
	 && ((attr->sample_type & PERF_SAMPLE_STACK_USER) != 0
	     ? attr->sample_stack_user % 8 == 0
	       && attr->sample_stack_user <= ATTR_STACK_MAX
	     : attr->sample_stack_user == 0);
}

kern_return_t
perf_attr_check (const struct perf_event_attr *attr, boolean_t has_buffer,
		 boolean_t on_thread)
{
  uint64_t both = PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_KERNEL;

  if (attr->size != sizeof *attr
      || ! attr_unused_fields_clear (attr)
      || ! attr_user_state_valid (attr)
      || (attr->sample_type & ~(uint64_t) ATTR_SAMPLE_TYPES) != 0
      || (attr->read_format & ~(uint64_t) ATTR_READ_FORMATS) != 0
      || (attr->flags & ~ATTR_FLAGS) != 0
      || (attr->flags & both) == both
      || (attr->flags & (PERF_ATTR_MMAP | PERF_ATTR_MMAP2)) == PERF_ATTR_MMAP
      || attr->sample_max_stack > PERF_MAX_STACK_DEPTH)
    return KERN_INVALID_ARGUMENT;
  if (! has_buffer
      && (attr->sample_period != 0 || (attr->flags & PERF_ATTR_SIDEBAND) != 0))
    return KERN_INVALID_ARGUMENT;
  if ((attr->flags & PERF_ATTR_INHERIT_STAT) != 0
      && (! has_buffer || (attr->read_format & PERF_FORMAT_LOST) != 0))
    return KERN_INVALID_ARGUMENT;
  if (on_thread && (attr->flags & PERF_ATTR_INHERIT) != 0)
    return KERN_INVALID_ARGUMENT;
  if (attr->type == PERF_TYPE_SOFTWARE
      && attr->config != PERF_COUNT_SW_CPU_CLOCK
      && attr->config != PERF_COUNT_SW_DUMMY
      && ! perf_attr_off_cpu (attr))
    return KERN_NOT_SUPPORTED;
  if (perf_attr_off_cpu (attr) && (attr->flags & PERF_ATTR_FREQ) != 0)
    return KERN_INVALID_ARGUMENT;
  if ((attr->flags & PERF_ATTR_FREQ) != 0
      && (attr->sample_period == 0
	  || attr->sample_period > PERF_FREQUENCY_MAX))
    return KERN_INVALID_VALUE;
  return KERN_SUCCESS;
}

boolean_t
perf_attr_counts (const struct perf_event_attr *attr)
{
  return ! (attr->type == PERF_TYPE_SOFTWARE
	    && attr->config == PERF_COUNT_SW_DUMMY)
	 && ! perf_attr_off_cpu (attr);
}

boolean_t
perf_attr_off_cpu (const struct perf_event_attr *attr)
{
  return attr->type == PERF_TYPE_SOFTWARE
	 && attr->config == PERF_COUNT_SW_BPF_OUTPUT;
}

boolean_t
perf_attr_period_valid (const struct perf_event_attr *attr, uint64_t period)
{
  struct perf_event_attr changed = *attr;
  struct pmu_request request;
  struct pmu_event scratch;

  changed.sample_period = period;
  if (period == 0 || perf_attr_check (&changed, TRUE, FALSE) != KERN_SUCCESS)
    return FALSE;
  if (perf_attr_off_cpu (attr))
    return TRUE;
  perf_attr_request (&changed, &request);
  return pmu_event_init (&scratch, &request) == KERN_SUCCESS;
}

uint64_t
perf_attr_first_period (const struct perf_event_attr *attr)
{
  uint64_t period;

  if ((attr->flags & PERF_ATTR_FREQ) == 0)
    return attr->sample_period;
  if (attr->type == PERF_TYPE_SOFTWARE)
    return 1000000000U / attr->sample_period;	/* it counts ns */
  period = ATTR_FIRST_RATE / attr->sample_period;
  return period < perf_min_period ? perf_min_period : period;
}

void
perf_attr_request (const struct perf_event_attr *attr,
		   struct pmu_request *request)
{
  request->type = attr->type;
  request->config = attr->config;
  request->exclude_user = (attr->flags & PERF_ATTR_EXCLUDE_USER) != 0;
  request->exclude_kernel = (attr->flags & PERF_ATTR_EXCLUDE_KERNEL) != 0;
  request->period = perf_attr_first_period (attr);
}

unsigned int
perf_attr_max_stack (const struct perf_event_attr *attr)
{
  return attr->sample_max_stack == 0 ? PERF_MAX_STACK_DEPTH
				     : attr->sample_max_stack;
}
