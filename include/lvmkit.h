/*
 * lvmkit: LVM2 as a library. It reads, plans and writes LVM2 volume groups itself, on disks and on
 * plain image files.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Made from lvm-capi/src by `cargo xtask header`: change it there.
 *
 * CONVENTIONS
 *
 * Calls. A function that can fail returns lvmkit_result, LVMKIT_OK (0) or why not. Its arguments
 * come in the order: self, inputs, outputs, lvmkit_error **error. Outputs are written only on
 * success. Results are told by the return value alone: there is no errno and no state of a thread.
 *
 * Errors. error may be NULL. When a call fails, *error gets a new lvmkit_error, which you free with
 * lvmkit_error_free(); on success it is not touched. What it pointed to before is overwritten, so
 * free an error before its variable is used again.
 *
 * Ownership. What you got through **out you free exactly once with its _free function, also a
 * transaction after its commit. _free(NULL) does nothing. A `const lvmkit_pv *`, `const lvmkit_lv *`
 * or `const lvmkit_segment *` belongs to its lvmkit_vg, and so does every string that its accessors
 * return: they live until lvmkit_vg_free(). An event lives while the callback runs. A `char *` that
 * came through char **out is freed with lvmkit_string_free(). Handles may be freed in any order.
 *
 * NULL. Accessors take NULL, and an index past the last: they then return 0, false or NULL, or ""
 * where there is always a string. Functions that can fail answer NULL with LVMKIT_INVALID_INPUT,
 * unless the argument is said to be optional.
 *
 * Structs that you fill in start with struct_size: set it to sizeof the struct, and everything you
 * do not use to zero, which is the default; { .struct_size = sizeof s } does both. Structs grow at
 * their end, so programs keep working with newer and with older libraries: one that does not know
 * a member answers LVMKIT_UNSUPPORTED if it is not zero.
 *
 * Numbers. Sizes and offsets end in _bytes; those that end in _extent or _extents count extents of
 * the group. Enums have fixed numbers, which are never used again; any other number that you pass
 * is answered with LVMKIT_INVALID_INPUT, and later versions may return others.
 *
 * Strings are UTF-8 and end with NUL. Lists of strings end with a NULL pointer.
 *
 * Threads. A lvmkit, lvmkit_vg (with all that belongs to it), lvmkit_vg_list, lvmkit_volume and
 * lvmkit_error may be used by any number of threads at once, a lvmkit_transaction by one at a time.
 * Every handle may be passed from thread to thread. While _free runs nobody else may use the handle.
 *
 * Panics do not leave the library: the call returns LVMKIT_PANIC.
 */


#ifndef LVMKIT_H
#define LVMKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of this header; lvmkit_version() tells that of the library. */
#define LVMKIT_VERSION "0.1.0"
#define LVMKIT_VERSION_NUMBER 0x000100


/**
 * What a call came to. The numbers never change and are never used again for something else;
 * later versions may add some.
 */
enum lvmkit_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** It worked. */
    LVMKIT_OK = 0,
    /** The caller asked for something that no state of the disks would allow. */
    LVMKIT_INVALID_INPUT = 1,
    /** A volume group, logical volume, physical volume or device does not exist. */
    LVMKIT_NOT_FOUND = 2,
    /** The name or device is taken. */
    LVMKIT_ALREADY_EXISTS = 3,
    /** The extents could not be placed; see lvmkit_error_help(). */
    LVMKIT_INSUFFICIENT_SPACE = 4,
    /** The metadata text does not fit its area. */
    LVMKIT_METADATA_FULL = 5,
    /** It is open, active, or used by something else. */
    LVMKIT_IN_USE = 6,
    /** Somebody else holds the lock. */
    LVMKIT_LOCKED = 7,
    /** The metadata on disk moved since it was read. */
    LVMKIT_CONFLICT = 8,
    /** A physical volume of the group was not found. */
    LVMKIT_MISSING_DEVICE = 9,
    /** What is on disk breaks the format's rules. */
    LVMKIT_CORRUPT = 10,
    /** It is valid, and this version cannot do it. */
    LVMKIT_UNSUPPORTED = 11,
    /** The kernel refused a device-mapper request. */
    LVMKIT_KERNEL = 12,
    /** A read, write or flush failed. */
    LVMKIT_IO = 13,
    /** A callback asked to stop. */
    LVMKIT_CANCELLED = 14,
    /** A rule of the library's own was broken: please report it. */
    LVMKIT_INTERNAL = 15,
    /** The library panicked: please report it. The handles of the call can only be freed. */
    LVMKIT_PANIC = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_result lvmkit_result;
#else
typedef int32_t lvmkit_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** What a failed call left on disk. */
enum lvmkit_effect
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** Nothing that a reader can see changed. */
    LVMKIT_EFFECT_UNCHANGED = 0,
    /** Something was written and taken back; readers see the state from before. */
    LVMKIT_EFFECT_REVERTED = 1,
    /** The new metadata is durable; a later step failed and is named in the message. */
    LVMKIT_EFFECT_COMMITTED = 2,
    /** It could not be determined: read again before deciding. */
    LVMKIT_EFFECT_UNKNOWN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_effect lvmkit_effect;
#else
typedef int32_t lvmkit_effect;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** What an event is about. Later versions may add some: take those you do not know as messages. */
enum lvmkit_eventtype
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** Something that this version of the C library has no number for; it has a message. */
    LVMKIT_EVENT_OTHER = 0,
    /** A step begins. */
    LVMKIT_EVENT_STEP = 1,
    /** A version of the metadata is durable: lvmkit_event_vg(), lvmkit_event_seqno(). */
    LVMKIT_EVENT_COMMITTED = 2,
    /** Something did not go as asked, and that did not matter enough to fail. */
    LVMKIT_EVENT_WARNING = 3,
    /** Data was moved: lvmkit_event_done_bytes(), lvmkit_event_total_bytes(). */
    LVMKIT_EVENT_PROGRESS = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_eventtype lvmkit_eventtype;
#else
typedef int32_t lvmkit_eventtype;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** What may be overwritten when a device becomes a physical volume. */
enum lvmkit_overwrite
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: a device that carries a partition table, filesystem, LUKS, md, swap or LVM
     * signature is refused with LVMKIT_IN_USE.
     */
    LVMKIT_OVERWRITE_REFUSE = 0,
    /** Signatures of other things. */
    LVMKIT_OVERWRITE_SIGNATURES = 1,
    /** Also a physical volume that a group uses. */
    LVMKIT_OVERWRITE_USED_PV = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_overwrite lvmkit_overwrite;
#else
typedef int32_t lvmkit_overwrite;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** Where new extents go. */
enum lvmkit_allocation_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** In a struct: NORMAL for a group, INHERIT for a volume. From a function: nothing to tell. */
    LVMKIT_ALLOCATION_DEFAULT = 0,
    /** Directly behind the last ones. */
    LVMKIT_ALLOCATION_CONTIGUOUS = 1,
    /** On the physical volumes the volume uses already. */
    LVMKIT_ALLOCATION_CLING = 2,
    /** On physical volumes that share a tag with those in use. */
    LVMKIT_ALLOCATION_CLING_BY_TAGS = 3,
    /** Anywhere, but parallel areas on different physical volumes. */
    LVMKIT_ALLOCATION_NORMAL = 4,
    /** Anywhere at all. */
    LVMKIT_ALLOCATION_ANYWHERE = 5,
    /** What the volume group says. */
    LVMKIT_ALLOCATION_INHERIT = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_allocation_policy lvmkit_allocation_policy;
#else
typedef int32_t lvmkit_allocation_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** How a new volume is mapped. */
enum lvmkit_segtype
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** On one physical volume after the other. */
    LVMKIT_SEGTYPE_LINEAR = 0,
    /** Over several physical volumes in turn. */
    LVMKIT_SEGTYPE_STRIPED = 1,
    /** Every access fails; takes no extents. */
    LVMKIT_SEGTYPE_ERROR = 2,
    /** Reads give zeroes; takes no extents. */
    LVMKIT_SEGTYPE_ZERO = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_segtype lvmkit_segtype;
#else
typedef int32_t lvmkit_segtype;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** What the value of an lvmkit_size counts. */
enum lvmkit_size_unit
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** Bytes, rounded up to whole extents. */
    LVMKIT_SIZE_BYTES = 0,
    /** Logical extents. */
    LVMKIT_SIZE_EXTENTS = 1,
    /** Percent of the group's extents. */
    LVMKIT_SIZE_PERCENT_VG = 2,
    /** Percent of the group's free extents. */
    LVMKIT_SIZE_PERCENT_FREE = 3,
    /** Percent of the free extents of the physical volumes named. */
    LVMKIT_SIZE_PERCENT_PVS = 4,
    /** Percent of the origin's extents, for snapshots. */
    LVMKIT_SIZE_PERCENT_ORIGIN = 5,
    /** Percent of the volume's own extents, when resizing. */
    LVMKIT_SIZE_PERCENT_LV = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_size_unit lvmkit_size_unit;
#else
typedef int32_t lvmkit_size_unit;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** Bits of lvmkit_options.flags. */
enum lvmkit_open_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** Refuse every change. */
    LVMKIT_OPEN_READ_ONLY = 1,
    /** Do not flush to the medium: for images that are thrown away when their making fails. */
    LVMKIT_OPEN_NO_FLUSH = 2,
    /** Take no locks: only when nobody else can use the devices. */
    LVMKIT_OPEN_NO_LOCKING = 4,
    /** Do not wait for locks. */
    LVMKIT_OPEN_NO_WAIT = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_open_flag lvmkit_open_flag;
#else
typedef int32_t lvmkit_open_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** Bits of lvmkit_new_vg.flags. */
enum lvmkit_new_vg_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** The group is not activated automatically. */
    LVMKIT_NEW_VG_NO_AUTOACTIVATION = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_new_vg_flag lvmkit_new_vg_flag;
#else
typedef int32_t lvmkit_new_vg_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** Bits of lvmkit_new_pv.flags. */
enum lvmkit_new_pv_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** It has no metadata area: other physical volumes of its group hold the metadata. */
    LVMKIT_NEW_PV_NO_METADATA = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_new_pv_flag lvmkit_new_pv_flag;
#else
typedef int32_t lvmkit_new_pv_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/** Bits of lvmkit_new_lv.flags. */
enum lvmkit_new_lv_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /** The volume cannot be written. */
    LVMKIT_NEW_LV_READ_ONLY = 1,
    /** The volume is left out of plain activation. */
    LVMKIT_NEW_LV_ACTIVATION_SKIP = 2,
    /** The volume is not activated automatically. */
    LVMKIT_NEW_LV_NO_AUTOACTIVATION = 4,
    /** Its first 4 KiB are not zeroed. */
    LVMKIT_NEW_LV_NO_ZERO = 8,
    /** Signatures that its extents carry are not wiped. */
    LVMKIT_NEW_LV_NO_WIPE = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lvmkit_new_lv_flag lvmkit_new_lv_flag;
#else
typedef int32_t lvmkit_new_lv_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A view of some devices and image files. It holds no lock and no open device between calls;
 * any number of threads may use it at once. Free it with lvmkit_free().
 */
typedef struct lvmkit lvmkit;

/** Why a call failed: result, effect on disk, message and place. Free it with lvmkit_error_free(). */
typedef struct lvmkit_error lvmkit_error;

/** Something that happened. It exists only while the callback runs. */
typedef struct lvmkit_event lvmkit_event;

/** A logical volume. It belongs to its lvmkit_vg. */
typedef struct lvmkit_lv lvmkit_lv;

/** A physical volume. It belongs to its lvmkit_vg. */
typedef struct lvmkit_pv lvmkit_pv;

/** A run of logical extents that is mapped in one way. It belongs to its lvmkit_vg. */
typedef struct lvmkit_segment lvmkit_segment;

/**
 * A change of one volume group, under its lock. Edits change a copy, each wholly or not at all;
 * nothing is written before lvmkit_transaction_commit(). One thread at a time may use it. Free it
 * with lvmkit_transaction_free(), after a commit too; without a commit that discards the change.
 */
typedef struct lvmkit_transaction lvmkit_transaction;

/**
 * A volume group at one point in time. It holds no lock and no open device, and nothing changes
 * it: any number of threads may use it at once. Free it with lvmkit_vg_free().
 */
typedef struct lvmkit_vg lvmkit_vg;

/** Names and ids of the volume groups that were found. Free it with lvmkit_vg_list_free(). */
typedef struct lvmkit_vg_list lvmkit_vg_list;

/**
 * An open logical volume. Any number of threads may use it at once. Until it is freed, the image
 * files it lies on are locked against changes of their metadata. Free it with
 * lvmkit_volume_free().
 */
typedef struct lvmkit_volume lvmkit_volume;

/** What lvmkit_open() looks at and how it works. Nothing is taken from the environment. */
typedef struct lvmkit_options {
    /** sizeof (lvmkit_options) */
    size_t struct_size;
    /**
     * The devices and image files to look at, with a NULL behind the last: nothing else is
     * touched. "disk.img#2" is partition 2 of an image; partitions with a physical volume are
     * found without that too. NULL means the block devices of the machine that LVM2 would look
     * at; the devices file /etc/lvm/devices/system.devices is obeyed when it is there, lvm.conf
     * is not read.
     */
    const char *const *devices;
    /** Bits of lvmkit_open_flag. */
    uint32_t flags;
    /** How long to wait for locks; 0 means a minute. */
    uint32_t lock_wait_seconds;
    /**
     * Not 0: ids come from this number, and host and time zone are neutral. With time two runs
     * then give byte-identical images.
     */
    uint64_t seed;
    /** Not 0: the time that is recorded, in seconds since 1970-01-01 UTC, instead of now. */
    uint64_t time;
    /** The command line that the metadata names as its origin; NULL means "lvmkit". */
    const char *command;
    /**
     * Where to keep the state after the last change of each group, in lvm2's format; NULL means
     * nowhere.
     */
    const char *backup_dir;
    /** Where to keep the states before each change, in lvm2's format; NULL means nowhere. */
    const char *archive_dir;
    /** The system id of this host; groups with another one are shown and not changed. */
    const char *system_id;
} lvmkit_options;

/** How a device becomes a physical volume. */
typedef struct lvmkit_new_pv {
    /** sizeof (lvmkit_new_pv) */
    size_t struct_size;
    /** What may be overwritten on it. */
    lvmkit_overwrite overwrite;
    /** Bits of lvmkit_new_pv_flag. */
    uint32_t flags;
    /** The id to give it; NULL means a new one. */
    const char *id;
    /** At least so many bytes for each metadata area; 0 means about a MiB. */
    uint64_t metadata_size_bytes;
    /** Extents begin at a multiple of this; 0 means a MiB. */
    uint64_t data_alignment_bytes;
    /** Shifts that by so much. */
    uint64_t data_alignment_offset_bytes;
    /** Bytes kept for a boot loader. */
    uint64_t bootloader_area_size_bytes;
    /** Metadata areas: 1 or 2; 0 means 1. */
    uint32_t metadata_copies;
} lvmkit_new_pv;

/** A new volume group. */
typedef struct lvmkit_new_vg {
    /** sizeof (lvmkit_new_vg) */
    size_t struct_size;
    /** Its name. */
    const char *name;
    /** The size of one extent; 0 means 4 MiB. */
    uint64_t extent_size_bytes;
    /** The most logical volumes; 0 means no limit. */
    uint32_t max_lv;
    /** The most physical volumes; 0 means no limit. */
    uint32_t max_pv;
    /** Where new extents go. */
    lvmkit_allocation_policy allocation_policy;
    /** How many metadata areas are in use; 0 means all. */
    uint32_t metadata_copies;
    /** Tags, with a NULL behind the last; NULL means none. */
    const char *const *tags;
    /** The host that owns it; NULL means any. */
    const char *system_id;
    /** How devices that are no physical volumes become some; NULL means the defaults. */
    const lvmkit_new_pv *new_pv;
    /** Bits of lvmkit_new_vg_flag. */
    uint32_t flags;
} lvmkit_new_vg;

/** How large something should be: { LVMKIT_SIZE_BYTES, 8ULL << 30 }, { LVMKIT_SIZE_PERCENT_FREE, 50 }. */
typedef struct lvmkit_size {
    /** What value counts. */
    lvmkit_size_unit unit;
    /** How many. */
    uint64_t value;
} lvmkit_size;

/** A new logical volume. */
typedef struct lvmkit_new_lv {
    /** sizeof (lvmkit_new_lv) */
    size_t struct_size;
    /** Its name; NULL means the next free lvolN. */
    const char *name;
    /** How it is mapped. */
    lvmkit_segtype type;
    /** Bits of lvmkit_new_lv_flag. */
    uint32_t flags;
    /** Its size. */
    lvmkit_size size;
    /** LVMKIT_SEGTYPE_STRIPED: over how many physical volumes. 0 otherwise. */
    uint32_t stripes;
    /** Where its extents go, now and later. */
    lvmkit_allocation_policy allocation_policy;
    /** Bytes on one physical volume before the next has its turn; 0 means 64 KiB. */
    uint64_t stripe_size_bytes;
    /**
     * The physical volumes to use, with a NULL behind the last: "PATH", "PATH:0-99" (extents) or
     * "@TAG". NULL means all.
     */
    const char *const *pvs;
    /** Tags, with a NULL behind the last; NULL means none. */
    const char *const *tags;
} lvmkit_new_lv;

/**
 * Is told what happens. Return 0 to go on; anything else cancels at the next safe point, and the
 * call returns LVMKIT_CANCELLED. It is called on the thread of the call, and must not use the
 * handle of that call, unwind (C++ exceptions) or jump out (longjmp).
 */
typedef int (*lvmkit_callback)(const lvmkit_event *event, void *userdata);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/** The version of the library that runs: "0.1.0". The header's is LVMKIT_VERSION. */
const char *lvmkit_version(void);

/** The same as a number: major << 16 | minor << 8 | patch. The header's is LVMKIT_VERSION_NUMBER. */
uint32_t lvmkit_version_number(void);

/** Frees a string that came through a char **. */
void lvmkit_string_free(char *string);

/**
 * A stable word for a result, for logs: "ok", "not-found", "in-use". "invalid" for a number that
 * is none.
 */
const char *lvmkit_result_name(lvmkit_result result);

/**
 * The word for an effect: "unchanged", "reverted", "committed", "unknown". "invalid" for a number
 * that is none.
 */
const char *lvmkit_effect_name(lvmkit_effect effect);

/** The result of the call that failed; LVMKIT_OK for NULL. */
lvmkit_result lvmkit_error_result(const lvmkit_error *error);

/** What the call left on disk; LVMKIT_EFFECT_UNCHANGED for NULL. */
lvmkit_effect lvmkit_error_effect(const lvmkit_error *error);

/** One line: what failed, and where. "" for NULL. */
const char *lvmkit_error_message(const lvmkit_error *error);

/** What the user can do about it, or NULL. */
const char *lvmkit_error_help(const lvmkit_error *error);

/** What lies behind it, the nearest cause first, or NULL. */
const char *lvmkit_error_cause(const lvmkit_error *error);

/** The name of the volume group concerned, or NULL. */
const char *lvmkit_error_vg(const lvmkit_error *error);

/** The name of the logical volume concerned, or NULL. */
const char *lvmkit_error_lv(const lvmkit_error *error);

/** The id of the physical volume concerned, or NULL. */
const char *lvmkit_error_pv(const lvmkit_error *error);

/** The device or image file concerned, or NULL. */
const char *lvmkit_error_device(const lvmkit_error *error);

/** The on-disk field concerned, or NULL. */
const char *lvmkit_error_field(const lvmkit_error *error);

/** Where on the device it happened, in bytes; -1 when that is not known. */
int64_t lvmkit_error_offset_bytes(const lvmkit_error *error);

/** The errno of the system call behind it; 0 when there is none. */
int lvmkit_error_os_error(const lvmkit_error *error);

/** For LVMKIT_INSUFFICIENT_SPACE: how many extents were asked for. 0 otherwise. */
uint64_t lvmkit_error_needed_extents(const lvmkit_error *error);

/** For LVMKIT_INSUFFICIENT_SPACE: how many were free on the physical volumes allowed. 0 otherwise. */
uint64_t lvmkit_error_free_extents(const lvmkit_error *error);

/** Frees an error. */
void lvmkit_error_free(lvmkit_error *error);

/** What the event is about; LVMKIT_EVENT_OTHER for NULL. */
lvmkit_eventtype lvmkit_event_type(const lvmkit_event *event);

/** One line for people; every event has one. "" for NULL. */
const char *lvmkit_event_message(const lvmkit_event *event);

/** LVMKIT_EVENT_COMMITTED: the name of the volume group; NULL otherwise. */
const char *lvmkit_event_vg(const lvmkit_event *event);

/** LVMKIT_EVENT_COMMITTED: the version of its metadata; 0 otherwise. */
uint32_t lvmkit_event_seqno(const lvmkit_event *event);

/** LVMKIT_EVENT_PROGRESS: bytes done; 0 otherwise. */
uint64_t lvmkit_event_done_bytes(const lvmkit_event *event);

/** LVMKIT_EVENT_PROGRESS: bytes to do; 0 otherwise. */
uint64_t lvmkit_event_total_bytes(const lvmkit_event *event);

/**
 * Opens a view. options may be NULL. Everything made from the view keeps what it needs of it: it
 * may be freed before them.
 *
 * LVMKIT_NOT_FOUND when a device that is named does not exist.
 */
lvmkit_result lvmkit_open(const lvmkit_options *options,
                          lvmkit **system,
                          lvmkit_error **error);

/** Closes a view. */
void lvmkit_free(lvmkit *system);

/**
 * Reads all devices and lists the volume groups on them. Two groups may have one name: their ids
 * tell them apart.
 */
lvmkit_result lvmkit_list_vgs(const lvmkit *system,
                              lvmkit_vg_list **list,
                              lvmkit_error **error);

/** The number of groups. */
size_t lvmkit_vg_list_count(const lvmkit_vg_list *list);

/** The name of a group. "" for NULL and past the last. */
const char *lvmkit_vg_list_name(const lvmkit_vg_list *list, size_t index);

/** The id of a group, which lvmkit_read_vg() takes too. "" for NULL and past the last. */
const char *lvmkit_vg_list_id(const lvmkit_vg_list *list, size_t index);

/** Frees a list. */
void lvmkit_vg_list_free(lvmkit_vg_list *list);

/**
 * Reads a volume group by name or by id.
 *
 * LVMKIT_NOT_FOUND; LVMKIT_INVALID_INPUT when several groups have that name.
 */
lvmkit_result lvmkit_read_vg(const lvmkit *system,
                             const char *name_or_id,
                             lvmkit_vg **vg,
                             lvmkit_error **error);

/**
 * Makes a device a physical volume without a group. options may be NULL.
 *
 * LVMKIT_IN_USE when it carries something that may not be overwritten. With LVMKIT_IO the effect
 * is "unknown": the first 2048 bytes may be gone.
 */
lvmkit_result lvmkit_create_pv(const lvmkit *system,
                               const char *device,
                               const lvmkit_new_pv *options,
                               lvmkit_error **error);

/**
 * Takes the label off a physical volume that no group uses.
 *
 * LVMKIT_NOT_FOUND when it is not a physical volume; LVMKIT_IN_USE when a group uses it.
 */
lvmkit_result lvmkit_remove_pv(const lvmkit *system,
                               const char *device,
                               lvmkit_error **error);

/** The name. "" for NULL. */
const char *lvmkit_vg_name(const lvmkit_vg *vg);

/** The id, with dashes. "" for NULL. */
const char *lvmkit_vg_id(const lvmkit_vg *vg);

/** The version of the metadata; every commit raises it by one. */
uint32_t lvmkit_vg_seqno(const lvmkit_vg *vg);

/** The size of one extent. */
uint64_t lvmkit_vg_extent_size_bytes(const lvmkit_vg *vg);

/** The size of all extents. */
uint64_t lvmkit_vg_size_bytes(const lvmkit_vg *vg);

/** The size of the free extents. */
uint64_t lvmkit_vg_free_bytes(const lvmkit_vg *vg);

/** The most logical volumes allowed; 0 means no limit. */
uint32_t lvmkit_vg_max_lv(const lvmkit_vg *vg);

/** The most physical volumes allowed; 0 means no limit. */
uint32_t lvmkit_vg_max_pv(const lvmkit_vg *vg);

/** Where new extents go by default. */
lvmkit_allocation_policy lvmkit_vg_allocation_policy(const lvmkit_vg *vg);

/** True when its metadata may be changed. */
bool lvmkit_vg_is_writable(const lvmkit_vg *vg);

/** True when it may gain and lose physical volumes. */
bool lvmkit_vg_is_resizeable(const lvmkit_vg *vg);

/** True for an exported group. */
bool lvmkit_vg_is_exported(const lvmkit_vg *vg);

/** True when a physical volume is missing. */
bool lvmkit_vg_is_partial(const lvmkit_vg *vg);

/** The system id of the host that owns it, or NULL. */
const char *lvmkit_vg_system_id(const lvmkit_vg *vg);

/** The number of tags. */
size_t lvmkit_vg_tag_count(const lvmkit_vg *vg);

/** A tag; NULL past the last. */
const char *lvmkit_vg_tag(const lvmkit_vg *vg, size_t index);

/** The number of physical volumes. */
size_t lvmkit_vg_pv_count(const lvmkit_vg *vg);

/** A physical volume, in metadata order; NULL past the last. It lives as long as the group. */
const lvmkit_pv *lvmkit_vg_pv(const lvmkit_vg *vg, size_t index);

/** The number of logical volumes, hidden ones included. */
size_t lvmkit_vg_lv_count(const lvmkit_vg *vg);

/** A logical volume, in metadata order; NULL past the last. It lives as long as the group. */
const lvmkit_lv *lvmkit_vg_lv(const lvmkit_vg *vg, size_t index);

/** The logical volume of that name; NULL when there is none. It lives as long as the group. */
const lvmkit_lv *lvmkit_vg_lv_by_name(const lvmkit_vg *vg, const char *name);

/** Everything about the group, as JSON. Free the string with lvmkit_string_free(). */
lvmkit_result lvmkit_vg_to_json(const lvmkit_vg *vg, char **json, lvmkit_error **error);

/** Frees a group and all that belongs to it. */
void lvmkit_vg_free(lvmkit_vg *vg);

/** The device or image file it was found at; "[unknown]" when it is missing. "" for NULL. */
const char *lvmkit_pv_device(const lvmkit_pv *pv);

/** The id, with dashes. "" for NULL. */
const char *lvmkit_pv_id(const lvmkit_pv *pv);

/** The size of its extents. */
uint64_t lvmkit_pv_size_bytes(const lvmkit_pv *pv);

/** The size of its free extents. */
uint64_t lvmkit_pv_free_bytes(const lvmkit_pv *pv);

/** The size of the device as the metadata records it; 0 when it does not. */
uint64_t lvmkit_pv_device_size_bytes(const lvmkit_pv *pv);

/** Where on the device its first extent begins. */
uint64_t lvmkit_pv_data_offset_bytes(const lvmkit_pv *pv);

/** The number of its extents. */
uint32_t lvmkit_pv_extent_count(const lvmkit_pv *pv);

/** True when it was not found. */
bool lvmkit_pv_is_missing(const lvmkit_pv *pv);

/** True when extents may be allocated on it. */
bool lvmkit_pv_is_allocatable(const lvmkit_pv *pv);

/** The number of tags. */
size_t lvmkit_pv_tag_count(const lvmkit_pv *pv);

/** A tag; NULL past the last. */
const char *lvmkit_pv_tag(const lvmkit_pv *pv, size_t index);

/** The name. "" for NULL. */
const char *lvmkit_lv_name(const lvmkit_lv *lv);

/** The id, with dashes. "" for NULL. */
const char *lvmkit_lv_id(const lvmkit_lv *lv);

/** The size. */
uint64_t lvmkit_lv_size_bytes(const lvmkit_lv *lv);

/** True when users should see it: not a part of another volume. */
bool lvmkit_lv_is_visible(const lvmkit_lv *lv);

/** True when it may be written. */
bool lvmkit_lv_is_writable(const lvmkit_lv *lv);

/** Where its new extents go. */
lvmkit_allocation_policy lvmkit_lv_allocation_policy(const lvmkit_lv *lv);

/** When it was created, in seconds since 1970-01-01 UTC; 0 when that is not recorded. */
uint64_t lvmkit_lv_creation_time(const lvmkit_lv *lv);

/** The host it was created on, or NULL. */
const char *lvmkit_lv_creation_host(const lvmkit_lv *lv);

/** The number of tags. */
size_t lvmkit_lv_tag_count(const lvmkit_lv *lv);

/** A tag; NULL past the last. */
const char *lvmkit_lv_tag(const lvmkit_lv *lv, size_t index);

/** The number of segments. */
size_t lvmkit_lv_segment_count(const lvmkit_lv *lv);

/** A segment, in logical order; NULL past the last. It lives as long as the group. */
const lvmkit_segment *lvmkit_lv_segment(const lvmkit_lv *lv, size_t index);

/** The type as reports show it: "linear", "striped", "thin-pool", "raid1". "" for NULL. */
const char *lvmkit_segment_type(const lvmkit_segment *segment);

/** The first logical extent. */
uint32_t lvmkit_segment_start_extent(const lvmkit_segment *segment);

/** The number of logical extents. */
uint32_t lvmkit_segment_extent_count(const lvmkit_segment *segment);

/** Where in the volume it begins. */
uint64_t lvmkit_segment_start_bytes(const lvmkit_segment *segment);

/** Its size. */
uint64_t lvmkit_segment_size_bytes(const lvmkit_segment *segment);

/** The number of stripes: 1 for linear, more for striped, 0 for all other types. */
uint32_t lvmkit_segment_stripe_count(const lvmkit_segment *segment);

/** Bytes on one area before the next has its turn; 0 unless striped. */
uint64_t lvmkit_segment_stripe_size_bytes(const lvmkit_segment *segment);

/** The number of areas: what a linear, striped or mirror segment lies on. 0 for other types. */
size_t lvmkit_segment_area_count(const lvmkit_segment *segment);

/**
 * The physical volume that an area lies on; NULL when it lies on a logical volume, and past the
 * last. It lives as long as the group.
 */
const lvmkit_pv *lvmkit_segment_area_pv(const lvmkit_segment *segment, size_t index);

/** The device of that physical volume; NULL when there is none. */
const char *lvmkit_segment_area_device(const lvmkit_segment *segment, size_t index);

/**
 * The name of the logical volume that an area lies on; NULL when it lies on a physical volume,
 * and past the last.
 */
const char *lvmkit_segment_area_lv_name(const lvmkit_segment *segment, size_t index);

/** The first extent of an area, on what it lies on. */
uint32_t lvmkit_segment_area_start_extent(const lvmkit_segment *segment, size_t index);

/** The number of extents of an area. */
uint32_t lvmkit_segment_area_extent_count(const lvmkit_segment *segment, size_t index);

/**
 * Begins a change of the group of that name or id: takes its locks and reads it again under them.
 *
 * LVMKIT_NOT_FOUND; LVMKIT_LOCKED when somebody else changes it and the wait is over.
 */
lvmkit_result lvmkit_begin(const lvmkit *system,
                           const char *name_or_id,
                           lvmkit_transaction **transaction,
                           lvmkit_error **error);

/**
 * Begins a new group over these devices (with a NULL behind the last), which become physical
 * volumes when they are none.
 *
 * LVMKIT_ALREADY_EXISTS when there is a group of that name; LVMKIT_IN_USE when a device carries
 * something that may not be overwritten.
 */
lvmkit_result lvmkit_create_vg(const lvmkit *system,
                               const lvmkit_new_vg *new_vg,
                               const char *const *devices,
                               lvmkit_transaction **transaction,
                               lvmkit_error **error);

/**
 * Creates a logical volume.
 *
 * LVMKIT_INSUFFICIENT_SPACE when it does not fit: lvmkit_error_help() says what would help.
 */
lvmkit_result lvmkit_transaction_create_lv(lvmkit_transaction *transaction,
                                           const lvmkit_new_lv *new_lv,
                                           lvmkit_error **error);

/**
 * Grows a volume by so much.
 *
 * LVMKIT_INSUFFICIENT_SPACE; LVMKIT_NOT_FOUND; LVMKIT_UNSUPPORTED for types that cannot be
 * resized yet.
 */
lvmkit_result lvmkit_transaction_extend_lv_by(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);

/** Grows a volume to that size. */
lvmkit_result lvmkit_transaction_extend_lv_to(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);

/** Shrinks a volume by so much. What lay in its last extents is lost. */
lvmkit_result lvmkit_transaction_reduce_lv_by(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);

/** Shrinks a volume to that size. What lay behind is lost. */
lvmkit_result lvmkit_transaction_reduce_lv_to(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);

/** Removes a volume; its content is lost, its extents are free at once. */
lvmkit_result lvmkit_transaction_remove_lv(lvmkit_transaction *transaction,
                                           const char *name,
                                           lvmkit_error **error);

/** Gives a volume another name. */
lvmkit_result lvmkit_transaction_rename_lv(lvmkit_transaction *transaction,
                                           const char *name,
                                           const char *new_name,
                                           lvmkit_error **error);

/** Adds a device to the group; it becomes a physical volume when it is none. options may be NULL. */
lvmkit_result lvmkit_transaction_add_pv(lvmkit_transaction *transaction,
                                        const char *device,
                                        const lvmkit_new_pv *options,
                                        lvmkit_error **error);

/**
 * Takes a device out of the group; it stays a physical volume.
 *
 * LVMKIT_IN_USE when volumes lie on it.
 */
lvmkit_result lvmkit_transaction_remove_pv(lvmkit_transaction *transaction,
                                           const char *device,
                                           lvmkit_error **error);

/** Adds a tag to the group; one that it has already is no error. */
lvmkit_result lvmkit_transaction_add_vg_tag(lvmkit_transaction *transaction,
                                            const char *tag,
                                            lvmkit_error **error);

/** Removes a tag from the group; one that it does not have is no error. */
lvmkit_result lvmkit_transaction_remove_vg_tag(lvmkit_transaction *transaction,
                                               const char *tag,
                                               lvmkit_error **error);

/** Adds a tag to a logical volume; one that it has already is no error. */
lvmkit_result lvmkit_transaction_add_lv_tag(lvmkit_transaction *transaction,
                                            const char *name,
                                            const char *tag,
                                            lvmkit_error **error);

/** Removes a tag from a logical volume; one that it does not have is no error. */
lvmkit_result lvmkit_transaction_remove_lv_tag(lvmkit_transaction *transaction,
                                               const char *name,
                                               const char *tag,
                                               lvmkit_error **error);

/** Adds a tag to the physical volume on that device; one that it has already is no error. */
lvmkit_result lvmkit_transaction_add_pv_tag(lvmkit_transaction *transaction,
                                            const char *device,
                                            const char *tag,
                                            lvmkit_error **error);

/** Removes a tag from the physical volume on that device; one that it does not have is no error. */
lvmkit_result lvmkit_transaction_remove_pv_tag(lvmkit_transaction *transaction,
                                               const char *device,
                                               const char *tag,
                                               lvmkit_error **error);

/**
 * Removes the group; its physical volumes stay physical volumes.
 *
 * LVMKIT_IN_USE when it has logical volumes: remove them first.
 */
lvmkit_result lvmkit_transaction_remove_vg(lvmkit_transaction *transaction,
                                           lvmkit_error **error);

/** The group as the edits so far leave it. Free it with lvmkit_vg_free(). */
lvmkit_result lvmkit_transaction_vg(const lvmkit_transaction *transaction,
                                    lvmkit_vg **vg,
                                    lvmkit_error **error);

/**
 * What a commit would do, as text for people. Nothing is written. Free it with
 * lvmkit_string_free().
 */
lvmkit_result lvmkit_transaction_plan_text(const lvmkit_transaction *transaction,
                                           char **text,
                                           lvmkit_error **error);

/**
 * What a commit would do, as JSON for programs. Nothing is written. Free it with
 * lvmkit_string_free().
 */
lvmkit_result lvmkit_transaction_plan_json(const lvmkit_transaction *transaction,
                                           char **json,
                                           lvmkit_error **error);

/**
 * Writes the change: all of it or nothing becomes visible. callback and vg may be NULL. vg is the
 * group as it is now (one that was removed: as it was last).
 *
 * When it fails, lvmkit_error_effect() says what is on disk; with LVMKIT_EFFECT_COMMITTED the new
 * version is durable and a later step, which the message names, failed. Whatever it returns, the
 * transaction is over, its locks are released, and it can only be freed.
 *
 * LVMKIT_CONFLICT when the metadata moved although it was locked; LVMKIT_METADATA_FULL;
 * LVMKIT_IO; LVMKIT_CANCELLED.
 */
lvmkit_result lvmkit_transaction_commit(lvmkit_transaction *transaction,
                                        lvmkit_callback callback,
                                        void *userdata,
                                        lvmkit_vg **vg,
                                        lvmkit_error **error);

/** Frees a transaction. One that was not committed is discarded, and its locks are released. */
void lvmkit_transaction_free(lvmkit_transaction *transaction);

/**
 * Opens the content of a logical volume, in this process, without the kernel.
 *
 * LVMKIT_NOT_FOUND; LVMKIT_UNSUPPORTED for types that only the kernel runs;
 * LVMKIT_MISSING_DEVICE.
 */
lvmkit_result lvmkit_open_lv(const lvmkit *system,
                             const lvmkit_vg *vg,
                             const char *name,
                             lvmkit_volume **volume,
                             lvmkit_error **error);

/** The size; 0 for NULL. */
uint64_t lvmkit_volume_size_bytes(const lvmkit_volume *volume);

/**
 * Reads length bytes from offset on: all of them, or it fails.
 *
 * LVMKIT_INVALID_INPUT past the end; LVMKIT_IO.
 */
lvmkit_result lvmkit_volume_pread(const lvmkit_volume *volume,
                                  void *buffer,
                                  size_t length_bytes,
                                  uint64_t offset_bytes,
                                  lvmkit_error **error);

/**
 * Writes length bytes at offset: all of them, or it fails. They are durable after
 * lvmkit_volume_sync().
 *
 * LVMKIT_INVALID_INPUT past the end and on a read-only volume; LVMKIT_IO.
 */
lvmkit_result lvmkit_volume_pwrite(const lvmkit_volume *volume,
                                   const void *buffer,
                                   size_t length_bytes,
                                   uint64_t offset_bytes,
                                   lvmkit_error **error);

/**
 * Gives a range back to the image file; it reads as zeroes afterwards.
 *
 * LVMKIT_UNSUPPORTED on block devices; LVMKIT_INVALID_INPUT past the end; LVMKIT_IO.
 */
lvmkit_result lvmkit_volume_discard(const lvmkit_volume *volume,
                                    uint64_t offset_bytes,
                                    uint64_t length_bytes,
                                    lvmkit_error **error);

/** Makes everything written before durable. */
lvmkit_result lvmkit_volume_sync(const lvmkit_volume *volume, lvmkit_error **error);

/** Closes a volume. It does not sync. */
void lvmkit_volume_free(lvmkit_volume *volume);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LVMKIT_H */
