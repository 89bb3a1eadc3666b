"""Lists the logical volumes of a group: readme.py GROUP IMAGE..."""
import os, pathlib, sys, cffi

ffi = cffi.FFI()
include = pathlib.Path(__file__).parents[2] / "include"  # where lvmkit.h is
ffi.cdef((include / "lvmkit_cdef.h").read_text())
C = ffi.dlopen(os.environ.get("LIBLVMKIT", "liblvmkit.so.0"))

def call(function, *args):  # one place turns lvmkit_error into an exception
    error = ffi.new("lvmkit_error **")
    if function(*args, error) != C.LVMKIT_OK:
        owned = ffi.gc(error[0], C.lvmkit_error_free)
        raise OSError(ffi.string(C.lvmkit_error_message(owned)).decode())

images = [ffi.new("char[]", path.encode()) for path in sys.argv[2:]]
devices = ffi.new("char *[]", images + [ffi.NULL])
options = ffi.new("lvmkit_options *", {"struct_size": ffi.sizeof("lvmkit_options"), "devices": devices})
system, vg = ffi.new("lvmkit **"), ffi.new("lvmkit_vg **")
call(C.lvmkit_open, options, system)
call(C.lvmkit_read_vg, system[0], sys.argv[1].encode(), vg)
for i in range(C.lvmkit_vg_lv_count(vg[0])):
    lv = C.lvmkit_vg_lv(vg[0], i)
    print(ffi.string(C.lvmkit_lv_name(lv)).decode(), C.lvmkit_lv_size_bytes(lv))
C.lvmkit_vg_free(vg[0])
C.lvmkit_free(system[0])
