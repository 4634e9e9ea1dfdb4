//! Wrong clocks: libfaketime between a program and the time of day.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The clock of some processes, which can be moved while they run.
pub struct Clock {
    library: PathBuf,
    setting: PathBuf,
}

impl Clock {
    /// Right at first; `setting` is a file that it may use.
    pub fn new(setting: PathBuf) -> Self {
        let clock = Self {
            library: library(),
            setting,
        };
        clock.set("+0");
        clock
    }

    /// Moves it against the real time: `+3600`, in seconds.
    pub fn set(&self, offset: &str) {
        // A reader sees the old setting or the new one.
        let unfinished = self.setting.with_extension("part");
        fs::write(&unfinished, format!("{offset}\n")).expect("a setting");
        fs::rename(&unfinished, &self.setting).expect("a setting");
    }

    /// What starts a program that lives by this clock. Its monotonic clock stays right.
    pub fn wrapper(&self) -> Vec<String> {
        vec![
            "env".to_owned(),
            format!("LD_PRELOAD={}", self.library.display()),
            format!("FAKETIME_TIMESTAMP_FILE={}", self.setting.display()),
            "FAKETIME_NO_CACHE=1".to_owned(),
            "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
        ]
    }

    /// What a program that lives by this clock takes for now, in seconds since 1970.
    pub fn shown(&self) -> u64 {
        let wrapper = self.wrapper();
        let output = Command::new(&wrapper[0])
            .args(&wrapper[1..])
            .args(["date", "+%s"])
            .output()
            .expect("date can be started");
        let text = String::from_utf8(output.stdout).expect("digits");
        text.trim().parse().expect("a number")
    }
}

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
        .find(|path| path.is_file())
        .expect("libfaketime is installed (Debian: apt-get install faketime; tests/install-needs)")
}
