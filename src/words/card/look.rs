//! What only a close look at a process tells: memory, CPU time, users, signals, namespace. The descriptors that it
//! found are said in [`super::descriptors`].

use std::time::Duration;

use crate::timeline::detail::{Got, Memory, Particulars, Signals, Users, Waits};
use crate::timeline::process::Pid;

use super::{Card, Field};
use crate::words::calls::call;
use crate::words::names::visible;
use crate::words::phrases::plain;
use crate::words::signals::in_set;
use crate::words::units::{memory, span};

impl Card<'_> {
    /// What only a close look tells.
    pub(super) fn of_the_look(&self, found: &Particulars) -> Vec<Field> {
        let zombie = self.of.row.is_zombie();
        let mut fields = Vec::new();
        if zombie {
            fields.push(self.quiet("", self.say("card-zombie")));
        } else {
            fields.push(self.got("card-blocked", &found.waits, |waits| self.waits(*waits)));
            fields.extend(self.descriptors(found));
            fields.push(self.got("card-memory", &found.memory, |memory| self.memory(*memory)));
        }
        fields.push(self.plain("card-cpu", self.cpu(found.user_time, found.system_time)));
        fields.push(self.got("card-user", &found.users, |users| self.users(*users)));
        if !zombie {
            fields.extend(self.signals(&found.signals));
        }
        let group = [("group", plain(found.group)), ("session", plain(found.session))];
        fields.push(self.plain(
            "card-group",
            self.words.say_with("card-group-session", &group).into_owned(),
        ));
        if !zombie {
            fields.push(self.got("card-program", &found.executable, |path| visible(path)));
        }
        fields.push(self.got("card-namespace", &found.namespace, |inode| {
            self.namespace(*inode, &found.namespace_pids)
        }));
        fields.push(self.got("card-cgroup", &found.cgroup, |path| visible(path)));
        fields
    }

    fn waits(&self, waits: Waits) -> String {
        match waits {
            Waits::Running => self.say("card-running"),
            Waits::Outside => self.say("card-outside"),
            Waits::Asleep(wchan) => {
                let function = [("function", plain(wchan.function))];
                self.words.say_with("card-asleep", &function).into_owned()
            }
            Waits::In { call: which, arguments } => call(which, arguments),
        }
    }

    fn memory(&self, found: Memory) -> String {
        let values = [
            ("resident", plain(memory(found.resident))),
            ("shared", plain(memory(found.shared))),
            ("private", plain(memory(found.private))),
        ];
        self.words.say_with("card-memory-parts", &values).into_owned()
    }

    fn cpu(&self, user: Duration, system: Duration) -> String {
        let values = [("user", plain(span(user))), ("system", plain(span(system)))];
        self.words.say_with("card-cpu-parts", &values).into_owned()
    }

    fn users(&self, users: Users) -> String {
        let name = |uid| (self.of.user)(uid);
        if users.real == users.effective {
            return name(users.real);
        }
        let values = [
            ("real", plain(name(users.real))),
            ("effective", plain(name(users.effective))),
        ];
        self.words.say_with("card-users", &values).into_owned()
    }

    fn signals(&self, got: &Got<Signals>) -> Vec<Field> {
        let set = |name: &str, of: fn(&Signals) -> u64| {
            self.got(name, got, |signals| self.list(in_set(of(signals)).into_iter(), " "))
        };
        vec![
            set("card-caught", |signals| signals.caught),
            set("card-ignored", |signals| signals.ignored),
            set("card-masked", |signals| signals.blocked),
            set("card-pending", |signals| signals.pending),
        ]
    }

    fn namespace(&self, inode: u64, pids: &[Pid]) -> String {
        let inside = pids.last().copied().unwrap_or(self.of.row.life.pid);
        let values = [("inode", plain(inode)), ("pid", plain(inside))];
        self.words.say_with("card-namespace-pid", &values).into_owned()
    }
}
