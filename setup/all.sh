# SPDX-License-Identifier: GPL-2.0-or-later
# The set-up that ./demo and ./check share. Sourced with $root set to the tree.

. "$root/setup/lib.sh"
. "$root/setup/packages.sh"
. "$root/setup/downloads.sh"
. "$root/setup/parts.sh"
. "$root/setup/build.sh"
. "$root/setup/linux.sh"

# setup_all KINDS: everything up to our own build; KINDS of setup/packages to install.
setup_all() {
	setup_kinds=$1
	cache_open
	lock_open
	if [ -z "${MACHPERF_DOWNLOADS:-}" ] && [ -d "$root/../shared/downloads" ]; then
		MACHPERF_DOWNLOADS=$(cd "$root/../shared/downloads" && pwd)
	fi
	say "set-up (cache: $cache)"
	step "Debian packages" $EXIT_PACKAGES setup_packages "$1"
	step "kernel and sources of Debian" $EXIT_FETCH setup_downloads
	step "stock kernel, headers, MIG" $EXIT_BUILD setup_mach
	step "sources of the workloads" $EXIT_BUILD setup_sources
	step "emulator (first time: minutes)" $EXIT_BUILD setup_qemu
	cache_unlock
	step "build" $EXIT_BUILD build_main
}
