#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make.sh PERFREPORT: make real.tar and shared.tar anew, bundles of a golden recording before they are compressed. The program
# of the recording was stripped: here it is built once more, with debug information, and given the build-id of that time; for
# shared.tar dwz moves a part of that into a file of its own.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/../../../../perfreport/tests/golden/linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/bin"
cp "$golden/work.c" "$work/src"
gcc -g -gz=none "-ffile-prefix-map=$work=" -m64 -fno-omit-frame-pointer -O1 -fno-optimize-sibling-calls -fno-stack-protector \
	-fcf-protection=none -fno-pic -no-pie -fasynchronous-unwind-tables -nostdlib -static -Wl,--build-id \
	-Wl,-z,noseparate-code -Wl,--eh-frame-hdr -o "$work/bin/work" "$work/src/work.c"
for elf in "$golden/work.elf" "$work/bin/work"; do
	objcopy --dump-section ".text=$work/text-$(basename "$elf")" "$elf" "$work/copy"
done
cmp "$work/text-work.elf" "$work/text-work"
objcopy --dump-section ".note.gnu.build-id=$work/note" "$golden/work.elf" "$work/copy"
objcopy --update-section ".note.gnu.build-id=$work/note" "$work/bin/work"

# pack PERFREPORT NAME
pack() {
	"$1" bundle -i "$golden/page-faults.data" --build-id-dir "$work" --symfs "$work" -o "$work/bundle"
	zstd -dcq "$work/bundle" >"$here/$2.tar"
}

pack "$1" real
cp "$work/bin/work" "$work/bin/twin"
dwz -m "$work/bin/common" -M common "$work/bin/work" "$work/bin/twin"
pack "$1" shared
