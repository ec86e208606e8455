# SPDX-License-Identifier: GPL-2.0-or-later
# Steps: our own build, in build/ and, with sanitizers and without the guest, in build-asan/; for libFuzzer in build-fuzz/.

# configure FOLDER OPTIONS: sets a build folder up once, and again when the options or the wanted packages have changed.
configure() {
	folder=$1
	shift
	{
		printf '%s\n' "$@"
		packages_wanted "$setup_kinds"
	} >"$log.options"
	if [ -f "$folder/build.ninja" ] && cmp -s "$log.options" "$folder/.setup-options"; then
		rm "$log.options"
		return 0
	fi
	if [ -f "$folder/build.ninja" ]; then
		meson setup --reconfigure "$folder" "$root" "$@" || return 1
	else
		meson setup "$folder" "$root" "$@" || return 1
	fi
	mv "$log.options" "$folder/.setup-options"
}

# compile FOLDER: all of it, and what only tests need: newer versions of meson keep that apart.
compile() {
	meson compile -C "$1" && ninja -C "$1" meson-test-prereq || return 1
	result=${1##*/}
}

build_main() {
	configure "$root/build" \
		"-Dqemu=$qemu/bin/qemu-system-x86_64" "-Dqemu_data=$qemu/share" \
		"-Dkernel=$mach/gnumach-amd64-up" "-Dkernels=$kernels" "-Dmig=$mach/bin/x86_64-gnu-mig" \
		"-Dmach_include=$mach/include/x86_64-linux-gnu" \
		"-Dmig_i386=$mach32/bin/i686-gnu-mig" "-Dmach_include_i386=$mach32/include/i386-linux-gnu" \
		"-Dzlib_src=$sources/zlib" "-Dsqlite_src=$sources/sqlite" &&
		compile "$root/build"
}

# Only the fuzzing targets; the rest clang need not like.
build_fuzz() {
	CC=clang configure "$root/build-fuzz" -Dlibfuzzer=true -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false &&
		ninja -C "$root/build-fuzz" tests/fuzz/fuzz-reader tests/fuzz/fuzz-report tests/fuzz/fuzz-folded tests/fuzz/fuzz-bundle || return 1
	result=build-fuzz
}

build_asan() {
	# Checks that sanitizers insert look to gcc 14 like uses of null; the plain build has -Werror.
	configure "$root/build-asan" -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false &&
		compile "$root/build-asan"
}
