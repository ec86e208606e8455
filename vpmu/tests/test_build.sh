#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What build.sh refuses, it refuses early and in one line: test_build.sh BUILD_SH
set -eu

build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# expect STATUS WORDS COMMAND...: its exit status, and one line on stderr with these words.
expect()
{
	status=$1
	words=$2
	shift 2
	got=0
	"$@" >"$dir/stdout" 2>"$dir/stderr" || got=$?
	if [ "$got" != "$status" ] || [ "$(wc -l <"$dir/stderr")" != 1 ] || ! grep -qF -- "$words" "$dir/stderr"; then
		echo "FAIL: $*: status $got, wanted $status; wanted words: $words; stderr:"
		cat "$dir/stderr"
		exit 1
	fi
	if [ -e "$dir/out" ]; then
		echo "FAIL: $*: left $dir/out"
		exit 1
	fi
}

# make_source VERSION: a tarball that has nothing but a version.
make_source()
{
	mkdir -p "$dir/qemu"
	echo "$1" >"$dir/qemu/VERSION"
	tar -C "$dir" -cf "$dir/$1.tar" qemu
}

mkdir "$dir/firmware"
for file in bios-256k.bin kvmvapic.bin linuxboot_dma.bin multiboot_dma.bin pvh.bin vgabios-stdvga.bin vgabios.bin; do
	: >"$dir/firmware/$file"
done
make_source 9.2.4
make_source 10.0.99
echo text >"$dir/text"

expect 2 "usage:" "$build"
expect 2 "usage:" "$build" --wrong a b
expect 1 "cannot read $dir/none" "$build" --firmware "$dir/firmware" "$dir/none" "$dir/out"
expect 1 "is QEMU 9.2.4; the patch is for 10.0.x" "$build" --firmware "$dir/firmware" "$dir/9.2.4.tar" "$dir/out"
expect 1 "the patch does not apply to QEMU 10.0.99" "$build" --firmware "$dir/firmware" "$dir/10.0.99.tar" "$dir/out"
expect 1 "cannot unpack $dir/text" "$build" --firmware "$dir/firmware" "$dir/text" "$dir/out"
echo ok
