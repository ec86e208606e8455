# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of perfrec and perfreport in bash. The options are those that the command's own --help tells.

# _machperf_options COMMAND [SUBCOMMAND]: the options of a help, one a line.
_machperf_options() {
	"$@" --help 2>/dev/null | sed -n '/^ *-/{s/^ *//;s/  .*//;p}' | grep -oE '(^| )(-[a-zA-Z]|--[a-z][a-z-]*)' | tr -d ' ' | sort -u
}

# _machperf_subcommands COMMAND
_machperf_subcommands() {
	case $1 in
	*perfrec) echo "record stat bundle list" ;;
	*) "$1" --help 2>/dev/null | sed -n '/^views/,/^$/s/^  \([a-z]*\) .*/\1/p' ;;
	esac
}

# _machperf_values COMMAND SUBCOMMAND OPTION: what may stand behind an option; nothing: a file.
_machperf_values() {
	case $2:$3 in
	report:--sort) echo "task thread comm symbol dso srcline cpu" ;;
	timeline:--by) echo "task thread cpu event" ;;
	export:--format) echo "folded speedscope pprof firefox chrome json" ;;
	gate:--format) echo "text json junit markdown sarif" ;;
	record:--arch | stat:--arch) echo "amd64 i386" ;;
	record:-g | record:--call-graph) echo "fp dwarf no" ;;
	esac
}

_machperf() {
	local command=$1 word=$2 before=$3 words
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$(_machperf_subcommands "$command") --help --version"
	elif [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = history ]; then
		words="add list accept changes chart --help"
	elif [ "${word#-}" != "$word" ]; then
		words="$(_machperf_options "$command" "${COMP_WORDS[1]}") --help"
	else
		words=$(_machperf_values "$command" "${COMP_WORDS[1]}" "$before")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _machperf perfrec perfreport
