/* The declarations of lvmkit.h for cffi's cdef(); made by `cargo xtask header`. */
enum lvmkit_result
 {
    LVMKIT_OK = 0,
    LVMKIT_INVALID_INPUT = 1,
    LVMKIT_NOT_FOUND = 2,
    LVMKIT_ALREADY_EXISTS = 3,
    LVMKIT_INSUFFICIENT_SPACE = 4,
    LVMKIT_METADATA_FULL = 5,
    LVMKIT_IN_USE = 6,
    LVMKIT_LOCKED = 7,
    LVMKIT_CONFLICT = 8,
    LVMKIT_MISSING_DEVICE = 9,
    LVMKIT_CORRUPT = 10,
    LVMKIT_UNSUPPORTED = 11,
    LVMKIT_KERNEL = 12,
    LVMKIT_IO = 13,
    LVMKIT_CANCELLED = 14,
    LVMKIT_INTERNAL = 15,
    LVMKIT_PANIC = 16,
};
typedef int32_t lvmkit_result;
enum lvmkit_effect
 {
    LVMKIT_EFFECT_UNCHANGED = 0,
    LVMKIT_EFFECT_REVERTED = 1,
    LVMKIT_EFFECT_COMMITTED = 2,
    LVMKIT_EFFECT_UNKNOWN = 3,
};
typedef int32_t lvmkit_effect;
enum lvmkit_eventtype
 {
    LVMKIT_EVENT_OTHER = 0,
    LVMKIT_EVENT_STEP = 1,
    LVMKIT_EVENT_COMMITTED = 2,
    LVMKIT_EVENT_WARNING = 3,
    LVMKIT_EVENT_PROGRESS = 4,
};
typedef int32_t lvmkit_eventtype;
enum lvmkit_overwrite
 {
    LVMKIT_OVERWRITE_REFUSE = 0,
    LVMKIT_OVERWRITE_SIGNATURES = 1,
    LVMKIT_OVERWRITE_USED_PV = 2,
};
typedef int32_t lvmkit_overwrite;
enum lvmkit_allocation_policy
 {
    LVMKIT_ALLOCATION_DEFAULT = 0,
    LVMKIT_ALLOCATION_CONTIGUOUS = 1,
    LVMKIT_ALLOCATION_CLING = 2,
    LVMKIT_ALLOCATION_CLING_BY_TAGS = 3,
    LVMKIT_ALLOCATION_NORMAL = 4,
    LVMKIT_ALLOCATION_ANYWHERE = 5,
    LVMKIT_ALLOCATION_INHERIT = 6,
};
typedef int32_t lvmkit_allocation_policy;
enum lvmkit_segtype
 {
    LVMKIT_SEGTYPE_LINEAR = 0,
    LVMKIT_SEGTYPE_STRIPED = 1,
    LVMKIT_SEGTYPE_ERROR = 2,
    LVMKIT_SEGTYPE_ZERO = 3,
};
typedef int32_t lvmkit_segtype;
enum lvmkit_size_unit
 {
    LVMKIT_SIZE_BYTES = 0,
    LVMKIT_SIZE_EXTENTS = 1,
    LVMKIT_SIZE_PERCENT_VG = 2,
    LVMKIT_SIZE_PERCENT_FREE = 3,
    LVMKIT_SIZE_PERCENT_PVS = 4,
    LVMKIT_SIZE_PERCENT_ORIGIN = 5,
    LVMKIT_SIZE_PERCENT_LV = 6,
};
typedef int32_t lvmkit_size_unit;
enum lvmkit_open_flag
 {
    LVMKIT_OPEN_READ_ONLY = 1,
    LVMKIT_OPEN_NO_FLUSH = 2,
    LVMKIT_OPEN_NO_LOCKING = 4,
    LVMKIT_OPEN_NO_WAIT = 8,
};
typedef int32_t lvmkit_open_flag;
enum lvmkit_new_vg_flag
 {
    LVMKIT_NEW_VG_NO_AUTOACTIVATION = 1,
};
typedef int32_t lvmkit_new_vg_flag;
enum lvmkit_new_pv_flag
 {
    LVMKIT_NEW_PV_NO_METADATA = 1,
};
typedef int32_t lvmkit_new_pv_flag;
enum lvmkit_new_lv_flag
 {
    LVMKIT_NEW_LV_READ_ONLY = 1,
    LVMKIT_NEW_LV_ACTIVATION_SKIP = 2,
    LVMKIT_NEW_LV_NO_AUTOACTIVATION = 4,
    LVMKIT_NEW_LV_NO_ZERO = 8,
    LVMKIT_NEW_LV_NO_WIPE = 16,
};
typedef int32_t lvmkit_new_lv_flag;
typedef struct lvmkit lvmkit;
typedef struct lvmkit_error lvmkit_error;
typedef struct lvmkit_event lvmkit_event;
typedef struct lvmkit_lv lvmkit_lv;
typedef struct lvmkit_pv lvmkit_pv;
typedef struct lvmkit_segment lvmkit_segment;
typedef struct lvmkit_transaction lvmkit_transaction;
typedef struct lvmkit_vg lvmkit_vg;
typedef struct lvmkit_vg_list lvmkit_vg_list;
typedef struct lvmkit_volume lvmkit_volume;
typedef struct lvmkit_options {
    size_t struct_size;
    const char *const *devices;
    uint32_t flags;
    uint32_t lock_wait_seconds;
    uint64_t seed;
    uint64_t time;
    const char *command;
    const char *backup_dir;
    const char *archive_dir;
    const char *system_id;
} lvmkit_options;
typedef struct lvmkit_new_pv {
    size_t struct_size;
    lvmkit_overwrite overwrite;
    uint32_t flags;
    const char *id;
    uint64_t metadata_size_bytes;
    uint64_t data_alignment_bytes;
    uint64_t data_alignment_offset_bytes;
    uint64_t bootloader_area_size_bytes;
    uint32_t metadata_copies;
} lvmkit_new_pv;
typedef struct lvmkit_new_vg {
    size_t struct_size;
    const char *name;
    uint64_t extent_size_bytes;
    uint32_t max_lv;
    uint32_t max_pv;
    lvmkit_allocation_policy allocation_policy;
    uint32_t metadata_copies;
    const char *const *tags;
    const char *system_id;
    const lvmkit_new_pv *new_pv;
    uint32_t flags;
} lvmkit_new_vg;
typedef struct lvmkit_size {
    lvmkit_size_unit unit;
    uint64_t value;
} lvmkit_size;
typedef struct lvmkit_new_lv {
    size_t struct_size;
    const char *name;
    lvmkit_segtype type;
    uint32_t flags;
    lvmkit_size size;
    uint32_t stripes;
    lvmkit_allocation_policy allocation_policy;
    uint64_t stripe_size_bytes;
    const char *const *pvs;
    const char *const *tags;
} lvmkit_new_lv;
typedef int (*lvmkit_callback)(const lvmkit_event *event, void *userdata);
const char *lvmkit_version(void);
uint32_t lvmkit_version_number(void);
void lvmkit_string_free(char *string);
const char *lvmkit_result_name(lvmkit_result result);
const char *lvmkit_effect_name(lvmkit_effect effect);
lvmkit_result lvmkit_error_result(const lvmkit_error *error);
lvmkit_effect lvmkit_error_effect(const lvmkit_error *error);
const char *lvmkit_error_message(const lvmkit_error *error);
const char *lvmkit_error_help(const lvmkit_error *error);
const char *lvmkit_error_cause(const lvmkit_error *error);
const char *lvmkit_error_vg(const lvmkit_error *error);
const char *lvmkit_error_lv(const lvmkit_error *error);
const char *lvmkit_error_pv(const lvmkit_error *error);
const char *lvmkit_error_device(const lvmkit_error *error);
const char *lvmkit_error_field(const lvmkit_error *error);
int64_t lvmkit_error_offset_bytes(const lvmkit_error *error);
int lvmkit_error_os_error(const lvmkit_error *error);
uint64_t lvmkit_error_needed_extents(const lvmkit_error *error);
uint64_t lvmkit_error_free_extents(const lvmkit_error *error);
void lvmkit_error_free(lvmkit_error *error);
lvmkit_eventtype lvmkit_event_type(const lvmkit_event *event);
const char *lvmkit_event_message(const lvmkit_event *event);
const char *lvmkit_event_vg(const lvmkit_event *event);
uint32_t lvmkit_event_seqno(const lvmkit_event *event);
uint64_t lvmkit_event_done_bytes(const lvmkit_event *event);
uint64_t lvmkit_event_total_bytes(const lvmkit_event *event);
lvmkit_result lvmkit_open(const lvmkit_options *options,
                          lvmkit **system,
                          lvmkit_error **error);
void lvmkit_free(lvmkit *system);
lvmkit_result lvmkit_list_vgs(const lvmkit *system,
                              lvmkit_vg_list **list,
                              lvmkit_error **error);
size_t lvmkit_vg_list_count(const lvmkit_vg_list *list);
const char *lvmkit_vg_list_name(const lvmkit_vg_list *list, size_t index);
const char *lvmkit_vg_list_id(const lvmkit_vg_list *list, size_t index);
void lvmkit_vg_list_free(lvmkit_vg_list *list);
lvmkit_result lvmkit_read_vg(const lvmkit *system,
                             const char *name_or_id,
                             lvmkit_vg **vg,
                             lvmkit_error **error);
lvmkit_result lvmkit_create_pv(const lvmkit *system,
                               const char *device,
                               const lvmkit_new_pv *options,
                               lvmkit_error **error);
lvmkit_result lvmkit_remove_pv(const lvmkit *system,
                               const char *device,
                               lvmkit_error **error);
const char *lvmkit_vg_name(const lvmkit_vg *vg);
const char *lvmkit_vg_id(const lvmkit_vg *vg);
uint32_t lvmkit_vg_seqno(const lvmkit_vg *vg);
uint64_t lvmkit_vg_extent_size_bytes(const lvmkit_vg *vg);
uint64_t lvmkit_vg_size_bytes(const lvmkit_vg *vg);
uint64_t lvmkit_vg_free_bytes(const lvmkit_vg *vg);
uint32_t lvmkit_vg_max_lv(const lvmkit_vg *vg);
uint32_t lvmkit_vg_max_pv(const lvmkit_vg *vg);
lvmkit_allocation_policy lvmkit_vg_allocation_policy(const lvmkit_vg *vg);
bool lvmkit_vg_is_writable(const lvmkit_vg *vg);
bool lvmkit_vg_is_resizeable(const lvmkit_vg *vg);
bool lvmkit_vg_is_exported(const lvmkit_vg *vg);
bool lvmkit_vg_is_partial(const lvmkit_vg *vg);
const char *lvmkit_vg_system_id(const lvmkit_vg *vg);
size_t lvmkit_vg_tag_count(const lvmkit_vg *vg);
const char *lvmkit_vg_tag(const lvmkit_vg *vg, size_t index);
size_t lvmkit_vg_pv_count(const lvmkit_vg *vg);
const lvmkit_pv *lvmkit_vg_pv(const lvmkit_vg *vg, size_t index);
size_t lvmkit_vg_lv_count(const lvmkit_vg *vg);
const lvmkit_lv *lvmkit_vg_lv(const lvmkit_vg *vg, size_t index);
const lvmkit_lv *lvmkit_vg_lv_by_name(const lvmkit_vg *vg, const char *name);
lvmkit_result lvmkit_vg_to_json(const lvmkit_vg *vg, char **json, lvmkit_error **error);
void lvmkit_vg_free(lvmkit_vg *vg);
const char *lvmkit_pv_device(const lvmkit_pv *pv);
const char *lvmkit_pv_id(const lvmkit_pv *pv);
uint64_t lvmkit_pv_size_bytes(const lvmkit_pv *pv);
uint64_t lvmkit_pv_free_bytes(const lvmkit_pv *pv);
uint64_t lvmkit_pv_device_size_bytes(const lvmkit_pv *pv);
uint64_t lvmkit_pv_data_offset_bytes(const lvmkit_pv *pv);
uint32_t lvmkit_pv_extent_count(const lvmkit_pv *pv);
bool lvmkit_pv_is_missing(const lvmkit_pv *pv);
bool lvmkit_pv_is_allocatable(const lvmkit_pv *pv);
size_t lvmkit_pv_tag_count(const lvmkit_pv *pv);
const char *lvmkit_pv_tag(const lvmkit_pv *pv, size_t index);
const char *lvmkit_lv_name(const lvmkit_lv *lv);
const char *lvmkit_lv_id(const lvmkit_lv *lv);
uint64_t lvmkit_lv_size_bytes(const lvmkit_lv *lv);
bool lvmkit_lv_is_visible(const lvmkit_lv *lv);
bool lvmkit_lv_is_writable(const lvmkit_lv *lv);
lvmkit_allocation_policy lvmkit_lv_allocation_policy(const lvmkit_lv *lv);
uint64_t lvmkit_lv_creation_time(const lvmkit_lv *lv);
const char *lvmkit_lv_creation_host(const lvmkit_lv *lv);
size_t lvmkit_lv_tag_count(const lvmkit_lv *lv);
const char *lvmkit_lv_tag(const lvmkit_lv *lv, size_t index);
size_t lvmkit_lv_segment_count(const lvmkit_lv *lv);
const lvmkit_segment *lvmkit_lv_segment(const lvmkit_lv *lv, size_t index);
const char *lvmkit_segment_type(const lvmkit_segment *segment);
uint32_t lvmkit_segment_start_extent(const lvmkit_segment *segment);
uint32_t lvmkit_segment_extent_count(const lvmkit_segment *segment);
uint64_t lvmkit_segment_start_bytes(const lvmkit_segment *segment);
uint64_t lvmkit_segment_size_bytes(const lvmkit_segment *segment);
uint32_t lvmkit_segment_stripe_count(const lvmkit_segment *segment);
uint64_t lvmkit_segment_stripe_size_bytes(const lvmkit_segment *segment);
size_t lvmkit_segment_area_count(const lvmkit_segment *segment);
const lvmkit_pv *lvmkit_segment_area_pv(const lvmkit_segment *segment, size_t index);
const char *lvmkit_segment_area_device(const lvmkit_segment *segment, size_t index);
const char *lvmkit_segment_area_lv_name(const lvmkit_segment *segment, size_t index);
uint32_t lvmkit_segment_area_start_extent(const lvmkit_segment *segment, size_t index);
uint32_t lvmkit_segment_area_extent_count(const lvmkit_segment *segment, size_t index);
lvmkit_result lvmkit_begin(const lvmkit *system,
                           const char *name_or_id,
                           lvmkit_transaction **transaction,
                           lvmkit_error **error);
lvmkit_result lvmkit_create_vg(const lvmkit *system,
                               const lvmkit_new_vg *new_vg,
                               const char *const *devices,
                               lvmkit_transaction **transaction,
                               lvmkit_error **error);
lvmkit_result lvmkit_transaction_create_lv(lvmkit_transaction *transaction,
                                           const lvmkit_new_lv *new_lv,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_extend_lv_by(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);
lvmkit_result lvmkit_transaction_extend_lv_to(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);
lvmkit_result lvmkit_transaction_reduce_lv_by(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);
lvmkit_result lvmkit_transaction_reduce_lv_to(lvmkit_transaction *transaction,
                                              const char *name,
                                              lvmkit_size size,
                                              lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_lv(lvmkit_transaction *transaction,
                                           const char *name,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_rename_lv(lvmkit_transaction *transaction,
                                           const char *name,
                                           const char *new_name,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_add_pv(lvmkit_transaction *transaction,
                                        const char *device,
                                        const lvmkit_new_pv *options,
                                        lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_pv(lvmkit_transaction *transaction,
                                           const char *device,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_add_vg_tag(lvmkit_transaction *transaction,
                                            const char *tag,
                                            lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_vg_tag(lvmkit_transaction *transaction,
                                               const char *tag,
                                               lvmkit_error **error);
lvmkit_result lvmkit_transaction_add_lv_tag(lvmkit_transaction *transaction,
                                            const char *name,
                                            const char *tag,
                                            lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_lv_tag(lvmkit_transaction *transaction,
                                               const char *name,
                                               const char *tag,
                                               lvmkit_error **error);
lvmkit_result lvmkit_transaction_add_pv_tag(lvmkit_transaction *transaction,
                                            const char *device,
                                            const char *tag,
                                            lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_pv_tag(lvmkit_transaction *transaction,
                                               const char *device,
                                               const char *tag,
                                               lvmkit_error **error);
lvmkit_result lvmkit_transaction_remove_vg(lvmkit_transaction *transaction,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_vg(const lvmkit_transaction *transaction,
                                    lvmkit_vg **vg,
                                    lvmkit_error **error);
lvmkit_result lvmkit_transaction_plan_text(const lvmkit_transaction *transaction,
                                           char **text,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_plan_json(const lvmkit_transaction *transaction,
                                           char **json,
                                           lvmkit_error **error);
lvmkit_result lvmkit_transaction_commit(lvmkit_transaction *transaction,
                                        lvmkit_callback callback,
                                        void *userdata,
                                        lvmkit_vg **vg,
                                        lvmkit_error **error);
void lvmkit_transaction_free(lvmkit_transaction *transaction);
lvmkit_result lvmkit_open_lv(const lvmkit *system,
                             const lvmkit_vg *vg,
                             const char *name,
                             lvmkit_volume **volume,
                             lvmkit_error **error);
uint64_t lvmkit_volume_size_bytes(const lvmkit_volume *volume);
lvmkit_result lvmkit_volume_pread(const lvmkit_volume *volume,
                                  void *buffer,
                                  size_t length_bytes,
                                  uint64_t offset_bytes,
                                  lvmkit_error **error);
lvmkit_result lvmkit_volume_pwrite(const lvmkit_volume *volume,
                                   const void *buffer,
                                   size_t length_bytes,
                                   uint64_t offset_bytes,
                                   lvmkit_error **error);
lvmkit_result lvmkit_volume_discard(const lvmkit_volume *volume,
                                    uint64_t offset_bytes,
                                    uint64_t length_bytes,
                                    lvmkit_error **error);
lvmkit_result lvmkit_volume_sync(const lvmkit_volume *volume, lvmkit_error **error);
void lvmkit_volume_free(lvmkit_volume *volume);
