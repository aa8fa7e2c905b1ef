//! A drawn screen as SVG, cell by cell: every run of text is told how many cells it takes, so that Hangul and box
//! drawing stand where they stood, whatever font the reader has.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::tui::theme::depth::{Rgb, shown};
use crate::tui::theme::palette::Colours;
use crate::words::cells::width;

/// A cell in pixels.
const CELL: (f32, f32) = (8.4, 18.0);

/// Where the baseline of a line stands below its top.
const BASELINE: f32 = 13.5;

/// The colours of a terminal whose own are not known, and of the margin.
#[derive(Debug, Clone, Copy)]
pub struct Paper {
    /// The text's.
    pub ink: Rgb,
    /// The ground's.
    pub ground: Rgb,
}

impl Paper {
    /// That of a theme.
    pub fn of(colours: &Colours) -> Self {
        Self {
            ink: colours.text.rgb,
            ground: colours.ground.rgb,
        }
    }
}

/// A run of cells that look alike.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    x: u16,
    cells: u16,
    text: String,
    look: Look,
}

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: Option<Rgb>,
    ground: Option<Rgb>,
    modifiers: Modifier,
}

/// The buffer as an SVG document.
pub fn svg(buffer: &Buffer, paper: Paper) -> String {
    let area = buffer.area;
    let (wide, high) = (f32::from(area.width) * CELL.0, f32::from(area.height) * CELL.1);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{:.0}" height="{:.0}" viewBox="-12 -12 {:.1} {:.1}" font-family="'DejaVu Sans Mono','Noto Sans Mono CJK KR','NanumGothicCoding',Menlo,Consolas,monospace" font-size="14">"#,
        wide + 24.0,
        high + 24.0,
        wide + 24.0,
        high + 24.0
    );
    let _ = writeln!(
        out,
        r#"<rect x="-12" y="-12" width="100%" height="100%" rx="8" fill="{}"/>"#,
        hex(paper.ground)
    );
    for y in area.top()..area.bottom() {
        for run in runs(buffer, area, y) {
            draw(&mut out, &run, y - area.top(), paper);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn runs(buffer: &Buffer, area: Rect, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = area.left();
    while x < area.right() {
        let cell = &buffer[(x, y)];
        let cells = u16::try_from(width(cell.symbol()).max(1)).unwrap_or(1);
        let look = look(cell);
        match runs.last_mut() {
            // A wide character stands alone, so that its neighbours keep their places in any font.
            Some(last) if last.look == look && cells == 1 && !last.text.chars().any(is_wide) => {
                last.text.push_str(cell.symbol());
                last.cells += 1;
            }
            _ => runs.push(Run {
                x: x - area.left(),
                cells,
                text: cell.symbol().to_owned(),
                look,
            }),
        }
        x += cells;
    }
    runs
}

fn is_wide(character: char) -> bool {
    width(character.encode_utf8(&mut [0; 4])) > 1
}

fn look(cell: &Cell) -> Look {
    Look {
        ink: shown(cell.fg),
        ground: shown(cell.bg),
        modifiers: cell.modifier,
    }
}

fn draw(out: &mut String, run: &Run, y: u16, paper: Paper) {
    let look = run.look;
    let (mut ink, mut ground) = (look.ink.unwrap_or(paper.ink), look.ground);
    if look.modifiers.contains(Modifier::REVERSED) {
        (ink, ground) = (ground.unwrap_or(paper.ground), Some(ink));
    }
    let (left, top) = (f32::from(run.x) * CELL.0, f32::from(y) * CELL.1);
    let wide = f32::from(run.cells) * CELL.0;
    if let Some(ground) = ground {
        let _ = writeln!(
            out,
            r#"<rect x="{left:.1}" y="{top:.1}" width="{wide:.1}" height="{:.1}" fill="{}"/>"#,
            CELL.1,
            hex(ground)
        );
    }
    // Blanks at the ends need no ink, and some viewers would not keep them.
    let blanks = run.text.len() - run.text.trim_start().len();
    let text = run.text.trim();
    if text.is_empty() {
        return;
    }
    let mut style = String::new();
    if look.modifiers.contains(Modifier::BOLD) {
        style.push_str(r#" font-weight="bold""#);
    }
    if look.modifiers.contains(Modifier::DIM) {
        style.push_str(r#" opacity="0.65""#);
    }
    if look.modifiers.contains(Modifier::UNDERLINED) {
        style.push_str(r#" text-decoration="underline""#);
    }
    let cells = u16::try_from(width(text)).unwrap_or(u16::MAX);
    let from = left + f32::from(u16::try_from(blanks).unwrap_or(0)) * CELL.0;
    let _ = writeln!(
        out,
        r#"<text x="{from:.1}" y="{:.1}" fill="{}" textLength="{:.1}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"{style}>{}</text>"#,
        top + BASELINE,
        hex(ink),
        f32::from(cells) * CELL.0,
        escape(text)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn hex(Rgb(red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::palette::Palette;
    use ratatui::style::{Color, Style};

    #[test]
    fn every_run_is_told_its_cells() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        buffer.set_string(0, 0, "a<좀비 Z", Style::new().fg(Color::Rgb(1, 2, 3)));
        let svg = svg(&buffer, Paper::of(Palette::Dark.colours()));
        assert!(svg.contains(">a&lt;</text>"), "{svg}");
        assert!(
            svg.contains(r##"x="16.8" y="13.5" fill="#010203" textLength="16.8""##),
            "{svg}"
        );
        assert!(svg.contains(">좀</text>") && svg.contains(">비</text>"), "{svg}");
    }
}
