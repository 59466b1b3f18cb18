//! Runs the program, to its end or beside the test.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

use crate::support::TestBed;

/// The program without the environment's database.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_task-tower"));
    for variable in [
        "DATABASE_URL",
        "TASK_TOWER_CONNECTION_STRING",
        "TASK_TOWER_SCHEMA_NAME",
        "TASK_TOWER_BASIC_AUTH",
        "TASK_TOWER_BEARER_TOKEN",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Told {
    Told::of(program().args(arguments).output().unwrap())
}

/// Runs it over the test's schema: the first argument is the command, to which the options belong.
pub fn run_on(bed: &TestBed, arguments: &[&str]) -> Told {
    Told::of(program_on(bed, arguments).output().unwrap())
}

/// The program over the test's schema, not begun yet.
pub fn program_on(bed: &TestBed, arguments: &[&str]) -> Command {
    let (name, rest) = arguments.split_first().unwrap();
    let mut command = program();
    command.arg(name).args(["--database-url", &bed.url, "--schema", &bed.schema]).args(rest);
    command
}

/// The same, with what somebody types meanwhile.
pub fn type_on(bed: &TestBed, arguments: &[&str], typed: &str) -> Told {
    let mut command = program_on(bed, arguments);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A program that has refused already does not read.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    Told::of(child.wait_with_output().unwrap())
}

/// What a program that has ended said.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Told {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), output: text(output.stdout), errors: text(output.stderr) }
    }
}

/// The program while it runs. Dropped, it is killed.
pub struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line with this word in it, and returns that.
    pub fn line_with(&mut self, word: &str) -> String {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the program ended without a word of {word}");
        }
        line.trim().to_owned()
    }

    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Waits for its end; what it still says is read and forgotten.
    pub fn wait(mut self) -> ExitStatus {
        self.output.read_to_end(&mut Vec::new()).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().unwrap();
    assert!(sent.success());
}

/// The processes of private clusters that the process with this id has started: the directory of a
/// cluster has it in its name.
pub fn left_behind_by(process: u32) -> Vec<String> {
    let mark = format!("task-tower-{process}-");
    let command_line = |path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| command_line(entry.path().join("cmdline")).ok())
        .filter(|line| line.contains(&mark))
        .collect()
}

/// The answer to a GET of a page at `http://host:port/`, headers and all.
pub fn get(url: &str, path: &str) -> String {
    get_with(url, path, "Accept: */*")
}

/// The same, with one more header.
pub fn get_with(url: &str, path: &str, header: &str) -> String {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The address in a line such as `Dashboard: http://127.0.0.1:4700/`.
pub fn address(line: &str) -> String {
    line[line.find("http://").unwrap()..].to_owned()
}
