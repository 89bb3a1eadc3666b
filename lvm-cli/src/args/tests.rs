use super::option as opt;
use super::{Activation, Args, UsageError, parse};
use crate::args::size::{Sign, Signed};
use crate::command::{COMMANDS, find};
use lvmkit::{Bytes, Size};

fn run(line: &str) -> Result<Args, UsageError> {
    let mut words = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    let command = find(&words.next().unwrap()).unwrap();
    parse(command, &words.collect::<Vec<_>>())
}

fn fails(line: &str) -> String {
    run(line).unwrap_err().0.join("\n")
}

#[test]
fn forms_of_options() {
    let table = [
        "lvcreate -L1G -n x vg",
        "lvcreate -L 1G -n x vg",
        "lvcreate --size 1G --name x vg",
        "lvcreate --size=1G --name=x vg",
        "lvcreate --siz 1G --nam x vg",
        "lvcreate vg -nx -L1G",
        "lvcreate -L1G -nx -- vg",
        "lvcreate -yL1G -nx vg",
    ];
    for line in table {
        let args = run(line).unwrap();
        let size = Signed { sign: Sign::None, size: Size::Bytes(Bytes::gib(1)) };
        assert_eq!(args.signed(&opt::CREATE_SIZE), Some(size), "{line}");
        assert_eq!(
            (args.text(&opt::NAME), args.words.as_slice()),
            (Some("x"), &["vg".to_owned()][..]),
            "{line}"
        );
    }
}

#[test]
fn tags_come_without_their_sign() {
    let args = run("vgchange --addtag @x --addtag y --deltag=@z vg").unwrap();
    assert_eq!(args.texts(&opt::ADDTAG).collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(args.texts(&opt::DELTAG).collect::<Vec<_>>(), ["z"]);
    assert!(fails("vgchange --addtag @@x vg").contains("Invalid argument for --addtag: @@x"));
}

#[test]
fn joined_letters_and_values() {
    let args = run("lvcreate -an -Zn -Wn -l100%FREE -ty vg").unwrap();
    assert_eq!((args.yes_no(&opt::ZERO), args.yes_no(&opt::WIPESIGNATURES)), (Some(false), Some(false)));
    assert_eq!(args.signed(&opt::EXTENTS).map(|s| s.size), Some(Size::PercentFree(100)));
    assert!(args.has(&opt::YES));
    assert_eq!(args.activation(&opt::CREATE_ACTIVATE), Some(Activation::Off));
    let args = run("lvcreate -l1 --monitor y vg").unwrap();
    assert_eq!(args.without_effect().map(|(opt, _)| opt.long).collect::<Vec<_>>(), ["monitor"]);
    let args = run("lvextend -l +50%FREE vg/x").unwrap();
    assert_eq!(
        args.signed(&opt::EXTEND_EXTENTS),
        Some(Signed { sign: Sign::Plus, size: Size::PercentFree(50) })
    );
    // A value may begin like an option.
    let args = run("lvreduce -L -1500k vg/x").unwrap();
    assert_eq!(args.signed(&opt::REDUCE_SIZE).map(|s| s.sign), Some(Sign::Minus));
    assert_eq!(run("lvs -- -x").unwrap().words, ["-x"]);
    assert_eq!(run("lvread vg/x -o -").unwrap().text(&opt::OUTPUT), Some("-"));
}

#[test]
fn what_activation_is_asked_for() {
    let table = [
        ("y", Activation::On),
        ("ey", Activation::On),
        ("sy", Activation::On),
        ("ly", Activation::On),
        ("ay", Activation::Auto),
        ("n", Activation::Off),
        ("ln", Activation::Off),
    ];
    for (text, activation) in table {
        for line in [format!("vgchange -a{text}"), format!("vgchange --available {text}")] {
            assert_eq!(run(&line).unwrap().activation(&opt::ACTIVATE), Some(activation), "{line}");
        }
    }
    assert!(fails("lvchange -ax vg/a").contains("  Invalid argument for --activate: x"));
    assert!(fails("vgchange -ay --activationmode most").contains("Invalid argument for --activationmode"));
    assert!(fails("pvscan --cache -ay").contains("  Invalid argument for --activate: y"));
}

#[test]
fn one_letter_means_what_its_command_says() {
    assert_eq!(run("vgcreate -l 7 vg a").unwrap().number(&opt::MAXLOGICALVOLUMES), Some(7));
    assert!(run("lvcreate -l 7 vg").unwrap().has(&opt::EXTENTS));
    assert!(run("vgreduce -a vg").unwrap().has(&opt::VGREDUCE_ALL));
    assert_eq!(run("vgcreate -s 8 vg a").unwrap().size(&opt::PHYSICALEXTENTSIZE), Some(Bytes::mib(8)));
    assert_eq!(run("lvcreate -I 8 vg a").unwrap().size(&opt::STRIPESIZE), Some(Bytes::kib(8)));
}

#[test]
fn usage_errors() {
    let table = [
        ("lvcreate --foo vg", "lvcreate: unrecognized option '--foo'"),
        ("lvcreate -Q vg", "lvcreate: invalid option -- 'Q'"),
        ("lvcreate -L", "lvcreate: option requires an argument -- 'L'"),
        ("lvcreate --size", "lvcreate: option '--size' requires an argument"),
        ("lvcreate --yes=1 vg", "lvcreate: option '--yes' doesn't allow an argument"),
        (
            "lvcreate --stripe 2 vg",
            "lvcreate: option '--stripe' is ambiguous; possibilities: '--stripes' '--stripesize'",
        ),
        ("lvcreate -L1 -L2 vg", "  Option -L/--size may not be repeated."),
        ("lvcreate -L x vg", "  Invalid argument for --size: x"),
        ("lvcreate -L0 vg", "  --size may not be zero."),
        ("lvcreate -l0 vg", "  --extents may not be zero."),
        ("lvcreate -L1b vg", "  Size is not a multiple of 512. Try using 0 or 512."),
        ("lvcreate --addtag a|b vg", "  Invalid argument for --addtag: a|b"),
        ("lvcreate --alloc next_free vg", "  Unrecognised allocation policy next_free"),
        ("lvcreate -Mr vg", "  Invalid argument for --persistent: r"),
        ("pvcreate --metadatacopies 3 a", "  Invalid argument for --metadatacopies: 3"),
        ("lvcreate -L-10m vg", "  Size may not be negative."),
        ("lvextend -l-1 vg/x", "  Extents may not be negative."),
        ("lvreduce -l+3 vg/x", "  Extents may not be positive."),
        ("lvcreate -s vg/x", "  Option -s/--snapshot is not supported."),
    ];
    for (line, message) in table {
        let text = fails(line);
        assert!(text.contains(message), "{line}: {text}");
        let advice = text.ends_with("  Run `lvcreate --help' for more information.");
        assert!(advice == message.contains("may not be zero"), "{line}: {text}");
        assert!(advice || text.ends_with("  Error during parsing of command line."), "{line}: {text}");
    }
}

#[test]
fn a_prefix_is_clear_when_it_is_clear_to_lvm2() {
    assert!(fails("lvcreate --ver vg").contains("ambiguous; possibilities: '--version' '--verbose'\n"));
    // --virtualsize is not there, and counts.
    assert!(fails("lvcreate --v vg").contains("'--verbose' '--virtualsize'"));
    assert!(fails("lvcreate --virtuals 1g vg").contains("Option -V/--virtualsize is not supported."));
    // --readonly is only here, and does not.
    assert!(run("lvcreate --rea auto vg").unwrap().has(&opt::READAHEAD));
    assert!(run("lvcreate --nou vg").unwrap().has(&opt::NOUDEVSYNC));
    assert!(run("lvcreate --verb vg").unwrap().has(&opt::VERBOSE));
    assert!(run("lvcreate --re auto vg").unwrap_err().0[0].contains("ambiguous"));
    assert!(run("lvcreate --reada auto vg").unwrap().has(&opt::READAHEAD));
}

#[test]
fn the_table_is_sound() {
    for command in COMMANDS {
        let options = command.options().collect::<Vec<_>>();
        for (at, one) in options.iter().enumerate() {
            for other in options.iter().skip(at + 1) {
                assert_ne!(one.long, other.long, "{}", command.name);
                assert!(one.short.is_none() || one.short != other.short, "{} {:?}", command.name, one.short);
            }
        }
        assert!(!command.summary.is_empty() && !command.usage.is_empty());
        assert!(command.usage.iter().all(|usage| usage.starts_with(command.name)), "{}", command.name);
    }
    assert!(COMMANDS.is_sorted_by_key(|command| command.name));
}
