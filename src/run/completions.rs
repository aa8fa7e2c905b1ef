//! `forkscope completions`: the script of a shell, from the declarations of the command line, and the values that these
//! leave to be read freely though there are only some.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::Shell;

use crate::cli::{self, Cli};
use crate::lesson;
use crate::server::config::Model;
use crate::settings;
use crate::tui::theme::palette::Palette;

use super::print;

/// How the function begins that completes, in bash and in zsh.
const FUNCTION: &str = "_forkscope() {\n";

/// Behind `--` stands a command of its own: the shell completes it as it would without us. In bash, only the library of
/// completions can do that, whose function has had two names; without it there are still the files.
const BASH_COMMAND: &str = r"    local launched
    for (( launched = 1; launched < COMP_CWORD; launched++ )); do
        if [[ ${COMP_WORDS[launched]} == -- ]]; then
            COMPREPLY=()
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset $(( launched + 1 ))
            elif declare -F _command_offset >/dev/null; then
                _command_offset $(( launched + 1 ))
            fi
            return 0
        fi
    done
";

/// The same for zsh.
const ZSH_COMMAND: &str = r"    local -i launched=${words[(i)--]}
    if (( launched < CURRENT )); then
        shift launched words
        (( CURRENT -= launched ))
        _normal
        return
    fi
";

/// The same for fish.
const FISH_COMMAND: &str = r#"
function __fish_forkscope_launched
    set -l words (commandline -opc)
    set -e words[1..(contains -i -- -- $words)]
    __fish_complete_subcommand --commandline $words (commandline -ct)
end
complete -c forkscope -n "contains -- -- (commandline -opc)" -x -a "(__fish_forkscope_launched)"
"#;

pub(super) fn run(args: &cli::own::Completions) -> anyhow::Result<ExitCode> {
    let mut command = taught();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "forkscope", &mut script);
    let script = String::from_utf8_lossy(&script);
    print(&match args.shell {
        Shell::Bash => script.replacen(FUNCTION, &[FUNCTION, BASH_COMMAND].concat(), 1),
        Shell::Zsh => script.replacen(FUNCTION, &[FUNCTION, ZSH_COMMAND].concat(), 1),
        Shell::Fish => [&script, FISH_COMMAND, &positionals(&command)].concat(),
        _ => script.into_owned(),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The command line as a shell is to know it. The switches are as declared: that they take a value after a `=` as well
/// would make shells wait for one. The command to launch without a subcommand is left out: to zsh, the word that could
/// be it is no subcommand any more.
fn taught() -> Command {
    let whole = settings::public(&Cli::command());
    let options = whole.get_arguments().filter(|arg| !arg.is_positional());
    Command::new("forkscope")
        .version(env!("CARGO_PKG_VERSION"))
        .args(options.cloned().map(known))
        .subcommands(whole.get_subcommands().cloned().map(|sub| sub.mut_args(known)))
}

/// The argument with the values that it can have, or what kind of name it is; else nothing is offered, where a shell
/// would offer the files of the directory.
fn known(arg: Arg) -> Arg {
    let only = |arg: Arg, names: Vec<&'static str>| arg.value_parser(PossibleValuesParser::new(names));
    match arg.get_id().as_str() {
        "theme" => only(arg, Palette::ALL.iter().map(|palette| palette.name()).collect()),
        "models" => only(arg, Model::ALL.iter().map(|model| model.name()).collect()),
        "work" => only(arg, vec!["io", "cpu"]),
        "name" => {
            let lessons = lesson::all().into_iter().map(|lesson| lesson.name);
            arg.value_parser(PossibleValuesParser::new(lessons.collect::<Vec<String>>()))
        }
        "directory" => arg.value_hint(ValueHint::DirPath),
        _ if arg.get_action().takes_values() => arg.value_hint(ValueHint::Other),
        _ => arg,
    }
}

/// What the script for fish lacks: the values of arguments that are no options.
fn positionals(command: &Command) -> String {
    let mut lines = String::new();
    for sub in command.get_subcommands() {
        for arg in sub.get_positionals() {
            let values = arg.get_possible_values();
            let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
            if !names.is_empty() {
                let (sub, names) = (sub.get_name(), names.join(" "));
                // Writing to a string cannot fail.
                let _ = writeln!(
                    lines,
                    "complete -c forkscope -n \"__fish_forkscope_using_subcommand {sub}\" -f -a \"{names}\""
                );
            }
        }
    }
    lines
}
