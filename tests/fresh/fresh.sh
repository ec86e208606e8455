#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The promise of README.md on a machine that has nothing: a minimal Debian tree, ./demo, then ./check, and nothing else.
# Then: a second run fetches nothing (it has no network), files fetched before are taken from MACHPERF_DOWNLOADS, and an
# ordinary user can do it once the packages are there.
# usage: fresh.sh [bookworm|trixie [CACHE]]; as root; takes up to an hour, and 6 GB under TMPDIR (default /var/tmp).
# CACHE, another one's cache of machperf, lends its downloads and emulators: less is proven, in less time.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
release=${1:-bookworm}
lent=${2:-}

. "$root/setup/lib.sh"
. "$root/setup/downloads.sh"

[ "$(id -u)" -eq 0 ] || die $EXIT_USAGE "only root may make a chroot"
command -v debootstrap >/dev/null || die $EXIT_PACKAGES "debootstrap is missing: apt-get install debootstrap"

tree=$(mktemp -d "${TMPDIR:-/var/tmp}/machperf-fresh.XXXXXX") || exit 2
clean() {
	umount "$tree/proc" "$tree/sys" "$tree/dev/shm" 2>/dev/null
	# Never through a mount that is still there.
	grep -q " $tree/" /proc/mounts || rm -rf --one-file-system "$tree"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

mirror=$(mirrors | head -n 1)
[ -n "$mirror" ] || die $EXIT_FETCH "apt has no source with a component 'main' to take the mirror from"

# inside [VARIABLE=VALUE...] COMMAND: runs a command in the tree's clone with nothing of our environment but proxies.
inside() {
	env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TERM=dumb ${http_proxy:+"http_proxy=$http_proxy"} \
		${https_proxy:+"https_proxy=$https_proxy"} $without chroot "$tree" \
		env -C /src/machperf "$@" </dev/null
}
without=

# expect TITLE COMMAND: one part of the test.
expect() {
	what=$1
	shift
	began=$(now)
	say "== $release: $what"
	"$@" || die 1 "$release: $what: failed after $(($(now) - began)) s"
	say "== $release: $what: $(($(now) - began)) s"
}

as_user() {
	inside setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/user MACHPERF_DOWNLOADS=/downloads \
		sh -c 'git clone -q "$HOME/git" "$HOME/machperf" && cd "$HOME/machperf" && exec ./check lint unit'
}

# Read as a whole: a change of this file does not reach a run of it.
main() {
	expect "minimal tree" debootstrap --variant=minbase "$release" "$tree" "$mirror"
	# mktemp made it root's alone; it is everybody's '/'.
	chmod 755 "$tree" || die 1 "cannot open $tree to others"
	mkdir -p "$tree/dev/shm" "$tree/src"
	# What every running machine has.
	for folder in proc sys dev/shm; do
		mount --bind "/$folder" "$tree/$folder" || die 1 "cannot mount /$folder into $tree"
	done
	cp /etc/resolv.conf /etc/hosts "$tree/etc/"
	# The machine's proxy, if apt has one.
	apt-config dump | grep -E '^Acquire::https?::Proxy ' >"$tree/etc/apt/apt.conf.d/90proxy"
	git clone -q --no-hardlinks "$root" "$tree/src/machperf" || die 1 "cannot clone $root"

	cache=$tree/root/.cache/machperf
	if [ -n "$lent" ]; then
		mkdir -p "$cache"
		cp -a "$lent/downloads" "$lent"/qemu-???????????????? "$cache"
	fi

	expect "./demo" inside ./demo
	expect "./check" inside ./check
	without="unshare -n"
	expect "a second run, no network" inside ./check lint
	without=

	mkdir -p "$tree/root/second/machperf" "$tree/downloads"
	cp "$cache"/downloads/*.deb "$cache"/downloads/*.tar.* "$tree/downloads/"
	cp -a "$cache"/qemu-* "$tree/root/second/machperf/"
	without="unshare -n"
	expect "MACHPERF_DOWNLOADS, no network" inside MACHPERF_DOWNLOADS=/downloads XDG_CACHE_HOME=/root/second ./check lint

	# An ordinary user, once the packages are there: a clone and a cache of its own.
	without="unshare -n"
	mkdir -p "$tree/home/user/.cache/machperf"
	cp -r "$tree/src/machperf/.git" "$tree/home/user/git"
	cp -a "$tree/root/second/machperf"/qemu-* "$tree/home/user/.cache/machperf/"
	chown -R 1000:1000 "$tree/home/user"
	expect "not root, no network" as_user
	say "== $release: all well"
}
main; exit $?
