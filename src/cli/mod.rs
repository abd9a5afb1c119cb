//! The command line: one file a subcommand.

mod check;
