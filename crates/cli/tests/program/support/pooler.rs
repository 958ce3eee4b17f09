//! A pooler in transaction mode: each transaction of a client is on another session of the server.
//! Source: PostgreSQL manual, 55.2 "Message Flow", 55.7 "Message Formats".

use std::io::{Read as _, Result, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;

/// Server sessions for each client.
const SESSIONS: usize = 2;

/// Starts one before the server with this socket; gives its port. It ends with the process.
pub fn before(socket: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let socket = socket.clone();
            // A client that leaves ends its thread with an error.
            std::thread::spawn(move || drop(serve(client, &socket)));
        }
    });
    port
}

fn serve(mut client: TcpStream, socket: &str) -> Result<()> {
    let startup = body(&mut client, 0)?;
    let mut sessions = (0..SESSIONS).map(|_| UnixStream::connect(socket)).collect::<Result<Vec<_>>>()?;
    for (at, session) in sessions.iter_mut().enumerate() {
        session.write_all(&startup)?;
        let answer = until_ready(session)?.0;
        if at == 0 {
            client.write_all(&answer)?;
        }
    }
    let mut now = 0;
    loop {
        let mut kind = [0];
        client.read_exact(&mut kind)?;
        let message = body(&mut client, kind[0])?;
        sessions[now].write_all(&message)?;
        // A query, and a Sync, are answered up to ReadyForQuery.
        if matches!(kind[0], b'Q' | b'S') {
            let (answer, status) = until_ready(&mut sessions[now])?;
            client.write_all(&answer)?;
            if status == b'I' {
                now = (now + 1) % SESSIONS;
            }
        }
    }
}

/// All messages up to ReadyForQuery, and the status in it: `I` outside of a transaction.
fn until_ready(session: &mut UnixStream) -> Result<(Vec<u8>, u8)> {
    let mut all = Vec::new();
    loop {
        let mut kind = [0];
        session.read_exact(&mut kind)?;
        let message = body(session, kind[0])?;
        all.extend_from_slice(&message);
        if kind[0] == b'Z' {
            return Ok((all, message[5]));
        }
    }
}

/// A message whose kind is read; that at the start of a session has none.
fn body(from: &mut impl std::io::Read, kind: u8) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
    from.read_exact(&mut rest)?;
    let kind = (kind != 0).then_some(kind);
    Ok(kind.into_iter().chain(length).chain(rest).collect())
}
