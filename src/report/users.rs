//! The names of users, looked up once each in the system's user database (getpwuid(3)).

use std::collections::HashMap;

/// The number of the user of that name; `None` where the database has none.
pub fn number(name: &str) -> Option<u32> {
    nix::unistd::User::from_name(name).ok()?.map(|user| user.uid.as_raw())
}

/// Names already looked up.
#[derive(Debug, Default)]
pub struct Users {
    names: HashMap<u32, Option<String>>,
}

impl Users {
    /// The name of a user; `None` where the database has none.
    pub fn name(&mut self, uid: u32) -> Option<&str> {
        self.names
            .entry(uid)
            .or_insert_with(|| {
                let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok()??;
                Some(crate::words::names::visible(user.name.as_bytes()))
            })
            .as_deref()
    }

    /// The name of a user that was looked up before, or the number.
    pub fn known(&self, uid: u32) -> String {
        let name = self.names.get(&uid).and_then(Option::as_ref);
        name.map_or_else(|| uid.to_string(), Clone::clone)
    }

    /// The name of a user, or the number where there is none.
    pub fn name_or_number(&mut self, uid: u32) -> String {
        self.name(uid).map_or_else(|| uid.to_string(), str::to_owned)
    }
}
