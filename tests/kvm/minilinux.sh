#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian's kernel as a guest of KVM on q35, by libvirt: every measurement, with vhost-net and
# without.
#
# needs: image minilinux
# kernels: 6.1
# takes: 80 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/kvm/rows.sh

kvm_row minilinux.kvm on
kvm_row minilinux.kvm off
finish
