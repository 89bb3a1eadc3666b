#!/bin/sh
# Volume management as installers of operating systems do it: everything that is there is cleared,
# then the layout is made, with long options only.
# DEV1 and DEV2 are empty devices.
set -eu

say() { printf '%s\n' "$*"; }

names() { "$1" -C --separator = --noheadings -o "$2"; }

scan() {
    pvscan
    vgscan
}

clear_all() {
    for lv in $(names lvdisplay lv_full_name); do lvremove --force --force "$lv"; done
    for vg in $(names vgdisplay vg_name); do vgremove --force "$vg"; done
    for pv in $(names pvdisplay pv_name); do pvremove --force --force --yes "$pv"; done
}

say "== clear"
clear_all
scan

say "== layout"
pvcreate --force --zero=y --yes "$DEV1"
pvcreate --force --zero=y --yes "$DEV2"
scan
vgcreate --force --zero=y --yes ubuntu-vg "$DEV1" "$DEV2"
names pvdisplay vg_name,pv_name
lvcreate ubuntu-vg --name root --zero=y --wipesignatures=y --size 33554432B
lvcreate ubuntu-vg --name swap --zero=y --wipesignatures=y --size 8388608.0B
lvcreate ubuntu-vg --name rest --zero=y --wipesignatures=y --extents 100%FREE
names lvdisplay vg_name,lv_name
lvdisplay -C --separator = --noheadings -o lv_name,lv_size --units=B ubuntu-vg
scan
dmsetup splitname --separator = --noheadings -c ubuntu--vg-root -o vg_name,lv_name
test -b /dev/ubuntu-vg/root
test -b /dev/mapper/ubuntu--vg-rest
mkfs.ext4 -q /dev/ubuntu-vg/root
mkswap --quiet /dev/ubuntu-vg/swap 2>/dev/null || mkswap /dev/ubuntu-vg/swap >/dev/null

say "== the same names again, over what is on the disks"
vgchange --activate=n ubuntu-vg
vgchange --activate=y ubuntu-vg
lvremove --force --force ubuntu-vg/root
lvcreate ubuntu-vg --name root --zero=y --wipesignatures=y --size 32M --yes
test "$(blkid -o value -s TYPE /dev/ubuntu-vg/root || true)" = ""

say "== reused"
lvextend --size 36M ubuntu-vg/root || say "exit $?"
lvremove --force ubuntu-vg/rest
lvextend --extents +100%FREE ubuntu-vg/root
vgdisplay --short ubuntu-vg
pvs --noheadings --units=b --nosuffix --options pv_name,vg_name,pv_size,pv_used

say "== clear"
clear_all
scan
pvs
