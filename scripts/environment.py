"""Make .venv and install Earnest into it: needs Python 3.11 or newer and nothing else."""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main(words: list[str]) -> None:
    """Make or refresh the environment; `--dev` adds what the tests need."""
    if sys.version_info < (3, 11):  # noqa: UP036 - it is started by whatever python3 the machine has
        found = sys.version.split()[0]
        sys.exit(f"Earnest needs Python 3.11 or newer, and this is {found}; name a newer one: make PYTHON=python3.12")
    extra = "[dev]" if "--dev" in words else ""
    stamp = HOME / f"installed{extra.strip('[]') and '-dev'}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if not PYTHON.exists():
        make_environment()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing Earnest into {HOME} …", flush=True)
        run(
            [
                str(PYTHON),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--editable",
                f"{ROOT}{extra}",
            ]
        )
        stamp.write_text(wanted)


def make_environment() -> None:
    """Make .venv with the venv module, or with virtualenv where Debian and others leave that out."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        run([sys.executable, "-m", "venv", str(HOME)])
        return
    if importlib.util.find_spec("virtualenv"):
        run([sys.executable, "-m", "virtualenv", "--quiet", str(HOME)])
        return
    if not importlib.util.find_spec("pip"):
        sys.exit("Python's venv module and pip are both missing; install one (Debian: apt install python3-venv).")
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "virtualenv"])
        code = f"import sys; sys.path.insert(0, {folder!r}); import virtualenv; virtualenv.cli_run([{str(HOME)!r}])"
        run([sys.executable, "-c", code])


def run(command: list[str]) -> None:
    """Run a command and stop with its exit code when it fails."""
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(f"“{' '.join(command[:6])} …” failed; its message stands above.")


if __name__ == "__main__":
    main(sys.argv[1:])
