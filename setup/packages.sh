# SPDX-License-Identifier: GPL-2.0-or-later
# Step: the Debian packages of setup/packages. Root installs what is missing; anyone else is told the command.

# packages_wanted KINDS: the names for kinds like 'build test', one a line.
packages_wanted() {
	awk -v kinds=" $1 " 'index(kinds, " " $1 " ") { print $2 }' "$root/setup/packages"
}

# packages_missing KINDS: the wanted ones that are not installed.
packages_missing() {
	installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | awk '$1 == "ii" { print $2 }')
	packages_wanted "$1" | while read -r name; do
		printf '%s\n' "$installed" | grep -qxF -e "$name" || printf '%s\n' "$name"
	done
}

# setup_packages KINDS
setup_packages() {
	missing=$(packages_missing "$1" | tr '\n' ' ')
	missing=${missing% }
	if [ -z "$missing" ]; then
		result="all $(packages_wanted "$1" | wc -l) there"
		return 0
	fi
	install="apt-get install --no-install-recommends $missing"
	if [ "$(id -u)" -ne 0 ]; then
		reason="Debian packages are missing that only root may install; as root run: $install"
		return 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	# One broken source of somebody else's must not stop us: the install tells whether anything was really missing.
	apt-get -q -o DPkg::Lock::Timeout=300 update || note "apt-get update complained about the machine's sources; went on"
	# shellcheck disable=SC2086 # a list of names
	if ! apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; then
		reason="cannot install packages; try by hand: $install"
		return 1
	fi
	result="$(printf '%s\n' "$missing" | wc -w) installed"
}
