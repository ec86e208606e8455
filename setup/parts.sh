# SPDX-License-Identifier: GPL-2.0-or-later
# Steps: what is made of the downloads, each once, into a folder of the cache named by the hash of its inputs.
# A part appears whole, by a rename, or not at all.

# part_make NAME KEY FUNCTION: runs FUNCTION FOLDER unless the cached folder is there; sets $made to the folder.
part_make() {
	made=$cache/$1-$2
	if [ -d "$made" ]; then
		touch "$made"
		result="cached"
		return 0
	fi
	rm -rf "$cache/$1".tmp.*
	making=$cache/$1.tmp.$$
	mkdir "$making" || return 1
	if ! "$3" "$making"; then
		rm -rf "$making"
		return 1
	fi
	result=made
	mv "$making" "$made" && keep_newest "$1"
}

# sums PARTS: one short hash of downloads and of RECIPE, the version of what this file does with them.
RECIPE=1
sums() {
	{
		echo $RECIPE
		for part in "$@"; do
			part_sum "$part"
		done
	} | sha256sum | cut -c1-16
}

# The stock kernel, its headers and the interface generator: one tree.
make_mach() {
	for part in kernel headers mig; do
		dpkg-deb -x "$(part_file $part)" "$1/deb" || return 1
	done
	mv "$1"/deb/usr/* "$1" && gzip -dc "$1"/deb/boot/gnumach-*.gz >"$1/gnumach-amd64-up" || return 1
	rm -r "$1/deb"
	# The package's name for it; both the script and migcom must be where the build looks.
	[ -x "$1/bin/x86_64-gnu-mig" ] && [ -x "$1/lib/mig/x86_64-gnu-migcom" ] && [ -d "$1/include/x86_64-linux-gnu/mach" ]
}

# The same for i386, with both kernels of trixie. The generator runs on amd64 with the i386 C library (gcc-multilib).
make_mach32() {
	for part in kernel32 kernel32smp headers32 mig32; do
		dpkg-deb -x "$(part_file $part)" "$1/deb" || return 1
	done
	mv "$1"/deb/usr/* "$1" &&
		gzip -dc "$1"/deb/boot/gnumach-*-486-up-dbg.gz >"$1/gnumach-i386-up" &&
		gzip -dc "$1"/deb/boot/gnumach-*-486-smp-dbg.gz >"$1/gnumach-i386-smp" || return 1
	rm -r "$1/deb"
	[ -x "$1/bin/i686-gnu-mig" ] && [ -x "$1/lib/mig/i686-gnu-migcom" ] && [ -d "$1/include/i386-linux-gnu/mach" ]
}

# The kernel of sid in the part $sid.
make_sid() {
	dpkg-deb -x "$(part_file "$sid")" "$1/deb" && gzip -dc "$1"/deb/boot/gnumach-*.gz >"$1/gnumach" && rm -r "$1/deb"
}

# setup_mach: sets $mach and $mach32, and $kernels to what option kernels wants: the kernels beside the default one.
setup_mach() {
	part_make mach "$(sums kernel headers mig)" make_mach && mach=$made || return 1
	part_make mach32 "$(sums kernel32 kernel32smp headers32 mig32)" make_mach32 && mach32=$made || return 1
	kernels=i386-up=$mach32/gnumach-i386-up,i386-smp=$mach32/gnumach-i386-smp
	for sid in sidup sidsmp; do
		[ -f "$cache/downloads/$sid.part" ] || continue
		part_make "mach-$sid" "$(sums $sid)" make_sid || return 1
		kernels=$kernels,amd64-${sid#sid}-sid=$made/gnumach
	done
}

# Sources of the workloads.
make_sources() {
	for part in zlib sqlite; do
		mkdir "$1/$part" && tar -xf "$(part_file $part)" -C "$1/$part" --strip-components=1 || return 1
	done
}

setup_sources() {
	part_make sources "$(sums zlib sqlite)" make_sources && sources=$made
}

# Firmware of the emulated machine: pinned, so that a guest starts alike on every host.
make_firmware() {
	for part in seabios qemudata; do
		dpkg-deb -x "$(part_file $part)" "$1/deb" || return 1
	done
	mv "$1"/deb/usr/share/seabios/*.bin "$1" && mv "$1"/deb/usr/share/qemu/*.bin "$1" && rm -r "$1/deb"
}

# The emulator wants a newer meson than bookworm's; the package is pure Python and runs where it lies.
make_meson() {
	dpkg-deb -x "$(part_file meson)" "$1"
}

# The emulator with our PMU.
make_qemu() {
	"$root/vpmu/qemu/build.sh" --meson "$meson" --firmware "$firmware" "$(part_file qemu)" "$1" && return 0
	reason=$(grep '^emulator: ' "$log" | tail -n 1)
	cat "$1.new/build.log"
	rm -rf "$1.new"
	return 1
}

# qemu_key: the downloads it is made of; our recipe, patch and model.
qemu_key() {
	{
		sums qemu meson seabios qemudata
		(cd "$root" && find vpmu -path vpmu/tests -prune -o -type f ! -name '*.md' ! -path vpmu/meson.build -print |
			LC_ALL=C sort | xargs sha256sum)
	} | sha256sum | cut -c1-16
}

setup_qemu() {
	part_make meson "$(sums meson)" make_meson && meson=$made || return 1
	part_make firmware "$(sums seabios qemudata)" make_firmware && firmware=$made || return 1
	part_make qemu "$(qemu_key)" make_qemu && qemu=$made
}
