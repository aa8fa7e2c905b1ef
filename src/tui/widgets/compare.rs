//! What the comparison is drawn from: the waits client by client, and each server's clients.

use ratatui::style::{Modifier, Style};

use crate::tui::theme::Theme;

pub mod crowd;
mod scale;
pub mod stairs;

/// A style for each server, by its number and the same wherever its name stands; round again from the last.
pub fn series(theme: &Theme, at: usize) -> Style {
    let styles = [
        theme.alert,
        theme.running,
        theme.connection,
        theme.accent,
        theme.number,
        theme.dim,
    ];
    // All alike, whatever the meaning that a style is lent by.
    styles[at % styles.len()].add_modifier(Modifier::BOLD)
}
