//! The user's file: TOML with a table for each group of options. An error says the file, the line and the place in it.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Command;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::words::names::visible;

use super::options::Setting;

/// The file as it was read.
#[derive(Debug, Default)]
pub struct File {
    path: PathBuf,
    text: String,
}

/// Why the file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}:{place}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// Where, and what.
        place: Place,
    },
}

/// A place in the file, and what is wrong there.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    line: usize,
    column: usize,
    /// In characters.
    length: usize,
    /// The line itself.
    text: String,
    problem: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            length,
            text,
            problem,
        } = self;
        let number = line.to_string();
        let (margin, before, carets) = (" ".repeat(number.len()), " ".repeat(column - 1), "^".repeat(*length));
        writeln!(f, "{line}:{column}: {problem}")?;
        writeln!(f, " {margin} |")?;
        writeln!(f, " {number} | {}", visible(text.as_bytes()))?;
        write!(f, " {margin} | {before}{carets}")
    }
}

impl File {
    /// Reads it; one that is not there is empty unless it was `named`. So is one in a home that may not be entered: who
    /// becomes another user often keeps HOME.
    pub fn read(path: &Path, named: bool) -> Result<Self, FileError> {
        let is_elsewhere = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => true,
            io::ErrorKind::PermissionDenied => std::fs::metadata(path).is_err(),
            _ => false,
        };
        let text = match text(path) {
            Ok(text) => text,
            Err(error) if !named && is_elsewhere(&error) => String::new(),
            Err(source) => {
                return Err(FileError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// What it gives, each value found to suit its option.
    pub fn given<'a>(
        &self,
        command: &Command,
        settings: &'a [Setting],
    ) -> Result<Vec<(&'a Setting, String)>, FileError> {
        let root = DeTable::parse(&self.text)
            .map_err(|error| self.error(error.span().unwrap_or(0..0), error.message().to_owned()))?;
        let mut given = Vec::new();
        for (table, inner) in root.get_ref() {
            let names = settings
                .iter()
                .filter(|setting| setting.table == table.get_ref().as_ref());
            let names: Vec<&Setting> = names.collect();
            if names.is_empty() {
                return Err(self.unknown_table(table, settings));
            }
            let Some(entries) = inner.get_ref().as_table() else {
                let problem = format!("`{0}` is a table: write [{0}], and its options below", table.get_ref());
                return Err(self.error(table.span(), problem));
            };
            for (key, value) in entries {
                let Some(setting) = names.iter().find(|setting| setting.name == key.get_ref().as_ref()) else {
                    let known: Vec<&str> = names.iter().map(|setting| setting.name.as_str()).collect();
                    let known = known.join(", ");
                    let problem = format!(
                        "unknown key `{}` in [{}]; known are {known}",
                        key.get_ref(),
                        table.get_ref()
                    );
                    return Err(self.error(key.span(), problem));
                };
                let text = written(value.get_ref()).ok_or_else(|| {
                    let kind = value.get_ref().type_str();
                    self.error(
                        value.span(),
                        format!("`{}` cannot be of type {kind}: write one value", setting.name),
                    )
                })?;
                let checked = setting.check(command, &text);
                checked.map_err(|problem| self.error(value.span(), problem))?;
                given.push((*setting, text));
            }
        }
        Ok(given)
    }

    fn unknown_table(&self, table: &Spanned<toml::de::DeString<'_>>, settings: &[Setting]) -> FileError {
        let name = table.get_ref();
        let mut known: Vec<&str> = Vec::new();
        for setting in settings {
            if !known.contains(&setting.table.as_str()) {
                known.push(&setting.table);
            }
        }
        let home = settings.iter().find(|setting| setting.name == name.as_ref());
        let problem = match home {
            Some(setting) => format!("`{name}` belongs under [{}]", setting.table),
            None => format!("unknown table `{name}`; known are {}", known.join(", ")),
        };
        self.error(table.span(), problem)
    }

    fn error(&self, span: Range<usize>, problem: String) -> FileError {
        let place = place(&self.text, &span, problem);
        FileError::Content {
            path: self.path.clone(),
            place,
        }
    }
}

/// Far more than a file of settings has.
const LARGEST: u64 = 1 << 20;

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MB, and no file of settings"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..good]).matches('\n').count() + 1;
        io::Error::other(format!("line {line} is not UTF-8"))
    })
}

/// A value as it would be typed on a command line.
fn written(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn place(text: &str, span: &Range<usize>, problem: String) -> Place {
    let start = text.floor_char_boundary(span.start);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[from..].lines().next().unwrap_or_default();
    let end = text
        .floor_char_boundary(span.end)
        .clamp(start, (from + line.len()).max(start));
    Place {
        line: text[..start].matches('\n').count() + 1,
        column: text[from..start].chars().count() + 1,
        length: text[start..end].chars().count().max(1),
        text: line.to_owned(),
        problem,
    }
}
