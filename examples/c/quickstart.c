/*
 * The whole job on plain image files: no root, no kernel support, no lvm2.
 *
 * Makes two disks smaller than the volume wanted, a group over both, a volume larger than either,
 * writes content and reads it back, extends it with a third disk, and prints where it lies.
 *
 *	quickstart [DIRECTORY]		(by default the current one)
 */
#define _XOPEN_SOURCE 700

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lvmkit.h>

#define MIB ((uint64_t)1 << 20)

/* Every call goes through this: it prints why a call failed, and ends the program. */
static void check(lvmkit_result result, lvmkit_error *error)
{
	if (result == LVMKIT_OK)
		return;
	fprintf(stderr, "%s (on disk: %s)\n", lvmkit_error_message(error),
		lvmkit_effect_name(lvmkit_error_effect(error)));
	lvmkit_error_free(error);
	exit(1);
}

static int show(const lvmkit_event *event, void *userdata)
{
	fprintf(userdata, "%s\n", lvmkit_event_message(event));
	return 0;	/* anything else cancels at the next safe point */
}

/* Prints the plan, writes it, and returns the group as it is then. */
static lvmkit_vg *commit(lvmkit_transaction *tx)
{
	lvmkit_error *error = NULL;
	lvmkit_vg *vg = NULL;
	char *plan;

	check(lvmkit_transaction_plan_text(tx, &plan, &error), error);
	fputs(plan, stdout);	/* nothing has been written */
	lvmkit_string_free(plan);
	check(lvmkit_transaction_commit(tx, show, stdout, &vg, &error), error);
	lvmkit_transaction_free(tx);
	return vg;
}

static void print_layout(const lvmkit_vg *vg)
{
	printf("\n%s: extents of %" PRIu64 " MiB\n", lvmkit_vg_name(vg),
	       lvmkit_vg_extent_size_bytes(vg) / MIB);
	for (size_t l = 0; l < lvmkit_vg_lv_count(vg); l++) {
		const lvmkit_lv *lv = lvmkit_vg_lv(vg, l);
		printf("  %s, %" PRIu64 " MiB\n", lvmkit_lv_name(lv), lvmkit_lv_size_bytes(lv) / MIB);
		for (size_t s = 0; s < lvmkit_lv_segment_count(lv); s++) {
			const lvmkit_segment *segment = lvmkit_lv_segment(lv, s);
			printf("    %s: %" PRIu32 " extents on %s from extent %" PRIu32 " on\n",
			       lvmkit_segment_type(segment), lvmkit_segment_extent_count(segment),
			       lvmkit_segment_area_device(segment, 0),
			       lvmkit_segment_area_start_extent(segment, 0));
		}
	}
}

int main(int argc, char **argv)
{
	const char *disks[] = { "disk0.img", "disk1.img", "disk2.img", NULL };
	const char *first_two[] = { disks[0], disks[1], NULL };
	lvmkit_options options = { .struct_size = sizeof options, .devices = disks,
				   .command = "quickstart" };
	lvmkit_new_vg demo = { .struct_size = sizeof demo, .name = "demo" };
	lvmkit_new_lv data = { .struct_size = sizeof data, .name = "data",
			       .size = { LVMKIT_SIZE_BYTES, 100 * MIB } };
	lvmkit *system = NULL;
	lvmkit_transaction *tx = NULL;
	lvmkit_volume *volume = NULL;
	lvmkit_error *error = NULL;
	size_t length = 90 * MIB;
	char *text = malloc(length), *back = malloc(length);

	if (argc > 1 && chdir(argv[1]) != 0)
		return perror(argv[1]), 1;
	for (size_t i = 0; disks[i] != NULL; i++) {	/* sparse: they take no space yet */
		int fd = open(disks[i], O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || ftruncate(fd, 64 * MIB) != 0 || close(fd) != 0)
			return perror(disks[i]), 1;
	}

	/* A group over the first two disks, and a volume larger than either. */
	check(lvmkit_open(&options, &system, &error), error);
	check(lvmkit_create_vg(system, &demo, first_two, &tx, &error), error);
	check(lvmkit_transaction_create_lv(tx, &data, &error), error);
	lvmkit_vg *vg = commit(tx);

	/* Content goes in and comes back. */
	for (size_t i = 0; i < length; i++)
		text[i] = "a volume larger than either disk\n"[i % 33];
	check(lvmkit_open_lv(system, vg, "data", &volume, &error), error);
	check(lvmkit_volume_pwrite(volume, text, length, 0, &error), error);
	check(lvmkit_volume_sync(volume, &error), error);
	lvmkit_volume_free(volume);
	lvmkit_vg_free(vg);

	/* The third disk joins, and the volume grows onto it. */
	check(lvmkit_begin(system, "demo", &tx, &error), error);
	check(lvmkit_transaction_add_pv(tx, disks[2], NULL, &error), error);
	check(lvmkit_transaction_extend_lv_by(tx, "data", (lvmkit_size){ LVMKIT_SIZE_BYTES, 60 * MIB },
					      &error), error);
	vg = commit(tx);
	print_layout(vg);

	check(lvmkit_open_lv(system, vg, "data", &volume, &error), error);
	check(lvmkit_volume_pread(volume, back, length, 0, &error), error);
	int differs = memcmp(text, back, length);
	printf("\nread %zu of %" PRIu64 " bytes: %s\n", length, lvmkit_volume_size_bytes(volume),
	       differs ? "they are not those that were written" : "the content is still there");

	lvmkit_volume_free(volume);
	lvmkit_vg_free(vg);
	lvmkit_free(system);
	free(text);
	free(back);
	return differs != 0;
}
