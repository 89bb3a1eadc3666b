//! Gives the shared library its soname: one library file serves all programs linked against the
//! same ABI, and a program never gets another one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux");
    if linux {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,liblvmkit.so.0");
    }
}
