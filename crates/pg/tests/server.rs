//! Shadow servers, started for real.

use groundline_core::{Major, Result};
use groundline_pg::server::{Announce, Server, Wanted};
use std::path::Path;
use std::time::Instant;

struct Loud;
impl Announce for Loud {
    fn say(&self, line: &str) {
        eprintln!("{line}");
    }
}

#[tokio::test]
async fn quick() -> Result<()> {
    let cache = std::env::var("GROUNDLINE_CACHE").unwrap_or("/var/cache/gltest".into());
    for major in ["15", "14", "16", "17", "18"] {
        for _ in 0..2 {
            let mut w = Wanted::new(Path::new(&cache).to_owned());
            w.major = Some(major.parse::<Major>().unwrap());
            let t = Instant::now();
            let s = Server::start(&w, &Loud).await?;
            eprintln!("{major}: started in {:?} {:?}", t.elapsed(), s.origin());
            let t = Instant::now();
            let a = s.create_database("t").await?;
            eprintln!("create {:?} {}", t.elapsed(), a.url());
            let c = a.connect().await?;
            for e in ["pgcrypto", "uuid-ossp", "pg_trgm", "citext", "hstore", "btree_gist", "unaccent"] {
                if let Err(x) = c.batch_execute(&format!("create extension \"{e}\"")).await {
                    eprintln!("  no {e}: {:?}", groundline_pg::client::fault(&x).what);
                }
            }
            let r = c.query_one("select count(*) filter (where collprovider='i'), (select string_agg(name||'='||setting, ' ') from pg_settings where name in ('lc_ctype','TimeZone','wal_segment_size'))::text, (select datcollate||' '||datctype from pg_database where datname=current_database()) from pg_collation", &[]).await.unwrap();
            eprintln!(
                "  icu collations {} {:?} {}",
                r.get::<_, i64>(0),
                r.get::<_, String>(1),
                r.get::<_, String>(2)
            );
            c.close().await;
            let t = Instant::now();
            let b = s.copy_database(&a, "c").await?;
            eprintln!("copy {:?}", t.elapsed());
            let t = Instant::now();
            s.drop_database(b).await?;
            eprintln!("drop {:?}", t.elapsed());
            let t = Instant::now();
            s.stop().await?;
            eprintln!("stop {:?}", t.elapsed());
        }
    }
    Ok(())
}
