//! What a result's record says about where it came from.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Name of this machine.
pub fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Version of this program and of the model it computes.
pub fn code_version() -> String {
    format!(
        "{} model {}",
        env!("CARGO_PKG_VERSION"),
        simulation::MODEL_VERSION
    )
}

/// What no other process of this machine ever has or had: boot, process namespace, id and start
/// time. Empty where the system doesn't tell, and then only leases tell who is gone.
pub(crate) fn process_identity() -> String {
    identity_of(std::process::id()).unwrap_or_default()
}

/// Whether the process of this identity is known to be gone. False if it may live: on another boot
/// or in another namespace, whose processes can't be seen from here.
pub(crate) fn is_gone(identity: &str) -> bool {
    let parts: Vec<&str> = identity.split(' ').collect();
    let [boot, namespace, pid, _start] = parts[..] else {
        return false;
    };
    let Ok(pid) = pid.parse::<u32>() else {
        return false;
    };
    let Some((here_boot, here_namespace)) = surroundings() else {
        return false;
    };
    if (boot, namespace) != (here_boot.as_str(), here_namespace.as_str()) {
        return false;
    }
    has_ended(identity, pid, identity_of(pid).as_deref())
}

/// Whether the process has ended, by what is seen of its number now.
fn has_ended(identity: &str, pid: u32, seen: Option<&str>) -> bool {
    match seen {
        Some(living) => living != identity,
        // `/proc` may hide other people's processes; signals tell them from none.
        None => !exists(pid),
    }
}

/// Whether there is a process of this number, whoever's.
fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return false;
    };
    // Anything but "no such process", as "not permitted", is said of a living one.
    test_kill_process(pid) != Err(Errno::SRCH)
}

fn identity_of(pid: u32) -> Option<String> {
    let (boot, namespace) = surroundings()?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name, in parentheses, and may hold anything; the start time
    // is the twenty-second.
    let start = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?;
    Some(format!("{boot} {namespace} {pid} {start}"))
}

/// This boot and this process namespace.
fn surroundings() -> Option<(String, String)> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some((
        boot.trim().to_owned(),
        namespace.to_string_lossy().into_owned(),
    ))
}

/// Model name of the processor, or its architecture where the system doesn't tell.
pub fn cpu_name() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_not_gone_and_an_earlier_one_of_its_number_is() {
        let own = process_identity();
        assert!(!is_gone(&own));
        let (front, start) = own.rsplit_once(' ').expect("Linux tells");
        let earlier = start.parse::<u64>().unwrap() - 1;
        assert!(is_gone(&format!("{front} {earlier}")));
    }

    #[test]
    fn whose_process_is_hidden_is_not_gone() {
        let (own, pid) = (process_identity(), std::process::id());
        assert!(!has_ended(&own, pid, None));
        // It belongs to root, whom not everybody may signal.
        assert!(!has_ended("init", 1, None));
        let mut ended = std::process::Command::new("true").spawn().expect("starts");
        ended.wait().expect("ends");
        assert!(has_ended("ended", ended.id(), None));
    }

    #[test]
    fn who_can_not_be_seen_is_not_gone() {
        let own = process_identity();
        let (_, rest) = own.split_once(' ').expect("Linux tells");
        assert!(!is_gone(&format!("another-boot {rest}")));
        assert!(!is_gone(""));
    }
}
