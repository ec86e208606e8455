#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# absent.sh KERNEL: says that a kernel is not to be had here; its tests are skipped.
echo "skipped: no kernel $1 (of Debian sid; setup/downloads.sid says how to give it)"
exit 77
