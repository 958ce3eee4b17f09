//! Connecting to a server: TLS, settings of a session, faults from the server's errors.
