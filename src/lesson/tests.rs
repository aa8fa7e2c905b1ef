//! Tests over all lessons as they are written down: each can be understood, and is said alike in both languages.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The texts of a file by name, and the values that each puts in.
fn texts(lesson: &str, language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let directory = FILES.get_dir(lesson).unwrap();
    let text = file(directory, &format!("{}.ftl", language.name())).unwrap();
    fluent_bundle::FluentResource::try_new(text.to_owned()).expect("the texts parse");
    let lines = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let values = |line: &str| {
        let parts = line.split("{ $").skip(1);
        parts
            .filter_map(|part| part.split([' ', ',', '}']).next().map(str::to_owned))
            .collect()
    };
    lines
        .map(|line| (line.split_once(" =").unwrap().0.to_owned(), values(line)))
        .collect()
}

#[test]
fn every_directory_is_a_lesson() {
    for directory in FILES.dirs() {
        let name = directory.path().to_str().unwrap();
        let lesson = Lesson::parse(name, file(directory, "lesson.toml").unwrap());
        assert!(lesson.is_ok(), "{}", lesson.unwrap_err());
    }
    let names: Vec<String> = all().into_iter().map(|lesson| lesson.name).collect();
    let expected = "process pid fork copy tree zombie wait orphan sigchld server";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn the_languages_say_the_same_steps_with_the_same_values() {
    for lesson in all() {
        let (english, korean) = (
            texts(&lesson.name, Language::English),
            texts(&lesson.name, Language::Korean),
        );
        let names = |texts: &BTreeMap<String, BTreeSet<String>>| texts.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&english), names(&korean), "{}", lesson.name);
        for (name, values) in &english {
            // An English sentence may name a process where the Korean one need not, but nothing that there is not.
            assert!(
                korean[name].is_subset(values) || values.is_subset(&korean[name]),
                "{}: {name}",
                lesson.name
            );
        }
    }
}

#[test]
fn every_step_is_said_and_every_text_is_a_steps() {
    for lesson in all() {
        let texts = texts(&lesson.name, Language::English);
        let mut wanted: BTreeSet<String> = ["title", "about"].map(str::to_owned).into();
        let mut known: BTreeSet<String> = ["title", "about", "after"].map(str::to_owned).into();
        known.extend(
            lesson
                .roles
                .iter()
                .map(|(role, _)| format!("role-{}", role.to_lowercase())),
        );
        for step in &lesson.steps {
            wanted.extend([step.id.clone(), format!("{}-say", step.id)]);
            if let Some(ask) = &step.ask {
                wanted.insert(format!("{}-ask", step.id));
                known.extend(ask.options.iter().map(|option| format!("{}-is-{option}", step.id)));
            }
        }
        known.extend(wanted.iter().cloned());
        for name in &wanted {
            assert!(texts.contains_key(name), "{}: nothing says {name}", lesson.name);
        }
        for name in texts.keys() {
            assert!(known.contains(name), "{}: nobody says {name}", lesson.name);
        }
    }
}

#[test]
fn every_value_in_a_text_is_one_that_the_step_knows() {
    for lesson in all() {
        let mut known: BTreeSet<String> = lesson.roles.iter().map(|(role, _)| role.to_lowercase()).collect();
        known.insert("guardian".to_owned());
        known.extend(lesson.steps.iter().flat_map(|step| step.values.keys().cloned()));
        for language in Language::ALL {
            for (name, values) in texts(&lesson.name, *language) {
                assert!(values.is_subset(&known), "{}: {name} puts in {values:?}", lesson.name);
            }
        }
    }
}

#[test]
fn what_is_no_lesson_is_said_with_its_place() {
    let program = "[program]\nmain = '''\na //@ here: pause\n'''\n";
    let wrong = |text: &str, what: &str| {
        let said = Lesson::parse("x", &format!("order = 1\nroles = [\"P\"]\n{program}{text}"))
            .unwrap_err()
            .to_string();
        assert!(said.contains(what), "{said}");
    };
    wrong("[[step]]\nid = \"a\"\n", "begins no program");
    wrong("[[step]]\nid = \"a\"\nbegin = \"other\"\n", "no program `other`");
    wrong(
        "[[step]]\nid = \"a\"\nbegin = \"main\"\ndo = [\"Q to here\"]\n",
        "nobody is called `Q`",
    );
    wrong(
        "[[step]]\nid = \"a\"\nbegin = \"main\"\ndo = [\"P dances\"]\n",
        "nothing that can be done",
    );
    wrong(
        "[[step]]\nid = \"a\"\nbegin = \"main\"\nfacts = [\"weather\"]\n",
        "nothing that the kernel is asked",
    );
    wrong(
        "[[step]]\nid = \"a\"\nbegin = \"main\"\npoint = \"fork\"\n",
        "no line of the listing has `fork`",
    );
    wrong("[[step]]\nid = \"a\"\nbegin = \"main\"\ncolour = 1\n", "unknown field");
}

/// A statement of the lecture notes.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    said: String,
    lesson: Option<String>,
    step: Option<String>,
    view: Option<String>,
}

#[derive(serde::Deserialize)]
struct Notes {
    statement: Vec<Statement>,
}

/// The views that show what no lesson does.
const VIEWS: [&str; 2] = ["watch", "compare"];

#[test]
fn every_statement_of_the_notes_has_a_view_that_shows_it() {
    let notes: Notes = toml::from_str(FILES.get_file("notes.toml").unwrap().contents_utf8().unwrap()).unwrap();
    assert!(notes.statement.len() > 20);
    for statement in notes.statement {
        match (statement.lesson, statement.step, statement.view) {
            (Some(lesson), Some(step), None) => {
                let lesson = named(&lesson).unwrap_or_else(|| panic!("{}: no lesson {lesson}", statement.said));
                assert!(
                    lesson.steps.iter().any(|other| other.id == step),
                    "{}: no step {step}",
                    statement.said
                );
            }
            (None, None, Some(view)) => assert!(VIEWS.contains(&view.as_str()), "{}: no view {view}", statement.said),
            _ => panic!("{}: a step of a lesson, or a view", statement.said),
        }
    }
}
