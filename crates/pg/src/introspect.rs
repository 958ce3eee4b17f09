//! Reading a catalog snapshot from a server.
