//! Windows over the changes of clocks: examples with their dates, and properties over random moments of twenty years.

use groundline_gate::{Standing, Windows};
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan as _, ZonedDateTime};
use proptest::prelude::*;
use serde_json::json;

fn windows(value: serde_json::Value) -> Windows {
    serde_json::from_value(value).expect("windows")
}

fn at(windows: &Windows, moment: &str) -> String {
    let moment: ZonedDateTime = moment.parse().expect("a moment");
    let shown = |moment: Option<ZonedDateTime>| moment.map_or("-".to_owned(), |moment| moment.to_string());
    match windows.at(moment.timestamp()) {
        Standing::Open(end) => format!("open until {}", shown(end)),
        Standing::Closed { next, .. } => format!("closed until {}", shown(next)),
    }
}

#[test]
fn clocks_that_change_move_the_ends() {
    let nights = windows(
        json!({ "zone": "Europe/Berlin", "allow": [{ "days": ["sat"], "from": "22:00", "to": "04:00" }] }),
    );
    // In the night to 2027-03-28 the clock is put forward from 2 to 3: five hours. To 2026-10-25 it is put back: seven.
    assert_eq!(
        at(&nights, "2027-03-27T21:59[Europe/Berlin]"),
        "closed until 2027-03-27T22:00:00+01:00[Europe/Berlin]"
    );
    assert_eq!(
        at(&nights, "2027-03-28T03:30[Europe/Berlin]"),
        "open until 2027-03-28T04:00:00+02:00[Europe/Berlin]"
    );
    assert_eq!(
        at(&nights, "2026-10-25T00:30:00Z[UTC]"),
        "open until 2026-10-25T04:00:00+01:00[Europe/Berlin]"
    );
    assert_eq!(
        at(&nights, "2026-10-25T03:30[Europe/Berlin]"),
        "open until 2026-10-25T04:00:00+01:00[Europe/Berlin]"
    );
    // A window that begins in the gap begins after it; one that lies in it is none.
    let gap = windows(json!({ "zone": "Europe/Berlin", "allow": [{ "from": "02:30", "to": "03:15" }] }));
    assert_eq!(
        at(&gap, "2027-03-28T01:59[Europe/Berlin]"),
        "closed until 2027-03-29T02:30:00+02:00[Europe/Berlin]"
    );
    assert_eq!(
        at(&gap, "2027-03-27T02:40[Europe/Berlin]"),
        "open until 2027-03-27T03:15:00+01:00[Europe/Berlin]"
    );
}

#[test]
fn a_freeze_cuts_and_neighbours_join() {
    let value = json!({
        "zone": "UTC",
        "allow": [{ "from": "20:00", "to": "22:00" }, { "from": "22:00", "to": "23:00" }],
        "freeze": [{ "from": "2026-12-18", "to": "2027-01-06", "reason": "Christmas trade" }],
        "min_left": "30m",
    });
    let windows = windows(value);
    assert_eq!(at(&windows, "2026-12-17T20:30[UTC]"), "open until 2026-12-17T23:00:00+00:00[UTC]");
    assert_eq!(at(&windows, "2026-12-20T20:30[UTC]"), "closed until 2027-01-07T20:00:00+00:00[UTC]");
    let refused =
        |moment: &str| windows.assert_open(moment.parse::<Timestamp>().expect("a moment"), None).unwrap_err();
    let fault = refused("2026-12-20T20:30:00Z");
    assert_eq!(
        fault.why.as_deref(),
        Some("nothing is migrated from 2026-12-18 to 2027-01-06: Christmas trade")
    );
    assert!(fault.next.expect("a way").starts_with("the next window opens on Thursday 2027-01-07 20:00 UTC"));
    assert_eq!(refused("2026-11-30T22:45:00Z").what, "the window closes too soon");
    let fits = |took| {
        let moment = "2026-11-30T22:15:00Z".parse().expect("a moment");
        windows.assert_open(moment, Some(std::time::Duration::from_secs(took)))
    };
    // Three quarters of an hour are left.
    assert!(fits(1_350).is_ok());
    let fault = fits(1_351).unwrap_err();
    let why = fault.why.expect("a reason");
    assert!(why.ends_with("the rehearsal took 22m 31s, of which 2 times must be left"), "{why}");
    assert_eq!(at(&Windows::default(), "2026-12-20T20:30[UTC]"), "open until -");
}

#[test]
fn what_is_no_window_is_told() {
    let refused =
        |value: serde_json::Value| serde_json::from_value::<Windows>(value).unwrap_err().to_string();
    assert!(refused(json!({ "zone": "Berlin" })).contains("no time zone"));
    assert!(
        refused(json!({ "allow": [{ "days": ["someday"], "from": "1:00", "to": "2:00" }] }))
            .contains("no day")
    );
    assert!(refused(json!({ "allow": [{ "from": "25:00", "to": "2:00" }] })).contains("no time of day"));
    assert!(refused(json!({ "freeze": [{ "from": "x", "to": "y", "reason": "" }] })).contains("no date"));
}

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "UTC",
];

fn is_open(windows: &Windows, moment: Timestamp) -> bool {
    matches!(windows.at(moment), Standing::Open(_))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Far from a change of clocks, a moment is in a window exactly if its clock says so; what opens next is open, and what
    /// was open until then is not.
    #[test]
    fn a_window_is_what_its_clock_says(
        seconds in 1_577_836_800i64..2_208_988_800,
        zone in 0usize..6,
        from in 0u32..24 * 60,
        length in 15u32..23 * 60,
        day in 0usize..7,
    ) {
        let to = (from + length) % (24 * 60);
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let windows = windows(json!({
            "zone": ZONES[zone], "allow": [{ "days": [days[day]], "from": clock(from), "to": clock(to) }],
        }));
        let now = Timestamp::from_second(seconds).expect("a moment");
        let local = now.in_tz(ZONES[zone]).expect("a zone");
        let standing = windows.at(now);
        let steady = |hours: i64| local.checked_add(hours.hours()).expect("a moment").offset() == local.offset();
        if steady(-30) && steady(30) {
            let minutes = |zoned: &ZonedDateTime| zoned.hour() as u32 * 60 + zoned.minute() as u32;
            let weekday = |zoned: &ZonedDateTime| zoned.weekday() == Weekday::from_monday_zero_offset(day as i8).expect("a day");
            let yesterday = local.checked_sub(1.day()).expect("a moment");
            let (at, spills) = (minutes(&local), to <= from);
            let begun = weekday(&local) && at >= from && (spills || at < to);
            let from_before = spills && weekday(&yesterday) && at < to;
            prop_assert_eq!(matches!(standing, Standing::Open(_)), begun || from_before, "{}", local);
        }
        match standing {
            Standing::Open(end) => {
                let end = end.expect("an end");
                prop_assert!(end.timestamp() > now);
                prop_assert!(!is_open(&windows, end.timestamp()));
            }
            Standing::Closed { next, .. } => {
                let next = next.expect("a window within a year").timestamp();
                prop_assert!(next > now);
                prop_assert!(is_open(&windows, next));
                let before = next.checked_sub(1.second()).expect("a moment");
                prop_assert!(!is_open(&windows, before));
            }
        }
    }
}
