//! What the keys may do to what is watched.

use crate::tui::keymap::table::Needs;

/// Whether keys of some kind may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// They may.
    Granted,
    /// Not with this target.
    NotHere,
    /// Not at all: that was asked for (`--read-only`).
    ReadOnly,
}

/// What the keys may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Let clients come.
    pub load: Permission,
    /// Give the server orders.
    pub orders: Permission,
    /// Send signals.
    pub signals: Permission,
}

impl Permissions {
    /// Whether a key that needs this may be used; `None` where it needs nothing.
    pub fn of(self, needs: Needs) -> Option<Permission> {
        match needs {
            Needs::Nothing => None,
            Needs::Load => Some(self.load),
            Needs::Orders => Some(self.orders),
            Needs::Signals => Some(self.signals),
            Needs::LoadAndSignals => Some(match (self.load, self.signals) {
                (Permission::Granted, Permission::Granted) => Permission::Granted,
                (Permission::ReadOnly, _) | (_, Permission::ReadOnly) => Permission::ReadOnly,
                (Permission::NotHere, _) | (_, Permission::NotHere) => Permission::NotHere,
            }),
        }
    }
}
