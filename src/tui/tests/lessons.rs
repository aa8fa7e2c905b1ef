//! The screens of lessons as they are drawn: the steps as they are written down, with values that are made up, the same
//! at every run, before a guess and after it.

use std::sync::Arc;

use crate::lesson::player::{Branch, Picture, Row, Shown};
use crate::lesson::probe::{Page, Probe, Value};
use crate::lesson::script::{Asked, Lesson, Step};
use crate::lesson::{self};
use crate::report::lesson::Texts;
use crate::timeline::process::{Disposition, ExitStatus, Pid, State};
use crate::timeline::time::Time;
use crate::tui::lesson::{Guess, Lessons, Open};
use crate::tui::screens::lesson::draw;
use crate::words::{Language, Words};

use super::{Buffer, Look, Rect, text};

/// The parent of each, and its first child.
const PARENT: Pid = 4121;
const CHILD: Pid = 4130;

/// A process on the stage: its role, its state after the guess, and the line where it stands, from 0.
#[derive(Clone, Copy)]
struct Player(&'static str, Pid, Option<State>, Option<usize>);

/// A step of a lesson with what the kernel would have said.
struct Scene {
    lesson: &'static str,
    step: &'static str,
    players: Vec<Player>,
    /// By role (none for facts) and question.
    answers: Vec<(&'static str, &'static str, Value)>,
    tree: Vec<Branch>,
    /// The number of what is guessed, from 0.
    guess: Guess,
}

fn number(value: i64) -> Value {
    Value::Number(value)
}

/// The steps that are drawn.
fn scenes() -> Vec<Scene> {
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
                ("C", "state", Value::State(State::Zombie)),
                ("C", "exit", Value::Ending(ExitStatus::Code(7))),
                ("C", "memory", Value::Bytes(0)),
                ("C", "fds", number(0)),
                ("C", "maps", number(0)),
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
            line: *line,
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
        let values = [("p", PARENT), ("c", CHILD), ("guardian", 4100)];
        Picture {
            step: at,
            shown: shown.collect(),
            tree: self.tree.clone(),
            facts: step.facts.iter().map(|asked| row("", &asked.probe)).collect(),
            values: values.map(|(name, pid)| (name.to_owned(), number(pid.into()))).into(),
            decided: ask
                .filter(|_| revealed)
                .map(|ask| self.answer(ask.about.role.as_deref().unwrap_or_default(), &ask.about.probe)),
            revealed,
            run: 1,
        }
    }

    fn lessons(&self, language: Language, revealed: bool) -> Lessons {
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
fn list(language: Language) -> Lessons {
    Lessons::new(language, Look::default(), None, Arc::new(|_| true))
}

fn drawn(lessons: &Lessons, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    draw(lessons, Time::from_ticks(100_000), area, &mut buffer);
    buffer
}

#[track_caller]
fn check(name: &str, lessons: &Lessons, columns: u16, rows: u16) {
    let buffer = drawn(lessons, columns, rows);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "screens" }, {
        insta::assert_snapshot!(format!("lesson-{name}-{columns}x{rows}"), text(&buffer));
    });
}

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

#[test]
fn lessons_ask_and_then_say() {
    for scene in scenes() {
        for language in Language::ALL {
            for (revealed, said) in [(false, "asks"), (true, "says")] {
                let lessons = scene.lessons(*language, revealed);
                for (columns, rows) in SIZES {
                    check(
                        &format!("{}-{said}-{}", scene.lesson, language.name()),
                        &lessons,
                        columns,
                        rows,
                    );
                }
            }
        }
    }
}

#[test]
fn lessons_are_listed_and_end() {
    for language in Language::ALL {
        for (columns, rows) in SIZES {
            check(&format!("list-{}", language.name()), &list(*language), columns, rows);
            let mut lessons = scenes()[0].lessons(*language, true);
            lessons.open.iter_mut().for_each(|open| open.finished = true);
            check(&format!("end-{}", language.name()), &lessons, columns, rows);
        }
    }
}

/// Before the guess there are question marks where the answer will stand, and no mark at any choice.
#[test]
fn a_question_is_open_until_the_guess() {
    for scene in scenes() {
        let [open, said] =
            [false, true].map(|revealed| text(&drawn(&scene.lessons(Language::English, revealed), 80, 24)));
        assert!(open.contains(" ? ") && !open.contains('✓'), "{open}");
        assert!(said.contains('✓') && !said.contains(" ? "), "{said}");
        assert_eq!(said.contains('✗'), matches!(scene.guess, Guess::Wrong(_)), "{said}");
    }
}

/// The boxes stand where they stood, whatever is known of the processes.
#[test]
fn nothing_moves_at_the_guess() {
    let corners = |buffer: &Buffer, bottom: u16| -> Vec<(u16, u16)> {
        let positions = buffer.area.positions().filter(|at| at.y < bottom);
        positions
            .filter(|at| buffer[*at].symbol() == "╭" && at.y > 1)
            .map(|at| (at.x, at.y))
            .collect()
    };
    for scene in scenes() {
        let [before, after] = [false, true].map(|revealed| drawn(&scene.lessons(Language::English, revealed), 120, 36));
        assert_eq!(corners(&before, 20), corners(&after, 20), "{}", scene.lesson);
    }
}

/// In every palette, and in ASCII alone, a lesson is legible as text: style and symbols carry nothing by themselves.
#[test]
fn a_lesson_is_the_same_in_ascii() {
    for scene in scenes() {
        let mut lessons = scene.lessons(Language::English, true);
        lessons.look.ascii = true;
        let buffer = drawn(&lessons, 80, 24);
        assert!(text(&buffer).is_ascii(), "{}\n{}", scene.lesson, text(&buffer));
    }
}
