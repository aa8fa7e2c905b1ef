//! What settings mean together with a command line; and that what `forkscope config` prints is the truth.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;

use tempfile::NamedTempFile;

use crate::cli::Cli;

use super::environment::{Environment, FILE};
use super::options::{Setting, all};
use super::{command, read, template};

/// A file of that text, and variables of the environment beside it.
struct Given {
    file: NamedTempFile,
    variables: Vec<(&'static str, &'static str)>,
}

impl Given {
    fn of(text: impl AsRef<[u8]>, variables: &[(&'static str, &'static str)]) -> Self {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_ref()).unwrap();
        Self {
            file,
            variables: variables.to_vec(),
        }
    }

    fn read(&self, arguments: &[&str]) -> Result<Cli, String> {
        let named = (FILE.into(), self.file.path().into());
        let others = self.variables.iter().map(|(name, value)| (name.into(), value.into()));
        let environment: Environment = others.chain([named]).collect();
        let arguments = std::iter::once("forkscope").chain(arguments.iter().copied());
        let path = self.file.path().to_str().unwrap();
        read(arguments.map(Into::into), &environment).map_err(|error| error.to_string().replace(path, "FILE"))
    }
}

/// The interval, the language and whether it is read-only, of `watch`.
fn check(text: &str, variables: &[(&'static str, &'static str)], arguments: &[&str], want: (&str, Option<&str>, bool)) {
    let cli = Given::of(text, variables).read(arguments).unwrap();
    let watch = match cli.command {
        None => cli.watch,
        Some(crate::cli::Command::Watch(watch)) => *watch,
        Some(other) => panic!("{other:?}"),
    };
    let found = (
        format!("{:?}", watch.target.interval),
        watch.view.lang.map(crate::words::Language::name),
        watch.view.read_only,
    );
    assert_eq!(
        (found.0.as_str(), found.1, found.2),
        want,
        "{text} {variables:?} {arguments:?}"
    );
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_file() {
    let text = "[target]\ninterval = \"200ms\"\n[view]\nlang = \"ko\"\nread-only = true\n";
    let variable = ("FORKSCOPE_INTERVAL", "300ms");
    check("", &[], &[], ("100ms", None, false));
    check(text, &[], &[], ("200ms", Some("ko"), true));
    check(text, &[], &["watch"], ("200ms", Some("ko"), true));
    check(text, &[variable], &[], ("300ms", Some("ko"), true));
    check(text, &[variable], &["--interval", "400ms"], ("400ms", Some("ko"), true));
    check(text, &[("FORKSCOPE_LANG", "")], &[], ("200ms", Some("ko"), true));
    check(text, &[("FORKSCOPE_READ_ONLY", "0")], &[], ("200ms", Some("ko"), false));
    check(
        text,
        &[],
        &["--read-only=false", "--lang=en"],
        ("200ms", Some("en"), false),
    );
    check("", &[], &["--read-only"], ("100ms", None, true));
}

/// Refused, in these words.
fn refused(text: impl AsRef<[u8]>, variables: &[(&'static str, &'static str)], arguments: &[&str], want: &str) {
    let text = text.as_ref();
    let said = Given::of(text, variables).read(arguments).unwrap_err();
    assert!(
        said.contains(want),
        "{}: {said:?} should contain {want:?}",
        text.escape_ascii()
    );
}

#[test]
fn what_is_wrong_in_the_file_is_shown_in_its_place() {
    refused(
        "[view]\nthem = 'dark'\n",
        &[],
        &[],
        "FILE:2:1: unknown key `them` in [view]; known are lang, theme",
    );
    refused(
        "[view]\nthem = 'dark'\n",
        &[],
        &[],
        "\n   |\n 2 | them = 'dark'\n   | ^^^^",
    );
    refused(
        "[sights]\n",
        &[],
        &[],
        "FILE:1:2: unknown table `sights`; known are target, server, load, view, snapshot, events, zombies, lesson, compare\n",
    );
    refused("lang = 'ko'\n", &[], &[], "FILE:1:1: `lang` belongs under [view]");
    refused("view = 'ko'\n", &[], &[], "`view` is a table: write [view]");
    refused(
        "[target]\ninterval = '5ms'\n",
        &[],
        &[],
        "FILE:2:12: invalid value '5ms' for '--interval <TIME>': 5ms is out of range: an interval is 10ms to 10s\n",
    );
    refused(
        "[target]\ninterval = '5ms'\n",
        &[],
        &[],
        " 2 | interval = '5ms'\n   |            ^^^^^",
    );
    refused("[view]\nlang = ['ko']\n", &[], &[], "`lang` cannot be of type array");
    refused("[view]\nread-only = 'perhaps'\n", &[], &[], "invalid value 'perhaps'");
    refused("[view\n", &[], &[], "FILE:1:6: ");
    refused("[view]\n가나 = 1 # \u{1b}[2J\n", &[], &[], "2 | ");
    refused(b"[view]\nlang = '\xff'\n", &[], &[], "read FILE: line 2 is not UTF-8");
    refused(vec![b'#'; 1 << 20].as_slice(), &[], &["--pid"], "--pid");
    refused(
        vec![b'#'; (1 << 20) + 1].as_slice(),
        &[],
        &[],
        "read FILE: it is larger than 1 MB",
    );
    refused("[zombies]\nwatch = 3\n", &[], &[], "FILE:2:9: ");
    refused("[load]\nclients = -1\n", &[], &[], "FILE:2:11: invalid value '-1'");
}

#[test]
fn what_is_wrong_in_the_environment_is_named() {
    refused(
        "",
        &[("FORKSCOPE_LANG", "fr")],
        &[],
        "environment variable FORKSCOPE_LANG: invalid value 'fr'",
    );
    refused(
        "",
        &[("FORKSCOPE_PORT", "tcp://10.0.0.1:80")],
        &[],
        "environment variable FORKSCOPE_PORT: ",
    );
}

/// A variable that no option has is refused, in these words.
fn unknown(name: impl Into<OsString>, want: &str) {
    let environment: Environment = [(name.into(), "x".into()), (FILE.into(), "/dev/null".into())]
        .into_iter()
        .collect();
    let said = read(["forkscope".into()], &environment).unwrap_err().to_string();
    assert_eq!(said, format!("environment variable {want}"));
}

#[test]
fn a_misspelt_variable_is_not_lost() {
    unknown(
        "FORKSCOPE_THME",
        "FORKSCOPE_THME: no option is called so; the nearest is FORKSCOPE_THEME",
    );
    unknown(
        "FORKSCOPE_READONLY",
        "FORKSCOPE_READONLY: no option is called so; the nearest is FORKSCOPE_READ_ONLY",
    );
    unknown(
        "FORKSCOPE_CONFG",
        "FORKSCOPE_CONFG: no option is called so; the nearest is FORKSCOPE_CONFIG",
    );
    let listed = "no option is called so; `forkscope config` prints all that there are";
    unknown("FORKSCOPE_42", &format!("FORKSCOPE_42: {listed}"));
    unknown("FORKSCOPE_", &format!("FORKSCOPE_: {listed}"));
    unknown("FORKSCOPE_\u{1b}[2J", &format!("FORKSCOPE_\\x1b[2J: {listed}"));
    unknown(
        OsString::from_vec(b"FORKSCOPE_\xff".to_vec()),
        &format!("FORKSCOPE_\\xff: {listed}"),
    );
    unknown(
        "FORKSCOPE_PID",
        "FORKSCOPE_PID: --pid is said on each command line, and cannot be set for good",
    );
    let none_of_ours = [
        ("FORKSCOPE_THME", ""),
        ("FORKSCOPE", "x"),
        ("forkscope_thme", "x"),
        ("FORKSCOPE_DRAW", "1"),
        ("FORKSCOPE_TEST_TAG", "1"),
    ];
    check("", &none_of_ours, &[], ("100ms", None, false));
    let misspelt = Given::of("", &[("FORKSCOPE_THME", "light")]);
    assert!(misspelt.read(&["config"]).is_ok());
    assert!(misspelt.read(&["--help"]).unwrap_err().contains("Usage"));
    assert!(misspelt.read(&["guard", "--nofile", "3", "--", "true"]).is_ok());
}

#[test]
fn what_speaks_of_settings_works_where_they_are_broken() {
    let broken = Given::of("[view\n", &[]);
    assert!(broken.read(&["config"]).is_ok());
    assert!(broken.read(&["completions", "bash"]).is_ok());
    assert!(broken.read(&["serve", "--control-fd", "3"]).is_ok());
    assert!(broken.read(&["serve", "--no-settings"]).is_ok());
    assert!(broken.read(&["guard", "--nofile", "3", "--", "true"]).is_ok());
    assert!(broken.read(&["--help"]).unwrap_err().contains("Usage"));
    assert!(broken.read(&["serve"]).is_err());
    // Of a command to launch nothing is ours.
    assert!(broken.read(&["--", "python3", "--help"]).is_err());
}

#[test]
fn a_value_reaches_every_subcommand_that_takes_it() {
    let given = Given::of(
        "[view]\nlang = 'ko'\n[snapshot]\nafter = '7s'\n[events]\njson = true\n",
        &[],
    );
    let Some(crate::cli::Command::Snapshot(snapshot)) = given.read(&["snapshot"]).unwrap().command else {
        panic!()
    };
    assert_eq!((snapshot.after.as_secs(), snapshot.json), (7, false));
    assert!(
        given.read(&["snapshot", "--pid", "1"]).is_ok(),
        "a setting is no contradiction"
    );
    let Some(crate::cli::Command::Events(events)) = given.read(&["events"]).unwrap().command else {
        panic!()
    };
    assert!(events.json && events.lang == Some(crate::words::Language::Korean));
}

/// The model and the way of reaping that a command line comes to, and whether it is refused.
fn reaps(text: &str, variables: &[(&'static str, &'static str)], typed: &str, want: (&str, Option<&str>, bool)) {
    let arguments: Vec<&str> = typed.split_whitespace().collect();
    let mut cli = Given::of(text, variables).read(&arguments).unwrap();
    let server = cli.server_mut().unwrap();
    let reap = server.reap.map(crate::server::config::Policy::name);
    let found = (server.model.name(), reap, server.contradiction().is_some());
    assert_eq!(found, want, "{text:?} {variables:?} {typed:?}");
}

#[test]
fn a_setting_makes_no_flag_refused() {
    let (once, threads) = ("[server]\nreap = 'once'\n", "[server]\nmodel = 'threads'\n");
    reaps(once, &[], "", ("fork", Some("once"), false));
    reaps(once, &[], "--model threads", ("threads", None, false));
    reaps(once, &[], "watch --model threads", ("threads", None, false));
    reaps(once, &[], "snapshot --model epoll", ("epoll", None, false));
    reaps(once, &[], "events --model iterative", ("iterative", None, false));
    reaps(once, &[], "serve --model threads", ("threads", None, false));
    let poll = ("FORKSCOPE_REAP", "poll");
    reaps("", &[poll], "--model threads", ("threads", None, false));
    reaps("", &[poll], "--model prefork", ("prefork", None, false));
    reaps(threads, &[], "--reap once", ("fork", Some("once"), false));
    reaps(threads, &[poll], "", ("threads", None, false));
    reaps(
        once,
        &[],
        "--reap none --model threads",
        ("threads", Some("none"), true),
    );
    reaps("", &[], "--reap poll --model prefork", ("prefork", Some("poll"), true));
}

#[test]
fn a_setting_sends_no_clients_to_a_server_that_was_there_before() {
    let given = Given::of("[load]\nclients = 20\nhold = '3s'\n", &[("FORKSCOPE_RATE", "2/s")]);
    for (arguments, clients) in [
        (&["snapshot", "--pid", "1"][..], None),
        (&["--listening", "80"], None),
        (&["events", "--pid", "1", "--clients", "3"], Some(3)),
        (&["events"], Some(20)),
        (&["watch", "--", "true"], Some(20)),
    ] {
        let mut cli = given.read(arguments).unwrap();
        let (_, load) = cli.load_mut().unwrap();
        let typed = arguments.contains(&"--clients");
        assert_eq!((load.clients, load.typed), (clients, typed), "{arguments:?}");
        assert_eq!(load.rate.is_some(), clients == Some(20), "{arguments:?}");
    }
}

#[test]
fn the_language_of_the_view_is_that_of_all() {
    let given = Given::of("[view]\nlang = 'ko'\n", &[]);
    let korean = Some(crate::words::Language::Korean);
    let Some(crate::cli::Command::Lesson(lesson)) = given.read(&["lesson"]).unwrap().command else {
        panic!()
    };
    let Some(crate::cli::Command::Compare(compare)) = given.read(&["compare"]).unwrap().command else {
        panic!()
    };
    assert_eq!((lesson.lang, compare.lang), (korean, korean));
}

/// Every line that is taken out of its comment is a setting that is accepted, and every setting stands there once.
#[test]
fn the_printed_file_is_current() {
    let text = template::text();
    let settings = all(&command());
    assert!(Given::of(&text, &[]).read(&["config"]).is_ok());
    assert!(
        Given::of(&text, &[]).read(&[]).is_ok(),
        "as it is printed it changes nothing"
    );
    let mut table = String::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            line.clone_into(&mut table);
        }
        let Some((name, _)) = line
            .strip_prefix('#')
            .filter(|line| !line.starts_with(' '))
            .and_then(|l| l.split_once(" = "))
        else {
            continue;
        };
        let alone = format!("{table}\n{}\n", &line[1..]);
        if let Err(error) = Given::of(&alone, &[]).read(&[]) {
            panic!("{alone}: {error}");
        }
        seen.push((table.trim_matches(['[', ']']).to_owned(), name.to_owned()));
    }
    let mut want: Vec<_> = settings
        .iter()
        .map(|Setting { table, name, .. }| (table.clone(), name.clone()))
        .collect();
    want.sort();
    seen.sort();
    assert_eq!(seen, want);
    assert!(settings.len() > 20, "there are settings");
}

/// What the command line takes is declared in a sound way, with the switches as settings change them.
#[test]
fn the_declarations_are_sound() {
    command().debug_assert();
}

/// Every subcommand that people use says what it is for, with examples.
#[test]
fn help_has_examples() {
    for sub in command().get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(
            after.contains("Examples:\n  forkscope"),
            "{} has no examples",
            sub.get_name()
        );
        assert!(
            sub.get_about().is_some(),
            "{} does not say what it does",
            sub.get_name()
        );
    }
}
