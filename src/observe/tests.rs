//! The sampler against a /proc of plain files: every oddity that the real one has, at will.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::{Reason, Sampler, Scope, SocketSource, machine, threads};
use crate::timeline::detail::Waits;
use crate::timeline::observation::{Observation, Reading, Sample};
use crate::timeline::process::{Disposition, ExitStatus, Key};
use fake::Fake;

mod fake;

/// One reading, and what it must say: a line for each process that has gone, each that is there, and each socket.
#[track_caller]
fn check(sampler: &mut Sampler, expected: &str) {
    let mut told = String::new();
    for observation in sampler.once() {
        match observation {
            Observation::Reap(reap) => {
                let _ = writeln!(told, "gone {}@{}", reap.key.pid, reap.key.start_ticks);
            }
            Observation::Sample(sample) => told += &told_by(&sample),
            other => panic!("a sampler says no {other:?}"),
        }
    }
    let lines: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(told.lines().collect::<Vec<_>>(), lines);
}

fn told_by(sample: &Sample) -> String {
    let mut told = String::new();
    for reading in &sample.processes {
        let _ = writeln!(told, "{}", process(reading));
    }
    let Some(sockets) = &sample.sockets else {
        return told + "no table\n";
    };
    for listener in &sockets.listeners {
        let _ = writeln!(
            told,
            "listener {} on {} queue {:?} of {:?}",
            listener.inode, listener.local, listener.queue, listener.backlog
        );
    }
    for connection in &sockets.connections {
        let _ = writeln!(
            told,
            "connection {} {} {} {:?}",
            connection.inode, connection.local, connection.peer, connection.state
        );
    }
    told
}

/// A process in a line; what is nothing particular is left out.
fn process(reading: &Reading) -> String {
    let mut told = format!(
        "{}@{} <{} {}",
        reading.key.pid,
        reading.key.start_ticks,
        reading.parent,
        reading.state.letter()
    );
    if reading.root {
        told += " root";
    }
    if reading.threads != 1 {
        let _ = write!(told, " threads {}", reading.threads);
    }
    if reading.is_zombie() {
        let _ = write!(told, " zombie {:?}", reading.exit);
    } else {
        assert_eq!(reading.exit, ExitStatus::Unknown);
        match &reading.sockets {
            None => told += " sockets ?",
            Some(sockets) => sockets.iter().for_each(|held| {
                let _ = write!(told, " {}={}", held.fd, held.inode);
            }),
        }
    }
    if let Some(blocked) = reading.blocked {
        let _ = write!(told, " in {:?}({:?})", blocked.call, blocked.fd);
    }
    if let Some(wchan) = reading.wchan {
        let _ = write!(told, " asleep in {}", wchan.function);
    }
    if let Some(sigchld) = reading
        .sigchld
        .filter(|sigchld| sigchld.disposition != Disposition::Default || sigchld.blocked || sigchld.pending)
    {
        let _ = write!(told, " {:?}", sigchld.disposition);
        told += if sigchld.blocked { " blocked" } else { "" };
        told += if sigchld.pending { " pending" } else { "" };
    }
    told
}

/// The server 10, with this in its list of children.
fn server(children: &[i32]) -> Fake {
    let fake = Fake::new();
    fake.process(10, 1).write();
    fake.children(10, 10, children);
    fake.table("tcp", &[]);
    fake
}

#[test]
fn the_tree_is_followed_through_the_children_of_all_threads() {
    let fake = server(&[20]);
    fake.process(10, 1).threads(2).write();
    fake.children(10, 11, &[30]);
    fake.process(20, 10).start(110).write();
    fake.children(20, 20, &[40]);
    fake.process(30, 10).start(120).write();
    fake.process(40, 20).start(130).write();
    fake.process(50, 1).write();
    check(
        &mut fake.sampler(),
        "10@100 <1 S root threads 2
         20@110 <10 S
         30@120 <10 S
         40@130 <20 S",
    );
}

#[test]
fn a_zombie_carries_its_exit_status() {
    let fake = server(&[20, 30, 40]);
    fake.process(20, 10).state('Z').exit(3 << 8).write();
    fake.process(30, 10).state('Z').exit(9).write();
    fake.process(40, 10).state('Z').exit(0).write();
    check(
        &mut fake.sampler(),
        "10@100 <1 S root
         20@100 <10 Z zombie Code(3)
         30@100 <10 Z zombie Signal(9)
         40@100 <10 Z zombie Code(0)",
    );
}

#[test]
fn a_listed_child_that_has_vanished_is_left_out() {
    let fake = server(&[20, 30]);
    fake.process(30, 10).write();
    check(
        &mut fake.sampler(),
        "10@100 <1 S root
         30@100 <10 S",
    );
}

#[test]
fn a_child_that_is_no_longer_listed_is_not_dead() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    let mut sampler = fake.sampler();
    let picture = "10@100 <1 S root
                   20@100 <10 S";
    check(&mut sampler, picture);
    fake.children(10, 10, &[]);
    check(&mut sampler, picture);
    fake.remove("20");
    check(
        &mut sampler,
        "gone 20@100
         10@100 <1 S root",
    );
}

#[test]
fn another_start_time_is_another_process() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    let mut sampler = fake.sampler();
    sampler.once();
    fake.process(20, 10).start(200).write();
    check(
        &mut sampler,
        "gone 20@100
         10@100 <1 S root
         20@200 <10 S",
    );
}

#[test]
fn a_root_whose_pid_is_another_process_is_not_watched() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    let mut sampler = fake.sampler();
    fake.process(10, 1).start(300).write();
    check(&mut sampler, "");
    assert!(sampler.finds_nobody_alive());
}

#[test]
fn a_process_that_changed_its_parent_stays_watched() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    fake.children(20, 20, &[30]);
    fake.process(30, 20).write();
    let mut sampler = fake.sampler();
    sampler.once();
    fake.remove("20");
    fake.process(30, 1).write();
    check(
        &mut sampler,
        "gone 20@100
         10@100 <1 S root
         30@100 <1 S",
    );
}

#[test]
fn the_children_of_the_adopter_are_watched() {
    let fake = server(&[]);
    fake.process(1, 0).write();
    fake.children(1, 1, &[10, 60]);
    fake.process(60, 1).write();
    check(
        &mut fake.sampler(),
        "10@100 <1 S root
         60@100 <1 S",
    );
}

#[test]
fn names_can_hold_anything() {
    for comm in [
        &b"a) Z (b"[..],
        b"two\nlines",
        b"\x1b[31m",
        b"\xff\xfe",
        b"(",
        b")",
        b"",
        b"x) S 99 1 (",
    ] {
        let fake = server(&[]);
        fake.process(10, 1).comm(comm).write();
        fake.write("10/cmdline", [comm, &b"\0\xff\0"[..]].concat());
        let status = [
            b"Name:\t",
            comm,
            &b"\nUmask:\t0022\nNSpid:\t10\t4\nShdPnd:\t0000000000010000\n"[..],
        ]
        .concat();
        fake.write("10/status", status);
        let observations = fake.sampler().once();
        let Some(Observation::Sample(sample)) = observations.last() else {
            panic!("no sample")
        };
        let reading = &sample.processes[0];
        assert_eq!(&*reading.names.comm, comm);
        assert_eq!(&*reading.names.command, [comm, &b"\0\xff\0"[..]].concat());
        assert_eq!((reading.parent, reading.ns_pid), (1, Some(4)), "{comm:?}");
        assert_eq!(process(reading), "10@100 <1 S root", "{comm:?}");
    }
}

#[test]
fn a_long_command_line_is_cut_and_shows_it() {
    let long = |count: usize| "x".repeat(count).into_bytes();
    for (line, kept) in [
        (long(4096), long(4096)),
        (long(4097), [&long(4093)[..], "…".as_bytes()].concat()),
        // Within a character of three bytes, and behind one.
        (
            [&long(4091)[..], "한국".as_bytes()].concat(),
            [&long(4091)[..], "…".as_bytes()].concat(),
        ),
        (
            [&long(4090)[..], "한국어".as_bytes()].concat(),
            [&long(4090)[..], "한".as_bytes(), "…".as_bytes()].concat(),
        ),
        // No UTF-8 at all, and one of four bytes that nothing begins.
        (vec![0xff; 9000], [&[0xff; 4092][..], "…".as_bytes()].concat()),
        (vec![0x80; 9000], [&[0x80; 4093][..], "…".as_bytes()].concat()),
        // A title that was written over the arguments is whole.
        (
            [&b"title"[..], &[0; 9000]].concat(),
            [&b"title"[..], &[0; 4088]].concat(),
        ),
    ] {
        let fake = server(&[20]);
        fake.process(20, 10).state('Z').write();
        fake.write("10/cmdline", &line);
        let observations = fake.sampler().once();
        let Some(Observation::Sample(sample)) = observations.last() else {
            panic!("no sample")
        };
        assert!(*sample.processes[0].names.command == *kept, "of {} bytes", line.len());
        let look = machine::look(&fake.proc()).expect("it can be listed");
        let parent = look.reapers[0].process.as_ref().expect("it is there");
        assert!(*parent.names.command == *kept, "of {} bytes", line.len());
    }
}

#[test]
fn names_are_kept_once_of_a_parent_and_a_child_that_executed_nothing() {
    let fake = server(&[]);
    fake.write("10/cmdline", "server\0--all\0");
    let mut sampler = fake.sampler();
    sampler.once();
    for (pid, command) in [(20, "server\0--all\0"), (30, "worker\0")] {
        fake.process(pid, 10).write();
        fake.write(&format!("{pid}/cmdline"), command);
    }
    fake.children(10, 10, &[20, 30]);
    let observations = sampler.once();
    let Some(Observation::Sample(sample)) = observations.last() else {
        panic!("no sample")
    };
    let [parent, child, other] = [0, 1, 2].map(|index| &sample.processes[index].names);
    assert!(Arc::ptr_eq(parent, child));
    assert_eq!(
        (&*parent.command, &*other.command),
        (&b"server\0--all\0"[..], &b"worker\0"[..])
    );
}

/// With hidepid=1 everybody's directory is listed, and what is in that of another user may not be read.
#[test]
fn zombies_that_may_not_be_seen_are_said_to_be_hidden() {
    let fake = server(&[]);
    fake.process(1, 0).write();
    let hides = || machine::look(&fake.proc()).expect("it can be listed").hides;
    assert!(!hides());
    // What may not be read is no file here: root may read any.
    fake.remove("1/stat");
    fake.write("1/stat/x", "");
    assert!(hides());
    fake.remove("1");
    assert!(hides());
}

#[test]
fn a_zombie_keeps_the_command_that_it_ran() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    fake.write("20/cmdline", "worker\0");
    let mut sampler = fake.sampler();
    sampler.once();
    fake.process(20, 10).state('Z').write();
    fake.write("20/cmdline", "");
    let observations = sampler.once();
    let Some(Observation::Sample(sample)) = observations.last() else {
        panic!("no sample")
    };
    assert_eq!(&*sample.processes[1].names.command, b"worker\0");
    assert_eq!(sample.processes[1].fds, Some(0));
}

/// /proc/PID/fd, net, cmdline and the memory in stat are empty then; those of the other threads are not.
#[test]
fn a_process_whose_main_thread_left_still_has_what_it_has() {
    let fake = server(&[]);
    fake.process(10, 1).state('Z').threads(2).write();
    fake.write("10/task/10/fd", "none can be listed");
    fake.link("10/task/12/fd/3", "socket:[7]");
    fake.write("10/cmdline", "");
    fake.write("10/task/12/cmdline", "server\0--all\0");
    fake.write("10/task/12/statm", "900 300 200 1 0 80 0\n");
    fake.table("tcp", &["0A 0100007F:0050 00000000:0000 7 0"]);
    let mut sampler = fake.sampler();
    let observations = sampler.once();
    let Some(Observation::Sample(sample)) = observations.last() else {
        panic!("no sample")
    };
    assert_eq!(process(&sample.processes[0]), "10@100 <1 Z root threads 2 3=7");
    assert_eq!(sample.processes[0].fds, Some(1));
    assert_eq!(*sample.processes[0].names.command, *b"server\0--all\0");
    assert_eq!(sample.processes[0].rss, 300 * procfs::page_size());
}

#[test]
fn without_lists_of_children_parents_tell() {
    let fake = Fake::new();
    fake.write("self/stat", "");
    fake.process(10, 1).write();
    fake.process(20, 10).write();
    fake.process(30, 20).write();
    fake.process(40, 1).write();
    let mut sampler = fake.sampler_of(Scope {
        roots: vec![fake.key(10)],
        adopter: None,
    });
    // The first pass finds the root, and from it the others.
    check(
        &mut sampler,
        "10@100 <1 S root
         20@100 <10 S
         30@100 <20 S",
    );
    assert!(sampler.source().1.contains(&Reason::NoChildrenFile));
}

#[test]
fn sockets_come_from_the_tables_where_there_is_no_netlink() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    fake.descriptor(10, 0, "/dev/null");
    fake.descriptor(10, 3, "socket:[7]");
    fake.descriptor(10, 4, "socket:[8]");
    fake.descriptor(10, 5, "socket:[999]");
    fake.descriptor(20, 3, "socket:[7]");
    fake.descriptor(20, 9, "socket:[8]");
    fake.table(
        "tcp",
        &[
            "0A 0100007F:0050 00000000:0000 7 2",
            "01 0100007F:0050 0100007F:1388 8 0",
            "01 0100007F:0050 0100007F:1389 0 0",
            "01 0100007F:0050 0100007F:138A 0 0",
            "08 0100007F:0050 0100007F:138B 0 0",
            "03 0100007F:0050 0100007F:138C 0 0",
            // What nobody holds any more is on its way out and not on its way in.
            "05 0100007F:0050 0100007F:1400 0 0",
            "09 0100007F:0050 0100007F:1401 0 0",
            "06 0100007F:0050 0100007F:1402 0 0",
            // Other people's.
            "0A 0100007F:0051 00000000:0000 70 0",
            "01 0100007F:0051 0100007F:1388 80 0",
            "01 0100007F:0051 0100007F:1389 0 0",
        ],
    );
    let mut sampler = fake.sampler();
    check(
        &mut sampler,
        "10@100 <1 S root 3=7 4=8 5=999
         20@100 <10 S 3=7 9=8
         listener 7 on 127.0.0.1:80 queue Some(2) of None
         connection 8 127.0.0.1:80 127.0.0.1:5000 Established
         connection 0 127.0.0.1:80 127.0.0.1:5001 Established
         connection 0 127.0.0.1:80 127.0.0.1:5002 Established
         connection 0 127.0.0.1:80 127.0.0.1:5003 CloseWait
         connection 0 127.0.0.1:80 127.0.0.1:5004 SynRecv",
    );
    let (source, reasons) = sampler.source();
    assert_eq!(source, SocketSource::Procfs);
    assert!(matches!(reasons[..], [Reason::NoSockDiag(_)]), "{reasons:?}");
}

#[test]
fn addresses_of_version_4_are_shown_as_such_in_the_table_of_version_6() {
    let fake = server(&[]);
    fake.descriptor(10, 3, "socket:[7]");
    fake.descriptor(10, 4, "socket:[8]");
    fake.descriptor(10, 5, "socket:[9]");
    let mapped = "0000000000000000FFFF00000100007F";
    let loopback = "00000000000000000000000001000000";
    fake.table(
        "tcp6",
        &[
            "0A 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 7 0",
            &format!("01 {mapped}:0050 {mapped}:1388 8 0"),
            &format!("01 {loopback}:0050 {loopback}:1389 9 0"),
        ],
    );
    check(
        &mut fake.sampler(),
        "10@100 <1 S root 3=7 4=8 5=9
         listener 7 on [::]:80 queue Some(0) of None
         connection 8 127.0.0.1:80 127.0.0.1:5000 Established
         connection 9 [::1]:80 [::1]:5001 Established",
    );
}

#[test]
fn a_table_that_cannot_be_read_is_unknown() {
    let fake = server(&[]);
    fake.descriptor(10, 3, "socket:[7]");
    fake.remove("10/net");
    check(
        &mut fake.sampler(),
        "10@100 <1 S root 3=7
         no table",
    );
}

#[test]
fn descriptors_that_may_not_be_read_are_unknown() {
    let fake = server(&[20]);
    fake.process(20, 10).write();
    fake.remove("20/fd");
    fake.write("20/fd", "denied");
    let mut sampler = fake.sampler();
    check(
        &mut sampler,
        "10@100 <1 S root
         20@100 <10 S sockets ?",
    );
    assert!(sampler.source().1.contains(&Reason::UnreadableFds(1)));
    fake.process(20, 10).state('Z').write();
    sampler.once();
    assert!(
        !sampler.source().1.contains(&Reason::UnreadableFds(1)),
        "a zombie has none"
    );
}

#[test]
fn new_descriptors_are_noticed() {
    let fake = server(&[]);
    let mut sampler = fake.sampler();
    check(&mut sampler, "10@100 <1 S root");
    fake.descriptor(10, 3, "socket:[7]");
    fake.table("tcp", &["0A 0100007F:0050 00000000:0000 7 0"]);
    check(
        &mut sampler,
        "10@100 <1 S root 3=7
         listener 7 on 127.0.0.1:80 queue Some(0) of None",
    );
    fake.remove("10/fd/3");
    check(&mut sampler, "10@100 <1 S root");
}

#[test]
fn what_a_process_waits_in_is_read_unless_it_runs() {
    let fake = server(&[20, 30]);
    fake.process(20, 10).write();
    fake.process(30, 10).state('R').write();
    let accept = nix::libc::SYS_accept4;
    fake.write(
        "10/syscall",
        format!("{accept} 0x3 0x0 0x0 0x80000 0x0 0x0 0x7ffc 0x7f11\n"),
    );
    fake.write("20/syscall", "running\n");
    fake.write(
        "30/syscall",
        format!("{accept} 0x3 0x0 0x0 0x80000 0x0 0x0 0x7ffc 0x7f11\n"),
    );
    check(
        &mut fake.sampler(),
        "10@100 <1 S root in Accept4(Some(3))
         20@100 <10 S
         30@100 <10 R",
    );
}

/// As under Yama, for a process that is no descendant of ours.
#[test]
fn where_the_call_is_hidden_the_function_is_read() {
    let fake = server(&[20, 30, 40]);
    fake.process(20, 10).write();
    fake.process(30, 10).state('R').write();
    fake.process(40, 10).write();
    for (pid, function) in [
        (10, "inet_csk_accept"),
        (20, "0"),
        (30, "do_wait"),
        (40, "do_poll.constprop.0"),
    ] {
        fake.write(&format!("{pid}/wchan"), function);
    }
    fake.write("40/syscall", "running\n");
    check(
        &mut fake.sampler(),
        "10@100 <1 S root asleep in inet_csk_accept
         20@100 <10 S
         30@100 <10 R
         40@100 <10 S",
    );
}

#[test]
fn what_a_parent_does_with_sigchld_is_read() {
    let chld = 17;
    for (blocked, ignored, caught, pending, told) in [
        (&[][..], &[][..], &[chld][..], 0, " Caught"),
        (&[], &[chld], &[], 0, " Ignored"),
        (&[chld], &[], &[], 0x10000, " Default blocked pending"),
        (&[chld], &[], &[chld, 2], 0, " Caught blocked"),
        (&[], &[1, 2], &[15], 0, ""),
    ] {
        let fake = server(&[20]);
        fake.process(10, 1).signals(blocked, ignored, caught).write();
        fake.write(
            "10/status",
            format!("Name:\t\u{1b}\nSigPnd:\t0000000000000000\nShdPnd:\t{pending:016x}\n"),
        );
        fake.process(20, 10).state('Z').write();
        check(
            &mut fake.sampler(),
            &format!("10@100 <1 S root{told}\n20@100 <10 Z zombie Code(0)"),
        );
    }
}

/// A handler whose parent ended before an attached server was looked at hangs under an ancestor of the server.
#[test]
fn the_heirs_of_an_attached_server_are_found_among_strangers() {
    let fake = Fake::new();
    fake.process(1, 0).group(1).write();
    fake.children(1, 1, &[10, 60, 61, 62, 63, 64]);
    // One that has ended, and that its adopter has not waited for: it holds nothing, which is no secret.
    fake.process(64, 1).group(10).start(200).state('Z').write();
    fake.process(10, 1).write();
    fake.descriptor(10, 3, "socket:[7]");
    let heir = |pid, group, start, inode: u64| {
        fake.process(pid, 1).group(group).start(start).write();
        fake.descriptor(pid, 4, &format!("socket:[{inode}]"));
        fake.write(&format!("{pid}/net/tcp"), "");
    };
    heir(60, 10, 200, 8);
    heir(61, 61, 200, 9);
    heir(62, 10, 50, 9);
    heir(63, 10, 200, 99);
    let rows = [
        "0A 0100007F:0050 00000000:0000 7 0",
        "01 0100007F:0050 0100007F:1388 8 0",
        "01 0100007F:0050 0100007F:1389 9 0",
        "01 0100007F:9C40 0100007F:0050 99 0",
    ];
    fake.table("tcp", &rows);
    // Each reads the table of its own network.
    let table = std::fs::read(fake.path("10/net/tcp")).expect("the table");
    for pid in [60, 61, 62, 63] {
        fake.write(&format!("{pid}/net/tcp"), &table);
    }
    let mut sampler = fake.sampler_of(Scope {
        roots: vec![fake.key(10)],
        adopter: None,
    });
    sampler.once();
    check(
        &mut sampler,
        "10@100 <1 S root 3=7
         60@200 <1 S 4=8
         listener 7 on 127.0.0.1:80 queue Some(0) of None
         connection 8 127.0.0.1:80 127.0.0.1:5000 Established",
    );
    let hidden = |reason: &Reason| matches!(reason, Reason::PossibleHeirs(_));
    assert!(!sampler.source().1.iter().any(hidden));
}

/// Who has the pid of an ancestor by now is a stranger, and so are its children.
#[test]
fn no_heirs_are_looked_for_below_a_stranger_with_an_ancestors_pid() {
    let fake = Fake::new();
    fake.process(5, 0).group(5).write();
    fake.children(5, 5, &[10, 60]);
    fake.process(10, 5).write();
    fake.descriptor(10, 3, "socket:[7]");
    fake.process(60, 5).start(200).write();
    fake.descriptor(60, 4, "socket:[8]");
    let rows = [
        "0A 0100007F:0050 00000000:0000 7 0",
        "01 0100007F:0050 0100007F:1388 8 0",
    ];
    fake.table("tcp", &rows);
    let table = std::fs::read(fake.path("10/net/tcp")).expect("the table");
    fake.write("60/net/tcp", &table);
    let sampler = || {
        fake.sampler_of(Scope {
            roots: vec![fake.key(10)],
            adopter: None,
        })
    };
    let (mut before, mut after) = (sampler(), sampler());
    before.once();
    assert_eq!(before.tree(), [10, 60]);
    fake.process(5, 0).group(5).start(300).write();
    after.once();
    assert_eq!(after.tree(), [10]);
}

#[test]
fn times_and_sizes_are_in_their_units() {
    let fake = server(&[]);
    let observations = fake.sampler().once();
    let Some(Observation::Sample(sample)) = observations.last() else {
        panic!("no sample")
    };
    let reading = &sample.processes[0];
    assert_eq!(reading.cpu, Duration::from_millis(120));
    assert_eq!(reading.rss, 25 * procfs::page_size());
}

#[test]
fn threads_are_read_with_the_sockets_that_they_wait_at() {
    let fake = Fake::new();
    fake.process(10, 1).threads(3).write();
    let stat = |tid: i32, comm: &str, state: char, ticks: u32| {
        format!(
            "{tid} ({comm}) {state} 1 10 10 0 -1 4194560 0 0 0 0 {ticks} 5 0 0 20 0 3 0 100 4096000 25 \
             18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        )
    };
    fake.write("10/task/12/stat", stat(12, "a) b", 'S', 7));
    fake.write("10/task/12/syscall", "0 0x4 0x7ffc 0x1000 0x0 0x0 0x0 0x7ffc 0x7f00\n");
    fake.link("10/task/12/fd/4", "socket:[77]");
    fake.write("10/task/10/stat", stat(10, "server", 'S', 1));
    // The call is hidden, and the function is not.
    fake.write("10/task/10/wchan", "inet_csk_accept");
    fake.write("10/task/13/stat", stat(13, "busy", 'R', 0));
    fake.write("10/task/13/syscall", "running\n");
    // It has ended since the directory was read.
    fake.write("10/task/14/comm", "gone\n");
    let told = |most: usize| {
        let listed = threads::list(&fake.proc(), fake.key(10), most).expect("the process is there");
        let threads = listed.threads.iter().map(|thread| {
            let waits = match thread.waits {
                Ok(Waits::In { call, .. }) => call.name().unwrap_or("?").to_owned(),
                Ok(Waits::Asleep(wchan)) => format!("asleep {:?}", wchan.waiting),
                Ok(Waits::Running) => "running".to_owned(),
                Ok(Waits::Outside) | Err(_) => "unknown".to_owned(),
            };
            let (letter, comm) = (thread.state.letter(), String::from_utf8_lossy(&thread.comm));
            let millis = thread.cpu.as_millis();
            format!("{} {comm} {letter} {millis} {waits} {:?}", thread.tid, thread.socket)
        });
        (threads.collect::<Vec<_>>(), listed.more)
    };
    let all = [
        "10 server S 60 asleep Accept None",
        "12 a) b S 120 read Some(77)",
        "13 busy R 50 running None",
    ];
    #[cfg(target_arch = "x86_64")]
    assert_eq!(told(512), (all.map(str::to_owned).to_vec(), 0));
    assert_eq!(
        (told(1).0.len(), told(1).1),
        (1, 3),
        "no more are read than were asked for"
    );
    let other = Key {
        start_ticks: 99,
        ..fake.key(10)
    };
    assert_eq!(threads::list(&fake.proc(), other, 512), None);
}

#[test]
fn so_many_threads_of_a_process_are_read() {
    let fake = Fake::new();
    fake.process(10, 1).threads(600).write();
    let line = std::fs::read(fake.path("10/stat")).expect("its stat");
    for tid in 10..610 {
        fake.write(&format!("10/task/{tid}/stat"), &line);
    }
    let listed = threads::list(&fake.proc(), fake.key(10), usize::MAX).expect("the process is there");
    assert_eq!((listed.threads.len(), listed.more), (512, 88));
}
