//! The screen as a file: an SVG in the current directory, under a name that nothing has yet.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use thiserror::Error;

use super::screens::watch;
use super::state::App;
use super::svg::{self, Paper};
use super::theme::depth::Depth;

/// So many names are tried before it is given up.
const MOST: u32 = 9999;

/// The screen could not be kept.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file could not be made.
    #[error("create {}: {source}", path.display())]
    Create {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file could not be written.
    #[error("write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// All names are taken.
    #[error("every name from forkscope-1.svg to forkscope-{MOST}.svg is taken")]
    Full,
}

/// The watch screen at that size as a picture, in true colour whatever the terminal has; without colours where none
/// are wanted.
pub fn picture(app: &mut App, area: Rect) -> String {
    let depth = if app.look.is_plain() { Depth::Plain } else { Depth::True };
    let shown = std::mem::replace(&mut app.theme, app.look.theme_at(depth));
    let mut buffer = Buffer::empty(area);
    watch::draw(app, area, &mut buffer);
    app.theme = shown;
    svg::svg(&buffer, Paper::of(&app.look.colours()))
}

/// Writes a picture under the first of our names that is free; gives its path. What is there is never written over.
pub fn save(directory: &Path, picture: &str) -> Result<PathBuf, ExportError> {
    for number in 1..=MOST {
        let path = directory.join(format!("forkscope-{number}.svg"));
        let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(source) => return Err(ExportError::Create { path, source }),
        };
        return match file.write_all(picture.as_bytes()) {
            Ok(()) => Ok(path),
            Err(source) => Err(ExportError::Write { path, source }),
        };
    }
    Err(ExportError::Full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_ever_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::fs::write(at("forkscope-2.svg"), "mine").unwrap();
        // A link that leads nowhere is there too.
        std::os::unix::fs::symlink(at("elsewhere"), at("forkscope-3.svg")).unwrap();
        assert_eq!(save(directory.path(), "one").unwrap(), at("forkscope-1.svg"));
        assert_eq!(save(directory.path(), "two").unwrap(), at("forkscope-4.svg"));
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap_or_default();
        assert_eq!(
            ["forkscope-1.svg", "forkscope-2.svg", "elsewhere", "forkscope-4.svg"].map(read),
            ["one", "mine", "", "two"]
        );
    }

    #[test]
    fn a_directory_that_cannot_be_written_to_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("gone");
        let error = save(&missing, "one").unwrap_err().to_string();
        let said = format!("create {}: No such file", missing.join("forkscope-1.svg").display());
        assert!(error.starts_with(&said), "{error}");
    }
}
