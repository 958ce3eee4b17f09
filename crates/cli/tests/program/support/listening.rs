//! A server that listens on TCP with TLS, and asks for passwords: what shadow servers do not do.

use super::{Running, open_folder};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// One server for all tests of the program. It ends with this process: the pipe that it watches is closed then.
pub struct Listening {
    pub port: u16,
    /// The certificate of the authority that signed the server's, which is for `localhost`.
    pub root: PathBuf,
    /// The certificate of another authority.
    pub other_root: PathBuf,
    _stdin: ChildStdin,
    folder: tempfile::TempDir,
}

/// The superuser's password.
pub const PASSWORD: &str = "s3cret";

/// The account that PostgreSQL's programs run as here, and the folder that they are in.
struct Programs {
    bin: PathBuf,
    owner: (u32, u32),
}

impl Programs {
    fn find() -> Self {
        let mut running = Running::start(&[]);
        let url = running.line();
        let data = std::fs::metadata(running.run_folder(&url).join("data")).expect("a data folder");
        let program = std::fs::read_link(format!("/proc/{}/exe", running.server())).expect("a program");
        running.close_stdin();
        running.end();
        Self { bin: program.parent().expect("a folder").to_owned(), owner: (data.uid(), data.gid()) }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if rustix::process::geteuid().is_root() {
            command.uid(self.owner.0).gid(self.owner.1);
        }
        command.current_dir("/");
        command
    }

    fn give(&self, path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        chown(path, Some(self.owner.0), Some(self.owner.1)).expect("it can be given");
    }
}

impl Listening {
    /// The server, started by whoever needs it first.
    pub fn server() -> &'static Self {
        static SERVER: OnceLock<Listening> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// A folder for the tests' own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The superuser's URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://postgres:{PASSWORD}@localhost:{}/{database}", self.port)
    }

    fn start() -> Self {
        let (programs, folder) = (Programs::find(), open_folder());
        let place = |name: &str| folder.path().join(name);
        let data = place("data");
        std::fs::create_dir(&data).expect("a folder");
        std::fs::write(place("password"), PASSWORD).expect("a file");
        programs.give(&data, 0o700);
        programs.give(&place("password"), 0o600);
        let mut initdb = programs.command(&programs.bin.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "--no-sync", "--auth=scram-sha-256"]);
        let made = initdb.arg("--pwfile").arg(place("password")).output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        certify(&programs, folder.path());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let script = "\"$0\" \"$@\" >&2 & read -r _; kill -QUIT $!; wait";
        let mut command = programs.command(Path::new("sh"));
        command.arg("-c").arg(script).arg(programs.bin.join("postgres")).arg("-D").arg(&data);
        command.args(["-p", &port.to_string(), "-k", ""]).args(["-c", "listen_addresses=127.0.0.1"]);
        for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            command.arg("-c").arg(format!("{setting}={}", place(file).display()));
        }
        command.args(["-c", "ssl=on", "-c", "fsync=off"]).stdin(Stdio::piped()).stderr(Stdio::piped());
        #[allow(clippy::zombie_processes, reason = "it ends with this process")]
        let mut child = command.spawn().expect("the server starts");
        wait_until_ready(child.stderr.take().expect("a pipe"));
        let stdin = child.stdin.take().expect("a pipe");
        let (root, other_root) = (place("root.crt"), place("other.crt"));
        Self { port, root, other_root, _stdin: stdin, folder }
    }
}

/// Reads the log until it says so; a thread reads on, so that the server never waits for a reader.
fn wait_until_ready(mut log: std::process::ChildStderr) {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.contains("ready to accept connections") {
        let read = log.read(&mut buffer).expect("the log");
        assert!(read > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
}

/// Writes a certificate for `localhost`, its authority's, and that of an authority which has nothing to do with it.
fn certify(programs: &Programs, folder: &Path) {
    let authority = || {
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.self_signed(&key).expect("a certificate").pem();
        (Issuer::new(parameters, key), certificate)
    };
    let ((issuer, root), (_, other)) = (authority(), authority());
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let certificate = parameters.signed_by(&key, &issuer).expect("a certificate").pem();
    let files = [
        ("root.crt", root),
        ("other.crt", other),
        ("server.crt", certificate),
        ("server.key", key.serialize_pem()),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        programs.give(&path, if name == "server.key" { 0o600 } else { 0o644 });
    }
}
