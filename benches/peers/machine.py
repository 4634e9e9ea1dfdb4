"""What the measurement ran on, one line each."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def describe(core: int | None) -> list[str]:
    """Processor, core, load, system and versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy", "numba", "jax"))
    pinned = "not pinned" if core is None else f"all on core {core}"
    return [
        f"processor: {processor()}, {os.cpu_count()} cores; {pinned}, one thread each",
        f"load average at the end: {os.getloadavg()[0]:.2f} (1.0 is a quiet machine that runs this alone)",
        f"system: {platform.system()} {platform.release()}, {platform.machine()}",
        f"peers: Python {platform.python_version()}, {libraries}",
        f"ours: {output('git', 'describe', '--always', '--dirty')}, {output('rustc', '--version')}",
    ]


def processor() -> str:
    """Model name and vector extensions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    vectors = [flag for flag in ("avx2", "fma", "avx512f") if flag in facts.get("flags", "").split()]
    return f"{facts.get('model name', 'unknown')} ({', '.join(vectors)})"


def output(*command: str) -> str:
    """A command's output, or that it is unknown."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return f"{command[0]}: unknown"
