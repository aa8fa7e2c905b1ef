//! The screens of lessons as they are drawn, before a guess and after it.

use crate::tui::lesson::{Guess, Lessons};
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
    for (name, mut lessons) in scene::every(Language::English) {
        lessons.look.ascii = true;
        let buffer = drawn(&lessons, 80, 24);
        assert!(text(&buffer).is_ascii(), "{name}\n{}", text(&buffer));
    }
}
