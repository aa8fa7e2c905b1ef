//! The screen of a comparison, in the midst and at its end.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{current, text};
use crate::report::compare::text::comparison;
use crate::tui::compare::Comparing;
use crate::tui::screens::compare;
use crate::tui::svg::{Paper, svg};
use crate::words::Language;

use scene::one_by_one;

mod measured;
pub(super) mod scene;

/// The screen at a size.
pub(super) fn drawn(comparing: &Comparing, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    compare::draw(comparing, area, &mut buffer);
    buffer
}

fn check(name: &str, comparing: &Comparing, columns: u16, rows: u16) {
    let buffer = drawn(comparing, columns, rows);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "screens" }, {
        insta::assert_snapshot!(format!("compare-{name}-{columns}x{rows}"), text(&buffer));
    });
}

#[test]
fn the_staircase_grows_beside_the_flat_line() {
    for (columns, rows) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
        for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
            check(&format!("midst{suffix}"), &one_by_one(42_500, language), columns, rows);
            check(&format!("over{suffix}"), &one_by_one(120_000, language), columns, rows);
        }
    }
}

#[test]
fn it_is_drawn_in_ascii() {
    let mut comparing = one_by_one(102_000, Language::English);
    comparing.look.ascii = true;
    check("ascii", &comparing, 80, 24);
    assert!(text(&drawn(&comparing, 80, 24)).is_ascii());
}

#[test]
fn a_race_and_whatever_goes_wrong_are_shown() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (name, comparing) in scene::every(language).split_off(3) {
            let name = name.trim_start_matches("compare-");
            check(&format!("{name}{suffix}"), &comparing, 100, 30);
        }
    }
}

/// Behind their dots nobody is left out of the count.
#[test]
fn every_client_is_counted() {
    let shown = text(&drawn(&scene::failures(Language::English), 200, 60));
    assert!(shown.contains(" 90 done   10 failed"), "{shown}");
    assert!(shown.contains("100 done    0 failed"), "{shown}");
}

#[test]
fn from_the_back_of_a_room_it_is_few_and_large() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (name, mut comparing) in scene::every(language).drain(1..3) {
            comparing.look.projector = true;
            let name = name.trim_start_matches("compare-");
            for (columns, rows) in [(100, 30), (60, 20)] {
                check(&format!("room-{name}{suffix}"), &comparing, columns, rows);
            }
        }
    }
}

/// The picture, the table and the sentences of the README are of one run, whose JSON lies beside the picture.
#[test]
fn the_readme_shows_what_was_measured() {
    let comparing = measured::measured();
    let picture = svg(&drawn(&comparing, 120, 42), Paper::of(&comparing.look.colours()));
    current("compare-120x42", &picture);
    let table = comparison(&comparing.words, &comparing.comparison, comparing.now);
    let table: String = table.lines().flat_map(|line| ["    ", line, "\n"]).collect();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(readme.contains(&table), "put this into README.md:\n{table}");
}
