//! The lease: one holder, named to others, gone with its session.

use crate::support::with_database;
use groundline_pg::lease;
use std::cell::RefCell;
use std::time::Duration;

#[tokio::test]
async fn one_holds_it_and_others_are_told_who() {
    with_database(async |database| {
        let url = database.url();
        let none = Duration::ZERO;
        let first = lease::take(&url, "shop", none, &|_| ()).await.unwrap();
        first.name("groundline upgrade shop run 1").await.unwrap();
        let told = RefCell::new(Vec::new());
        let refused =
            lease::take(&url, "shop", none, &|holder| told.borrow_mut().push(holder.application.clone()))
                .await;
        let why = refused.err().unwrap().why.unwrap();
        assert!(why.contains("groundline upgrade shop run 1 (pid "), "{why}");
        assert_eq!(*told.borrow(), ["groundline upgrade shop run 1"]);
        lease::take(&url, "another project", none, &|_| ()).await.unwrap();
        let waiting = lease::take(&url, "shop", Duration::from_secs(30), &|_| ());
        let ends = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            first.client.close().await;
        };
        let (taken, ()) = tokio::join!(waiting, ends);
        taken.unwrap();
    })
    .await;
}
