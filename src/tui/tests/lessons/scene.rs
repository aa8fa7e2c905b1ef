//! Lessons at made-up moments: the steps as they are written down, with values that are made up, the same at every run.
//! What the drawn screens of lessons are drawn from.

use std::sync::Arc;
use std::time::Duration;

use crate::lesson::picture::{Branch, Picture, Row, Shown};
use crate::lesson::probe::{Page, Probe, Value};
use crate::lesson::script::{Asked, Lesson, Step};
use crate::lesson::{self};
use crate::observe::{Births, Capture, Deaths, SocketSource};
use crate::report::lesson::Texts;
use crate::timeline::call::Call;
use crate::timeline::observation::{Birth, BlockedReading, Exit, Observation, Reading, Sample};
use crate::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, State};
use crate::timeline::time::{Time, When};
use crate::tui::lesson::Lessons;
use crate::tui::lesson::open::{Guess, Open};
use crate::tui::look::Look;
use crate::tui::tests::scene::reading;
use crate::words::{Language, Words};

/// When the live tree is looked at: three seconds after its processes began.
pub(super) const NOW: Time = Time::from_ticks(100_300);

/// The parent of each, and its first child.
const PARENT: Pid = 4121;
const CHILD: Pid = 4130;

/// A process on the stage: its role, its state after the guess, and the line where it stands, from 0.
#[derive(Clone, Copy)]
struct Player(&'static str, Pid, Option<State>, Option<usize>);

/// A step of a lesson with what the kernel would have said.
pub(super) struct Scene {
    pub(super) lesson: &'static str,
    step: &'static str,
    players: Vec<Player>,
    /// By role (none for facts) and question.
    answers: Vec<(&'static str, &'static str, Value)>,
    tree: Vec<Branch>,
    /// The number of what is guessed, from 0.
    pub(super) guess: Guess,
}

fn number(value: i64) -> Value {
    Value::Number(value)
}

/// The steps that are drawn.
pub(super) fn scenes() -> Vec<Scene> {
    let (asleep, gval) = (Some(State::Sleeping), Value::Address(0x5646_dc64_7000));
    let shared = || Value::Page(Page::Shared);
    let own = || Value::Page(Page::Own);
    let branch = |pid, depth| Branch {
        pid,
        depth,
        state: Some(State::Sleeping),
        line: Some(3),
    };
    let both = |parent, child| vec![Player("P", PARENT, asleep, parent), Player("C", CHILD, asleep, child)];
    vec![
        Scene {
            lesson: "copy",
            step: "child",
            players: both(Some(6), Some(10)),
            answers: vec![
                ("P", "var gval", number(11)),
                ("P", "address gval", gval.clone()),
                ("P", "page gval", own()),
                ("P", "var lval", number(25)),
                ("P", "page lval", shared()),
                ("C", "var gval", number(12)),
                ("C", "address gval", gval),
                ("C", "page gval", own()),
                ("C", "var lval", number(25)),
                ("C", "page lval", shared()),
            ],
            tree: Vec::new(),
            guess: Guess::Wrong(1),
        },
        Scene {
            lesson: "fork",
            step: "returned",
            players: both(Some(3), Some(3)),
            answers: vec![
                ("P", "var pid", number(CHILD.into())),
                ("P", "ppid", number(4100)),
                ("C", "var pid", number(0)),
                ("C", "ppid", number(PARENT.into())),
                ("", "alive", number(2)),
            ],
            tree: Vec::new(),
            guess: Guess::Right(1),
        },
        Scene {
            lesson: "zombie",
            step: "exit",
            players: vec![
                Player("P", PARENT, asleep, Some(5)),
                Player("C", CHILD, Some(State::Zombie), None),
            ],
            answers: vec![
                ("P", "call", Value::Call("pause".to_owned())),
                ("P", "sigchld", Value::Sigchld(Disposition::Default, false)),
                ("P", "children", Value::States(vec![State::Zombie])),
                ("C", "state", Value::State(State::Zombie)),
                ("C", "ppid", number(PARENT.into())),
                ("C", "comm", Value::Text("forkscope".to_owned())),
                ("C", "key", Value::Key(CHILD, 100_012)),
            ],
            tree: Vec::new(),
            guess: Guess::Right(1),
        },
        Scene {
            lesson: "sigchld",
            step: "once",
            players: vec![Player("P", PARENT, asleep, Some(9)), Player("C", CHILD, None, None)],
            answers: vec![
                ("P", "children", Value::States(vec![State::Zombie; 19])),
                ("P", "pending", number(0)),
                ("P", "var reaped", number(1)),
                ("P", "zombies", number(19)),
                ("P", "sigchld", Value::Sigchld(Disposition::Caught, false)),
                ("C", "ppid", Value::Gone),
                ("C", "exit", Value::Gone),
            ],
            tree: Vec::new(),
            guess: Guess::Wrong(0),
        },
        Scene {
            lesson: "tree",
            step: "loop",
            players: vec![Player("P", PARENT, asleep, Some(3))],
            answers: vec![("", "alive", number(8))],
            tree: [(0, 0), (9, 1), (12, 2), (15, 3), (13, 2), (10, 1), (14, 2), (11, 1)]
                .map(|(number, depth)| branch(PARENT + number, depth))
                .into(),
            guess: Guess::Shown,
        },
    ]
}

impl Scene {
    fn answer(&self, role: &str, probe: &Probe) -> Value {
        let said = self
            .answers
            .iter()
            .find(|(other, asked, _)| *other == role && Probe::parse(asked).as_ref() == Ok(probe));
        let said = said.unwrap_or_else(|| panic!("{} {}: {role} {probe:?}", self.lesson, self.step));
        said.2.clone()
    }

    /// What the player of the lesson would show.
    fn picture(&self, lesson: &Lesson, revealed: bool) -> Picture {
        let at = lesson
            .steps
            .iter()
            .position(|step| step.id == self.step)
            .expect(self.step);
        let step: &Step = &lesson.steps[at];
        let ask = step.ask.as_ref();
        let hidden = |role: &str, probe: &Probe| {
            let about = |asked: &Asked| asked.role.as_deref().unwrap_or_default() == role && asked.probe == *probe;
            !revealed && ask.is_some_and(|ask| about(&ask.about) || ask.hide.iter().any(about))
        };
        let row = |role: &str, probe: &Probe| Row {
            probe: probe.clone(),
            pid: None,
            value: (!hidden(role, probe)).then(|| self.answer(role, probe)),
        };
        let shown = self.players.iter().map(|Player(role, pid, state, line)| Shown {
            role: (*role).to_owned(),
            pid: *pid,
            parent: (*role != "P").then(|| "P".to_owned()),
            // Before a tree of forks has grown, its first process stands before the call.
            line: if revealed || self.tree.is_empty() {
                *line
            } else {
                Some(2)
            },
            state: *state,
            veiled: hidden(role, &Probe::State),
            orphan: false,
            rows: step
                .rows
                .get(*role)
                .into_iter()
                .flatten()
                .map(|probe| row(role, probe))
                .collect(),
        });
        let before = |root: &Branch| Branch {
            line: Some(2),
            ..root.clone()
        };
        let values = [("p", PARENT), ("c", CHILD), ("guardian", 4100)];
        Picture {
            step: at,
            shown: shown.collect(),
            // Before it has grown there is its root alone.
            tree: if revealed {
                self.tree.clone()
            } else {
                self.tree.iter().take(1).map(before).collect()
            },
            facts: step.facts.iter().map(|asked| row("", &asked.probe)).collect(),
            values: values.map(|(name, pid)| (name.to_owned(), number(pid.into()))).into(),
            decided: ask
                .filter(|_| revealed)
                .map(|ask| self.answer(ask.about.role.as_deref().unwrap_or_default(), &ask.about.probe)),
            refused: false,
            revealed,
            run: 1,
        }
    }

    pub(super) fn lessons(&self, language: Language, revealed: bool) -> Lessons {
        let lesson = lesson::named(self.lesson).expect(self.lesson);
        let picture = self.picture(&lesson, revealed);
        let texts = Texts {
            own: lesson::words(self.lesson, language),
            words: Words::new(language),
        };
        let mut guesses = vec![None; lesson.steps.len()];
        guesses[picture.step] = revealed.then_some(self.guess);
        let mut open = Open::unplayed(lesson, texts, guesses);
        open.picture = Some(picture);
        let mut lessons = list(language);
        lessons.open = Some(open);
        lessons
    }
}

/// The list of lessons.
pub(super) fn list(language: Language) -> Lessons {
    Lessons::new(language, Look::default(), None, None, Arc::new(|_| true))
}

/// The first step of a lesson: nothing is asked, one process is there.
fn first() -> Scene {
    let [gval, lval] = [0x5646_dc64_7000, 0x7ffc_c472_6000].map(Value::Address);
    Scene {
        lesson: "copy",
        step: "start",
        players: vec![Player("P", PARENT, Some(State::Sleeping), Some(4))],
        answers: vec![
            ("P", "var gval", number(10)),
            ("P", "var lval", number(20)),
            ("P", "address gval", gval),
            ("P", "address lval", lval),
        ],
        tree: Vec::new(),
        guess: Guess::Shown,
    }
}

/// The processes of the lesson about zombies, live: the child has just called exit(7).
fn live(language: Language) -> Lessons {
    let mut lessons = scene("zombie").lessons(language, true);
    let hundredths = |hundredths: u64| Time::from_ticks(100_000 + hundredths);
    let names = || {
        Arc::new(Names {
            comm: b"forkscope"[..].into(),
            command: b"forkscope\0subject\0"[..].into(),
        })
    };
    let status = ExitStatus::Code(7);
    let process = |pid, parent, born, state, call: Option<Call>| Reading {
        names: names(),
        fds: (state != State::Zombie).then_some(6),
        rss: if state == State::Zombie { 0 } else { 12 << 20 },
        exit: if state == State::Zombie {
            status
        } else {
            ExitStatus::Unknown
        },
        ..reading(
            pid,
            parent,
            born,
            state,
            call.map(|call| BlockedReading { call, fd: None }),
            &[],
        )
    };
    let asleep = State::Sleeping;
    let sample = |at, child: &[Reading]| {
        let parent = process(PARENT, 4100, 0, asleep, Some(Call::Pause));
        let mut processes = vec![parent];
        processes.extend(child.iter().cloned());
        Observation::Sample(Sample {
            at: hundredths(at),
            processes,
            sockets: None,
        })
    };
    let child = |state, call| [process(CHILD, PARENT, 12, state, call)];
    let observed = [
        sample(2, &[]),
        Observation::Birth(Birth {
            when: When::exactly(hundredths(12)),
            parent: PARENT,
            child: CHILD,
        }),
        sample(20, &child(asleep, Some(Call::Read))),
        Observation::Exit(Exit {
            when: When::exactly(hundredths(200)),
            key: Key {
                pid: CHILD,
                start_ticks: 100_012,
            },
            status,
        }),
        sample(201, &child(State::Zombie, None)),
    ];
    if let Some(open) = &mut lessons.open {
        open.tree = true;
        open.capture = Some(Capture {
            births: Births::Perf,
            deaths: Deaths::Pidfd,
            every: Duration::from_millis(100),
            sockets: SocketSource::SockDiag,
            reasons: Vec::new(),
        });
        for observation in observed {
            open.timeline.apply(&observation);
        }
    }
    lessons
}

/// The last page of the lesson about copies: what was guessed at each question, none where the answer was shown, and what
/// the kernel said.
pub(super) fn finished(language: Language) -> Lessons {
    let answers = [
        ("grown", Some(1), number(25)),
        ("forked", Some(1), number(11)),
        ("page", Some(1), Value::Page(Page::Shared)),
        ("child", Some(1), number(11)),
        ("parent", Some(0), number(25)),
        ("held", None, number(0)),
        ("twice", Some(0), number(2)),
    ];
    let mut lessons = scene("copy").lessons(language, true);
    if let Some(open) = &mut lessons.open {
        let picture = open.picture.clone().expect("it is played");
        for (step, guess, said) in answers {
            let step = open.lesson.steps.iter().position(|other| other.id == step).expect(step);
            open.guesses[step] = Some(guess.map_or(Guess::Shown, Guess::Given));
            open.settle(&Picture {
                step,
                decided: Some(said),
                ..picture.clone()
            });
        }
        open.finished = true;
    }
    lessons
}

fn scene(lesson: &str) -> Scene {
    let found = scenes().into_iter().find(|scene| scene.lesson == lesson);
    found.unwrap_or_else(|| panic!("no scene of {lesson}"))
}

/// Every scene of the lessons that is looked at, by its name: whoever adds one adds it here.
pub(in crate::tui::tests) fn every(language: Language) -> Vec<(&'static str, Lessons)> {
    let of = |name: &str, revealed| scene(name).lessons(language, revealed);
    vec![
        ("lesson-list", list(language)),
        ("lesson-first", first().lessons(language, true)),
        ("lesson-asks", of("copy", false)),
        ("lesson-says", of("copy", true)),
        ("lesson-zombie", of("zombie", true)),
        ("lesson-sigchld", of("sigchld", true)),
        ("lesson-forks-asks", of("tree", false)),
        ("lesson-forks", of("tree", true)),
        ("lesson-live", live(language)),
        ("lesson-score", finished(language)),
    ]
}
