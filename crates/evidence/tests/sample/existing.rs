//! Invented onboardings.

use super::drills::{changed, difference};
use groundline_catalog::{Change, ObjectKind};
use groundline_core::Digest;
use groundline_evidence::{Onboarding, Source, SourceForm, Stamp};
use groundline_migrate::outcome::{DataVerdict, Identification, Nearest, TableProof};

pub fn kept() -> Onboarding {
    Onboarding {
        source: Source {
            form: SourceForm::Sql,
            name: "snapshot.sql".into(),
            digest: Some(Digest::of("dump")),
            bytes: Some(1_204_224),
        },
        identification: Some(Identification {
            exact: vec!["0011".into()],
            order_only: false,
            recorded: None,
            nearest: Vec::new(),
        }),
        stamped: Some(Stamp { table: "public._sqlx_migrations".into(), version: "0011".into(), rows: 11 }),
        migrated: vec!["0012".into(), "0013".into(), "0014".into()],
        data: vec![
            table("public.customers", 1_200, Some(1_200), DataVerdict::ValuesChanged),
            table("public.order_lines", 7_412, Some(7_412), DataVerdict::Same),
            table("public.orders", 2_948, Some(2_948), DataVerdict::Same),
            table("public.payments", 920, Some(920), DataVerdict::Same),
        ],
    }
}

pub fn lost() -> Onboarding {
    let nearest = Nearest {
        version: "0011".into(),
        origins: Vec::new(),
        differences: vec![
            difference(ObjectKind::Column, "public.orders.note", {
                changed("type", Some("text"), Some("character varying(200)"))
            }),
            difference(ObjectKind::Index, "public.orders_by_hand_idx", Change::Added),
        ],
    };
    Onboarding {
        identification: Some(Identification {
            exact: Vec::new(),
            order_only: false,
            recorded: Some(vec!["0009".into()]),
            nearest: vec![nearest],
        }),
        stamped: None,
        migrated: Vec::new(),
        data: vec![
            table("public.customers", 1_200, Some(1_199), DataVerdict::RowsLost),
            table("public.old_orders", 17, None, DataVerdict::RowsLost),
            table("public.payments", 920, Some(921), DataVerdict::RowsAdded),
        ],
        ..kept()
    }
}

fn table(name: &str, before: u64, after: Option<u64>, verdict: DataVerdict) -> TableProof {
    let digest = |side: &str| match verdict {
        DataVerdict::Same => Digest::of(name),
        _ => Digest::of([name, side].concat()),
    };
    TableProof {
        table: name.into(),
        columns: ["id", "created_at", "updated_at"].map(str::to_owned).to_vec(),
        rows_before: before,
        rows_after: after,
        digest_before: digest("before"),
        digest_after: after.map(|_| digest("after")),
        verdict,
    }
}
