//! How a command ends.

use std::error::Error;
use std::process::ExitCode;

/// Exit status of `driftsweep`. The numbers are documented in the README: scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All that was asked for is done.
    Done = 0,
    /// The program or the machine failed.
    Machine = 1,
    /// The user's input is at fault.
    Input = 2,
    /// Finished, but some jobs are dead.
    SomeDead = 3,
    /// `run` was interrupted; the same command goes on.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed, and whose fault it is. Prints the whole chain of causes, once.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    source: Box<dyn Error + Send + Sync>,
}

impl Failure {
    /// The program or the machine failed.
    pub fn machine(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            exit: Exit::Machine,
            source: source.into(),
        }
    }

    /// The user's input is at fault.
    pub fn input(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            exit: Exit::Input,
            source: source.into(),
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
