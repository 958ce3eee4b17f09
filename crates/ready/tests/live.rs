//! Both drivers on a server: a database without a history, behind, at head and ahead.

use groundline_pg::server::{Announce, Server, Wanted, default_cache};
use groundline_ready::{Expected, NotReady, Standing, require, require_sqlx, standing, standing_sqlx};
use sqlx::Connection as _;

struct Quiet;

impl Announce for Quiet {
    fn say(&self, _line: &str) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn both_drivers_say_how_a_database_stands() {
    let wanted = Wanted {
        major: None,
        url: None,
        allow_other_major: true,
        use_installed: true,
        allow_fetch: true,
        cache: default_cache(),
    };
    let server = Server::start(&wanted, &Quiet).await.expect("a server");
    let database = server.create_database("ready").await.expect("a database");
    let url = database.url();
    let client = database.connect().await.expect("a client");
    let mut sqlx = sqlx::PgConnection::connect(&url).await.expect("a connection");
    let expected = Expected::new("dbmate", "2", vec!["1".to_owned(), "2".to_owned()]).expect("a layout");
    let steps = [
        ("", Standing::Empty),
        ("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)", Standing::Empty),
        ("INSERT INTO schema_migrations VALUES ('1')", Standing::Behind(vec!["2".to_owned()])),
        ("INSERT INTO schema_migrations VALUES ('2')", Standing::Ready),
        ("INSERT INTO schema_migrations VALUES ('3')", Standing::Ahead(vec!["3".to_owned()])),
    ];
    for (sql, wanted) in steps {
        client.batch_execute(sql).await.expect("it runs");
        assert_eq!(standing(&client, &expected).await.expect("an answer"), wanted);
        assert_eq!(standing_sqlx(&mut sqlx, &expected).await.expect("an answer"), wanted);
        let refused = require(&client, &expected).await.is_err();
        assert_eq!(refused, !wanted.is_ready());
        let said = require_sqlx(&mut sqlx, &expected).await;
        assert_eq!(matches!(said, Err(NotReady::Standing { .. })), refused);
    }
    drop((client, sqlx));
    server.stop().await.expect("it stops");
}
