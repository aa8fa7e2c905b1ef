//! A process of a lesson: this executable once more (`forkscope subject`), with one thread. It runs a program line by
//! line, with real variables at real addresses and the real calls, and before each line it says where it stands and
//! waits for one byte. It knows nothing of what a lesson asks or shows.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::atomic::Ordering;

use nix::errno::Errno;
use nix::sys::prctl;

use super::program::{Op, Operand, Program};
use super::wire::{Birth, GO, Said};
use kernel::Forked;
use memory::{Frame, Variable};

mod kernel;
mod memory;

/// What a process is started with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The lesson.
    pub lesson: String,
    /// Which of its programs.
    pub program: String,
    /// The name of the tool's socket, in the abstract namespace (unix(7)).
    pub control: String,
    /// Who it is.
    pub birth: Birth,
}

/// What keeps a process from its part.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// There is no such program.
    #[error("there is no program {program:?} in a lesson {lesson:?}")]
    NoProgram {
        /// The lesson.
        lesson: String,
        /// The program.
        program: String,
    },
    /// Nobody is there to tell it when to go on.
    #[error("connect to the lesson's control socket")]
    Control(#[source] std::io::Error),
    /// A line uses a variable that none declares.
    #[error("there is no variable {0:?}")]
    NoVariable(String),
    /// The process has more threads than its own.
    #[error("a process of a lesson must have one thread, to fork")]
    Threads,
}

/// Runs the program until it exits; returns where it has run off its end.
///
/// # Errors
/// What keeps it from its part. What a call of the program says is no error: it is the lesson.
pub fn run(start: &Start, program: &Program) -> Result<(), SubjectError> {
    kernel::only_one_thread().ok_or(SubjectError::Threads)?;
    // Run as /proc/self/exe it would be called "exe".
    if let Ok(name) = std::ffi::CString::new(start.program.as_str()) {
        let _ = prctl::set_name(&name);
    }
    let frame = Frame::new();
    let mut process = Process {
        start: start.clone(),
        control: connect(start)?,
        births: 0,
        variables: BTreeMap::new(),
        frame: &frame,
    };
    let mut at = 0;
    while let Some(line) = program.stop_from(at) {
        process.stop(line);
        at = process.line(program, line)?;
    }
    Ok(())
}

fn connect(start: &Start) -> Result<UnixStream, SubjectError> {
    let connect = || {
        let address = SocketAddr::from_abstract_name(start.control.as_bytes())?;
        let mut stream = UnixStream::connect_addr(&address)?;
        let hello = Said::Hello(start.birth.clone(), start.program.clone());
        stream.write_all(hello.encode().as_bytes())?;
        Ok(stream)
    };
    connect().map_err(SubjectError::Control)
}

/// The state of a process: all of it is copied when it forks.
struct Process<'a> {
    start: Start,
    control: UnixStream,
    /// How many children it has had.
    births: u32,
    variables: BTreeMap<String, Variable>,
    frame: &'a Frame,
}

impl Process<'_> {
    /// Says where it stands, and waits until it may go on. Where nobody is there any more, it ends.
    fn stop(&mut self, line: usize) {
        let addresses = self.variables.iter();
        let addresses = addresses.map(|(name, variable)| (name.clone(), self.frame.address(*variable)));
        let said = Said::At(line, addresses.collect()).encode();
        let mut byte = [0];
        let told = self.control.write_all(said.as_bytes());
        // A handler that has run meanwhile is no reason to go on: read_exact begins again.
        if told.and_then(|()| self.control.read_exact(&mut byte)).is_err() || byte != [GO] {
            kernel::exit_now(0);
        }
    }

    /// Does what a line says; the line to look at next.
    fn line(&mut self, program: &Program, line: usize) -> Result<usize, SubjectError> {
        for op in program.lines[line].ops.iter().flatten() {
            let to = match op {
                Op::If(name, compare, with, to) => (!compare.holds(self.get(name)?, self.value(with)?)).then_some(to),
                Op::Goto(to) => Some(to),
                other => {
                    self.carry_out(other)?;
                    None
                }
            };
            if let Some(to) = to {
                return Ok(program.labels.get(to).copied().unwrap_or(program.lines.len()));
            }
        }
        Ok(line + 1)
    }

    fn slot(&self, name: &str) -> Result<Variable, SubjectError> {
        let found = self.variables.get(name).copied();
        found.ok_or_else(|| SubjectError::NoVariable(name.to_owned()))
    }

    fn get(&self, name: &str) -> Result<i32, SubjectError> {
        Ok(self.frame.cell(self.slot(name)?).load(Ordering::Relaxed))
    }

    fn put(&self, name: &str, value: i32) -> Result<(), SubjectError> {
        self.frame.cell(self.slot(name)?).store(value, Ordering::Relaxed);
        Ok(())
    }

    fn value(&self, operand: &Operand) -> Result<i32, SubjectError> {
        match operand {
            Operand::Number(number) => Ok(*number),
            Operand::Variable(name) => self.get(name),
        }
    }

    /// What a call returned, as C has it: the value, or -1 and errno.
    fn returned(&self, result: nix::Result<i32>, value: &str, errno: Option<&str>) -> Result<(), SubjectError> {
        let (returned, error) = match result {
            Ok(value) => (value, 0),
            Err(errno) => (-1, errno as i32),
        };
        self.put(value, returned)?;
        errno.map_or(Ok(()), |errno| self.put(errno, error))
    }

    /// A declaration that is come to again sets the variable anew, as in C.
    fn declare(&mut self, name: &str, fresh: Variable, value: i32) -> Result<(), SubjectError> {
        self.variables.entry(name.to_owned()).or_insert(fresh);
        self.put(name, value)
    }

    fn carry_out(&mut self, op: &Op) -> Result<(), SubjectError> {
        match op {
            Op::Global(name, value) => self.declare(name, Variable::next_global(self.variables.values()), *value),
            Op::Local(name, value) => self.declare(name, Variable::next_local(self.variables.values()), *value),
            Op::Set(name, value) => self.put(name, self.value(value)?),
            Op::Add(name, value) => self.put(name, self.get(name)?.wrapping_add(*value)),
            Op::Fork(name, errno) => self.fork(name, errno.as_deref()),
            Op::GetPid(name) => self.put(name, nix::unistd::getpid().as_raw()),
            Op::Wait(name, status) => self.wait(-1, 0, name, status),
            Op::WaitPid {
                who,
                returned,
                status,
                no_hang,
                untraced,
            } => {
                let flags = [(*no_hang, nix::libc::WNOHANG), (*untraced, nix::libc::WUNTRACED)];
                let flags = flags
                    .iter()
                    .filter(|(set, _)| *set)
                    .fold(0, |all, (_, flag)| all | flag);
                self.wait(self.value(who)?, flags, returned, status)
            }
            Op::Exit(code) => kernel::exit(self.value(code)?),
            Op::ExitNow(code) => kernel::exit_now(self.value(code)?),
            Op::Count(name) => {
                kernel::count_in(self.slot(name)?);
                Ok(())
            }
            Op::Exec(words) => {
                self.exec(words);
                Ok(())
            }
            Op::NewPidNamespace(name, errno) => {
                self.returned(kernel::new_pid_namespace().map(|()| 0), name, Some(errno))
            }
            Op::LastPid(pid, name, errno) => {
                let written = std::fs::write("/proc/sys/kernel/ns_last_pid", pid.to_string());
                let written = written.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(nix::libc::EIO)));
                self.returned(written.map(|()| 0), name, Some(errno))
            }
            Op::Listen(fd, port) => {
                let opened = kernel::listen();
                self.put(port, opened.map_or(-1, |(_, port)| port))?;
                self.returned(opened.map(|(fd, _)| fd), fd, None)
            }
            Op::Accept(listener, connection, errno) => {
                self.returned(kernel::accept(self.get(listener)?), connection, Some(errno))
            }
            Op::Close(fd) => {
                // What is not open needs no closing: a copy of this program may have closed it on another way here.
                let _ = nix::unistd::close(self.get(fd)?);
                Ok(())
            }
            Op::Send(fd, text) => {
                // A client that has gone is part of some lessons.
                let _ =
                    nix::sys::socket::send(self.get(fd)?, text.as_bytes(), nix::sys::socket::MsgFlags::MSG_NOSIGNAL);
                Ok(())
            }
            Op::Receive(fd, count) => {
                let mut bytes = [0; 512];
                let came = nix::sys::socket::recv(self.get(fd)?, &mut bytes, nix::sys::socket::MsgFlags::empty());
                self.returned(came.map(|count| i32::try_from(count).unwrap_or(i32::MAX)), count, None)
            }
            Op::Plain(plain) => {
                kernel::plain(plain);
                Ok(())
            }
            // Where to go on is the caller's to say.
            Op::If(..) | Op::Goto(_) => Ok(()),
        }
    }

    /// The call that returns twice. The child is a copy of all this, and makes a connection of its own.
    fn fork(&mut self, name: &str, errno: Option<&str>) -> Result<(), SubjectError> {
        let child = self.start.birth.child(self.births + 1);
        match kernel::fork() {
            Ok(Forked::Child) => {
                self.births = 0;
                self.start.birth = child;
                self.control = connect(&self.start)?;
                self.returned(Ok(0), name, errno)
            }
            Ok(Forked::Parent(pid)) => {
                self.births += 1;
                self.returned(Ok(pid), name, errno)
            }
            Err(error) => self.returned(Err(error), name, errno),
        }
    }

    fn wait(&self, who: i32, flags: i32, name: &str, status: &str) -> Result<(), SubjectError> {
        let (returned, word) = kernel::wait(who, flags);
        if let Some(word) = word {
            self.put(status, word)?;
        }
        self.returned(returned, name, None)
    }

    /// Another program in this process; returns only where it could not be run, which its lesson shows.
    fn exec(&self, words: &[String]) {
        let own = words.first().is_some_and(|word| word == "subject");
        let mut argv: Vec<String> = words.to_vec();
        if own {
            argv.insert(0, "forkscope".into());
            argv.insert(2, self.start.lesson.clone());
            argv.extend(
                [
                    "--control",
                    self.start.control.as_str(),
                    "--birth",
                    self.start.birth.0.as_str(),
                ]
                .map(Into::into),
            );
        }
        let program = if own { "/proc/self/exe" } else { &argv[0] };
        kernel::exec(program, &argv);
    }
}
