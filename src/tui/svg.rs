//! A drawn screen as SVG, cell by cell: every run of text is told how many cells it takes, so that Hangul and box
//! drawing stand where they stood, whatever font the reader has. Lines and blocks are drawn, not written (`lines`).

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::tui::theme::depth::{Rgb, shown};
use crate::tui::theme::palette::Colours;
use crate::words::cells::width;

mod lines;

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
    kind: Kind,
}

/// How a run is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// By a font.
    Letters,
    /// By ourselves: lines and blocks, which join only if no font has a say.
    Lines,
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
        let runs = runs(buffer, area, y);
        draw_grounds(&mut out, &runs, y - area.top(), paper);
        for run in &runs {
            draw(&mut out, run, y - area.top(), paper);
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
        let kind = if lines::are(cell.symbol()) {
            Kind::Lines
        } else {
            Kind::Letters
        };
        match runs.last_mut() {
            // A wide character stands alone, so that its neighbours keep their places in any font.
            // So does what stands behind a gap: the breadth of a font's blanks would add up to cells of their own.
            Some(last)
                if last.look == look
                    && last.kind == kind
                    && cells == 1
                    && !last.text.chars().any(is_wide)
                    && !(kind == Kind::Letters && cell.symbol() != " " && last.text.ends_with("  ")) =>
            {
                last.text.push_str(cell.symbol());
                last.cells += 1;
            }
            _ => runs.push(Run {
                x: x - area.left(),
                cells,
                text: cell.symbol().to_owned(),
                look,
                kind,
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

/// The colours that a look is drawn in, and whether its ground has to be.
fn colours(look: Look, paper: Paper) -> (Rgb, Option<Rgb>) {
    let (ink, ground) = (look.ink.unwrap_or(paper.ink), look.ground);
    if look.modifiers.contains(Modifier::REVERSED) {
        (ground.unwrap_or(paper.ground), Some(ink))
    } else {
        (ink, ground.filter(|ground| *ground != paper.ground))
    }
}

/// The grounds of a line, each in one piece, so that nothing shines through between the runs.
fn draw_grounds(out: &mut String, runs: &[Run], y: u16, paper: Paper) {
    let mut pieces: Vec<(u16, u16, Rgb)> = Vec::new();
    for run in runs {
        let Some(ground) = colours(run.look, paper).1 else {
            continue;
        };
        match pieces.last_mut() {
            Some((x, cells, last)) if *last == ground && *x + *cells == run.x => *cells += run.cells,
            _ => pieces.push((run.x, run.cells, ground)),
        }
    }
    for (x, cells, ground) in pieces {
        let _ = writeln!(
            out,
            r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="{}" shape-rendering="crispEdges"/>"#,
            f32::from(x) * CELL.0,
            f32::from(y) * CELL.1,
            f32::from(cells) * CELL.0,
            CELL.1,
            hex(ground)
        );
    }
}

fn draw(out: &mut String, run: &Run, y: u16, paper: Paper) {
    let look = run.look;
    let (ink, _) = colours(look, paper);
    let (left, top) = (f32::from(run.x) * CELL.0, f32::from(y) * CELL.1);
    let mut style = String::new();
    if look.modifiers.contains(Modifier::DIM) {
        style.push_str(r#" opacity="0.65""#);
    }
    if run.kind == Kind::Lines {
        let drawn = lines::drawn(&run.text, (left, top), CELL, &hex(ink), &style);
        out.push_str(&drawn);
        return;
    }
    // Blanks at the ends need no ink, and some viewers would not keep them.
    let blanks = run.text.len() - run.text.trim_start().len();
    let text = run.text.trim();
    if text.is_empty() {
        return;
    }
    if look.modifiers.contains(Modifier::BOLD) {
        style.push_str(r#" font-weight="bold""#);
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

    #[test]
    fn what_stands_behind_a_gap_is_placed_by_itself() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 1));
        buffer.set_string(0, 0, "a b   PID", Style::new());
        let svg = svg(&buffer, Paper::of(Palette::Dark.colours()));
        assert!(svg.contains(">a b</text>"), "{svg}");
        assert!(
            svg.contains(r#"<text x="50.4" y="13.5""#) && svg.contains(">PID</text>"),
            "{svg}"
        );
    }
}
