//! alerts.com.ua's picture: the country with what is under alert, for those who can show a picture and nothing else.
//!
//! What comes in: [`Truth`] and the time. What goes out: a PNG; the same truth in the same minute gives the same bytes.
//! What always holds:
//!   what is not known to be clear is hatched, never plain
//!   the minute stands in the picture: it may be kept and shown again long after
//!   a region with an air-raid alert somewhere inside has a red border, however small the place is
//!   a picture of another world than the real one has a striped frame
//! Deliberately absent: names, and whether a picture may be given at all (`truth.rs`).

use super::truth::Truth;
use model::{AlertLevel, AreaSet, Code, CommunityStatus, Level, Status, Timestamp};
use tiny_skia::{
    Color, FillRule, FilterQuality, LineJoin, Paint, Path, PathBuilder, Pattern, Pixmap, PixmapPaint, Rect, SpreadMode,
    Stroke, Transform,
};

/// Width of the picture, pixels.
const WIDTH: u32 = 1200;
/// Free space about the country, pixels.
const MARGIN: f32 = 24.0;
/// Space below the country for the time, pixels.
const FOOT: f32 = 56.0;
/// A corner nearer to the one before it is left out, pixels.
const FINEST: f32 = 0.4;
/// Distance of the stripes of a hatch, pixels.
const STRIPE: u32 = 8;

/// Colours of the page (`web/src/style/ground.css`), the light ones.
const GROUND: [u8; 3] = [0xdf, 0xe5, 0xea];
const CLEAR: [u8; 3] = [0xff, 0xff, 0xff];
const UNKNOWN: [[u8; 3]; 2] = [[0xe9, 0xec, 0xef], [0x7c, 0x88, 0x96]];
const RED: [u8; 3] = [0xd5, 0x5e, 0x00];
const YELLOW: [u8; 3] = [0xf0, 0xe4, 0x42];
const BORDER: [u8; 3] = [0x4a, 0x58, 0x67];
const INK: [u8; 3] = [0x0b, 0x14, 0x20];

/// How a community looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Unknown,
    Clear,
    Alert(AlertLevel),
}

fn look(truth: &Truth, code: Code) -> Look {
    // Also an alert that is no air raid: what is under fire must not look clear.
    match truth.reaching(code).map(|alert| alert.level).max() {
        Some(level) => Look::Alert(level),
        None if truth.status(code) == CommunityStatus::Unknown => Look::Unknown,
        None => Look::Clear,
    }
}

fn of_level(level: AlertLevel) -> [u8; 3] {
    match level {
        AlertLevel::Red => RED,
        AlertLevel::Yellow => YELLOW,
    }
}

/// The picture at that time of Kyiv's clock.
///
/// # Errors
/// An area set without outlines, or what the encoder says.
pub(super) fn draw(areas: &AreaSet, truth: &Truth, at: Timestamp) -> Result<Vec<u8>, String> {
    let regions: Vec<Code> = areas.at_level(Level::Oblast).map(|area| area.code).collect();
    let plane = Plane::about(areas, &regions).ok_or("no region has an outline")?;
    let mut pixels = Pixmap::new(WIDTH, plane.height).ok_or("the country has no extent")?;
    pixels.fill(colour(GROUND));
    let hatch = hatch().ok_or("no room for a hatch")?;
    let mut bordered = Vec::new();
    for &region in &regions {
        let shown = look(truth, region);
        fill(&mut pixels, plane.path(areas, region).as_ref(), shown, &hatch);
        // Only what differs from what is around it is drawn again.
        for raion in areas.children(region).filter(|area| area.level == Level::Raion) {
            let of_raion = look(truth, raion.code);
            if of_raion != shown {
                fill(&mut pixels, plane.path(areas, raion.code).as_ref(), of_raion, &hatch);
            }
            for hromada in areas.children(raion.code).filter(|area| area.level == Level::Hromada) {
                let of_hromada = look(truth, hromada.code);
                if of_hromada != of_raion {
                    fill(&mut pixels, plane.path(areas, hromada.code).as_ref(), of_hromada, &hatch);
                }
            }
        }
        if truth.air_partly(region) && !matches!(shown, Look::Alert(_)) {
            bordered.push(region);
        }
    }
    for &region in &regions {
        stroke(&mut pixels, plane.path(areas, region).as_ref(), BORDER, 1.5);
    }
    for region in bordered {
        stroke(&mut pixels, plane.path(areas, region).as_ref(), RED, 4.0);
    }
    write_time(&mut pixels, at);
    if truth.status != Status::Actual {
        frame(&mut pixels);
    }
    pixels.encode_png().map_err(|error| error.to_string())
}

/// The plane of the picture: plate carrée with the middle parallel true to scale.
struct Plane {
    west: f64,
    north: f64,
    /// Pixels to a degree of longitude and of latitude.
    scale: [f64; 2],
    height: u32,
}

impl Plane {
    fn about(areas: &AreaSet, regions: &[Code]) -> Option<Self> {
        let outlines = regions.iter().filter_map(|code| areas.outline(*code));
        let points = outlines.flat_map(|outline| outline.polygons().iter().flatten().flatten());
        let [west, south, east, north] = points.fold(None, |bounds: Option<[f64; 4]>, &[lon, lat]| {
            let [w, s, e, n] = bounds.unwrap_or([lon, lat, lon, lat]);
            Some([w.min(lon), s.min(lat), e.max(lon), n.max(lat)])
        })?;
        let across = f64::from(WIDTH) - 2.0 * f64::from(MARGIN);
        let scale = across / (east - west);
        let scale = [scale, scale / f64::midpoint(south, north).to_radians().cos()];
        let height = (north - south) * scale[1] + f64::from(2.0 * MARGIN + FOOT);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size within bounds")]
        (height.is_finite() && (1.0..=4096.0).contains(&height)).then_some(Self {
            west,
            north,
            scale,
            height: height as u32,
        })
    }

    /// The outline of a community; `None`: it has none.
    fn path(&self, areas: &AreaSet, code: Code) -> Option<Path> {
        let mut path = PathBuilder::new();
        for ring in areas.outline(code)?.polygons().iter().flatten() {
            let mut last: Option<[f32; 2]> = None;
            for &[lon, lat] in ring {
                let x = (lon - self.west) * self.scale[0] + f64::from(MARGIN);
                let y = (self.north - lat) * self.scale[1] + f64::from(MARGIN);
                #[allow(clippy::cast_possible_truncation, reason = "pixels")]
                let (x, y) = (x as f32, y as f32);
                match last {
                    None => path.move_to(x, y),
                    // Surveyed borders have a million corners.
                    Some([before_x, before_y]) if (x - before_x).abs().max((y - before_y).abs()) < FINEST => continue,
                    Some(_) => path.line_to(x, y),
                }
                last = Some([x, y]);
            }
            path.close();
        }
        path.finish()
    }
}

fn colour([r, g, b]: [u8; 3]) -> Color {
    Color::from_rgba8(r, g, b, 0xff)
}

fn plain(of: [u8; 3]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour(of));
    paint
}

/// A square that repeats as stripes from the lower left to the upper right.
fn hatch() -> Option<Pixmap> {
    let mut tile = Pixmap::new(STRIPE, STRIPE)?;
    tile.fill(colour(UNKNOWN[0]));
    for step in 0..STRIPE {
        for thick in 0..2 {
            let (x, y) = ((step + thick) % STRIPE, STRIPE - 1 - step);
            let at = usize::try_from(y * STRIPE + x).ok()?;
            *tile.pixels_mut().get_mut(at)? = colour(UNKNOWN[1]).premultiply().to_color_u8();
        }
    }
    Some(tile)
}

fn fill(pixels: &mut Pixmap, path: Option<&Path>, look: Look, hatch: &Pixmap) {
    let Some(path) = path else { return };
    let paint = match look {
        Look::Clear => plain(CLEAR),
        Look::Alert(level) => plain(of_level(level)),
        Look::Unknown => {
            let pattern =
                Pattern::new(hatch.as_ref(), SpreadMode::Repeat, FilterQuality::Nearest, 1.0, Transform::identity());
            Paint { shader: pattern, ..Paint::default() }
        }
    };
    pixels.fill_path(path, &paint, FillRule::EvenOdd, Transform::identity(), None);
}

fn stroke(pixels: &mut Pixmap, path: Option<&Path>, of: [u8; 3], width: f32) {
    let Some(path) = path else { return };
    let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
    pixels.stroke_path(path, &plain(of), &stroke, Transform::identity(), None);
}

fn rect(pixels: &mut Pixmap, [x, y, width, height]: [f32; 4], of: [u8; 3]) {
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        pixels.fill_rect(rect, &plain(of), Transform::identity(), None);
    }
}

/// Day, month, hour and minute by Kyiv's clock, in the figures of a clock with seven bars: the picture needs no font.
fn write_time(pixels: &mut Pixmap, at: Timestamp) {
    let text = clock(at);
    #[allow(clippy::cast_precision_loss, reason = "pixels")]
    let (mut x, y) = (MARGIN, pixels.height() as f32 - FOOT + 8.0);
    for sign in text.chars() {
        x += figure(pixels, sign, x, y);
    }
}

/// `29.11 14:05`; without a zone nothing rather than another hour.
fn clock(at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.millis());
    let (Ok(instant), Ok(zone)) = (instant, chronicle::zone(chronicle::KYIV.0)) else { return String::new() };
    instant.to_zoned(zone).strftime("%d.%m %H:%M").to_string()
}

/// Bars of each figure: top, upper left and right, middle, lower left and right, bottom.
const BARS: [[bool; 7]; 10] = {
    const O: bool = false;
    const I: bool = true;
    [
        [I, I, I, O, I, I, I],
        [O, O, I, O, O, I, O],
        [I, O, I, I, I, O, I],
        [I, O, I, I, O, I, I],
        [O, I, I, I, O, I, O],
        [I, I, O, I, O, I, I],
        [I, I, O, I, I, I, I],
        [I, O, I, O, O, I, O],
        [I, I, I, I, I, I, I],
        [I, I, I, I, O, I, I],
    ]
};

/// Draws one sign; how far the next one stands.
fn figure(pixels: &mut Pixmap, sign: char, x: f32, y: f32) -> f32 {
    let (wide, high, thick) = (18.0, 34.0, 4.0);
    let middle = y + (high - thick) / 2.0;
    match sign {
        '.' => rect(pixels, [x, y + high - thick, thick, thick], INK),
        ':' => {
            rect(pixels, [x, middle - 7.0, thick, thick], INK);
            rect(pixels, [x, middle + 7.0, thick, thick], INK);
        }
        _ => {
            let Some(bars) = sign.to_digit(10).and_then(|digit| BARS.get(digit as usize)) else { return wide };
            let half = f32::midpoint(high, thick);
            let places = [
                [x, y, wide, thick],
                [x, y, thick, half],
                [x + wide - thick, y, thick, half],
                [x, middle, wide, thick],
                [x, middle, thick, half],
                [x + wide - thick, middle, thick, half],
                [x, y + high - thick, wide, thick],
            ];
            for place in bars.iter().zip(places).filter_map(|(drawn, place)| drawn.then_some(place)) {
                rect(pixels, place, INK);
            }
            return wide + 8.0;
        }
    }
    thick + 8.0
}

/// A frame that no picture of the real world has.
fn frame(pixels: &mut Pixmap) {
    let (width, height) = (pixels.width(), pixels.height());
    let Some(mut stripes) = Pixmap::new(width, height) else { return };
    let thick = 14;
    let colours = [colour(INK), colour(YELLOW)].map(|colour| colour.premultiply().to_color_u8());
    for (at, pixel) in stripes.pixels_mut().iter_mut().enumerate() {
        let at = u32::try_from(at).unwrap_or(0);
        let (x, y) = (at % width, at / width);
        if x < thick || y < thick || x + thick >= width || y + thick >= height {
            *pixel = colours[((x + y) / 24 % 2) as usize];
        }
    }
    pixels.draw_pixmap(0, 0, stripes.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
}
