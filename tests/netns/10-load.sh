#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/lab/load.sh asks of Debian's kernels, on this one.
exec "$(dirname "$0")/../lab/load.sh"
