/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this host's KVM can give a guest performance counters.
 *
 * /dev/kvm may exist and be useless: without rights, nested without hardware
 * behind it, on a host without counters, with a KVM that keeps them from
 * guests, or so that no call ever returns.  So everything that --accel kvm
 * needs is tried first, in a child process with a time limit.
 */
#ifndef PERFREC_KVM_H
#define PERFREC_KVM_H

#include <stdbool.h>
#include <stddef.h>

#define KVM_DEVICE	 "/dev/kvm"
#define KVM_PROBE_MS	 1500
#define KVM_REASON_BYTES 256

/* What the probe asks of the host; tests have their own. */
struct kvm_host {
	/* A descriptor, or -1 and errno. */
	int (*open)(const char *path);

	/* As ioctl(). */
	int (*ioctl)(int fd, unsigned long request, void *argument);

	/* A page that the virtual machine and we share; NULL and errno. */
	void *(*map)(int fd, size_t size);

	/* Open and close a hardware counter of this process: 0 or errno. */
	int (*counter)(void);
};

extern const struct kvm_host kvm_this_host;

/* Try everything, for at most ms milliseconds.  True: a guest can have
   counters.  Else *reason says in a few words why not. */
bool kvm_usable(const struct kvm_host *host, const char *device, unsigned int ms,
		char reason[KVM_REASON_BYTES]);

#endif /* PERFREC_KVM_H */
