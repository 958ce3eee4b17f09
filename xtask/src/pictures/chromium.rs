//! A headless Chromium, driven through its pipe by the DevTools protocol: a page, keys, styles of media, pictures.
//! Source: "Chrome DevTools Protocol", domains Page, Runtime, Emulation, Input, Log.
//! Out: what is looked at (`mod`).

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a page is shown.
#[derive(Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    /// `light` or `dark`.
    pub scheme: &'static str,
    /// `screen` or `print`.
    pub media: &'static str,
}

/// A browser with one page. It ends with this.
pub struct Chromium {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    number: u64,
    /// What the page said that nobody asked for, in order.
    events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts it.
    pub fn start(program: &str) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        // Its pipe is descriptors 3 and 4; a shell is what makes these of the usual ones.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", program]);
        command.args(["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"]);
        // As root it has no sandbox; it opens nothing but our own pages.
        command.args([
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--hide-scrollbars",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("can't start a shell")?;
        let stdin = child.stdin.take().context("no pipe")?;
        let stdout = child.stdout.take().context("no pipe")?;
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(stdout).split(0).map_while(Result::ok) {
                if serde_json::from_slice(&message).is_ok_and(|value: Value| sender.send(value).is_err()) {
                    break;
                }
            }
        });
        let mut browser =
            Self { child, stdin, messages, session: None, number: 0, events: Vec::new(), _profile: profile };
        browser.attach().with_context(|| format!("{program} does not answer"))?;
        Ok(browser)
    }

    fn attach(&mut self) -> Result<()> {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attached =
            self.call("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }))?;
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.call(domain, &json!({}))?;
        }
        Ok(())
    }

    /// Asks, and waits for the answer.
    pub fn call(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.stdin.write_all(format!("{message}\0").as_bytes())?;
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.next(until).with_context(|| format!("no answer to {method}"))?;
            if answer["id"] == self.number {
                if let Some(error) = answer.get("error") {
                    bail!("{method}: {error}");
                }
                return Ok(answer["result"].clone());
            }
            self.events.push(answer);
        }
    }

    fn next(&self, until: Instant) -> Result<Value> {
        Ok(self.messages.recv_timeout(until.saturating_duration_since(Instant::now()))?)
    }

    /// Opens an address, shown in a way, and waits until it has loaded.
    pub fn open(&mut self, url: &str, screen: Screen) -> Result<()> {
        self.show(screen)?;
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        let navigated = self.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(error) = navigated["errorText"].as_str() {
            bail!("{url}: {error}");
        }
        let until = Instant::now() + PATIENCE;
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.next(until).with_context(|| format!("{url} does not load"))?;
            self.events.push(event);
        }
        Ok(())
    }

    /// Shows the page in another way.
    pub fn show(&mut self, screen: Screen) -> Result<()> {
        let Screen { width, height, scheme, media } = screen;
        let is_phone = width < 500;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.call("Emulation.setDeviceMetricsOverride", &metrics)?;
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "media": media, "features": features }))?;
        Ok(())
    }

    /// What an expression of JavaScript's is in the page; a promise is waited for.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &asked)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("{thrown}");
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, what: &str, expression: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while self.evaluate(expression)? != true {
            if Instant::now() > until {
                bail!("waited {} s for {what}", PATIENCE.as_secs());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// Presses the key Tab.
    pub fn tab(&mut self) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.call("Input.dispatchKeyEvent", &key)?;
        }
        Ok(())
    }

    /// A picture of the whole page, at most so high.
    pub fn picture(&mut self, file: &Path, highest: u64) -> Result<()> {
        let size = self.call("Page.getLayoutMetrics", &json!({}))?["cssContentSize"].clone();
        let height = size["height"].as_f64().unwrap_or(0.0).min(highest as f64);
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.call("Page.captureScreenshot", &asked)?;
        kept(file, &taken["data"])
    }

    /// The page on paper, as PDF.
    pub fn print(&mut self, file: &Path) -> Result<()> {
        let printed = self.call("Page.printToPDF", &json!({ "preferCSSPageSize": true }))?;
        kept(file, &printed["data"])
    }

    /// What went wrong in the page until now: thrown, logged as an error, or refused by its policy.
    pub fn errors(&self) -> Vec<String> {
        let wrong = |event: &&Value| match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Log.entryAdded" => event["params"]["entry"]["level"] == "error",
            "Runtime.consoleAPICalled" => event["params"]["type"] == "error",
            _ => false,
        };
        self.events.iter().filter(wrong).map(|event| event["params"].to_string()).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.call("Browser.close", &json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes what came in base64.
fn kept(file: &Path, data: &Value) -> Result<()> {
    let bytes = decoded(data.as_str().context("no picture")?).context("the picture is no base64")?;
    std::fs::write(file, bytes).with_context(|| format!("can't write {}", file.display()))
}

/// Base64 as the protocol has it: padded, without line ends.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|one| *one == letter)?;
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(decoded("aGk=").unwrap(), b"hi");
        assert_eq!(decoded("aGkhIQ==").unwrap(), b"hi!!");
        assert!(decoded("a*").is_none());
    }
}
