//! Commands that only say something.

use crate::stage;
use crate::stage::Words;

#[test]
fn lists_and_refusals() {
    let Some(mut stage) = stage("segtypes and others", &[16]) else { return };
    for line in [
        "segtypes",
        "segtypes x",
        "formats",
        "formats x",
        "tags",
        "tags x",
        "systemid",
        "systemid x",
        "lvmchange",
        "lvmchange x",
        "lvmsadc",
        "lvmsar",
        "pvdata",
        "pvdata d0",
        "devtypes",
        "devtypes -o name,max_partitions --noheadings --separator :",
        "devtypes -o+devtype_name -O-max_partitions,name --aligned --separator |",
        "devtypes -o-description --nameprefixes",
        "devtypes -o all --nameprefixes --unquoted",
        "devtypes --rows -o name,max_partitions",
        "devtypes --rows --aligned -o max_partitions,name",
        "devtypes --nameprefixes --aligned --separator :",
        "devtypes --reportformat json",
        "devtypes x",
    ] {
        stage.same(line);
    }
    stage.compare("devtypes -o nope", Words::Own);
    stage.config("global/system_id_source=\"lvmlocal\" local/system_id=\"hostA\"");
    stage.same("systemid");
}
