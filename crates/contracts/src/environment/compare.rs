//! What is wrong with a contract: variables without a value, and two addresses that are not one database.
//! Out: what the sides read (`sides`); a proof on the server (`groundline-pg`).

use super::sides::{Side, Sides};
use super::values::{self, Used};
use super::{Read, Settings};
use groundline_core::{Fault, Place, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Where a database is, as a driver reads an address: without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Host name, IP address or the folder of a socket.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// Role, where the address says one.
    pub user: Option<String>,
}

macro_rules! rules {
    ($($variant:ident $severe:literal $what:literal,)*) => {
        /// What can be wrong with a contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Rule { $(#[doc = $what] $variant,)* }

        impl Rule {
            /// Whether it breaks the contract by itself.
            pub fn breaks(self) -> bool { match self { $(Rule::$variant => $severe,)* } }
            /// What it is, in one sentence.
            pub fn what(self) -> &'static str { match self { $(Rule::$variant => $what,)* } }
        }
    };
}

rules! {
    Missing true "a variable has no value, and the code has no default",
    Empty true "a variable is set, and empty",
    Malformed true "the variables make no address that a driver reads",
    Unencoded true "a password stands in a URL with a character that ends it there",
    OtherServer true "the application and the migrations are led to different servers",
    OtherDatabase true "the application and the migrations are led to different databases",
    OtherSchema true "the application and the migrations look for tables in different schemas",
    OtherRole false "the application and the migrations connect as different roles",
    DefaultDiffers true "the same variable has different defaults in two places",
    OldScheme true "a URL begins with postgres://, which SQLAlchemy does not take",
    Undeclared false "nothing says which variables a side reads",
    ComposeDiffers true "a service of the compose file is led to a database that its server does not make",
}

/// Something that is wrong with a contract.
#[derive(Clone, Debug)]
pub struct Told {
    /// What.
    pub rule: Rule,
    /// Whether it breaks the contract; else it is told.
    pub breaks: bool,
    /// As a person reads it.
    pub fault: Fault,
}

/// A contract that was looked at.
pub struct Compared {
    /// What is wrong.
    pub told: Vec<Told>,
    /// The addresses of the application and of the migrations, as far as they are known.
    pub addresses: [Option<Address>; 2],
    /// The same as strings to connect with. They hold passwords.
    pub urls: [Option<String>; 2],
    /// The variables of both, and where their values are from.
    pub used: [Vec<Used>; 2],
}

const NAMES: [&str; 2] = ["the application", "the migrations"];

/// Looks at a contract. `parse` reads an address as a driver does; `project` is where files lie.
pub fn compare(
    settings: &Settings,
    sides: &Sides,
    project: &Path,
    parse: &dyn Fn(&str) -> Result<Address>,
) -> Compared {
    let mut compared = Compared {
        told: Vec::new(),
        addresses: [None, None],
        urls: [None, None],
        used: [Vec::new(), Vec::new()],
    };
    // Two sides that read the same are led to the same database, whatever the values are.
    let is_one = sides.app.template.is_some() && sides.app.template == sides.migrations.template;
    resolve(&mut compared, (0, &sides.app), sides, project, parse);
    let of_app = compared.told.len();
    resolve(&mut compared, (1, &sides.migrations), sides, project, parse);
    let is_alone = sides.app.template.is_none() || sides.migrations.template.is_none();
    for told in compared.told.iter_mut().filter(|told| told.rule == Rule::Missing) {
        // With nothing to compare it with, and where it will be set is not here.
        told.breaks = !is_alone;
    }
    if is_one {
        compared.told.truncate(of_app);
        for told in compared.told.iter_mut().filter(|told| told.rule == Rule::Missing) {
            told.breaks = false;
            let why = told.fault.why.take().unwrap_or_default();
            told.fault.why =
                Some(format!("{why}; both sides read it, so both are led to one database once it is set"));
        }
    }
    if let [Some(app), Some(migrations)] = &compared.addresses {
        let told = differences(settings, app, migrations);
        compared.told.extend(told);
    }
    if let [Some(app), Some(migrations)] = &compared.urls {
        let schemas = [schema(app), schema(migrations)];
        if schemas[0] != schemas[1] {
            let said =
                schemas.map(|one| one.unwrap_or_else(|| "what the role's search_path says".to_owned()));
            compared.told.push(tell(
                Rule::OtherSchema,
                &format!("{}, and {}", said[0], said[1]),
                None,
                "give both the same schema in their URL, or neither",
            ));
        }
    }
    compared.told.extend(defaults(sides, project));
    compared.told.extend(compose(sides, project));
    compared.told.sort_by_key(|told| told.rule);
    compared
}

fn tell(rule: Rule, why: &str, place: Option<Place>, next: &str) -> Told {
    let fault = Fault::new(rule.what()).why(why).next(next);
    let fault = match place {
        Some(place) => fault.at(place),
        None => fault,
    };
    Told { rule, breaks: rule.breaks(), fault }
}

fn resolve(
    compared: &mut Compared,
    (at, side): (usize, &Side),
    sides: &Sides,
    project: &Path,
    parse: &dyn Fn(&str) -> Result<Address>,
) {
    let who = NAMES[at];
    let key = ["app", "migrations"][at];
    let Some(template) = &side.template else {
        compared.told.push(tell(
            Rule::Undeclared,
            who,
            None,
            &format!("say it in groundline.toml: [environment] {key} = \"${{DATABASE_URL}}\""),
        ));
        return;
    };
    let filled = values::fill(template, &sides.layers);
    let place = |name: &str| {
        let read = side.reads.iter().find(|read| read.name == name)?;
        Some(read_place(read, project))
    };
    for used in &filled.used {
        let (rule, next) = match (&used.from, used.is_empty) {
            (None, _) => {
                (Rule::Missing, "set it, or name the file that does: [environment] files in groundline.toml")
            }
            (Some(_), true) if !is_password(&used.name) => {
                (Rule::Empty, "give it a value, or take it out where it is set")
            }
            _ => continue,
        };
        let from = used.from.as_ref().map(|from| format!(" (in {from})")).unwrap_or_default();
        compared.told.push(tell(rule, &format!("{who}: {}{from}", used.name), place(&used.name), next));
    }
    let is_whole = filled.used.iter().all(|used| !used.is_empty || is_password(&used.name));
    compared.used[at] = filled.used;
    let Some(url) = filled.text.filter(|_| is_whole) else { return };
    if let Some(told) = unencoded(side, sides, template, who) {
        compared.told.push(told);
        return;
    }
    if url.starts_with("postgres://") && uses_sqlalchemy(side) {
        compared.told.push(tell(
            Rule::OldScheme,
            who,
            None,
            "write postgresql://, with a driver if need be: postgresql+psycopg://",
        ));
    }
    match parse(&url) {
        Ok(address) => compared.addresses[at] = Some(address),
        Err(fault) => compared.told.push(tell(
            Rule::Malformed,
            &format!(
                "{who}: {}",
                [Some(fault.what), fault.why].into_iter().flatten().collect::<Vec<_>>().join(": ")
            ),
            None,
            "an address is postgresql://role:password@host:port/database",
        )),
    }
    compared.urls[at] = Some(url);
}

fn is_password(name: &str) -> bool {
    super::names::part(name) == Some(super::names::Part::Password)
}

fn uses_sqlalchemy(side: &Side) -> bool {
    side.reads.iter().any(|read| read.file.extension().is_some_and(|end| end == "py"))
}

/// Where a variable is read; of a line that holds a password the file alone, as reports show lines.
fn read_place(read: &Read, project: &Path) -> Place {
    let holds_password = is_password(&read.name) && read.default.is_some();
    Place::File { path: project.join(&read.file), position: (!holds_password).then_some(read.position) }
}

/// A template of parts puts a password into a URL as it is: what ends a password there must be encoded.
fn unencoded(side: &Side, sides: &Sides, template: &str, who: &str) -> Option<Told> {
    let is_of_parts = template.contains("://");
    let password = side.reads.iter().find(|read| is_password(&read.name)).map(|read| read.name.clone());
    let named = password.or_else(|| {
        let filled = values::fill(template, &sides.layers);
        filled.used.into_iter().map(|used| used.name).find(|name| is_password(name))
    })?;
    let value = sides.layers.iter().find_map(|layer| layer.values.get(&named))?;
    (is_of_parts && value.contains(['@', '/', '#', '?', ':', ' '])).then(|| {
        tell(
            Rule::Unencoded,
            &format!("{who}: {named}"),
            None,
            "build the URL with the driver's own function (SQLAlchemy's URL.create), which encodes it",
        )
    })
}

fn differences(settings: &Settings, app: &Address, migrations: &Address) -> Vec<Told> {
    let mut told = Vec::new();
    let local = |host: &str| match host {
        "127.0.0.1" | "::1" => "localhost".to_owned(),
        other => other.to_ascii_lowercase(),
    };
    if (local(&app.host), app.port) != (local(&migrations.host), migrations.port) {
        let why = format!("{}:{}, and {}:{}", app.host, app.port, migrations.host, migrations.port);
        told.push(tell(
            Rule::OtherServer,
            &why,
            None,
            "give both the same host and port, or let both read one variable",
        ));
    }
    if app.database != migrations.database {
        let why = format!("{}, and {}", app.database, migrations.database);
        told.push(tell(
            Rule::OtherDatabase,
            &why,
            None,
            "give both the same database, or let both read one variable",
        ));
    }
    if let (Some(first), Some(second)) = (&app.user, &migrations.user)
        && first != second
    {
        let why = format!("{first}, and {second}");
        let next = match settings.same_role {
            true => "give both the same role: [environment] same_role is set",
            false => {
                "this is how it should be, if the application's role owns no tables; what the migrations make must be granted to it"
            }
        };
        told.push(Told { breaks: settings.same_role, ..tell(Rule::OtherRole, &why, None, next) });
    }
    told
}

/// The schema that a URL asks for.
fn schema(url: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    query.split('&').filter_map(|pair| pair.split_once('=')).find_map(|(key, value)| match key {
        "schema" | "currentSchema" | "search_path" => Some(value.to_owned()),
        "options" => {
            let value = value.replace("%3D", "=").replace("%20", " ").replace('+', " ");
            let after = value.split_once("search_path=")?.1;
            Some(after.split(' ').next().unwrap_or_default().to_owned())
        }
        _ => None,
    })
}

/// Variables whose defaults differ between places of code; `localhost` for a host is everybody's.
fn defaults(sides: &Sides, project: &Path) -> Vec<Told> {
    let mut by_name: BTreeMap<&str, Vec<&Read>> = BTreeMap::new();
    for read in sides.app.reads.iter().chain(&sides.migrations.reads) {
        if read.default.is_some() {
            by_name.entry(&read.name).or_default().push(read);
        }
    }
    let mut told = Vec::new();
    for (name, reads) in by_name {
        let Some(other) = reads.iter().find(|read| read.default != reads[0].default) else { continue };
        let shown = |read: &Read| read.shown.clone().unwrap_or_default();
        let why = format!(
            "{name} is {} here, and {} in {}",
            shown(other),
            shown(reads[0]),
            read_place(reads[0], project)
        );
        told.push(tell(
            Rule::DefaultDiffers,
            &why,
            Some(read_place(other, project)),
            "read it in one place, or take the defaults out",
        ));
    }
    told
}

/// Services whose variables name another database or role than the compose file's server is made with.
fn compose(sides: &Sides, project: &Path) -> Vec<Told> {
    let mut told = Vec::new();
    for server in sides.services.iter().filter(|service| service.is_database) {
        let user = server.values.get("POSTGRES_USER").cloned().unwrap_or_else(|| "postgres".to_owned());
        let database = server.values.get("POSTGRES_DB").cloned().unwrap_or_else(|| user.clone());
        let others = sides.services.iter().filter(|other| !other.is_database && other.file == server.file);
        for other in others {
            for (name, value) in &other.values {
                let Some(named) = named_database(name, value, &server.name) else { continue };
                if named != database {
                    let why =
                        format!("{} has {named} in {name}, and {} makes {database}", other.name, server.name);
                    told.push(tell(
                        Rule::ComposeDiffers,
                        &why,
                        Some(Place::file(project.join(&server.file))),
                        "name one database in both",
                    ));
                }
            }
        }
    }
    told
}

/// The database that a variable's value names on a service of this name.
fn named_database(name: &str, value: &str, server: &str) -> Option<String> {
    use super::names::Part;
    match super::names::part(name)? {
        Part::Database => Some(value.to_owned()),
        Part::Url => {
            let (authority, rest) = value.split_once("://")?.1.split_once('/')?;
            let host = authority.rsplit('@').next()?.split(':').next()?;
            let database = rest.split(['?', '#']).next()?;
            (host == server && !database.is_empty()).then(|| database.to_owned())
        }
        _ => None,
    }
}
