//! The program as a person runs it. One binary, so that it is linked once.

#[cfg(target_os = "linux")]
mod account;
#[cfg(target_os = "linux")]
mod alembic;
mod bad_input;
#[cfg(target_os = "linux")]
mod diff;
#[cfg(target_os = "linux")]
mod drift;
mod identify;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(target_os = "linux")]
mod killed;
mod lock;
mod normal;
#[cfg(target_os = "linux")]
mod postgres;
mod readme;
#[cfg(target_os = "linux")]
mod scope;
mod support;
mod transcripts;
