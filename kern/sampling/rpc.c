/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RPC interface: from messages to calls, and no more.  perf.defs says
 * what each does.
 */

#include <kern/pmu/overhead.h>
#include <kern/sampling/buffer.h>
#include <kern/sampling/event.h>
#include <kern/sampling/group.h>
#include <kern/sampling/info.h>
#include <kern/sampling/sideband.h>

#include PERF_SERVER		/* made by MIG; includes server.h */

boolean_t
perf_rpc (mach_msg_header_t *request, mach_msg_header_t *reply)
{
  mig_routine_t routine = perf_server_routine (request);

  if (routine == NULL)
    return FALSE;
  routine (request, reply);
  return TRUE;
}

/* A target stays the port it came as: what it is decides the scope. */
perf_target_t
convert_port_to_perf_target (struct ipc_port *port)
{
  return port;
}

void
perf_target_deallocate (perf_target_t target)
{
  (void) target;		/* no reference was taken */
}

kern_return_t
rpc_perf_info (struct host *host, perf_bytes_t info,
	       mach_msg_type_number_t *count)
{
  struct perf_info_data data;

  *count = 0;
  if (host == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_info_fill (&data);
  memcpy (info, &data, sizeof data);
  *count = sizeof data;
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_pmu_reset (struct host *host_priv)
{
  if (host_priv == NULL)
    return KERN_INVALID_ARGUMENT;
  pmu_model_reset ();
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_budget (struct host *host_priv, natural_t percent)
{
  if (host_priv == NULL)
    return KERN_INVALID_ARGUMENT;
  if (percent == 0 || percent > PMU_BUDGET_ALL)
    return KERN_INVALID_VALUE;
  pmu_budget_set (percent);
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_overhead (struct host *host, perf_bytes_t overhead,
		   mach_msg_type_number_t *count)
{
  struct perf_overhead_data data;

  *count = 0;
  if (host == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_overhead_fill (&data);
  memcpy (overhead, &data, sizeof data);
  *count = sizeof data;
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_buffer_create (struct host *host, vm_size_t data_size,
			vm_size_t watermark, struct ipc_port **buffer)
{
  *buffer = NULL;
  if (host == NULL)
    return KERN_INVALID_ARGUMENT;
  return perf_buffer_create (data_size, watermark, buffer);
}

kern_return_t
rpc_perf_buffer_map (perf_buffer_t buffer, struct vm_map *map,
		     vm_offset_t *address, vm_size_t *size)
{
  *address = 0;
  *size = 0;
  if (buffer == NULL || map == NULL)
    return KERN_INVALID_ARGUMENT;
  return perf_buffer_map (buffer, map, address, size);
}

kern_return_t
rpc_perf_buffer_phys (perf_buffer_t buffer, struct host *host_priv,
		      natural_t ring, rpc_phys_addr_t *address)
{
  *address = 0;
  if (buffer == NULL)
    return KERN_INVALID_ARGUMENT;
  if (host_priv == NULL)
    return KERN_NO_ACCESS;
  *address = perf_buffer_address (buffer, ring);
  return *address != 0 ? KERN_SUCCESS : KERN_INVALID_ARGUMENT;
}

kern_return_t
rpc_perf_buffer_wait (perf_buffer_t buffer, natural_t timeout,
		      natural_t *reason)
{
  *reason = 0;
  if (buffer == NULL)
    return KERN_INVALID_ARGUMENT;
  return perf_buffer_wait (buffer, timeout, reason);
}

kern_return_t
rpc_perf_event_open (perf_target_t port, struct host *host_priv,
		     const perf_bytes_t bytes, mach_msg_type_number_t count,
		     integer_t cpu, perf_buffer_t buffer,
		     struct ipc_port **event, uint64_t *id)
{
  struct perf_target target = { NULL, NULL, cpu };
  struct perf_event_attr attr;
  struct host *host;
  kern_return_t kr;

  *event = NULL;
  *id = 0;
  if (count != sizeof attr)
    return KERN_INVALID_ARGUMENT;
  memcpy (&attr, bytes, sizeof attr);
  target.task = convert_port_to_task (port);
  if (target.task == NULL)
    target.thread = convert_port_to_thread (port);
  host = convert_port_to_host_priv (port);
  if (target.task == NULL && target.thread == NULL && host == NULL)
    return KERN_INVALID_ARGUMENT;

  kr = perf_event_open (&target, &attr, host != NULL || host_priv != NULL,
			buffer, event, id);
  if (target.task != NULL)
    task_deallocate (target.task);
  if (target.thread != NULL)
    thread_deallocate (target.thread);
  return kr;
}

kern_return_t
rpc_perf_event_enable (perf_event_t event)
{
  if (event == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_event_enable (event);
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_event_disable (perf_event_t event)
{
  if (event == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_event_disable (event);
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_event_reset (perf_event_t event)
{
  if (event == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_event_reset (event);
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_event_period (perf_event_t event, uint64_t period)
{
  if (event == NULL)
    return KERN_INVALID_ARGUMENT;
  return perf_event_period (event, period);
}

kern_return_t
rpc_perf_event_read (perf_event_t event, perf_bytes_t values,
		     mach_msg_type_number_t *count)
{
  struct perf_event_values data;

  *count = 0;
  if (event == NULL)
    return KERN_INVALID_ARGUMENT;
  perf_event_read (event, &data);
  memcpy (values, &data, sizeof data);
  *count = sizeof data;
  return KERN_SUCCESS;
}

kern_return_t
rpc_perf_event_group (perf_event_t event, perf_event_t leader)
{
  if (event == NULL || leader == NULL)
    return KERN_INVALID_ARGUMENT;
  return perf_event_group (event, leader);
}

kern_return_t
rpc_perf_task_map (struct task *task, vm_offset_t address, vm_size_t size,
		   uint64_t pgoff, natural_t prot,
		   const perf_build_id_t build_id,
		   mach_msg_type_number_t build_id_size,
		   const perf_name_t name, mach_msg_type_number_t name_size)
{
  struct perf_map map;

  if (task == NULL || size == 0 || address + size < address
      || (prot & ~PERF_VM_PROT_ALL) != 0
      || build_id_size > sizeof map.build_id
      || name_size == 0 || name_size >= sizeof map.name)
    return KERN_INVALID_ARGUMENT;
  memset (&map, 0, sizeof map);
  map.address = address;
  map.size = size;
  map.pgoff = pgoff;
  map.prot = prot;
  map.build_id_size = build_id_size;
  memcpy (map.build_id, build_id, build_id_size);
  map.name_size = name_size;
  memcpy (map.name, name, name_size);
  return perf_sideband_task_map (task, &map);
}
