#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests of setup/ without a network and without root: apt-get, dpkg-query and id are played by small scripts, and the
# tree is a folder with a table of downloads of its own. Speaks TAP.
set -u
source=$(cd "$(dirname "$0")/../../.." && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

number=0
# verdict STATUS TITLE: one line of TAP; what was printed is shown when it is wrong.
verdict() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$work/out"
	fi
}

# fresh: an empty machine: our tree, a cache, the fakes' folder.
fresh() {
	rm -rf "${work:?}"/*
	mkdir -p "$work/tree" "$work/bin" "$work/cache" "$work/folder"
	cp -r "$source/setup" "$work/tree/setup"
	printf 'build alpha why\nbuild beta\ntest gamma\n' >"$work/tree/setup/packages"
	fake id 'echo 1000'
	fake dpkg-query 'printf "ii  alpha\nrc  beta\nii  gamma\n"'
	fake apt-get 'exit 100'
}

# fake NAME BODY: a command that notes its call and runs BODY.
fake() {
	printf '#!/bin/sh\necho "%s $*" >>%s/called\n%s\n' "$1" "$work" "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

# table PIN TEXT-OF-THE-KNOWN-FILE: the table of downloads with one binary package.
table() {
	printf 'thing deb thing trixie thing_1_all.deb %s %s\n' "$1" "$(printf '%s' "$2" | sha256sum | cut -d' ' -f1)" \
		>"$work/tree/setup/downloads"
}

# An apt that has one mirror and one package; the package's name has an epoch, as apt writes it.
apt_serves() {
	fake apt-get 'case " $* " in
		*" indextargets "*) echo "main bookworm-security mirror://sec"; echo "main bookworm mirror://one"; echo "contrib x mirror://no" ;;
		*" update "*) exit 0 ;;
		*" download "*) printf "%s" "'"$1"'" >"thing_1%3a'"${2:-1}"'_all.deb" ;;
		*) exit 100 ;;
	esac'
}

# with COMMAND: runs a piece of the set-up as ./check would, and keeps what it says and its status.
with() {
	(
		PATH=$work/bin:$PATH
		XDG_CACHE_HOME=$work/cache
		export PATH XDG_CACHE_HOME
		root=$work/tree
		. "$root/setup/all.sh"
		. "$root/setup/suites.sh"
		keyring=$work/tree/setup/all.sh
		cache_open
		"$@"
	) >"$work/out" 2>&1
	status=$?
}

said() {
	grep -q -e "$1" "$work/out"
}

packages() {
	step "packages" $EXIT_PACKAGES setup_packages "$1"
}

downloads() {
	step "downloads" $EXIT_FETCH setup_downloads
}

echo 1..22

fresh
with packages 'build test'
[ $status -eq 3 ] && said 'as root run: apt-get install --no-install-recommends beta (log' && ! grep -q apt-get "$work/called"
verdict $? "not root: names what is missing and how to install it, installs nothing"

with packages test
[ $status -eq 0 ] && said 'all 1 there'
verdict $? "not root, all there: goes on"

fresh
fake id 'echo 0'
fake apt-get 'exit 0'
with packages 'build test'
[ $status -eq 0 ] && grep -q 'apt-get .*install --no-install-recommends beta$' "$work/called" && said '1 installed'
verdict $? "root: installs what is missing and no more"

fresh
fake id 'echo 0'
fake apt-get 'case " $* " in *" update "*) exit 100 ;; esac'
with packages 'build test'
[ $status -eq 0 ] && said 'note: apt-get update complained'
verdict $? "a broken source of the machine's is noted, not fatal"

fresh
fake id 'echo 0'
with packages 'build test'
[ $status -eq 3 ] && said 'cannot install packages; try by hand: apt-get install'
verdict $? "root, apt fails: one line, exit 3"

fresh
table exact right
apt_serves right
with downloads
[ $status -eq 0 ] && said '1 fetched$' && [ "$(cat "$work/cache/machperf/downloads/thing_1_all.deb")" = right ]
verdict $? "a download comes by apt, named without its epoch"
grep -q 'mirror://one trixie main' "$work/cache/machperf/apt/etc/sources.list"
verdict $? "from the machine's mirror, not its security archive"

rm "$work/called"
with downloads
[ $status -eq 0 ] && said 'all there' && [ ! -e "$work/called" ]
verdict $? "a second run calls nobody"

printf harm >"$work/cache/machperf/downloads/thing_1_all.deb"
with downloads
[ $status -eq 0 ] && said '1 fetched$'
verdict $? "a harmed file in the cache is fetched again"

fresh
table exact right
apt_serves wrong
with downloads
[ $status -eq 4 ] && said 'is not the thing we need' && [ ! -e "$work/cache/machperf/downloads/thing.part" ]
verdict $? "an exact pin refuses another file, exit 4"

fresh
table known right
apt_serves newer 2
with downloads
[ $status -eq 0 ] && said 'note: thing_2_all.deb is newer than the one we know'
verdict $? "a known pin takes the release's later file, and says so"

fresh
table exact right
printf right >"$work/folder/thing_1_all.deb"
MACHPERF_DOWNLOADS=$work/folder
export MACHPERF_DOWNLOADS
with downloads
[ $status -eq 0 ] && said "0 fetched, 1 from $work/folder" && [ ! -e "$work/called" ]
verdict $? "MACHPERF_DOWNLOADS is tried first"

fresh
table exact right
apt_serves right
printf wrong >"$work/folder/thing_1_all.deb"
with downloads
[ $status -eq 0 ] && said 'has the wrong sha256: not used' && said '1 fetched$'
verdict $? "a wrong file there is not used, and apt has its turn"

MACHPERF_DOWNLOADS=$work/none
with downloads
[ $status -eq 4 ] && said 'is not a folder'
verdict $? "MACHPERF_DOWNLOADS must be a folder"
unset MACHPERF_DOWNLOADS

fresh
table exact right
fake apt-get 'case " $* " in *" indextargets "*) exit 0 ;; esac'
with downloads
[ $status -eq 4 ] && said "no source with a component 'main'"
verdict $? "a machine without a mirror: one line, exit 4"

fresh
table exact right
fake apt-get 'case " $* " in *" indextargets "*) echo "main trixie mirror://one" ;; *) exit 100 ;; esac'
with downloads
[ $status -eq 4 ] && said 'cannot fetch the package lists' && said 'mirror://one' && said '(log: '
verdict $? "a mirror that does not answer: one line that names it, exit 4"

linux() {
	step "Linux" $EXIT_FETCH setup_linux
	echo "it is in $MACHPERF_LINUX"
}
fresh
printf 'linux meta linux-all bookworm linux-5_5_all.deb known 0\nbusybox deb box bookworm box_1_all.deb known 0\n' \
	>"$work/tree/setup/downloads.bench"
fake apt-cache 'case " $* " in *" show linux-all/bookworm "*) echo "Depends: linux-5 (= 5), more" ;; *) exit 100 ;; esac'
fake apt-get 'case " $* " in
	*" indextargets "*) echo "main bookworm mirror://one" ;;
	*" update "*) exit 0 ;;
	*" linux-5/bookworm "*) printf linux >linux-5_6_all.deb ;;
	*" box/bookworm "*) printf box >box_1_all.deb ;;
	*) exit 100 ;;
esac'
fake dpkg-deb 'mkdir -p "$3/boot" "$3/bin"; case $2 in */linux-5_6_all.deb) echo >"$3/boot/vmlinuz-5" ;; *) echo >"$3/bin/busybox" ;; esac'
with linux
[ $status -eq 0 ] && said "it is in $work/cache/machperf/linux-" &&
	[ -f "$(echo "$work"/cache/machperf/linux-*/vmlinuz)" ] && [ -f "$(echo "$work"/cache/machperf/linux-*/busybox)" ]
verdict $? "Linux is what its metapackage depends on"
grep -q '^deb .*mirror://one bookworm main' "$work/cache/machperf/apt/etc/sources.list"
verdict $? "... of the release it is taken from"

half() {
	touch "$1/half"
	return 1
}
made() {
	step "part" $EXIT_BUILD part_make part 0123456789abcdef half
}
fresh
with made
[ $status -eq 5 ] && [ -z "$(find "$work/cache/machperf" -maxdepth 1 -name "part*")" ]
verdict $? "a part that fails to build leaves nothing behind, exit 5"

whole() {
	touch "$1/whole"
}
twice() {
	part_make part 0123456789abcdef whole && part_make part 0123456789abcdef half && echo "$result $made"
}
with twice
[ $status -eq 0 ] && said "^cached $work/cache/machperf/part-0123456789abcdef\$" && [ -f "$work/cache/machperf/part-0123456789abcdef/whole" ]
verdict $? "a part that is there is not built again"

counts() {
	run_suite good 5
	run_suite bad 5
	run_suite hung 1
	run_suite dead 5
	run_suite empty 5
	suites_total
}
fresh
fake meson 'case " $* " in
	*" good "*) printf "1/3 a - b SKIP 0.1s\n\nOk:                 4   \nExpected Fail:      1   \nFail:               0   \nUnexpected Pass:    0   \nSkipped:            1   \nTimeout:            0   \n" ;;
	*" bad "*) printf "Ok:                 2\nFail:               1\nTimeout:            1\n"; exit 2 ;;
	*" hung "*) exec sleep 30 ;;
	*" dead "*) exit 1 ;;
	*" empty "*) echo "No suitable tests defined." ;;
esac'
with counts
said '^7 passed, 5 failed, 1 skipped$' && said 'a - b SKIP' && said 'hung was stopped after its limit of 1 s'
verdict $? "suites are counted: passed, failed, hung, dead, empty, skipped"

XDG_CACHE_HOME=$work/cache sh "$source/check" nonsense >"$work/out" 2>&1
[ $? -eq 2 ] && said 'no such suite: nonsense'
verdict $? "./check refuses an unknown suite, exit 2"
