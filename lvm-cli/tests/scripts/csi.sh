#!/bin/sh
# Volume management as storage drivers of clusters do it: JSON in bytes, sizes in bytes, tags.
# DEV1 and DEV2 are empty devices.
set -eu

say() { printf '%s\n' "$*"; }

report() {
    lvm fullreport --reportformat json --units b --nosuffix \
        --configreport vg -o vg_name,vg_uuid,vg_size,vg_free \
        --configreport lv -o lv_uuid,lv_name,lv_full_name,lv_path,lv_size,lv_kernel_major,lv_kernel_minor,origin,origin_size,pool_lv,lv_tags,lv_attr,vg_name,data_percent,metadata_percent,pool_lv \
        --configreport pv -o, --configreport pvseg -o, --configreport seg -o,
}

# One value of the only row of a report.
value() { python3 -c 'import json, sys; r = json.load(sys.stdin)["report"][0]; print(next(iter(r.values()))[0][sys.argv[1]])' "$1"; }

say "== pool"
vgcreate pool "$DEV1" "$DEV2"
vgchange --addtag node:a pool
report
test "$(vgs --options vg_all --reportformat json --units b pool | value vg_name)" = pool

say "== create"
lvcreate -n pvc-1 -L 16777216b -W y -y --addtag owner:one pool
lvcreate -n pvc-2 -L 8388608b -W y -y -i 2 -I 64k --addtag owner:two pool
lvcreate -L 5242880b -n pvc-3 pool -y
report

say "== again"
lvcreate -n pvc-1 -L 16777216b -W y -y pool || say "exit $?"

say "== grow"
mkfs.ext4 -q /dev/pool/pvc-1
lvextend -L 33554432b /dev/pool/pvc-1 -r >/dev/null 2>&1
lvresize -L 12582912b pool/pvc-2
lvs --options lv_all,vg_name,segtype --reportformat json --units b pool/pvc-1 | value lv_size
lvs --noheadings -o lv_name,lv_size --units B pool

say "== retag"
lvchange --addtag ready --deltag owner:one pool/pvc-1
lvs --noheadings -o lv_name,lv_tags -S 'lv_tags = ready' pool
lvs @owner:two --noheadings -o lv_name
lvchange -k n -ay pool/pvc-1
test -b "$(lvs --noheadings --reportformat json -o lv_path pool/pvc-1 | value lv_path)"

say "== full"
lvcreate -n pvc-4 -L 1099511627776b -y pool || say "exit $?"
vgs --noheadings --nosuffix --units b -o vg_free,vg_size pool

say "== rename, remove"
lvrename pool pvc-3 pvc-3-deleted
lvremove -y /dev/pool/pvc-3-deleted
lvremove -f pool/pvc-2
lvremove -f pool/pvc-2 || say "exit $?"
lvremove -y /dev/pool/pvc-1
report
vgremove -y pool
pvremove "$DEV1" "$DEV2"
report
