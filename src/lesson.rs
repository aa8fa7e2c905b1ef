//! Lessons: steps over real processes, which forkscope starts, stops and reads. What is on a lesson's screen is what
//! the kernel says at that moment of processes that are there.
//!
//! A lesson is a directory of assets/lessons: `lesson.toml` with its programs and steps, and its words in `en.ftl` and
//! `ko.ftl`. A new one is new files: nothing here knows any lesson by name. In reading order: `program` is what a
//! process of a lesson does, `script` a lesson as it is written, `subject` the process that runs a program, `wire` what
//! it and the tool say to each other, `stage` the processes as the tool moves them, `probe` what the kernel is asked
//! and `reading` the asking, `picture` what there is to see of a step and `camera` the taking of it; `player` plays a
//! lesson step by step, and `playing` on a thread of its own.

use include_dir::{Dir, include_dir};

use crate::words::{Language, Words};
use script::Lesson;

mod camera;
pub mod picture;
pub mod player;
pub mod playing;
pub mod probe;
pub mod program;
mod reading;
pub mod script;
pub mod stage;
pub mod subject;
pub mod wire;

/// The files.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/lessons");

/// The name of the lesson that this directory is, and one of its files.
fn file(directory: &Dir<'static>, name: &str) -> Option<&'static str> {
    directory.get_file(directory.path().join(name))?.contents_utf8()
}

/// All lessons, in their order.
pub fn all() -> Vec<Lesson> {
    let read = |directory: &Dir<'static>| {
        let name = directory.path().file_name()?.to_str()?;
        // One that cannot be understood is left out here, and missed by the tests.
        Lesson::parse(name, file(directory, "lesson.toml")?).ok()
    };
    let mut lessons: Vec<Lesson> = FILES.dirs().filter_map(read).collect();
    lessons.sort_by_key(|lesson| lesson.order);
    lessons
}

/// The lesson of that name.
pub fn named(name: &str) -> Option<Lesson> {
    all().into_iter().find(|lesson| lesson.name == name)
}

/// The texts of a lesson.
pub fn words(lesson: &str, language: Language) -> Words {
    let directory = FILES.get_dir(lesson);
    let texts = directory.and_then(|directory| file(directory, &format!("{}.ftl", language.name())));
    Words::of(language, texts.unwrap_or_default())
}

#[cfg(test)]
mod tests;
