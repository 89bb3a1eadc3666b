#!/usr/bin/env python3
"""The whole job on plain image files: no root, no kernel support, no lvm2.

Makes two disks smaller than the volume wanted, a group over both, a volume larger than either,
writes content and reads it back, extends it with a third disk, and prints where it lies.

    quickstart.py [DIRECTORY]

It needs cffi, and liblvmkit.so.0 where the loader finds it (or LIBLVMKIT with its path).
"""
import os
import pathlib
import sys

import cffi

MIB = 1 << 20
ffi = cffi.FFI()
ffi.cdef((pathlib.Path(__file__).parents[2] / "include" / "lvmkit_cdef.h").read_text())
C = ffi.dlopen(os.environ.get("LIBLVMKIT", "liblvmkit.so.0"))


class LvmError(Exception):
    """What failed, with its result ("not-found") and its effect on disk ("unchanged")."""

    def __init__(self, error):
        super().__init__(text(C.lvmkit_error_message(error)))
        self.result = text(C.lvmkit_result_name(C.lvmkit_error_result(error)))
        self.effect = text(C.lvmkit_effect_name(C.lvmkit_error_effect(error)))


def text(pointer):
    return ffi.string(pointer).decode()


def call(function, *arguments):
    error = ffi.new("lvmkit_error **")
    if function(*arguments, error) != C.LVMKIT_OK:
        raise LvmError(ffi.gc(error[0], C.lvmkit_error_free))


def get(kind, function, *arguments):
    """Calls a function that gives a handle, which is freed with the Python object."""
    out = ffi.new(f"{kind} **")
    call(function, *arguments, out)
    return ffi.gc(out[0], C.lvmkit_string_free if kind == "char" else getattr(C, f"{kind}_free"))


def strings(*words):
    """A list of strings that ends with NULL, and what keeps it alive."""
    words = [ffi.new("char[]", os.fsencode(word)) for word in words]
    return ffi.new("char *[]", words + [ffi.NULL]), words


def struct(kind, **members):
    return ffi.new(f"{kind} *", {"struct_size": ffi.sizeof(kind), **members})


@ffi.callback("lvmkit_callback")
def show(event, _userdata):
    print(text(C.lvmkit_event_message(event)))
    return 0  # anything else cancels at the next safe point


def commit(tx):
    print(text(get("char", C.lvmkit_transaction_plan_text, tx)), end="")  # nothing has been written
    out = ffi.new("lvmkit_vg **")
    call(C.lvmkit_transaction_commit, tx, show, ffi.NULL, out)
    return ffi.gc(out[0], C.lvmkit_vg_free)


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    disks = [directory / f"disk{i}.img" for i in range(3)]
    for disk in disks:
        with open(disk, "wb") as image:
            image.truncate(64 * MIB)  # sparse: takes no space yet

    # A group over the first two disks, and a volume larger than either.
    devices, _keep = strings(*disks)
    system = get("lvmkit", C.lvmkit_open, struct("lvmkit_options", devices=devices))
    name = ffi.new("char[]", b"demo")
    first_two, _keep2 = strings(*disks[:2])
    tx = get("lvmkit_transaction", C.lvmkit_create_vg, system, struct("lvmkit_new_vg", name=name), first_two)
    data = ffi.new("char[]", b"data")
    new_lv = struct("lvmkit_new_lv", name=data, size=(C.LVMKIT_SIZE_BYTES, 100 * MIB))
    call(C.lvmkit_transaction_create_lv, tx, new_lv)
    vg = commit(tx)

    # Content goes in and comes back.
    written = b"a volume larger than either disk\n" * 3_000_000
    volume = get("lvmkit_volume", C.lvmkit_open_lv, system, vg, data)
    call(C.lvmkit_volume_pwrite, volume, ffi.from_buffer(written), len(written), 0)
    call(C.lvmkit_volume_sync, volume)
    ffi.release(volume)  # until then the images are locked against changes

    # The third disk joins, and the volume grows onto it.
    tx = get("lvmkit_transaction", C.lvmkit_begin, system, b"demo")
    call(C.lvmkit_transaction_add_pv, tx, os.fsencode(disks[2]), ffi.NULL)
    call(C.lvmkit_transaction_extend_lv_by, tx, data, (C.LVMKIT_SIZE_BYTES, 60 * MIB))
    vg = commit(tx)
    lv = C.lvmkit_vg_lv_by_name(vg, data)
    print(f"\ndemo/data, {C.lvmkit_lv_size_bytes(lv) // MIB} MiB")
    for i in range(C.lvmkit_lv_segment_count(lv)):
        segment = C.lvmkit_lv_segment(lv, i)
        count, device = C.lvmkit_segment_extent_count(segment), C.lvmkit_segment_area_device(segment, 0)
        print(f"  {text(C.lvmkit_segment_type(segment))}: {count} extents on {text(device)}")

    volume = get("lvmkit_volume", C.lvmkit_open_lv, system, vg, data)
    back = bytearray(len(written))
    call(C.lvmkit_volume_pread, volume, ffi.from_buffer(back), len(back), 0)
    assert back == written
    print(f"\nread back {len(back)} bytes: the content is still there")


if __name__ == "__main__":
    main()
