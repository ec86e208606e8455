#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build the emulator with the PMU model from QEMU's source.
#
# usage: build.sh [--meson DIR] [--jobs N] [--firmware DIR]... TARBALL OUT
#
#   TARBALL         qemu_10.0.*.orig.tar.*, as Debian's source package has it
#   OUT             made anew: bin/qemu-system-x86_64, share/ (firmware, libcache.so), build.log
#   --meson DIR     an unpacked meson package (the folder that holds usr/), for
#                   where the installed meson is older than 1.5
#   --jobs N        compile so many files at once (default: all processors)
#   --firmware DIR  look for firmware here too, first
#
# Exit status: 0 built; 1 it failed (one line says why); 2 wrong usage.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
firmware_dirs="/usr/share/seabios /usr/share/qemu"
firmware="bios-256k.bin kvmvapic.bin linuxboot_dma.bin multiboot_dma.bin pvh.bin vgabios-stdvga.bin vgabios.bin"
meson=
jobs=$(getconf _NPROCESSORS_ONLN)

fail()
{
	echo "emulator: $*" >&2
	exit 1
}

usage()
{
	echo "usage: build.sh [--meson DIR] [--jobs N] [--firmware DIR]... TARBALL OUT" >&2
	exit 2
}

# Say what is being done, with the seconds since the start.
start=$(date +%s)
step()
{
	echo "emulator: [$(($(date +%s) - start)) s] $*"
}

while [ $# -gt 0 ]; do
	case $1 in
	--meson) [ $# -ge 2 ] || usage; meson=$(cd "$2" && pwd) || exit 1; shift 2 ;;
	--jobs) [ $# -ge 2 ] || usage; jobs=$2; shift 2 ;;
	--firmware) [ $# -ge 2 ] || usage; firmware_dirs="$2 $firmware_dirs"; shift 2 ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -eq 2 ] || usage
tarball=$1
out=$2
[ -r "$tarball" ] || fail "cannot read $tarball"
mkdir -p "$(dirname "$out")" || exit 1
new=$out.new
rm -rf "$new"
mkdir -p "$new/src" "$new/build" "$new/bin" "$new/share"
new=$(cd "$new" && pwd)
log=$new/build.log
trap 'rm -rf "$new/src" "$new/build"' EXIT

find_firmware()
{
	for dir in $firmware_dirs; do
		if [ -r "$dir/$1" ]; then
			cp "$dir/$1" "$new/share/"
			return
		fi
	done
	fail "no firmware $1 in $firmware_dirs: install packages seabios and qemu-system-data"
}

for file in $firmware; do
	find_firmware "$file"
done

step "unpacking $(basename "$tarball")"
tar -xf "$tarball" -C "$new/src" --strip-components=1 --no-same-owner 2>"$log" || fail "cannot unpack $tarball"
version=$(cat "$new/src/VERSION" 2>/dev/null) || fail "$tarball is not QEMU's source: it has no VERSION"
case $version in
10.0.*) ;;
*) fail "$tarball is QEMU $version; the patch is for 10.0.x" ;;
esac

step "patching QEMU $version"
if ! patch -d "$new/src" -p1 --fuzz=3 --forward --dry-run <"$here/hooks.patch" >>"$log" 2>&1; then
	fail "the patch does not apply to QEMU $version: $(grep -m1 -E 'FAILED|No file|malformed' "$log" || tail -n 1 "$log") ($here/hooks.patch)"
fi
patch -d "$new/src" -p1 --fuzz=3 --forward --no-backup-if-mismatch <"$here/hooks.patch" >>"$log"
model=$new/src/target/i386/vpmu
mkdir "$model"
cp "$here"/../*.[ch] "$here"/*.[ch] "$here"/*.inc "$here/meson.build" "$model/"
cp "$here/vpmu.mak" "$new/src/configs/devices/x86_64-softmmu/"

step "configuring"
if [ -n "$meson" ]; then
	PYTHONPATH=$(cd "$meson/usr/lib/python3/dist-packages" && pwd) || fail "no meson in $meson"
	PATH=$meson/usr/bin:$PATH
	export PYTHONPATH PATH
fi
python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
cd "$new/build"
"$new/src/configure" --python="$python" --target-list=x86_64-softmmu \
	--without-default-features --without-default-devices --with-devices-x86_64=vpmu \
	--enable-tcg --enable-kvm --enable-system --disable-docs --disable-tools --enable-plugins \
	--disable-install-blobs --disable-fdt --disable-download --disable-werror \
	>>"$log" 2>&1 || fail "configure failed: $(grep -m1 -E 'ERROR|error:|was not found|isn.t suitable' "$log" || tail -n 1 "$log")"

# QEMU's own cache plugin, which a bench compares us with.
plugin=contrib/plugins/libcache.so

# Ninja's counts become a line for each tenth.
step "compiling"
{
	NINJA_STATUS='[%p] ' nice ninja -j "$jobs" qemu-system-x86_64 "$plugin" 2>&1 || echo "FAILED: ninja"
} | awk -v log_file="$log" '
	{ print >> log_file }
	/^\[ *[0-9]+%\]/ {
		percent = substr($0, 2) + 0
		if (percent >= last + 10) {
			last = percent - percent % 10
			print "emulator: compiling, " last " %"
			fflush()
		}
	}
	/^FAILED: / && !failed { failed = $2 }
	END { exit failed != "" }' || fail "compiling failed: $(grep -m1 'error:' "$log" || echo 'see the log') ($log)"

strip -o "$new/bin/qemu-system-x86_64" qemu-system-x86_64
cp "$plugin" "$new/share/"
cd /
"$new/bin/qemu-system-x86_64" -device machperf-port,help >>"$log" 2>&1 ||
	fail "the new emulator does not run: $(tail -n 1 "$log")"

rm -rf "$new/src" "$new/build" "$out"
mv "$new" "$out"
step "ready: $out/bin/qemu-system-x86_64"
