//! [`Dateline`]: a command line to be run; [`Worker`]: one that is running.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{PATIENCE, broker, wait_for, watchdog};

/// The `dateline` binary with its arguments and settings.
#[derive(Debug, Clone)]
pub(crate) struct Dateline {
    name: String,
    args: Vec<String>,
    settings: BTreeMap<String, String>,
}

impl Dateline {
    /// `name` is that of the log files that are kept after the run, one a process.
    pub(crate) fn new(name: &str, args: &[&str]) -> Dateline {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Dateline { name: name.to_owned(), args, settings: BTreeMap::new() }
    }

    /// A setting by its key in the configuration file, as `kafka.group_id`; handed on in the environment.
    pub(crate) fn set(mut self, key: &str, value: impl ToString) -> Dateline {
        let path = match key.strip_prefix("kafka.client.") {
            Some(property) => format!("kafka__client__{}", property.replace('.', "_")),
            None => key.replace('.', "__"),
        };
        let variable = format!("DATELINE_{}", path.to_uppercase());
        self.settings.insert(variable, value.to_string());
        self
    }

    /// Starts it; its standard output and error go to one log.
    pub(crate) fn start(&self) -> Worker {
        static COUNTS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
        let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(self.name.clone()).or_default();
        *count += 1;
        let log = watchdog::logs().join(format!("{}.{count}.log", self.name));
        drop(counts);
        let out = File::create(&log).expect("the log is made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
        command
            .args(&self.args)
            .env_clear()
            .envs(std::env::vars().filter(|(key, _)| key == "DATELINE_DATA" || !key.starts_with("DATELINE_")))
            .envs(&self.settings)
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("the log's handle is copied"))
            .stderr(out);
        let child = watchdog::spawn(&mut command).expect("the binary runs");
        Worker { child, log, status: None }
    }

    /// Runs it to its end.
    pub(crate) fn run(&self) -> Ended {
        let mut worker = self.start();
        let code = worker.wait();
        Ended { code, log: worker.log() }
    }
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output and error.
    pub(crate) log: String,
}

/// A running `dateline`. Killed when dropped; a panicking test prints the end of its log.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    log: PathBuf,
    status: Option<Option<i32>>,
}

impl Worker {
    /// What it wrote so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The first line of its log that contains `needle`, awaited.
    pub(crate) fn wait_for_log(&mut self, needle: &str) -> String {
        wait_for(&format!("{needle:?} in {}", self.log.display()), || {
            let ended = self.ended();
            let found = self.log().lines().find(|line| line.contains(needle)).map(str::to_owned);
            assert!(found.is_some() || ended.is_none(), "it ended ({ended:?}) and never logged {needle:?}");
            found
        })
    }

    /// Its process id.
    #[allow(dead_code, reason = "the benches, which share this harness, ask for it")]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        assert!(self.status.is_none(), "the worker has ended");
        watchdog::signal(&self.child, name);
    }

    /// Waits for its end and gives the exit code; `None` where a signal ended it.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(code) = self.ended() {
                return code;
            }
            assert!(start.elapsed() < PATIENCE, "the worker did not end; {}", self.log.display());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM, and its end awaited.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if self.status.is_none() {
            watchdog::forget(&self.child);
            let _ = self.child.kill();
            self.status = self.child.wait().ok().map(|status| status.code());
        }
    }

    /// `Some` once it has ended: its exit code, `None` where a signal ended it.
    pub(crate) fn ended(&mut self) -> Option<Option<i32>> {
        if self.status.is_none()
            && let Some(status) = self.child.try_wait().expect("the worker can be waited for")
        {
            watchdog::forget(&self.child);
            self.status = Some(status.code());
        }
        self.status
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let ended = self.status;
        self.kill();
        if std::thread::panicking() {
            let lines = broker::tail(&self.log, 30);
            eprintln!("a worker of this test (ended: {ended:?}); the end of {}:\n{lines}\n", self.log.display());
        }
    }
}

/// A GET without a library: the status and the body, or why there was no answer.
pub(crate) fn http_get(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let invalid = || std::io::Error::new(std::io::ErrorKind::InvalidData, format!("no HTTP: {answer:?}"));
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(invalid)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(invalid)?;
    Ok((status, body.to_owned()))
}
