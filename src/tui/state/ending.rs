//! How what is watched ends: once its last process is gone, and it was not gone all along.

use crate::timeline::process::ExitStatus;
use crate::timeline::tree::Ghosts;

use super::App;

impl App {
    /// Says so once the last process of the target is gone, and keeps an eye on the zombies.
    pub fn notice(&mut self) {
        let unchanged = std::mem::replace(&mut self.noticed, self.timeline.revision()) == self.timeline.revision();
        // A target that was never read changes nothing, and its guardian still says that it has ended.
        if self.ended.is_some() || (unchanged && self.root_status.is_none()) {
            return;
        }
        let now = self.timeline.now();
        let totals = self.timeline.at(now, Ghosts::default()).totals;
        self.has_zombies = totals.zombies > 0;
        if totals.processes > 0 {
            return;
        }
        // It may have ended long before its last heir.
        let root = self.timeline.root();
        let reported = self.root_status.filter(|(at, _)| *at < now).map(|(_, status)| status);
        if root.is_some() || reported.is_some() {
            let known = root.and_then(|root| self.timeline.lifeline(root)?.exited);
            let known = known
                .map(|exited| exited.status)
                .filter(|status| *status != ExitStatus::Unknown);
            let status = known.or(reported).unwrap_or(ExitStatus::Unknown);
            self.ended = Some((now, status));
            self.has_zombies = false;
            if status != ExitStatus::Code(0) {
                let said = [("ending", self.words.ending(status).into())];
                self.tell(self.words.say_with("told-ended", &said).into_owned());
            }
        }
    }
}
