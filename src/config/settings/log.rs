//! The settings of `log`.

use crate::config::setting::{Setting, flag, integer, section, text, texts, v};

pub(super) static SETTINGS: &[Setting] = &[
    section("log", v(1, 0, 0), "What commands say, and where."),
    flag(
        "log/report_command_log",
        false,
        v(2, 2, 158),
        "Whether reports have a log of what was done to each object.",
    )
    .command_profile(),
    text("log/command_log_sort", "log_seq_num", v(2, 2, 158), "What that log is sorted by.")
        .command_profile(),
    text(
        "log/command_log_cols",
        "log_seq_num,log_type,log_context,log_object_type,log_object_name,log_object_id,\
         log_object_group,log_object_group_id,log_message,log_errno,log_ret_code",
        v(2, 2, 158),
        "The columns of that log.",
    )
    .command_profile(),
    text(
        "log/command_log_selection",
        "!(log_type=status && message=success)",
        v(2, 2, 158),
        "What that log shows.",
    )
    .command_profile(),
    integer("log/verbose", 0, v(1, 0, 0), "How much is said, 0 to 3, as with -v."),
    flag("log/silent", false, v(2, 2, 98), "Whether only what was asked for is printed, as with -qq."),
    flag("log/syslog", false, v(1, 0, 0), "Whether messages go to syslog."),
    text("log/file", "", v(1, 0, 0), "A file that debug messages are written to.").undefined(),
    texts("log/journal", &[], v(2, 3, 12), "What is recorded in systemd's journal: command, output, debug.")
        .may_be_empty(),
    flag("log/overwrite", false, v(1, 0, 0), "Whether that file starts empty each time."),
    integer("log/level", 0, v(1, 0, 0), "How much goes to the file and to syslog, 0 to 7."),
    flag("log/indent", false, v(1, 0, 0), "Whether messages of less weight are indented more."),
    flag("log/command_names", false, v(1, 0, 0), "Whether each line begins with the command's name."),
    text("log/prefix", "  ", v(1, 0, 0), "What each line begins with.").may_be_empty(),
    flag("log/activation", false, v(1, 0, 0), "Whether messages are logged while devices are suspended."),
    text("log/activate_file", "", v(1, 0, 0), "A file for messages about activation.")
        .undefined()
        .unsupported(),
    texts(
        "log/debug_classes",
        &[
            "memory",
            "devices",
            "io",
            "activation",
            "allocation",
            "metadata",
            "cache",
            "locking",
            "lvmpolld",
            "dbus",
        ],
        v(2, 2, 99),
        "Which kinds of debug messages are logged.",
    )
    .may_be_empty(),
    texts(
        "log/debug_file_fields",
        &["time", "command", "fileline", "message"],
        v(2, 3, 2),
        "What each debug message in the file begins with.",
    )
    .advanced(),
    texts(
        "log/debug_output_fields",
        &["time", "command", "fileline", "message"],
        v(2, 3, 2),
        "What each debug message on standard error begins with.",
    )
    .advanced(),
];
