//! The program as a person runs it. One binary, so that it is linked once.

#[cfg(target_os = "linux")]
mod account;
#[cfg(target_os = "linux")]
mod alembic;
mod alembic_generate;
mod alembic_live;
mod autogenerate;
mod backup;
mod backup_physical;
mod bad_input;
mod baseline;
#[cfg(target_os = "linux")]
mod connections;
#[cfg(target_os = "linux")]
mod decide;
mod diff;
#[cfg(target_os = "linux")]
mod doctor;
mod documents;
mod drift;
mod gate;
mod generated;
mod guard;
mod identify;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(target_os = "linux")]
mod killed;
mod lint;
mod lint_fix;
mod lock;
#[cfg(target_os = "linux")]
mod manage;
mod normal;
#[cfg(target_os = "linux")]
mod permit;
mod pipelines;
mod postgres;
mod readme;
mod ready;
#[cfg(target_os = "linux")]
mod reconcile;
mod rehearse;
mod repair;
#[cfg(target_os = "linux")]
mod revision;
#[cfg(target_os = "linux")]
mod scope;
#[cfg(target_os = "linux")]
mod serve;
mod soak;
#[cfg(target_os = "linux")]
mod soak_points;
mod soak_ruled;
mod squash;
mod support;
mod transcripts;
#[cfg(target_os = "linux")]
mod upgrade;
#[cfg(target_os = "linux")]
mod upgrade_concurrent;
#[cfg(target_os = "linux")]
mod upgrade_died;
