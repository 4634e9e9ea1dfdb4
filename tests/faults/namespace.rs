//! A network namespace with a cable to this one, which can be cut.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A namespace of its own, gone when dropped.
pub struct Namespace {
    name: String,
    cable: String,
    number: u8,
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .expect("`ip` of iproute2 is installed (tests/install-needs)");
    assert!(
        output.status.success(),
        "ip {}: {}: these tests need root (CAP_NET_ADMIN)",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Namespace {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let namespace = Self {
            name: format!("driftsweep-{process}-{next}"),
            // Names of interfaces have at most 15 characters.
            cable: format!("ds{process}n{next}"),
            // Test processes side by side should not share addresses.
            number: u8::try_from((process * 8 + next) % 250).expect("below 250"),
        };
        let (name, cable) = (namespace.name.as_str(), namespace.cable.as_str());
        let address = |last| format!("198.18.{}.{last}/24", namespace.number);
        ip(&["netns", "add", name]);
        ip(&[
            "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name,
        ]);
        ip(&["addr", "add", &address(1), "dev", cable]);
        ip(&["link", "set", cable, "up"]);
        ip(&["-n", name, "addr", "add", &address(2), "dev", "eth0"]);
        ip(&["-n", name, "link", "set", "eth0", "up"]);
        ip(&["-n", name, "link", "set", "lo", "up"]);
        namespace
    }

    /// This side's address, as seen from the inside. From the range for network tests (RFC 2544).
    pub fn outside(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.number, 1)
    }

    /// What starts a program inside.
    pub fn wrapper(&self) -> [&str; 4] {
        ["ip", "netns", "exec", &self.name]
    }

    /// Nothing gets in or out, and nobody is told.
    pub fn cut(&self) {
        ip(&["link", "set", &self.cable, "down"]);
    }

    pub fn mend(&self) {
        ip(&["link", "set", &self.cable, "up"]);
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The cable goes with it.
        let _ = Command::new("ip")
            .args(["netns", "del", &self.name])
            .status();
    }
}
