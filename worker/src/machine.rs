//! What a result's record says about where it came from.

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

/// Model name of the processor, or its architecture where the system doesn't tell.
pub(crate) fn cpu_name() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}
