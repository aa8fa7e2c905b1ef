//! The bottom line: the keys that may be used here, or what was said last.

use crate::tui::keymap::table::Binding;
use crate::tui::state::App;
use crate::tui::state::permissions::Permission;
use crate::tui::widgets::footer::{Allowed, Footer};

/// The bottom line.
pub(super) fn footer(app: &App) -> Footer<'_> {
    Footer {
        allowed: app,
        message: app.message(),
        words: &app.words,
        theme: &app.theme,
    }
}

impl Allowed for App {
    fn allows(&self, key: &Binding) -> bool {
        let permission = self.permissions.of(key.needs);
        permission.is_none_or(|permission| permission == Permission::Granted && self.ended.is_none())
    }
}
