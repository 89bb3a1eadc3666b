//! Device-mapper for LVM2: typed targets and tables, and the backends that run them.
