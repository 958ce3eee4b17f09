//! The program as a person runs it. One binary, so that it is linked once.

mod bad_input;
#[cfg(target_os = "linux")]
mod interrupted;
mod support;
