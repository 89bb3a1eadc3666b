//! The settings of `allocation`.

use crate::config::setting::{Setting, flag, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("allocation", v(2, 2, 77), "How room for volumes is chosen."),
    texts(
        "allocation/cling_tag_list",
        &[],
        v(2, 2, 77),
        "Tags that make physical volumes neighbours for the policy cling.",
    )
    .undefined(),
    flag(
        "allocation/maximise_cling",
        true,
        v(2, 2, 85),
        "Whether the policy cling looks at all of a volume.",
    ),
    flag("allocation/use_blkid_wiping", true, v(2, 2, 105), "Whether blkid finds the signatures to wipe.")
        .unconfigured("@DEFAULT_USE_BLKID_WIPING@"),
    flag(
        "allocation/wipe_signatures_when_zeroing_new_lvs",
        true,
        v(2, 2, 105),
        "Whether signatures are wiped from new volumes that are zeroed.",
    ),
    flag(
        "allocation/mirror_logs_require_separate_pvs",
        false,
        v(2, 2, 85),
        "Whether a mirror's log needs a physical volume of its own.",
    ),
    flag(
        "allocation/raid_stripe_all_devices",
        false,
        v(2, 2, 162),
        "Whether a striped RAID without a number of stripes uses all physical volumes.",
    ),
    flag(
        "allocation/cache_pool_metadata_require_separate_pvs",
        false,
        v(2, 2, 106),
        "Whether a cache pool's metadata needs other physical volumes than its data.",
    )
    .metadata_profile(),
    text(
        "allocation/cache_pool_cachemode",
        "writethrough",
        v(2, 2, 113),
        "The older name of allocation/cache_mode.",
    )
    .deprecated(v(2, 2, 128))
    .metadata_profile(),
    integer(
        "allocation/cache_metadata_format",
        0,
        v(2, 2, 169),
        "The format of a new cache's metadata: 1, 2, or 0 for the best.",
    )
    .metadata_profile(),
    text(
        "allocation/cache_mode",
        "writethrough",
        v(2, 2, 128),
        "How a new cache treats writes: writethrough, writeback or passthrough.",
    )
    .metadata_profile(),
    text("allocation/cache_policy", "", v(2, 2, 128), "What a new cache keeps.")
        .undefined()
        .metadata_profile(),
    section("allocation/cache_settings", v(2, 2, 128), "Numbers for each cache policy.")
        .commented()
        .unchecked()
        .metadata_profile(),
    integer(
        "allocation/cache_pool_chunk_size",
        0,
        v(2, 2, 106),
        "The chunk size of new cache pools, in KiB.",
    )
    .undefined()
    .metadata_profile(),
    integer("allocation/cache_pool_max_chunks", 0, v(2, 2, 165), "The most chunks of a cache pool.")
        .undefined()
        .metadata_profile(),
    flag(
        "allocation/thin_pool_metadata_require_separate_pvs",
        false,
        v(2, 2, 89),
        "Whether a thin pool's metadata needs other physical volumes than its data.",
    ),
    flag(
        "allocation/thin_pool_crop_metadata",
        false,
        v(2, 3, 12),
        "Whether a thin pool's metadata is cut to 15.81 GiB, as by older versions.",
    ),
    flag(
        "allocation/thin_pool_zero",
        true,
        v(2, 2, 99),
        "Whether chunks of a thin pool are zeroed before they are used.",
    )
    .metadata_profile(),
    text(
        "allocation/thin_pool_discards",
        "passdown",
        v(2, 2, 99),
        "What a thin pool does with discards: passdown, nopassdown or ignore.",
    )
    .metadata_profile(),
    text(
        "allocation/thin_pool_chunk_size_policy",
        "generic",
        v(2, 2, 101),
        "How a thin pool's chunk size is chosen: generic, generic_performance or performance.",
    )
    .metadata_profile(),
    flag(
        "allocation/zero_metadata",
        true,
        v(2, 3, 10),
        "Whether the metadata of a new pool is zeroed to its end.",
    ),
    integer("allocation/thin_pool_chunk_size", 0, v(2, 2, 99), "The chunk size of new thin pools, in KiB.")
        .undefined()
        .metadata_profile(),
    integer("allocation/physical_extent_size", 4096, v(2, 2, 112), "The extent size of new groups, in KiB."),
    integer("allocation/vdo_use_compression", 1, v(2, 3, 0), "Whether new VDO pools compress.")
        .metadata_profile(),
    integer(
        "allocation/vdo_use_deduplication",
        1,
        v(2, 3, 0),
        "Whether new VDO pools store equal blocks once.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_use_metadata_hints",
        1,
        v(2, 3, 0),
        "Whether VDO marks the requests that matter to its latency.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_minimum_io_size",
        4096,
        v(2, 3, 0),
        "The smallest request a VDO volume takes, in bytes: 512 or 4096.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_block_map_cache_size_mb",
        128,
        v(2, 3, 0),
        "Memory for pages of VDO's block map, in MiB.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_block_map_period",
        16380,
        v(2, 3, 0),
        "How slowly VDO writes changed pages of its block map: 1 to 16380.",
    )
    .metadata_profile(),
    integer("allocation/vdo_check_point_frequency", 0, v(2, 3, 0), "How often VDO makes checkpoints.")
        .metadata_profile(),
    integer("allocation/vdo_use_sparse_index", 0, v(2, 3, 0), "Whether VDO's index is sparse.")
        .metadata_profile(),
    integer("allocation/vdo_index_memory_size_mb", 256, v(2, 3, 0), "Memory for VDO's index, in MiB.")
        .metadata_profile(),
    integer("allocation/vdo_slab_size_mb", 2048, v(2, 3, 0), "The step in which a VDO pool grows, in MiB.")
        .metadata_profile(),
    integer("allocation/vdo_ack_threads", 1, v(2, 3, 0), "VDO's threads that acknowledge requests.")
        .metadata_profile(),
    integer("allocation/vdo_bio_threads", 4, v(2, 3, 0), "VDO's threads that send requests to the device.")
        .metadata_profile(),
    integer(
        "allocation/vdo_bio_rotation",
        64,
        v(2, 3, 0),
        "How many requests each of these takes before the next has its turn.",
    )
    .metadata_profile(),
    integer("allocation/vdo_cpu_threads", 2, v(2, 3, 0), "VDO's threads that hash and compress.")
        .metadata_profile(),
    integer("allocation/vdo_hash_zone_threads", 1, v(2, 3, 0), "VDO's threads that look up hashes.")
        .metadata_profile(),
    integer("allocation/vdo_logical_threads", 1, v(2, 3, 0), "VDO's threads for logical addresses.")
        .metadata_profile(),
    integer("allocation/vdo_physical_threads", 1, v(2, 3, 0), "VDO's threads for physical addresses.")
        .metadata_profile(),
    text(
        "allocation/vdo_write_policy",
        "auto",
        v(2, 3, 0),
        "When VDO acknowledges writes: auto, sync, async or async-unsafe.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_max_discard",
        1,
        v(2, 3, 0),
        "The largest discard a VDO volume takes, in blocks of 4 KiB.",
    )
    .metadata_profile(),
    integer(
        "allocation/vdo_pool_header_size",
        512,
        v(2, 3, 12),
        "Room left free at both ends of a VDO pool, in KiB.",
    )
    .metadata_profile(),
];
