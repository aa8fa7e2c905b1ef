//! `forkscope config` and `man`: what is made of the declarations of the command line.

use std::process::ExitCode;

use anyhow::Context;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli;
use crate::settings::environment::Environment;
use crate::settings::{self, template};

use super::prepare::Refusal;
use super::{CANNOT, print};

pub(super) fn config(args: &cli::own::Settings) -> anyhow::Result<ExitCode> {
    if !args.path {
        print(&template::text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = settings::path(&Environment::own());
    let path = path.ok_or_else(|| Refusal::new(&"there is no home directory: set HOME or FORKSCOPE_CONFIG", CANNOT))?;
    print(&format!("{}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man(args: &cli::own::Man) -> anyhow::Result<ExitCode> {
    let directory = &args.directory;
    let named = || format!("write man pages to {}", directory.display());
    std::fs::create_dir_all(directory).with_context(named)?;
    let mut forkscope = settings::public(&settings::command())
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true);
    forkscope.build();
    for command in std::iter::once(&forkscope).chain(forkscope.get_subcommands()) {
        let (name, page) = page(command).with_context(named)?;
        std::fs::write(directory.join(name), page).with_context(named)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The man page of a command, and the name of its file. The synopsis is the usage that `--help` prints, and the examples
/// are a list: as one paragraph they would be filled, and their columns lost.
fn page(command: &clap::Command) -> std::io::Result<(String, Vec<u8>)> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    let man = Man::new(command.clone().override_usage(usage))
        .source(concat!("forkscope ", env!("CARGO_PKG_VERSION")))
        .manual("forkscope");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(after) = command.get_after_help() {
        after_help(&after.to_string()).to_writer(&mut page)?;
    }
    Ok((man.get_filename(), page))
}

/// What stands below the options: a line `Examples:` and the examples, each with its comment behind two blanks or more,
/// then paragraphs.
fn after_help(text: &str) -> Roff {
    let mut roff = Roff::new();
    for line in text.lines() {
        let example = line
            .strip_prefix("  ")
            .map(|rest| rest.split_once("  ").unwrap_or((rest, "")));
        match example {
            Some((command, comment)) => {
                roff.control("TP", []);
                roff.text([bold(command)]);
                roff.text([roman(comment.trim_start())]);
            }
            None if line == "Examples:" => {
                roff.control("SH", ["EXAMPLES"]);
            }
            None if line.is_empty() => {}
            None => {
                roff.control("PP", []);
                roff.text([roman(line)]);
            }
        }
    }
    roff
}
