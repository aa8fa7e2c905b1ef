//! How a screen looks and what its keys may do, as it is typed. Themes are read in `tui`.

use clap::Args;

use crate::words::Language;

use super::values::named;

/// How a screen looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub struct LookFlags {
    /// The colours of the screen: dark, light, high-contrast, colour-blind, or a file of yours
    #[arg(long, value_name = "NAME|FILE", default_value = "dark")]
    pub theme: String,
    /// Show it for the back of a room: few rows, large digits, the strongest contrast
    #[arg(long)]
    pub projector: bool,
    /// Draw with ASCII only, for a terminal or a font that lacks the rest (always so where TERM=linux, and where the terminal draws lines two cells wide)
    #[arg(long)]
    pub ascii: bool,
}

/// How it is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub struct View {
    /// The language of the screen [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
    /// How it looks.
    #[command(flatten)]
    pub look: LookFlags,
    /// Turn off every key that sends clients or signals, or changes the server
    #[arg(long)]
    pub read_only: bool,
    /// Leave the mouse to the terminal, which selects text with it
    #[arg(long)]
    pub no_mouse: bool,
    /// Let keys send signals to a server that was attached to
    #[arg(long, conflicts_with = "read_only")]
    pub allow_signals: bool,
}
