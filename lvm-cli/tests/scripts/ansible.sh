#!/bin/sh
# Volume management as configuration managers do it: ask, compare, change what differs, ask again.
# DEV1, DEV2 and DEV3 are empty devices.
set -eu

say() { printf '%s\n' "$*"; }

# Which version is it? Nothing goes on without an answer.
lvm version | grep -Eq '^ *LVM version: *[0-9]+\.[0-9]+\.[0-9]+.*[0-9]{4}-[0-9]{2}-[0-9]{2}'

facts() {
    vgs --noheadings --nosuffix --units g --separator , 
    lvs --noheadings --nosuffix --units g --separator ,
    pvs --noheadings --nosuffix --units g --separator ,
}

group() {
    pvs --noheadings -o pv_name,vg_name --separator ';' \
        --select "pv_name = $DEV1 || pv_name = $DEV2 || vg_name = data"
    vgs --noheadings -o vg_name,pv_count,lv_count --separator ';'
}

volumes() {
    vgs --noheadings --nosuffix -o vg_name,size,free,vg_extent_size --units m --separator ';' data
    lvs -a --noheadings --nosuffix -o lv_name,size,lv_attr --units m --separator ';' data
}

say "== a group of two disks"
group
pvcreate -f "$DEV1"
pvcreate -f "$DEV2"
vgcreate -s 4 data "$DEV1" "$DEV2"
group
facts

say "== the same again changes nothing"
if vgcreate -s 4 data "$DEV1"; then say "made twice"; exit 1; else say "exit $?"; fi

say "== a volume"
volumes
lvcreate --yes -n www -L 24m data "$DEV1"
lvcreate --yes -n home -l 30%VG data "$DEV2"
volumes
mkfs.ext4 -q /dev/data/www
dir=$(mktemp -d)
mount /dev/data/www "$dir"
echo hello > "$dir/index.html"

say "== it grows with its file system"
lvextend -L 40m --resizefs /dev/data/www "$DEV1" >/dev/null
test "$(df --output=size -m "$dir" | tail -n 1)" -gt 30
cat "$dir/index.html"
lvextend -l +10%FREE /dev/data/home
volumes

say "== shrinks"
lvreduce --force -L 28m /dev/data/home
volumes

say "== off and on"
lvchange -an /dev/data/home
lvs --noheadings -o lv_name,lv_attr --separator ';' data
lvchange -ay /dev/data/home
lvs --noheadings -o lv_name,lv_attr --separator ';' data

say "== another disk, and one goes"
pvcreate -f "$DEV3"
vgextend data "$DEV3"
umount "$dir"
rmdir "$dir"
lvremove --force data/home
vgreduce --force data "$DEV2"
pvremove -y -ff "$DEV2"
group
pvresize "$DEV1"

say "== renamed, and gone"
lvrename data www site
vgrename data web
volumes 2>/dev/null || say "exit $?"
lvs --noheadings -o lv_full_name web
vgchange --activate n web
vgremove --force web
pvremove --force --yes "$DEV1" "$DEV3"
group
