#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make the program and its recordings anew, as root on a Linux with perf; the tests compare perf's report with ours on
# them, so they need not stay the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
program=/usr/local/bin/twotasks
trap 'rm -rf "$work" "$program"' EXIT
gcc -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-stack-protector -fcf-protection=none -nostdlib -static \
	-Wl,--build-id -Wl,-z,noseparate-code -o "$program" "$here/twotasks.c"
strip -g -R .comment "$program"
cp "$program" "$here/twotasks.elf"
cd "$work"
record() {
	perf --buildid-dir "$work/debug" record -q --no-bpf-event "$@" -- "$program"
}
record -e cpu-clock/period=4000000/u -e page-faults/period=1/ -g -o events.data
record -e cpu-clock -F 250 -o frequency.data
# Of the kernel's release only the numbers: the rest says whose machine it was.
release=$(uname -r)
numbers=$(printf '%s' "$release" | sed 's/[^0-9.].*//')
zeros=$(printf '%s' "${release#"$numbers"}" | sed 's/./\\x00/g')
LC_ALL=C sed -i "s/$(printf '%s' "$release" | sed 's/\./\\./g')/$numbers$zeros/" events.data frequency.data
cp events.data frequency.data "$here"
chmod 644 "$here"/*.data "$here"/*.elf
