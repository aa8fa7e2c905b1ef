//! Where a lesson's variables stand: each alone on a page of memory, so that what happens to a page tells of one
//! variable and nothing else. Globals stand in the data of the program, locals on the stack.
//!
//! An ordinary local shares its page with the frames of the functions that are running, and returning from fork
//! itself writes there: its page would be copied at once, whoever changed the variable. So a local has a page to
//! itself here.

use std::sync::atomic::AtomicI32;

/// How many variables of a kind there can be.
const MOST: usize = 8;

/// A page with a variable at its beginning: as large as the largest that the processor may have.
#[derive(Debug)]
#[cfg_attr(target_arch = "x86_64", repr(C, align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C, align(65536)))]
struct Page {
    value: AtomicI32,
}

impl Page {
    const fn new() -> Self {
        Self {
            value: AtomicI32::new(0),
        }
    }
}

/// The globals.
static GLOBALS: [Page; MOST] = [const { Page::new() }; MOST];

/// The locals: to be kept on the stack of the program, for as long as it runs.
#[derive(Debug)]
pub(super) struct Frame {
    locals: [Page; MOST],
}

/// Which variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variable {
    /// The so-manieth global.
    Global(usize),
    /// The so-manieth local.
    Local(usize),
}

impl Variable {
    /// The global after those that there are.
    pub(super) fn next_global<'a>(before: impl Iterator<Item = &'a Self>) -> Self {
        let globals = before.filter(|variable| matches!(variable, Self::Global(_)));
        Self::Global(globals.count().min(MOST - 1))
    }

    /// The local after those that there are.
    pub(super) fn next_local<'a>(before: impl Iterator<Item = &'a Self>) -> Self {
        let locals = before.filter(|variable| matches!(variable, Self::Local(_)));
        Self::Local(locals.count().min(MOST - 1))
    }
}

impl Frame {
    #[allow(clippy::large_stack_arrays, reason = "the stack is where locals stand")]
    pub(super) fn new() -> Self {
        Self {
            locals: [const { Page::new() }; MOST],
        }
    }

    /// The variable itself.
    pub(super) fn cell(&self, variable: Variable) -> &AtomicI32 {
        match variable {
            Variable::Global(index) => global(index),
            Variable::Local(index) => &self.locals[index.min(MOST - 1)].value,
        }
    }

    /// Where it stands.
    pub(super) fn address(&self, variable: Variable) -> u64 {
        std::ptr::from_ref(self.cell(variable)).addr() as u64
    }
}

/// The so-manieth global: a handler reaches it too.
pub(super) fn global(index: usize) -> &'static AtomicI32 {
    &GLOBALS[index.min(MOST - 1)].value
}
