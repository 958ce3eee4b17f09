//! One folder's entries, read once.
//! Out: what they mean to a tool.
//! Called by detection, discovery and every layout.

use super::marks::{self, Mark};
use super::source::Source;
use groundline_core::{Fault, Place, Result};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How deep a layout that reads sub folders goes.
const DEPTH: usize = 8;

/// The entries of one folder, sorted by name; hidden ones are left out.
pub struct Listing {
    folder: PathBuf,
    files: Vec<String>,
    folders: Vec<String>,
    sample: usize,
    marks: OnceLock<Vec<(String, Mark)>>,
}

impl Listing {
    /// Lists a folder.
    ///
    /// # Errors
    /// It is not there, is no folder, cannot be read, or holds an SQL file whose name is not UTF-8.
    pub fn of(folder: &Path) -> Result<Self> {
        if folder.is_file() {
            let fault = Fault::new("a folder of migrations is wanted, and this is a file");
            return Err(fault.at(Place::file(folder)));
        }
        let fault = |error| Fault::io("read the folder of migrations", folder, &error);
        let mut listing = Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            folders: Vec::new(),
            sample: usize::MAX,
            marks: OnceLock::new(),
        };
        for entry in std::fs::read_dir(folder).map_err(fault)? {
            listing.add(&entry.map_err(fault)?)?;
        }
        listing.files.sort_unstable();
        listing.folders.sort_unstable();
        Ok(listing)
    }

    /// Lists a folder for discovery: only a few files are opened to look for marks.
    pub fn sampled(folder: &Path) -> Result<Self> {
        Ok(Self { sample: 3, ..Self::of(folder)? })
    }

    fn add(&mut self, entry: &std::fs::DirEntry) -> Result<()> {
        let name = match entry.file_name().into_string() {
            Ok(name) if name.starts_with('.') => return Ok(()),
            Ok(name) => name,
            Err(raw) if raw.to_string_lossy().ends_with(".sql") => {
                let fault = Fault::new("the file's name is not UTF-8").at(Place::file(entry.path()));
                return Err(fault.next("rename the file"));
            }
            Err(_) => return Ok(()),
        };
        // Follows links; a dangling one counts as a file and is a fault when it is read.
        let is_folder = std::fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
        if is_folder {
            self.folders.push(name);
        } else {
            self.files.push(name);
        }
        Ok(())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Names of its files.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Names of its folders.
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Names of its SQL files.
    pub fn sql_files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(|name| name.ends_with(".sql"))
    }

    /// The folder's own files and those of its sub folders, as relative paths, the nearer first.
    pub fn deep_files(&self) -> Result<Vec<PathBuf>> {
        let mut found: Vec<PathBuf> = self.files.iter().map(PathBuf::from).collect();
        let mut waiting: Vec<PathBuf> = self.folders.iter().rev().map(PathBuf::from).collect();
        while let Some(below) = waiting.pop() {
            let inner = Listing::of(&self.folder.join(&below))?;
            found.extend(inner.files.iter().map(|name| below.join(name)));
            if below.components().count() < DEPTH {
                waiting.extend(inner.folders.iter().rev().map(|name| below.join(name)));
            }
        }
        Ok(found)
    }

    /// Where one of its files is, for faults.
    pub fn place(&self, file: impl AsRef<Path>) -> Place {
        Place::file(self.folder.join(file))
    }

    /// Reads one of its files.
    pub fn source(&self, file: impl Into<PathBuf>) -> Result<Source> {
        Source::read(&self.folder, file.into())
    }

    /// Whose marks its SQL files carry, file by file; blank ones are left out. A file that cannot be read
    /// counts as unmarked: whoever reads it in earnest says so.
    fn marks(&self) -> &[(String, Mark)] {
        self.marks.get_or_init(|| {
            let mut marks = Vec::new();
            for name in self.sql_files().take(self.sample) {
                let bytes = std::fs::read(self.folder.join(name)).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                if !text.trim().is_empty() {
                    marks.push((name.to_owned(), marks::first(&text)));
                }
            }
            marks
        })
    }

    /// How many of its SQL files with such a name carry this mark. Where only some were opened and one of them
    /// carries it, all with such a name count.
    pub fn count_marked(&self, mark: Mark, test: impl Fn(&str) -> bool) -> usize {
        let marked = self.marks().iter().filter(|(name, found)| *found == mark && test(name)).count();
        let named = self.sql_files().filter(|name| test(name));
        if marked > 0 && self.sample < usize::MAX { named.count() } else { marked }
    }
}
