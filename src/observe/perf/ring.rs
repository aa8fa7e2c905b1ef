//! The ring of records that the kernel shares with us: its memory, and how it is read without a lock
//! (`perf_event_open(2)`, mmap layout).
#![allow(unsafe_code, reason = "memory that the kernel writes while we read")]

use std::ffi::c_void;
use std::io;
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// Pages of records, at first try; halved while the kernel will not lock as much for this user.
const PAGES: usize = 32;

/// Pages of records below which it makes no sense.
const FEWEST_PAGES: usize = 2;

/// Where in the first page stands how far the kernel has written, and how far we have read.
const HEAD: usize = 1024;
const TAIL: usize = 1032;

/// One ring.
#[derive(Debug)]
pub(super) struct Ring {
    /// The first page, and the records behind it.
    base: NonNull<c_void>,
    page: usize,
    /// Bytes of records: a power of two.
    size: usize,
}

// SAFETY: the memory is reached through this value alone, and is not bound to the thread that mapped it.
unsafe impl Send for Ring {}

impl Ring {
    /// Maps the ring of an event.
    pub(super) fn map(event: &OwnedFd) -> io::Result<Self> {
        let page = usize::try_from(procfs::page_size()).map_err(io::Error::other)?;
        let mut pages = PAGES;
        loop {
            let size = pages * page;
            let length = NonZero::new(page + size).ok_or(Errno::EINVAL)?;
            let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
            // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
            match unsafe { mmap(None, length, access, MapFlags::MAP_SHARED, event, 0) } {
                Ok(base) => return Ok(Self { base, page, size }),
                Err(Errno::EPERM) if pages > FEWEST_PAGES => pages /= 2,
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// One of the two counters in the first page.
    fn counter(&self, at: usize) -> &AtomicU64 {
        // SAFETY: the first page is mapped for as long as `self` lives; both places are aligned for a u64, and the
        // kernel writes them whole.
        unsafe { AtomicU64::from_ptr(self.base.byte_add(at).cast().as_ptr()) }
    }

    /// Moves all records that have come to the end of `into`, and makes room for new ones.
    pub(super) fn drain(&mut self, into: &mut Vec<u8>) {
        // What the kernel wrote before the head is to be seen after it; and it must not write over what we still read.
        let head = self.counter(HEAD).load(Ordering::Acquire);
        let tail = self.counter(TAIL).load(Ordering::Relaxed);
        let count = usize::try_from(head.wrapping_sub(tail)).unwrap_or(0).min(self.size);
        let from = usize::try_from(tail).unwrap_or(0) & (self.size - 1);
        let first = count.min(self.size - from);
        into.extend_from_slice(self.written(from, first));
        into.extend_from_slice(self.written(0, count - first));
        self.counter(TAIL).store(head, Ordering::Release);
    }

    /// Bytes that the kernel has written and will not touch until the tail has passed them.
    fn written(&self, from: usize, count: usize) -> &[u8] {
        debug_assert!(from + count <= self.size);
        // SAFETY: the records begin behind the first page and are `size` bytes long, mapped for as long as `self`
        // lives; between tail and head the kernel writes nothing.
        unsafe { std::slice::from_raw_parts(self.base.byte_add(self.page + from).cast().as_ptr(), count) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: this is the whole mapping, and nothing of it is lent out. It cannot fail on a mapping of ours.
        let _ = unsafe { munmap(self.base, self.page + self.size) };
    }
}
