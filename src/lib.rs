//! LVM2 as a library.
