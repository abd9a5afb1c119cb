//! No process outlives the tests, not even when they are killed with -9: a shell that reads from a pipe which
//! only the test process holds. At its end, however it came, it kills what is still on its list and removes
//! the folder of the run.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex};

const SCRIPT: &str = r#"
trap '' INT HUP TERM
pids=
while read -r verb pid; do
  case $verb in
    watch) pids="$pids $pid" ;;
    forget) kept=; for p in $pids; do [ "$p" = "$pid" ] || kept="$kept $p"; done; pids=$kept ;;
  esac
done
for p in $pids; do kill -9 "$p"; done
sleep 0.1
rm -rf "$1"
"#;

struct Watchdog {
    shell: Mutex<Child>,
    dir: PathBuf,
}

static WATCHDOG: LazyLock<Watchdog> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("it-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("the folder of the test run is made");
    let shell = Command::new("sh")
        .args(["-c", SCRIPT, "watchdog"])
        .arg(&dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("sh runs");
    Watchdog { shell: Mutex::new(shell), dir }
});

impl Watchdog {
    fn tell(&self, verb: &str, pid: u32) {
        let mut shell = self.shell.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pipe = shell.stdin.as_mut().expect("the pipe is held until the end");
        writeln!(pipe, "{verb} {pid}").expect("the watchdog listens");
    }
}

/// The folder of this test run; removed when the test process ends.
pub(super) fn dir() -> &'static Path {
    &WATCHDOG.dir
}

/// Where logs are kept after the run, for people to read.
pub(super) fn logs() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("logs");
    std::fs::create_dir_all(&dir).expect("the folder of the logs is made");
    dir
}

/// Starts a process that ends, at the latest, with this one.
pub(super) fn spawn(command: &mut Command) -> std::io::Result<Child> {
    let watchdog = &*WATCHDOG;
    let child = command.process_group(0).spawn()?;
    watchdog.tell("watch", child.id());
    Ok(child)
}

/// To be called before a process is waited for: its id may be another's afterwards.
pub(super) fn forget(child: &Child) {
    WATCHDOG.tell("forget", child.id());
}

/// Sends a signal by its name, such as `TERM`.
pub(super) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success(), "SIG{name} reaches process {}", child.id());
}
