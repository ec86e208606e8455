# SPDX-License-Identifier: GPL-2.0-or-later
# Step of the suite bench alone: Debian's own Linux, which runs on the emulator as we do, for comparison.

# The kernel and what its initramfs needs beside the machine's own perf: one folder.
make_linux() {
	for part in linux busybox; do
		dpkg-deb -x "$(part_file $part)" "$1/deb" || return 1
	done
	mv "$1"/deb/boot/vmlinuz-* "$1/vmlinuz" && mv "$1/deb/bin/busybox" "$1/busybox" && rm -r "$1/deb"
}

# setup_linux: fetches and unpacks it; the tests find it by MACHPERF_LINUX.
setup_linux() {
	# Binary packages of this release are wanted by nobody else, so apt's lists of them are fetched only here.
	apt_more=bookworm
	apt_ready=
	flock 9
	take_downloads downloads.bench && part_make linux "$(sums linux busybox)" make_linux || return 1
	cache_unlock
	MACHPERF_LINUX=$made
	export MACHPERF_LINUX
}
