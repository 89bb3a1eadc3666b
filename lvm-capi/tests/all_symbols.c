/*
 * Calls every function of lvmkit.h: with NULL, with values no enum has, and in earnest.
 *
 *	all_symbols DIRECTORY		(makes its image files there)
 */
#define _XOPEN_SOURCE 700

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lvmkit.h>

#define MIB ((uint64_t)1 << 20)

static int failures;

#define CHECK(condition)                                                                     \
	do {                                                                                 \
		if (!(condition)) {                                                          \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
			failures++;                                                          \
		}                                                                            \
	} while (0)

/* The call comes to this result; its error says the same, has a message, and is freed. */
#define EXPECT(expected, call)                                                               \
	do {                                                                                 \
		lvmkit_error *error = NULL;                                                  \
		lvmkit_result result = (call);                                               \
		if (result != (expected))                                                    \
			fprintf(stderr, "%s: %s\n", lvmkit_result_name(result),              \
				lvmkit_error_message(error));                                \
		CHECK(result == (expected));                                                 \
		CHECK(lvmkit_error_result(error) == result);                                 \
		CHECK((error == NULL) == (result == LVMKIT_OK));                             \
		CHECK(error == NULL || lvmkit_error_message(error)[0] != '\0');              \
		lvmkit_error_free(error);                                                    \
	} while (0)

#define OK(call) EXPECT(LVMKIT_OK, call)
#define INVALID(call) EXPECT(LVMKIT_INVALID_INPUT, call)

static int same(const char *left, const char *right)
{
	return left != NULL && right != NULL && strcmp(left, right) == 0;
}

static void make_image(const char *path, uint64_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)size) != 0 || close(fd) != 0) {
		perror(path);
		exit(1);
	}
}

static lvmkit *open_system(const char *const *devices, uint32_t flags)
{
	lvmkit_options options = { .struct_size = sizeof options, .devices = devices, .flags = flags,
				   .command = "all_symbols", .system_id = "me" };
	lvmkit *system = NULL;
	OK(lvmkit_open(&options, &system, &error));
	return system;
}

static void test_versions_and_names(void)
{
	CHECK(same(lvmkit_version(), LVMKIT_VERSION));
	CHECK(lvmkit_version_number() == LVMKIT_VERSION_NUMBER);
	CHECK(same(lvmkit_result_name(LVMKIT_OK), "ok"));
	CHECK(same(lvmkit_result_name(LVMKIT_PANIC), "panic"));
	CHECK(same(lvmkit_result_name((lvmkit_result)-1), "invalid"));
	CHECK(same(lvmkit_result_name((lvmkit_result)17), "invalid"));
	CHECK(same(lvmkit_effect_name(LVMKIT_EFFECT_COMMITTED), "committed"));
	CHECK(same(lvmkit_effect_name((lvmkit_effect)99), "invalid"));
}

/* Accessors take NULL. */
static void test_null_accessors(void)
{
	CHECK(lvmkit_error_result(NULL) == LVMKIT_OK);
	CHECK(lvmkit_error_effect(NULL) == LVMKIT_EFFECT_UNCHANGED);
	CHECK(same(lvmkit_error_message(NULL), ""));
	CHECK(lvmkit_error_help(NULL) == NULL && lvmkit_error_cause(NULL) == NULL);
	CHECK(lvmkit_error_vg(NULL) == NULL && lvmkit_error_lv(NULL) == NULL);
	CHECK(lvmkit_error_pv(NULL) == NULL && lvmkit_error_device(NULL) == NULL);
	CHECK(lvmkit_error_field(NULL) == NULL && lvmkit_error_offset_bytes(NULL) == -1);
	CHECK(lvmkit_error_os_error(NULL) == 0);
	CHECK(lvmkit_error_needed_extents(NULL) == 0 && lvmkit_error_free_extents(NULL) == 0);

	CHECK(lvmkit_event_type(NULL) == LVMKIT_EVENT_OTHER && same(lvmkit_event_message(NULL), ""));
	CHECK(lvmkit_event_vg(NULL) == NULL && lvmkit_event_seqno(NULL) == 0);
	CHECK(lvmkit_event_done_bytes(NULL) == 0 && lvmkit_event_total_bytes(NULL) == 0);

	CHECK(lvmkit_vg_list_count(NULL) == 0 && same(lvmkit_vg_list_name(NULL, 0), ""));
	CHECK(same(lvmkit_vg_list_id(NULL, 0), ""));

	CHECK(same(lvmkit_vg_name(NULL), "") && same(lvmkit_vg_id(NULL), ""));
	CHECK(lvmkit_vg_seqno(NULL) == 0 && lvmkit_vg_extent_size_bytes(NULL) == 0);
	CHECK(lvmkit_vg_size_bytes(NULL) == 0 && lvmkit_vg_free_bytes(NULL) == 0);
	CHECK(lvmkit_vg_max_lv(NULL) == 0 && lvmkit_vg_max_pv(NULL) == 0);
	CHECK(lvmkit_vg_allocation_policy(NULL) == LVMKIT_ALLOCATION_DEFAULT);
	CHECK(!lvmkit_vg_is_writable(NULL) && !lvmkit_vg_is_resizeable(NULL));
	CHECK(!lvmkit_vg_is_exported(NULL) && !lvmkit_vg_is_partial(NULL));
	CHECK(lvmkit_vg_system_id(NULL) == NULL);
	CHECK(lvmkit_vg_tag_count(NULL) == 0 && lvmkit_vg_tag(NULL, 0) == NULL);
	CHECK(lvmkit_vg_pv_count(NULL) == 0 && lvmkit_vg_pv(NULL, 0) == NULL);
	CHECK(lvmkit_vg_lv_count(NULL) == 0 && lvmkit_vg_lv(NULL, 0) == NULL);
	CHECK(lvmkit_vg_lv_by_name(NULL, NULL) == NULL && lvmkit_vg_lv_by_name(NULL, "a") == NULL);

	CHECK(same(lvmkit_pv_device(NULL), "") && same(lvmkit_pv_id(NULL), ""));
	CHECK(lvmkit_pv_size_bytes(NULL) == 0 && lvmkit_pv_free_bytes(NULL) == 0);
	CHECK(lvmkit_pv_device_size_bytes(NULL) == 0 && lvmkit_pv_data_offset_bytes(NULL) == 0);
	CHECK(lvmkit_pv_extent_count(NULL) == 0);
	CHECK(!lvmkit_pv_is_missing(NULL) && !lvmkit_pv_is_allocatable(NULL));
	CHECK(lvmkit_pv_tag_count(NULL) == 0 && lvmkit_pv_tag(NULL, 0) == NULL);

	CHECK(same(lvmkit_lv_name(NULL), "") && same(lvmkit_lv_id(NULL), ""));
	CHECK(lvmkit_lv_size_bytes(NULL) == 0);
	CHECK(!lvmkit_lv_is_visible(NULL) && !lvmkit_lv_is_writable(NULL));
	CHECK(lvmkit_lv_allocation_policy(NULL) == LVMKIT_ALLOCATION_DEFAULT);
	CHECK(lvmkit_lv_creation_time(NULL) == 0 && lvmkit_lv_creation_host(NULL) == NULL);
	CHECK(lvmkit_lv_tag_count(NULL) == 0 && lvmkit_lv_tag(NULL, 0) == NULL);
	CHECK(lvmkit_lv_segment_count(NULL) == 0 && lvmkit_lv_segment(NULL, 0) == NULL);

	CHECK(same(lvmkit_segment_type(NULL), ""));
	CHECK(lvmkit_segment_start_extent(NULL) == 0 && lvmkit_segment_extent_count(NULL) == 0);
	CHECK(lvmkit_segment_start_bytes(NULL) == 0 && lvmkit_segment_size_bytes(NULL) == 0);
	CHECK(lvmkit_segment_stripe_count(NULL) == 0 && lvmkit_segment_stripe_size_bytes(NULL) == 0);
	CHECK(lvmkit_segment_area_count(NULL) == 0 && lvmkit_segment_area_pv(NULL, 0) == NULL);
	CHECK(lvmkit_segment_area_device(NULL, 0) == NULL);
	CHECK(lvmkit_segment_area_lv_name(NULL, 0) == NULL);
	CHECK(lvmkit_segment_area_start_extent(NULL, 0) == 0);
	CHECK(lvmkit_segment_area_extent_count(NULL, 0) == 0);
	CHECK(lvmkit_volume_size_bytes(NULL) == 0);
}

/* _free(NULL) does nothing. */
static void test_null_frees(void)
{
	lvmkit_error_free(NULL);
	lvmkit_string_free(NULL);
	lvmkit_free(NULL);
	lvmkit_vg_list_free(NULL);
	lvmkit_vg_free(NULL);
	lvmkit_transaction_free(NULL);
	lvmkit_volume_free(NULL);
}

/* Functions that can fail refuse NULL, with and without somewhere to put the error. */
static void test_null_arguments(lvmkit *system)
{
	lvmkit_size size = { LVMKIT_SIZE_BYTES, MIB };
	lvmkit_new_lv new_lv = { .struct_size = sizeof new_lv, .size = size };
	lvmkit_new_vg new_vg = { .struct_size = sizeof new_vg, .name = "vg" };
	lvmkit_new_vg no_name = { .struct_size = sizeof no_name };
	lvmkit_transaction *tx = NULL;
	lvmkit_volume *volume = NULL;
	lvmkit_vg_list *list = NULL;
	lvmkit_vg *vg = NULL;
	char *text = NULL;
	char byte = 0;

	CHECK(lvmkit_open(NULL, NULL, NULL) == LVMKIT_INVALID_INPUT);
	INVALID(lvmkit_open(NULL, NULL, &error));
	INVALID(lvmkit_list_vgs(NULL, &list, &error));
	INVALID(lvmkit_list_vgs(system, NULL, &error));
	INVALID(lvmkit_read_vg(NULL, "vg", &vg, &error));
	INVALID(lvmkit_read_vg(system, NULL, &vg, &error));
	INVALID(lvmkit_read_vg(system, "vg", NULL, &error));
	INVALID(lvmkit_create_pv(NULL, "d", NULL, &error));
	INVALID(lvmkit_create_pv(system, NULL, NULL, &error));
	INVALID(lvmkit_remove_pv(NULL, "d", &error));
	INVALID(lvmkit_remove_pv(system, NULL, &error));
	INVALID(lvmkit_begin(NULL, "vg", &tx, &error));
	INVALID(lvmkit_begin(system, NULL, &tx, &error));
	INVALID(lvmkit_begin(system, "vg", NULL, &error));
	INVALID(lvmkit_create_vg(NULL, &new_vg, NULL, &tx, &error));
	INVALID(lvmkit_create_vg(system, NULL, NULL, &tx, &error));
	INVALID(lvmkit_create_vg(system, &no_name, NULL, &tx, &error));
	INVALID(lvmkit_create_vg(system, &new_vg, NULL, &tx, &error));	/* no devices */
	INVALID(lvmkit_create_vg(system, &new_vg, NULL, NULL, &error));
	INVALID(lvmkit_vg_to_json(NULL, &text, &error));
	INVALID(lvmkit_open_lv(NULL, NULL, "lv", &volume, &error));
	INVALID(lvmkit_open_lv(system, NULL, "lv", &volume, &error));
	INVALID(lvmkit_volume_pread(NULL, &byte, 1, 0, &error));
	INVALID(lvmkit_volume_pwrite(NULL, &byte, 1, 0, &error));
	INVALID(lvmkit_volume_discard(NULL, 0, 1, &error));
	INVALID(lvmkit_volume_sync(NULL, &error));
	INVALID(lvmkit_transaction_create_lv(NULL, &new_lv, &error));
	INVALID(lvmkit_transaction_create_lv(NULL, NULL, &error));
	INVALID(lvmkit_transaction_extend_lv_by(NULL, "lv", size, &error));
	INVALID(lvmkit_transaction_extend_lv_to(NULL, "lv", size, &error));
	INVALID(lvmkit_transaction_reduce_lv_by(NULL, "lv", size, &error));
	INVALID(lvmkit_transaction_reduce_lv_to(NULL, NULL, size, &error));
	INVALID(lvmkit_transaction_remove_lv(NULL, "lv", &error));
	INVALID(lvmkit_transaction_rename_lv(NULL, "lv", NULL, &error));
	INVALID(lvmkit_transaction_add_pv(NULL, "d", NULL, &error));
	INVALID(lvmkit_transaction_remove_pv(NULL, "d", &error));
	INVALID(lvmkit_transaction_add_vg_tag(NULL, "t", &error));
	INVALID(lvmkit_transaction_remove_vg_tag(NULL, NULL, &error));
	INVALID(lvmkit_transaction_add_lv_tag(NULL, "lv", "t", &error));
	INVALID(lvmkit_transaction_remove_lv_tag(NULL, "lv", "t", &error));
	INVALID(lvmkit_transaction_add_pv_tag(NULL, "d", "t", &error));
	INVALID(lvmkit_transaction_remove_pv_tag(NULL, "d", "t", &error));
	INVALID(lvmkit_transaction_remove_vg(NULL, &error));
	INVALID(lvmkit_transaction_vg(NULL, &vg, &error));
	INVALID(lvmkit_transaction_plan_text(NULL, &text, &error));
	INVALID(lvmkit_transaction_plan_json(NULL, NULL, &error));
	INVALID(lvmkit_transaction_commit(NULL, NULL, NULL, NULL, &error));
	CHECK(lvmkit_transaction_commit(NULL, NULL, NULL, NULL, NULL) == LVMKIT_INVALID_INPUT);

	/* Outputs are written only on success. */
	CHECK(tx == NULL && volume == NULL && list == NULL && vg == NULL && text == NULL);
}

/* Numbers that no enum has, bits that no flag has, sizes that no struct has, bytes that no text has. */
static void test_wrong_values(lvmkit *system, const char *const *disks)
{
	lvmkit_size wrong_unit = { (lvmkit_size_unit)7, 1 };
	lvmkit_size too_many = { LVMKIT_SIZE_EXTENTS, (uint64_t)1 << 32 };
	lvmkit_options options = { .struct_size = sizeof options, .flags = 1u << 31 };
	lvmkit_new_vg vg = { .struct_size = sizeof vg, .name = "vg" };
	lvmkit_new_pv pv = { .struct_size = sizeof pv };
	lvmkit_new_lv lv = { .struct_size = sizeof lv, .name = "lv",
			     .size = { LVMKIT_SIZE_BYTES, MIB } };
	struct {
		lvmkit_new_lv known;
		uint64_t newer;
	} grown = { lv, 0 };
	lvmkit *other = NULL;
	lvmkit_transaction *tx = NULL;

	INVALID(lvmkit_open(&options, &other, &error));
	options = (lvmkit_options){ .struct_size = 0 };
	INVALID(lvmkit_open(&options, &other, &error));
	options.struct_size = (size_t)-1;
	INVALID(lvmkit_open(&options, &other, &error));
	CHECK(other == NULL);

	vg.allocation_policy = (lvmkit_allocation_policy)-1;
	INVALID(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	vg.allocation_policy = LVMKIT_ALLOCATION_INHERIT;
	INVALID(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	vg.allocation_policy = LVMKIT_ALLOCATION_DEFAULT;
	vg.flags = 2;
	INVALID(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	vg.flags = 0;
	vg.name = "\xff";
	INVALID(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	vg.name = "vg";
	pv.overwrite = (lvmkit_overwrite)3;
	INVALID(lvmkit_create_pv(system, disks[0], &pv, &error));
	vg.new_pv = &pv;
	INVALID(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	pv.overwrite = LVMKIT_OVERWRITE_REFUSE;
	pv.id = "not an id";
	INVALID(lvmkit_create_pv(system, disks[0], &pv, &error));
	pv.id = NULL;
	pv.flags = LVMKIT_NEW_PV_NO_METADATA;
	pv.metadata_copies = 1;
	INVALID(lvmkit_create_pv(system, disks[0], &pv, &error));
	CHECK(tx == NULL);

	vg.new_pv = NULL;
	OK(lvmkit_create_vg(system, &vg, disks, &tx, &error));
	INVALID(lvmkit_transaction_extend_lv_by(tx, "lv", wrong_unit, &error));
	INVALID(lvmkit_transaction_extend_lv_by(tx, "lv", too_many, &error));
	INVALID(lvmkit_transaction_create_lv(tx, NULL, &error));
	lv.type = (lvmkit_segtype)4;
	INVALID(lvmkit_transaction_create_lv(tx, &lv, &error));
	lv.type = LVMKIT_SEGTYPE_LINEAR;
	lv.stripes = 2;
	INVALID(lvmkit_transaction_create_lv(tx, &lv, &error));
	lv.stripes = 0;
	lv.flags = 32;
	INVALID(lvmkit_transaction_create_lv(tx, &lv, &error));
	grown.known.struct_size = sizeof grown;
	OK(lvmkit_transaction_create_lv(tx, &grown.known, &error));
	grown.newer = 1;
	EXPECT(LVMKIT_UNSUPPORTED, lvmkit_transaction_create_lv(tx, &grown.known, &error));
	lvmkit_transaction_free(tx);	/* discards all of it */
}

/* What the events of a commit told. */
struct told {
	int steps, warnings;
	uint32_t seqno;
	char vg[32];
	int cancel;
};

static int listen(const lvmkit_event *event, void *userdata)
{
	struct told *told = userdata;

	CHECK(lvmkit_event_message(event)[0] != '\0');
	CHECK(lvmkit_event_done_bytes(event) <= lvmkit_event_total_bytes(event));
	switch (lvmkit_event_type(event)) {
	case LVMKIT_EVENT_STEP:
		told->steps++;
		break;
	case LVMKIT_EVENT_WARNING:
		told->warnings++;
		break;
	case LVMKIT_EVENT_COMMITTED:
		told->seqno = lvmkit_event_seqno(event);
		snprintf(told->vg, sizeof told->vg, "%s", lvmkit_event_vg(event));
		break;
	default:
		break;
	}
	return told->cancel;
}

static lvmkit_vg *create(lvmkit *system, const char *const *disks)
{
	const char *first_two[] = { disks[0], disks[1], NULL };
	const char *on_second[] = { disks[1], NULL };
	const char *tags[] = { "blue", "green", NULL };
	lvmkit_new_pv pv = { .struct_size = sizeof pv, .metadata_size_bytes = 2 * MIB,
			     .data_alignment_bytes = 4 * MIB, .data_alignment_offset_bytes = MIB / 2,
			     .bootloader_area_size_bytes = 0, .metadata_copies = 1 };
	lvmkit_new_vg vg = { .struct_size = sizeof vg, .name = "demo", .extent_size_bytes = MIB,
			     .max_lv = 9, .max_pv = 5, .tags = tags, .system_id = "me",
			     .allocation_policy = LVMKIT_ALLOCATION_CLING, .new_pv = &pv };
	lvmkit_new_lv linear = { .struct_size = sizeof linear, .name = "linear",
				 .size = { LVMKIT_SIZE_BYTES, 10 * MIB }, .tags = tags,
				 .pvs = on_second };
	lvmkit_new_lv striped = { .struct_size = sizeof striped, .name = "striped",
				  .type = LVMKIT_SEGTYPE_STRIPED, .stripes = 2,
				  .stripe_size_bytes = 2 * MIB,	/* larger than an extent: a warning */
				  .allocation_policy = LVMKIT_ALLOCATION_NORMAL,
				  .size = { LVMKIT_SIZE_EXTENTS, 8 } };
	lvmkit_new_lv zero = { .struct_size = sizeof zero, .type = LVMKIT_SEGTYPE_ZERO,
			       .size = { LVMKIT_SIZE_BYTES, MIB }, .flags = LVMKIT_NEW_LV_READ_ONLY };
	lvmkit_new_lv failing = { .struct_size = sizeof failing, .name = "failing",
				  .type = LVMKIT_SEGTYPE_ERROR, .size = { LVMKIT_SIZE_BYTES, MIB } };
	struct told told = { 0 };
	lvmkit_transaction *tx = NULL;
	lvmkit_vg *draft = NULL, *group = NULL;
	char *text = NULL;

	OK(lvmkit_create_vg(system, &vg, first_two, &tx, &error));
	OK(lvmkit_transaction_create_lv(tx, &linear, &error));
	OK(lvmkit_transaction_create_lv(tx, &striped, &error));
	OK(lvmkit_transaction_create_lv(tx, &zero, &error));
	OK(lvmkit_transaction_create_lv(tx, &failing, &error));
	EXPECT(LVMKIT_ALREADY_EXISTS, lvmkit_transaction_create_lv(tx, &failing, &error));
	OK(lvmkit_transaction_vg(tx, &draft, &error));
	CHECK(lvmkit_vg_lv_count(draft) == 4);
	OK(lvmkit_transaction_plan_text(tx, &text, &error));
	CHECK(strstr(text, "create linear volume linear of 10.00 MiB") != NULL);
	lvmkit_string_free(text);
	OK(lvmkit_transaction_plan_json(tx, &text, &error));
	CHECK(text[0] == '{' && strstr(text, "\"step\":\"create_lv\"") != NULL);
	lvmkit_string_free(text);
	OK(lvmkit_transaction_commit(tx, listen, &told, &group, &error));
	CHECK(told.steps >= 2 && told.warnings == 1 && told.seqno == 1 && same(told.vg, "demo"));
	INVALID(lvmkit_transaction_commit(tx, NULL, NULL, NULL, &error));	/* it is over */
	INVALID(lvmkit_transaction_remove_lv(tx, "linear", &error));
	INVALID(lvmkit_transaction_vg(tx, &group, &error));
	lvmkit_transaction_free(tx);
	lvmkit_vg_free(draft);
	return group;
}

static void walk(const lvmkit_vg *vg, const char *const *disks)
{
	const lvmkit_pv *pv = lvmkit_vg_pv(vg, 0);
	const lvmkit_lv *lv = lvmkit_vg_lv_by_name(vg, "linear");
	const lvmkit_segment *segment = lvmkit_lv_segment(lv, 0);
	char *json = NULL;

	CHECK(same(lvmkit_vg_name(vg), "demo") && strlen(lvmkit_vg_id(vg)) == 38);
	CHECK(lvmkit_vg_seqno(vg) == 1 && lvmkit_vg_extent_size_bytes(vg) == MIB);
	CHECK(lvmkit_vg_max_lv(vg) == 9 && lvmkit_vg_max_pv(vg) == 5);
	CHECK(lvmkit_vg_allocation_policy(vg) == LVMKIT_ALLOCATION_CLING);
	CHECK(lvmkit_vg_is_writable(vg) && lvmkit_vg_is_resizeable(vg));
	CHECK(!lvmkit_vg_is_exported(vg) && !lvmkit_vg_is_partial(vg));
	CHECK(same(lvmkit_vg_system_id(vg), "me"));
	CHECK(lvmkit_vg_tag_count(vg) == 2 && same(lvmkit_vg_tag(vg, 1), "green"));
	CHECK(lvmkit_vg_tag(vg, 2) == NULL);
	CHECK(lvmkit_vg_pv_count(vg) == 2 && lvmkit_vg_pv(vg, 2) == NULL);
	CHECK(lvmkit_vg_size_bytes(vg) == 2 * lvmkit_pv_size_bytes(pv));
	CHECK(lvmkit_vg_free_bytes(vg) == lvmkit_vg_size_bytes(vg) - 18 * MIB);

	CHECK(same(lvmkit_pv_device(pv), disks[0]) && strlen(lvmkit_pv_id(pv)) == 38);
	CHECK(lvmkit_pv_size_bytes(pv) == lvmkit_pv_extent_count(pv) * MIB);
	CHECK(lvmkit_pv_free_bytes(pv) == lvmkit_pv_size_bytes(pv) - 4 * MIB);
	CHECK(lvmkit_pv_device_size_bytes(pv) == 64 * MIB);
	CHECK(lvmkit_pv_data_offset_bytes(pv) == 4 * MIB + MIB / 2);
	CHECK(!lvmkit_pv_is_missing(pv) && lvmkit_pv_is_allocatable(pv));
	CHECK(lvmkit_pv_tag_count(pv) == 0 && lvmkit_pv_tag(pv, 0) == NULL);

	CHECK(lvmkit_vg_lv_count(vg) == 4 && lvmkit_vg_lv(vg, 4) == NULL);
	CHECK(lvmkit_vg_lv(vg, 0) == lv && lvmkit_vg_lv_by_name(vg, "linea") == NULL);
	CHECK(same(lvmkit_lv_name(lv), "linear") && strlen(lvmkit_lv_id(lv)) == 38);
	CHECK(lvmkit_lv_size_bytes(lv) == 10 * MIB);
	CHECK(lvmkit_lv_is_visible(lv) && lvmkit_lv_is_writable(lv));
	CHECK(!lvmkit_lv_is_writable(lvmkit_vg_lv_by_name(vg, "lvol0")));
	CHECK(lvmkit_lv_allocation_policy(lv) == LVMKIT_ALLOCATION_INHERIT);
	CHECK(lvmkit_lv_creation_time(lv) == 1700000000 && same(lvmkit_lv_creation_host(lv), "lvmkit"));
	CHECK(lvmkit_lv_tag_count(lv) == 2 && same(lvmkit_lv_tag(lv, 0), "blue"));
	CHECK(lvmkit_lv_segment_count(lv) == 1 && lvmkit_lv_segment(lv, 1) == NULL);

	CHECK(same(lvmkit_segment_type(segment), "linear"));
	CHECK(lvmkit_segment_start_extent(segment) == 0 && lvmkit_segment_extent_count(segment) == 10);
	CHECK(lvmkit_segment_start_bytes(segment) == 0 && lvmkit_segment_size_bytes(segment) == 10 * MIB);
	CHECK(lvmkit_segment_stripe_count(segment) == 1 && lvmkit_segment_stripe_size_bytes(segment) == 0);
	CHECK(lvmkit_segment_area_count(segment) == 1);
	CHECK(lvmkit_segment_area_pv(segment, 0) == lvmkit_vg_pv(vg, 1));
	CHECK(same(lvmkit_segment_area_device(segment, 0), disks[1]));
	CHECK(lvmkit_segment_area_device(segment, 1) == NULL);
	CHECK(lvmkit_segment_area_lv_name(segment, 0) == NULL);
	CHECK(lvmkit_segment_area_start_extent(segment, 0) == 0);
	CHECK(lvmkit_segment_area_extent_count(segment, 0) == 10);
	CHECK(lvmkit_segment_area_extent_count(segment, 1) == 0);

	segment = lvmkit_lv_segment(lvmkit_vg_lv_by_name(vg, "striped"), 0);
	CHECK(same(lvmkit_segment_type(segment), "striped"));
	CHECK(lvmkit_segment_stripe_count(segment) == 2 && lvmkit_segment_area_count(segment) == 2);
	CHECK(lvmkit_segment_stripe_size_bytes(segment) == MIB);
	CHECK(lvmkit_segment_area_extent_count(segment, 1) == 4);

	OK(lvmkit_vg_to_json(vg, &json, &error));
	CHECK(strstr(json, "\"name\":\"demo\"") != NULL);
	lvmkit_string_free(json);
	INVALID(lvmkit_vg_to_json(vg, NULL, &error));
}

static void edit(lvmkit *system, const char *const *disks)
{
	lvmkit_size four = { LVMKIT_SIZE_BYTES, 4 * MIB }, twenty = { LVMKIT_SIZE_EXTENTS, 20 };
	lvmkit_size huge = { LVMKIT_SIZE_BYTES, (uint64_t)1 << 50 };
	struct told stop = { .cancel = 1 };
	lvmkit_transaction *tx = NULL;
	lvmkit_vg *vg = NULL;
	lvmkit_error *why = NULL;

	OK(lvmkit_begin(system, "demo", &tx, &error));
	OK(lvmkit_transaction_extend_lv_by(tx, "linear", four, &error));
	OK(lvmkit_transaction_extend_lv_to(tx, "linear", twenty, &error));
	OK(lvmkit_transaction_reduce_lv_by(tx, "linear", four, &error));
	OK(lvmkit_transaction_reduce_lv_to(tx, "linear", four, &error));
	OK(lvmkit_transaction_rename_lv(tx, "linear", "data", &error));
	OK(lvmkit_transaction_remove_lv(tx, "failing", &error));
	OK(lvmkit_transaction_add_pv(tx, disks[2], NULL, &error));
	OK(lvmkit_transaction_add_pv_tag(tx, disks[2], "red", &error));
	OK(lvmkit_transaction_add_pv_tag(tx, disks[2], "new", &error));
	OK(lvmkit_transaction_remove_pv_tag(tx, disks[2], "new", &error));
	OK(lvmkit_transaction_add_vg_tag(tx, "red", &error));
	OK(lvmkit_transaction_remove_vg_tag(tx, "blue", &error));
	OK(lvmkit_transaction_add_lv_tag(tx, "data", "red", &error));
	OK(lvmkit_transaction_remove_lv_tag(tx, "data", "green", &error));
	INVALID(lvmkit_transaction_add_vg_tag(tx, "no blanks", &error));

	/* What an error tells. */
	CHECK(lvmkit_transaction_extend_lv_by(tx, "data", huge, &why) == LVMKIT_INSUFFICIENT_SPACE);
	CHECK(same(lvmkit_result_name(lvmkit_error_result(why)), "insufficient-space"));
	CHECK(lvmkit_error_effect(why) == LVMKIT_EFFECT_UNCHANGED && lvmkit_error_help(why) != NULL);
	CHECK(lvmkit_error_needed_extents(why) > lvmkit_error_free_extents(why));
	CHECK(lvmkit_error_free_extents(why) > 0 && same(lvmkit_error_lv(why), "data"));
	CHECK(lvmkit_error_cause(why) == NULL && lvmkit_error_os_error(why) == 0);
	CHECK(lvmkit_error_field(why) == NULL && lvmkit_error_offset_bytes(why) == -1);
	lvmkit_error_free(why);
	CHECK(lvmkit_transaction_remove_pv(tx, disks[0], &why) == LVMKIT_IN_USE);
	CHECK(strlen(lvmkit_error_pv(why)) == 38 && lvmkit_error_device(why) == NULL);
	lvmkit_error_free(why);

	OK(lvmkit_transaction_commit(tx, NULL, NULL, &vg, &error));
	CHECK(lvmkit_vg_seqno(vg) == 2 && lvmkit_vg_pv_count(vg) == 3 && lvmkit_vg_lv_count(vg) == 3);
	CHECK(same(lvmkit_vg_tag(vg, 0), "green") && same(lvmkit_vg_tag(vg, 1), "red"));
	CHECK(same(lvmkit_pv_tag(lvmkit_vg_pv(vg, 2), 0), "red"));
	CHECK(lvmkit_lv_size_bytes(lvmkit_vg_lv_by_name(vg, "data")) == 4 * MIB);
	CHECK(same(lvmkit_lv_tag(lvmkit_vg_lv_by_name(vg, "data"), 1), "red"));
	lvmkit_transaction_free(tx);
	lvmkit_vg_free(vg);

	/* Cancelled before anything was written. */
	vg = NULL;
	OK(lvmkit_begin(system, "demo", &tx, &error));
	OK(lvmkit_transaction_remove_pv(tx, disks[2], &error));
	CHECK(lvmkit_transaction_commit(tx, listen, &stop, &vg, &why) == LVMKIT_CANCELLED);
	CHECK(lvmkit_error_effect(why) == LVMKIT_EFFECT_UNCHANGED && same(lvmkit_error_vg(why), "demo"));
	CHECK(vg == NULL);
	lvmkit_error_free(why);
	lvmkit_transaction_free(tx);
	OK(lvmkit_read_vg(system, "demo", &vg, &error));
	CHECK(lvmkit_vg_seqno(vg) == 2);
	lvmkit_vg_free(vg);
}

struct reader {
	const lvmkit_volume *volume;
	int wrong;
};

static void *read_much(void *userdata)
{
	struct reader *reader = userdata;
	char buffer[4096];

	for (uint64_t at = 0; at < MIB; at += sizeof buffer)
		if (lvmkit_volume_pread(reader->volume, buffer, sizeof buffer, at, NULL) != LVMKIT_OK ||
		    buffer[0] != (char)(at / sizeof buffer) || buffer[4095] != buffer[0])
			reader->wrong++;
	return NULL;
}

static void contents(lvmkit *system)
{
	lvmkit_vg *vg = NULL;
	lvmkit_volume *volume = NULL, *zero = NULL;
	struct reader readers[4];
	pthread_t threads[4];
	char buffer[4096];

	OK(lvmkit_read_vg(system, "demo", &vg, &error));
	EXPECT(LVMKIT_NOT_FOUND, lvmkit_open_lv(system, vg, "nope", &volume, &error));
	INVALID(lvmkit_open_lv(system, vg, "striped", NULL, &error));
	OK(lvmkit_open_lv(system, vg, "striped", &volume, &error));
	OK(lvmkit_open_lv(system, vg, "lvol0", &zero, &error));
	lvmkit_vg_free(vg);	/* in any order */
	CHECK(lvmkit_volume_size_bytes(volume) == 8 * MIB);
	for (uint64_t at = 0; at < MIB; at += sizeof buffer) {
		memset(buffer, (int)(at / sizeof buffer), sizeof buffer);
		OK(lvmkit_volume_pwrite(volume, buffer, sizeof buffer, at, &error));
	}
	OK(lvmkit_volume_sync(volume, &error));
	for (int i = 0; i < 4; i++) {
		readers[i] = (struct reader){ volume, 0 };
		CHECK(pthread_create(&threads[i], NULL, read_much, &readers[i]) == 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		CHECK(readers[i].wrong == 0);
	}
	OK(lvmkit_volume_discard(volume, 4096, 4096, &error));
	OK(lvmkit_volume_pread(volume, buffer, 4096, 4096, &error));
	CHECK(buffer[0] == 0 && buffer[4095] == 0);
	OK(lvmkit_volume_pread(volume, NULL, 0, 0, &error));
	OK(lvmkit_volume_pwrite(volume, NULL, 0, 0, &error));
	INVALID(lvmkit_volume_pread(volume, NULL, 1, 0, &error));
	INVALID(lvmkit_volume_pwrite(volume, NULL, 1, 0, &error));
	INVALID(lvmkit_volume_pread(volume, buffer, 2, 8 * MIB - 1, &error));
	INVALID(lvmkit_volume_pwrite(volume, buffer, 1, UINT64_MAX, &error));
	INVALID(lvmkit_volume_pwrite(zero, buffer, 1, 0, &error));	/* read-only */
	lvmkit_volume_free(volume);
	lvmkit_volume_free(zero);
}

static void test_errors(const char *const *disks)
{
	const char *missing[] = { "no-such.img", NULL };
	lvmkit_options options = { .struct_size = sizeof options, .devices = missing };
	lvmkit *system = NULL, *other;
	lvmkit_transaction *tx = NULL, *second = NULL;
	lvmkit_error *why = NULL;
	lvmkit_vg *vg = NULL;
	int fd;

	CHECK(lvmkit_open(&options, &system, &why) == LVMKIT_NOT_FOUND && system == NULL);
	CHECK(same(lvmkit_error_device(why), "no-such.img"));
	lvmkit_error_free(why);

	/* A device that carries something else is refused, and then allowed. */
	fd = open(disks[3], O_RDWR);
	CHECK(pwrite(fd, "\x53\xef", 2, 1024 + 56) == 2 && pwrite(fd, "\x01", 1, 1024 + 76) == 1 &&
	      pwrite(fd, "\x10\x00\x00\x00\x00\x10", 6, 1024) == 6 && close(fd) == 0);
	system = open_system(disks, 0);
	CHECK(lvmkit_create_pv(system, disks[3], NULL, &why) == LVMKIT_IN_USE);
	CHECK(lvmkit_error_offset_bytes(why) >= 0 && same(lvmkit_error_device(why), disks[3]));
	lvmkit_error_free(why);
	lvmkit_new_pv pv = { .struct_size = sizeof pv, .overwrite = LVMKIT_OVERWRITE_SIGNATURES,
			     .id = "abcdef-1234-1234-1234-1234-1234-abcdef" };
	OK(lvmkit_create_pv(system, disks[3], &pv, &error));
	OK(lvmkit_remove_pv(system, disks[3], &error));
	EXPECT(LVMKIT_NOT_FOUND, lvmkit_remove_pv(system, disks[3], &error));
	EXPECT(LVMKIT_IN_USE, lvmkit_remove_pv(system, disks[0], &error));

	/* One change at a time; a read-only view changes nothing. */
	OK(lvmkit_begin(system, "demo", &tx, &error));
	other = open_system(disks, LVMKIT_OPEN_NO_WAIT);
	EXPECT(LVMKIT_LOCKED, lvmkit_begin(other, "demo", &second, &error));
	lvmkit_transaction_free(tx);
	lvmkit_free(other);
	other = open_system(disks, LVMKIT_OPEN_READ_ONLY | LVMKIT_OPEN_NO_FLUSH | LVMKIT_OPEN_NO_LOCKING);
	INVALID(lvmkit_begin(other, "demo", &second, &error));
	EXPECT(LVMKIT_NOT_FOUND, lvmkit_read_vg(other, "nope", &vg, &error));
	CHECK(second == NULL && vg == NULL);
	lvmkit_free(other);
	lvmkit_free(system);

	OK(lvmkit_open(NULL, &system, &error));
	lvmkit_free(system);

	/* The operating system's number comes through. */
	system = open_system(disks, 0);
	unlink(disks[3]);
	CHECK(lvmkit_read_vg(system, "demo", &vg, &why) == LVMKIT_NOT_FOUND);
	CHECK(lvmkit_error_os_error(why) == 2 && lvmkit_error_cause(why) != NULL);
	lvmkit_error_free(why);
	make_image(disks[3], 64 * MIB);
	lvmkit_free(system);
}

/* With a seed and a time two runs write the same bytes. */
static void test_reproducible(void)
{
	const char *disk[] = { "same.img", NULL };
	lvmkit_options options = { .struct_size = sizeof options, .devices = disk, .seed = 42,
				   .time = 1700000000 };
	lvmkit_new_vg new_vg = { .struct_size = sizeof new_vg, .name = "same" };
	static char heads[2][1 << 20];

	for (int i = 0; i < 2; i++) {
		lvmkit *system = NULL;
		lvmkit_transaction *tx = NULL;
		int fd;

		make_image(disk[0], 64 * MIB);
		OK(lvmkit_open(&options, &system, &error));
		OK(lvmkit_create_vg(system, &new_vg, disk, &tx, &error));
		OK(lvmkit_transaction_commit(tx, NULL, NULL, NULL, &error));
		lvmkit_transaction_free(tx);
		lvmkit_free(system);
		fd = open(disk[0], O_RDONLY);
		CHECK(read(fd, heads[i], MIB) == (ssize_t)MIB && close(fd) == 0);
	}
	CHECK(memcmp(heads[0], heads[1], MIB) == 0);
	CHECK(memcmp(heads[0] + 512, "LABELONE", 8) == 0);
}

static void remove_all(lvmkit *system, const char *id)
{
	lvmkit_transaction *tx = NULL;
	lvmkit_vg_list *list = NULL;

	OK(lvmkit_begin(system, id, &tx, &error));
	EXPECT(LVMKIT_IN_USE, lvmkit_transaction_remove_vg(tx, &error));
	OK(lvmkit_transaction_remove_lv(tx, "data", &error));
	OK(lvmkit_transaction_remove_lv(tx, "striped", &error));
	OK(lvmkit_transaction_remove_lv(tx, "lvol0", &error));
	OK(lvmkit_transaction_commit(tx, NULL, NULL, NULL, &error));
	lvmkit_transaction_free(tx);
	OK(lvmkit_begin(system, id, &tx, &error));
	OK(lvmkit_transaction_remove_vg(tx, &error));
	OK(lvmkit_transaction_commit(tx, NULL, NULL, NULL, &error));
	lvmkit_transaction_free(tx);
	OK(lvmkit_list_vgs(system, &list, &error));
	CHECK(lvmkit_vg_list_count(list) == 0);
	lvmkit_vg_list_free(list);
}

int main(int argc, char **argv)
{
	const char *disks[] = { "a.img", "b.img", "c.img", "d.img", NULL };
	lvmkit_vg_list *list = NULL;
	lvmkit_vg *vg = NULL;
	lvmkit *system;
	char id[64];

	if (argc != 2 || chdir(argv[1]) != 0)
		return perror("chdir"), 1;
	for (int i = 0; disks[i] != NULL; i++)
		make_image(disks[i], 64 * MIB);
	system = open_system(disks, 0);
	test_versions_and_names();
	test_null_accessors();
	test_null_frees();
	test_null_arguments(system);
	test_wrong_values(system, disks);
	lvmkit_free(system);

	lvmkit_options options = { .struct_size = sizeof options, .devices = disks, .system_id = "me",
				   .seed = 7, .time = 1700000000, .lock_wait_seconds = 5,
				   .backup_dir = "backup", .archive_dir = "archive" };
	OK(lvmkit_open(&options, &system, &error));
	vg = create(system, disks);
	walk(vg, disks);
	lvmkit_vg_free(vg);
	OK(lvmkit_list_vgs(system, &list, &error));
	CHECK(lvmkit_vg_list_count(list) == 1 && same(lvmkit_vg_list_name(list, 0), "demo"));
	CHECK(same(lvmkit_vg_list_name(list, 1), ""));
	snprintf(id, sizeof id, "%s", lvmkit_vg_list_id(list, 0));
	lvmkit_vg_list_free(list);
	edit(system, disks);
	contents(system);
	test_errors(disks);
	test_reproducible();
	CHECK(access("backup/demo", R_OK) == 0);
	remove_all(system, id);
	lvmkit_free(system);
	if (failures != 0)
		fprintf(stderr, "%d checks failed\n", failures);
	return failures != 0;
}
