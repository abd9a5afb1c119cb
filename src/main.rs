//! The `dateline` command: parses the command line, nothing else.

use std::process::ExitCode;

// Articles are allocated on one thread and freed on another, batch after batch: mimalloc gives that memory
// back to its threads, where the system's allocator lets it grow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dateline::cli::main()
}
