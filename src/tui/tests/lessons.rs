//! The screens of lessons as they are drawn, before a guess and after it.

use ratatui::style::Modifier;

use crate::lesson::probe::{Probe, Value};
use crate::tui::lesson::Lessons;
use crate::tui::lesson::keys::{self, Place};
use crate::tui::lesson::open::Guess;
use crate::tui::screens::lesson::draw;
use crate::words::Language;

use super::{Buffer, Rect, text};

use scene::{NOW, list, scenes};

pub(super) mod scene;

/// The screen of lessons at a size.
pub(super) fn drawn(lessons: &Lessons, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    draw(lessons, NOW, area, &mut buffer);
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
            check(
                &format!("end-{}", language.name()),
                &scene::finished(*language),
                columns,
                rows,
            );
        }
    }
}

/// Before the guess there are question marks where the answer will stand, and no mark at any choice.
#[test]
fn a_question_is_open_until_the_guess() {
    for scene in scenes() {
        let [open, said] = [false, true].map(|revealed| {
            let screen = text(&drawn(&scene.lessons(Language::English, revealed), 80, 24));
            // The footer has a question mark of its own.
            screen.lines().take(23).collect::<Vec<_>>().join("\n")
        });
        assert!(open.contains(" ? ") && !open.contains('✓'), "{open}");
        assert!(said.contains('✓') && !said.contains(" ? "), "{said}");
        assert_eq!(said.contains('✗'), matches!(scene.guess, Guess::Wrong(_)), "{said}");
    }
}

/// The boxes stand where they stood, whatever is known of the processes; at the back of a room too.
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
        for (projector, columns, rows, bottom) in [
            (false, 120, 36, 20),
            (true, 60, 20, 12),
            (true, 120, 36, 20),
            (true, 200, 60, 30),
        ] {
            let [before, after] = [false, true].map(|revealed| {
                let mut lessons = scene.lessons(Language::English, revealed);
                lessons.look.projector = projector;
                drawn(&lessons, columns, rows)
            });
            let place = format!("{} {columns}x{rows}", scene.lesson);
            assert_eq!(corners(&before, bottom), corners(&after, bottom), "{place}");
        }
    }
}

/// A listing that is not all there says so, and has the line that the step is about.
#[test]
fn a_listing_says_what_it_leaves_out() {
    let scenes = scenes();
    let scene = scenes
        .iter()
        .find(|scene| scene.lesson == "sigchld")
        .expect("there is one");
    for (projector, columns, rows) in [(false, 80, 24), (true, 60, 20)] {
        let mut lessons = scene.lessons(Language::English, true);
        lessons.look.projector = projector;
        let screen = text(&drawn(&lessons, columns, rows));
        let code: Vec<&str> = screen.lines().take(12).collect();
        let code = code.join("\n");
        assert!(code.contains("waitpid(-1") && code.contains("P▸"), "{screen}");
        assert!(code.contains('…'), "{screen}");
    }
}

/// Each question stands on the last page, and what became of them adds up; nothing there leads on.
#[test]
fn the_last_page_counts_every_question() {
    for language in Language::ALL {
        for (projector, columns, rows) in [(false, 80, 24), (false, 120, 36), (true, 60, 20), (true, 200, 60)] {
            let mut lessons = scene::finished(*language);
            lessons.look.projector = projector;
            let screen = text(&drawn(&lessons, columns, rows));
            let open = lessons.open.as_ref().expect("it is open");
            let (asked, guessed, right) = open.score();
            let shown = format!("– {}", lessons.words.say("lesson-shown"));
            let counts = ["✓", "✗", shown.as_str()].map(|mark| screen.matches(mark).count());
            assert_eq!(counts, [right, guessed - right, asked - guessed], "{screen}");
            let next = format!("n {}", lessons.words.say("lesson-key-next"));
            assert!(!screen.contains(&next), "{screen}");
            // What the kernel said is read whole, and it is said that the kernel said it.
            for settled in open.settled.iter().flatten() {
                assert!(screen.contains(&settled.said), "{}: {screen}", settled.said);
            }
            let [guess, kernel] = ["lesson-guess", "lesson-kernel"].map(|name| lessons.words.say(name));
            let named = |line: &str| line.trim_matches([' ', '│']).starts_with(&*guess) && line.contains(&*kernel);
            assert!(screen.lines().any(named), "{screen}");
        }
    }
}

/// Of a process that is gone its state says so, and no value beside a label that would say it of another.
#[test]
fn gone_is_said_of_the_process_alone() {
    let sigchld = scenes().into_iter().find(|scene| scene.lesson == "sigchld");
    let lessons = sigchld.expect("there is one").lessons(Language::English, true);
    let screen = text(&drawn(&lessons, 120, 36));
    assert_eq!(screen.matches("gone").count(), 1, "{screen}");
    assert!(screen.contains("† gone"), "{screen}");
    // Of a variable it is said: after exec nothing is at its address.
    let texts = &lessons.open.as_ref().expect("it is open").texts;
    for (probe, said) in [(Probe::Variable("gval".to_owned()), "gone"), (Probe::Parent, "–")] {
        assert_eq!(texts.beside(&probe, &Value::Gone), said, "{probe:?}");
    }
}

/// In every palette, and in ASCII alone, a lesson is legible as text: style and symbols carry nothing by themselves.
#[test]
fn a_lesson_is_the_same_in_ascii() {
    for (name, mut lessons) in scene::every(Language::English) {
        lessons.look.ascii = true;
        let buffer = drawn(&lessons, 80, 24);
        assert!(text(&buffer).is_ascii(), "{name}\n{}", text(&buffer));
    }
}

/// At the back of a room there are fewer values and fewer lines, and nothing that the step is about is among what is
/// left out: where each process stands, the question with its answers, and after the guess what the kernel said.
#[test]
fn at_the_back_of_a_room_everything_is_there_that_a_step_is_about() {
    let without_blanks = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    for scene in scenes() {
        for language in Language::ALL {
            for revealed in [false, true] {
                let mut lessons = scene.lessons(*language, revealed);
                lessons.look.projector = true;
                let screen = text(&drawn(&lessons, 60, 20));
                let open = lessons.open.as_ref().expect("it is open");
                let picture = open.picture.as_ref().expect("it is played");
                for shown in picture.shown.iter().filter(|shown| shown.line.is_some()) {
                    let is_marked =
                        |line: &str| line.split('▸').next().is_some_and(|marks| marks.contains(&shown.role));
                    let marked = screen.lines().any(|line| line.contains('▸') && is_marked(line));
                    assert!(marked, "{}\n{screen}", shown.role);
                }
                let said = open
                    .texts
                    .of_step(&open.lesson, picture, if revealed { "say" } else { "ask" });
                let said = said.expect("it says something");
                assert!(
                    without_blanks(&screen).contains(&without_blanks(&said)),
                    "{said}\n{screen}"
                );
                assert_eq!(screen.contains('✓'), revealed, "{screen}");
                let processes = screen
                    .matches("S sleeping")
                    .count()
                    .max(screen.matches("S 대기").count());
                let branches = if revealed { picture.tree.len() } else { 0 };
                assert!(processes >= branches, "{screen}");
            }
        }
    }
}

/// At the top, what was guessed right stands apart from the step, whole or not at all.
#[test]
fn the_score_is_whole() {
    for scene in scenes() {
        for language in Language::ALL {
            let mut lessons = scene.lessons(*language, true);
            lessons.look.projector = true;
            let open = lessons.open.as_ref().expect("it is open");
            let (_, guessed, right) = open.score();
            let said = [
                ("right", right.to_string().into()),
                ("guessed", guessed.to_string().into()),
            ];
            let score = lessons.words.say_with("lesson-score", &said).into_owned();
            for columns in 60..90 {
                let screen = text(&drawn(&lessons, columns, 20));
                let top = screen.lines().next().unwrap_or_default().trim_end();
                let whole = top.ends_with(&format!("  {score}"));
                let none = !top.contains(score.split(' ').next().unwrap_or_default());
                assert!(whole || none, "{columns}: {top}");
            }
        }
    }
}

#[test]
fn lessons_are_drawn_for_the_back_of_a_room() {
    for scene in scenes().iter().filter(|scene| ["copy", "tree"].contains(&scene.lesson)) {
        for (revealed, said) in [(false, "asks"), (true, "says")] {
            let mut lessons = scene.lessons(Language::English, revealed);
            lessons.look.projector = true;
            for (columns, rows) in [(60, 20), (120, 36)] {
                check(&format!("{}-{said}-room", scene.lesson), &lessons, columns, rows);
                let buffer = drawn(&lessons, columns, rows);
                let dim = buffer.content.iter().any(|cell| cell.modifier.contains(Modifier::DIM));
                assert!(!dim, "{}", text(&buffer));
            }
        }
    }
}

/// The keys lie over a lesson, and every one of them is there at the smallest size.
#[test]
fn a_lesson_names_its_keys() {
    for language in Language::ALL {
        let mut lessons = scenes()[0].lessons(*language, false);
        lessons.help = true;
        let screen = text(&drawn(&lessons, 80, 24));
        for (labels, says) in keys::listed(Place::Lesson, false) {
            let says = lessons.words.say(says).into_owned();
            assert!(
                screen.contains(&labels) && screen.contains(&says),
                "{labels} {says}\n{screen}"
            );
        }
    }
}
