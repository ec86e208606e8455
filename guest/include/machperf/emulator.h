/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The synchronous port of the emulator (docs/vpmu.md), for a task that was
 * given the I/O ports by emulator_open().
 */
#ifndef _MACHPERF_EMULATOR_H_
#define _MACHPERF_EMULATOR_H_

#include <stdbool.h>
#include <stdint.h>
#include <mach/mach_types.h>

#define EMULATOR_PORT	   0xb80
#define EMULATOR_SIGNATURE 0x5450504dU /* "MPPT" */

/* Get the right to use the port by the master device port DEVICE.  An error
   of i386_io_perm_create() or i386_io_perm_modify(), or KERN_FAILURE if the
   machine has no such port. */
kern_return_t emulator_open(mach_port_t device);

/* Hand LENGTH bytes at guest-physical ADDRESS to the host.  They are written
   when the call returns.  0, or the host's errno. */
int emulator_write(uint64_t address, uint32_t length);

/* Leave the emulator; CODE becomes its exit status.  Does not return. */
_Noreturn void emulator_exit(int code);

#endif
