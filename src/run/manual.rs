//! `forkscope config` and `man`: what is made of the declarations of the command line.

use std::process::ExitCode;

use anyhow::Context;

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
    clap_mangen::generate_to(settings::public(&settings::command()), directory).with_context(named)?;
    Ok(ExitCode::SUCCESS)
}
