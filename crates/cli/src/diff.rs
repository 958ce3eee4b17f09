//! The command `diff`: how two schemas differ, or the statements that turn one into the other.
//! Out: reading them (`operand`), drawing the differences (`evidence`), making statements (`catalog::ddl`).

use crate::args::{CompareFormat, DiffArgs};
use crate::operand::{Loader, Operand, comparable};
use crate::settings::Project;
use crate::{Exit, console, statements};
use groundline_catalog::ddl::Options;
use groundline_core::Result;
use groundline_evidence::{Compared, comparison_markdown, json_text, render_comparison};

/// What the two sides are called.
const TITLES: [&str; 2] = ["A", "B"];

/// Runs `diff`.
pub async fn run(args: DiffArgs) -> Result<Exit> {
    let (one, other) = (Operand::parse(&args.one)?, Operand::parse(&args.other)?);
    let project = Project::open(&args.project.args())?;
    let mut loader =
        Loader::new(&project, &args.server, project.scope(args.scope.profile)).with_needs(args.sql);
    let loaded = loader.load_both(&one, &other).await;
    loader.finish().await?;
    let (one, other) = loaded?;
    comparable(&one, &other)?;
    if args.sql {
        let options = Options { destructive: args.allow_destructive };
        let (_, exit) = statements::print(&one.schema, &other.schema, options);
        // The process ends with it: there is nobody to give back each object for.
        std::mem::forget((one, other));
        return Ok(exit);
    }
    let compared = Compared::new((&one.name, &one.schema), (&other.name, &other.schema))?;
    console::data(&match args.format {
        CompareFormat::Text => render_comparison(&compared, TITLES, args.all, console::look()),
        CompareFormat::Markdown => comparison_markdown(&compared, TITLES, args.all),
        CompareFormat::Json => json_text(compared.data())?,
    });
    Ok(if compared.data().equal { Exit::Done } else { Exit::Findings })
}
