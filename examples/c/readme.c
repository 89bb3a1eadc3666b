/* Lists the logical volumes of a group: readme GROUP IMAGE... */
#include <inttypes.h>
#include <stdio.h>
#include <lvmkit.h>

int main(int argc, char **argv)
{
	lvmkit_options options = { .struct_size = sizeof options,
				   .devices = argc > 2 ? (const char *const *)argv + 2 : NULL };
	lvmkit *system = NULL;
	lvmkit_vg *vg = NULL;
	lvmkit_error *error = NULL;
	lvmkit_result result;

	if ((result = lvmkit_open(&options, &system, &error)) ||
	    (result = lvmkit_read_vg(system, argc > 1 ? argv[1] : "vg0", &vg, &error)))
		fprintf(stderr, "%s\n", lvmkit_error_message(error));
	for (size_t i = 0; i < lvmkit_vg_lv_count(vg); i++)	/* a NULL group counts 0 */
		printf("%-16s %12" PRIu64 "\n", lvmkit_lv_name(lvmkit_vg_lv(vg, i)),
		       lvmkit_lv_size_bytes(lvmkit_vg_lv(vg, i)));
	lvmkit_error_free(error);
	lvmkit_vg_free(vg);
	lvmkit_free(system);
	return result;
}
