# SPDX-License-Identifier: GPL-2.0-or-later
# Step: the files of setup/downloads. Each is looked for in the cache, then in the folder MACHPERF_DOWNLOADS, then
# fetched by apt through a private configuration: its own sources, lists and cache, the machine's mirror, proxy and
# keyring. Nothing of the user's system is changed, and root is not needed.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# part_file PART: the path of a part's file; valid after setup_downloads.
part_file() {
	printf '%s/%s' "$cache/downloads" "$(sed -n 's/^file //p' "$cache/downloads/$1.part")"
}

# part_sum PART: its sha256.
part_sum() {
	sed -n 's/^sha256 //p' "$cache/downloads/$1.part"
}

# part_keep PART ROW FILE: takes a file into the cache, checked against the row's pin.
part_keep() {
	sum=$(sha256sum <"$3" | cut -d' ' -f1)
	if [ "$sum" != "$sha256" ]; then
		if [ "$pin" = exact ]; then
			reason="$3 is not the $1 we need (sha256 $sum, wanted $sha256); see setup/downloads"
			return 1
		fi
		note "${3##*/} is newer than the one we know ($file)"
	fi
	kept=${3##*/}
	mv "$3" "$cache/downloads/$kept" || return 1
	printf 'row %s\nfile %s\nsha256 %s\n' "$2" "$kept" "$sum" >"$cache/downloads/$1.part.new" || return 1
	mv "$cache/downloads/$1.part.new" "$cache/downloads/$1.part"
}

# part_there PART ROW: whether the cache holds the part for this very row, unharmed.
part_there() {
	[ -f "$cache/downloads/$1.part" ] || return 1
	grep -qxF "row $2" "$cache/downloads/$1.part" || return 1
	[ -f "$(part_file "$1")" ] || return 1
	[ "$(sha256sum <"$(part_file "$1")" | cut -d' ' -f1)" = "$(part_sum "$1")" ]
}

# part_copy PART ROW FOLDER: takes the part from a folder of files fetched before, if it is there and the right one.
part_copy() {
	[ -n "$3" ] && [ -f "$3/$file" ] || return 1
	if [ "$(sha256sum <"$3/$file" | cut -d' ' -f1)" != "$sha256" ]; then
		note "$3/$file has the wrong sha256: not used"
		return 1
	fi
	cp "$3/$file" "$fetch_dir/$file" && part_keep "$1" "$2" "$fetch_dir/$file"
}

# mirrors: the archive's addresses that this machine uses, most likely first. Security and update archives of the
# same machine hold no full release.
mirrors() {
	apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		awk '$1 == "main" && $2 !~ /[-\/](security|updates|backports|debug|proposed)/ { print $3 }' | awk '!seen[$0]++'
}

# apt_open: makes the private configuration and fetches the lists, from the first mirror that has our releases.
apt_open() {
	[ -z "${apt_ready:-}" ] || return 0
	apt=$cache/apt
	mkdir -p "$apt/etc" "$apt/state/lists/partial" "$apt/cache/archives/partial" || return 1
	: >"$apt/state/status"
	# The machine's own configuration is read before this one (proxies); its hooks belong to its own cache.
	cat >"$apt/apt.conf" <<-EOT
		Dir::Etc::sourcelist "$apt/etc/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::Etc::preferences "-";
		Dir::Etc::preferencesparts "-";
		Dir::State "$apt/state";
		Dir::State::status "$apt/state/status";
		Dir::Cache "$apt/cache";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		APT::Default-Release "";
		APT::Sandbox::User "root";
		APT::Architecture "amd64";
		#clear APT::Architectures;
		APT::Architectures { "amd64"; "i386"; };
		Acquire::Languages "none";
		Acquire::Retries "3";
	EOT
	if [ ! -r "$keyring" ]; then
		reason="$keyring is missing: install debian-archive-keyring"
		return 1
	fi
	found=$(mirrors)
	if [ -z "$found" ]; then
		reason="apt has no source with a component 'main' to take the mirror from; configure one, or put the files of setup/downloads into a folder and set MACHPERF_DOWNLOADS"
		return 1
	fi
	for mirror in $found; do
		printf '%s [signed-by=%s] %s %s main\n' \
			deb "$keyring" "$mirror" trixie \
			deb-src "$keyring" "$mirror" trixie \
			deb-src "$keyring" "$mirror" bookworm \
			${apt_more:+deb "$keyring" "$mirror" "$apt_more"} >"$apt/etc/sources.list"
		if apt-get -c "$apt/apt.conf" -q --error-on=any update; then
			apt_ready=yes
			return 0
		fi
	done
	reason="cannot fetch the package lists of trixie and bookworm from this machine's mirror ($(printf "%s " $found))"
	return 1
}

# part_fetch PART ROW: fetches by apt into the cache.
part_fetch() {
	apt_open || return 1
	case $kind in
	meta)
		package=$(apt-cache -c "$apt/apt.conf" show "$package/$release" |
			sed -n 's/^Depends: *\([^ ,]*\).*/\1/p')
		;;
	esac
	case $kind in
	deb | meta) (cd "$fetch_dir" && apt-get -c "$apt/apt.conf" -q download "$package/$release") ;;
	source) (cd "$fetch_dir" && apt-get -c "$apt/apt.conf" -q source --download-only --tar-only "$package/$release") ;;
	esac || {
		reason="cannot fetch $package of $release from this machine's mirror"
		return 1
	}
	name=${package%%:*}
	# An epoch stands in the name of a fetched package, and a source may have more tarballs than the one we use.
	for got in "$fetch_dir/${name}"_*; do
		case $got in
		*.orig-*.tar.*) rm -f "$got" ;;
		*%3a*)
			mv "$got" "$(printf '%s' "$got" | sed 's/_[0-9]*%3a/_/')"
			;;
		esac
	done
	set -- "$1" "$2" "$fetch_dir/${name}"_*
	if [ $# -ne 3 ] || [ ! -f "$3" ]; then
		reason="apt fetched something unexpected for $package of $release: $(ls "$fetch_dir")"
		return 1
	fi
	part_keep "$1" "$2" "$3"
}

# downloads_rows TABLE: the table without its comments.
downloads_rows() {
	grep -v -e '^#' -e '^$' "$root/setup/$1"
}

# take_downloads TABLE: has every part of a table in the cache.
take_downloads() {
	folder=${MACHPERF_DOWNLOADS:-}
	if [ -n "$folder" ] && [ ! -d "$folder" ]; then
		reason="MACHPERF_DOWNLOADS=$folder is not a folder"
		return 1
	fi
	fetch_dir=$cache/downloads/tmp.$$
	rm -rf "$cache"/downloads/tmp.*
	copied=0 fetched=0
	# Not a pipe: the loop sets our variables.
	rows=$(downloads_rows "$1")
	while read -r part kind package release file pin sha256; do
		row="$kind $package $release $file $pin $sha256"
		part_there "$part" "$row" && continue
		rm -rf "$fetch_dir"
		mkdir "$fetch_dir" || return 1
		if part_copy "$part" "$row" "$folder"; then
			copied=$((copied + 1))
		elif part_fetch "$part" "$row"; then
			fetched=$((fetched + 1))
		else
			rm -rf "$fetch_dir"
			return 1
		fi
	done <<-EOT
		$rows
	EOT
	rm -rf "$fetch_dir"
	result="$fetched fetched"
	[ "$copied" -eq 0 ] || result="$result, $copied from $folder"
	[ $((fetched + copied)) -gt 0 ] || result="all there"
}

setup_downloads() {
	take_downloads downloads && take_sid
}

# take_sid: what setup/downloads.sid names, as far as the folder of downloads has it; a part that is not there is noted.
take_sid() {
	kept_result=$result
	fetch_dir=$cache/downloads/tmp.$$
	rows=$(downloads_rows downloads.sid)
	while read -r part kind package release file pin sha256; do
		row="$kind $package $release $file $pin $sha256"
		part_there "$part" "$row" && continue
		rm -f "$cache/downloads/$part.part"
		rm -rf "$fetch_dir"
		mkdir "$fetch_dir" || return 1
		part_copy "$part" "$row" "${MACHPERF_DOWNLOADS:-}" ||
			note "no $file in a folder MACHPERF_DOWNLOADS: goes without this kernel of sid"
	done <<-EOT
		$rows
	EOT
	rm -rf "$fetch_dir"
	result=$kept_result
}
