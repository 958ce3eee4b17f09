//! When migrations may run: hours of days in a named time zone, and freezes by date.
//! Out: the clock. Called by `upgrade`, and by `gate`, which shows when the next window opens.
//!
//! A window is a span of time, from the moment that its clock shows `from` to the moment that it shows `to`. Where a clock is
//! put forward over one of them, the moment after the gap counts; where it is put back, `from` is the first and `to` the
//! first time that it shows.

use groundline_core::Fault;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};
use serde::{Deserialize, Deserializer, de};
use std::time::Duration;

/// Days that are looked ahead for a window, which is farther than any freeze should last.
const HORIZON: i32 = 400;

/// How many times as long as its rehearsal a run may take: a shadow does not wait for its disk, and has no other sessions.
pub const SAFETY: u32 = 2;

/// `[windows]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Windows {
    /// The time zone, as IANA names it; UTC without it.
    #[serde(deserialize_with = "zone")]
    pub zone: Option<TimeZone>,
    /// When migrations may run; always, where there is none.
    pub allow: Vec<Window>,
    /// Dates on which they may not, whatever the hour.
    pub freeze: Vec<Freeze>,
    /// How much of a window must be left when a run begins.
    #[serde(deserialize_with = "span")]
    pub min_left: Option<Span>,
}

/// Hours on some days of the week.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days on which it begins; every day, where there is none.
    #[serde(default, deserialize_with = "days")]
    pub days: Vec<Weekday>,
    /// When it begins.
    #[serde(deserialize_with = "time")]
    pub from: Time,
    /// When it ends: on the next day, where it is not after `from`.
    #[serde(deserialize_with = "time")]
    pub to: Time,
}

/// Dates without migrations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// The first day.
    #[serde(deserialize_with = "date")]
    pub from: Date,
    /// The last day.
    #[serde(deserialize_with = "date")]
    pub to: Date,
    /// Why.
    pub reason: String,
}

/// How a moment stands to the windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Migrations may run, until then; always, where nothing is said.
    Open(Option<ZonedDateTime>),
    /// They may not; when they may next, if that is within a year, and why they may not now.
    Closed {
        /// The beginning of the next window.
        next: Option<ZonedDateTime>,
        /// Why.
        why: String,
    },
}

impl Windows {
    /// How a moment stands to the windows.
    pub fn at(&self, now: Timestamp) -> Standing {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let now = now.to_zoned_datetime(zone.clone());
        if self.allow.is_empty() && self.freeze.is_empty() {
            return Standing::Open(None);
        }
        let spans = self.spans(&now);
        if let Some((_, end)) = spans.iter().find(|(start, end)| *start <= now && now < *end) {
            return Standing::Open(Some(end.clone()));
        }
        let next = spans.iter().map(|(start, _)| start).find(|start| **start > now).cloned();
        let frozen = self.freeze.iter().find(|freeze| (freeze.from..=freeze.to).contains(&now.date()));
        let why = match frozen {
            Some(freeze) => {
                format!("nothing is migrated from {} to {}: {}", freeze.from, freeze.to, freeze.reason)
            }
            None => format!("it is {}", words(&now)),
        };
        Standing::Closed { next, why }
    }

    /// Refuses a moment in which migrations may not run, or too near the end of a window: `min_left` must be left, and
    /// [`SAFETY`] times what a rehearsal of the run took, where there was one.
    ///
    /// # Errors
    /// When, and when they may next.
    pub fn assert_open(&self, now: Timestamp, rehearsed: Option<Duration>) -> Result<(), Fault> {
        let end = match self.at(now) {
            Standing::Closed { next, why } => {
                return Err(refused("migrations may not run now", why, next.as_ref()));
            }
            Standing::Open(end) => end,
        };
        let Some(end) = end else { return Ok(()) };
        let now = now.to_zoned_datetime(end.time_zone().clone());
        let too_soon = |why: String| {
            // The one after this.
            let next = match self.at(end.timestamp()) {
                Standing::Closed { next, .. } => next,
                Standing::Open(_) => None,
            };
            let why = format!("it closes on {}, and {why}", words(&end));
            Err(refused("the window closes too soon", why, next.as_ref()))
        };
        if let Some(least) = self.min_left
            && now.checked_add(least).is_ok_and(|done| done > end)
        {
            return too_soon(format!("{least:#} must be left"));
        }
        if let Some(took) = rehearsed
            && now.checked_add(took * SAFETY).is_ok_and(|done| done > end)
        {
            let took = jiff::SignedDuration::try_from(took).unwrap_or(jiff::SignedDuration::MAX);
            return too_soon(format!("the rehearsal took {took:#}, of which {SAFETY} times must be left"));
        }
        Ok(())
    }

    /// The windows and freezes, a line each, as a list in markdown; none where nothing is said.
    pub fn words(&self) -> Vec<String> {
        let zone = self.zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or("UTC");
        let window = |one: &Window| {
            let days: Vec<String> = one.days.iter().map(|day| format!("{day:?}")).collect();
            let days = if days.is_empty() { "every day".to_owned() } else { days.join(", ") };
            format!("- {days}, {} to {} ({zone})", one.from.strftime("%H:%M"), one.to.strftime("%H:%M"))
        };
        let freeze = |one: &Freeze| format!("- never from {} to {}: {}", one.from, one.to, one.reason);
        self.allow.iter().map(window).chain(self.freeze.iter().map(freeze)).collect()
    }

    /// The open spans around a moment, in order, without freezes, those that touch joined.
    fn spans(&self, now: &ZonedDateTime) -> Vec<(ZonedDateTime, ZonedDateTime)> {
        let zone = now.time_zone();
        let first = now.date().saturating_sub(Span::new().days(2));
        let mut spans = Vec::new();
        let always = Window { days: Vec::new(), from: Time::midnight(), to: Time::midnight() };
        let windows = if self.allow.is_empty() { std::slice::from_ref(&always) } else { &self.allow[..] };
        for offset in 0..HORIZON {
            let date = first.saturating_add(Span::new().days(offset));
            for window in windows
                .iter()
                .filter(|window| window.days.is_empty() || window.days.contains(&date.weekday()))
            {
                let last =
                    if window.to > window.from { date } else { date.saturating_add(Span::new().days(1)) };
                let start = date.to_datetime(window.from).to_zoned_datetime(zone.clone());
                let end = last.to_datetime(window.to).to_zoned_datetime(zone.clone());
                if let (Ok(start), Ok(end)) = (start, end)
                    && start < end
                {
                    spans.push((start, end));
                }
            }
        }
        for freeze in &self.freeze {
            let begin = freeze.from.to_zoned_datetime(zone.clone());
            let end = freeze.to.saturating_add(Span::new().days(1)).to_zoned_datetime(zone.clone());
            if let (Ok(begin), Ok(end)) = (begin, end) {
                spans = spans.into_iter().flat_map(|span| without(span, &begin, &end)).collect();
            }
        }
        spans.sort();
        joined(spans)
    }
}

fn refused(what: &str, why: String, next: Option<&ZonedDateTime>) -> Fault {
    let next = next.map_or("no window opens within a year".to_owned(), |next| {
        format!("the next window opens on {}", words(next))
    });
    let next = format!("{next}; --emergency --reason TEXT goes on all the same, and is logged");
    Fault::new(what).why(why).next(next)
}

/// A span without another.
fn without(
    (start, end): (ZonedDateTime, ZonedDateTime),
    from: &ZonedDateTime,
    to: &ZonedDateTime,
) -> Vec<(ZonedDateTime, ZonedDateTime)> {
    let before = (start.clone(), end.clone().min(from.clone()));
    let after = (start.max(to.clone()), end);
    [before, after].into_iter().filter(|(start, end)| start < end).collect()
}

fn joined(spans: Vec<(ZonedDateTime, ZonedDateTime)>) -> Vec<(ZonedDateTime, ZonedDateTime)> {
    let mut all: Vec<(ZonedDateTime, ZonedDateTime)> = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        match all.last_mut() {
            Some((_, last)) if start <= *last => *last = last.clone().max(end),
            _ => all.push((start, end)),
        }
    }
    all
}

/// `Tuesday 2026-12-01 20:00 Europe/Berlin`.
fn words(moment: &ZonedDateTime) -> String {
    moment.strftime("%A %Y-%m-%d %H:%M %Q").to_string()
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TimeZone>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown =
        |_| de::Error::custom(format!("there is no time zone {name:?}: name it as IANA does, Europe/Berlin"));
    TimeZone::get(&name).map(Some).map_err(unknown)
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let all = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let of = |name: &String| {
        let wanted = name.to_ascii_lowercase();
        let found = all.into_iter().find(|day| {
            let day = format!("{day:?}").to_ascii_lowercase();
            wanted == day || wanted == day[..3]
        });
        found.ok_or_else(|| {
            de::Error::custom(format!("there is no day {name:?}: mon, tue, wed, thu, fri, sat, sun"))
        })
    };
    names.iter().map(of).collect()
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| de::Error::custom(format!("{text:?} is no time of day: write 20:00")))
}

pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| de::Error::custom(format!("{text:?} is no date: write \"2026-12-24\"")))
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map(Some)
        .map_err(|_| de::Error::custom(format!("{text:?} is no duration: write 30m or 1h30m")))
}
