"""Set up, run and test Briefing Bot, with nothing but Python 3.11 and a package index.

  python3 dev.py play    open the local playground: no account, no token
  python3 dev.py test    run every test
  python3 dev.py check   run linters, types, layers and `bot check`
  python3 dev.py bench   run the benchmarks
  python3 dev.py setup   only make .venv ready for all of these
  python3 dev.py lock    renew runtime.lock and dev.lock from pyproject.toml

Words after the command are passed on: python3 dev.py test -k search
"""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python cannot run
    sys.exit(
        "Briefing Bot needs Python 3.11 or newer, and this is Python %d.%d. "
        "Start dev.py with a newer one, for example: python3.13 dev.py play" % sys.version_info[:2]
    )
if sys.platform == "win32":
    sys.exit("dev.py runs on Linux and macOS. On Windows, run it inside WSL.")

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
BOOT = ROOT / ".boot"  # uv and hatchling, which make .venv
VENV = ROOT / ".venv"
STAMP = VENV / "ready"  # what is installed; written last, so a half-made .venv has none
BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))  # even when run by .venv's

LOCKS = (ROOT / "runtime.lock", ROOT / "dev.lock")
BOOT_PACKAGES = (
    "hatchling",
    "packaging",
    "pathspec",
    "pluggy",
    "tomlkit",
    "trove-classifiers",
    "uv",
)
CHECKS = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"])
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def main(words: list[str]) -> int:
    """Run the command that the first word names; print the help if there is none."""
    name, rest = (words[0], words[1:]) if words else ("help", [])
    commands = {"play": play, "test": test, "check": check, "bench": bench, "lock": lock}
    if name in {"help", "-h", "--help"}:
        print(__doc__.strip())
    elif name == "setup" and not rest:
        setup(tools=True)
    elif name in commands:
        return commands[name](rest)
    else:
        print(f"dev.py: no command {' '.join(words)!r}.\n\n{__doc__.strip()}", file=sys.stderr)
        return 2
    return 0


def play(words: list[str]) -> NoReturn:
    """Become the bot, with the playground as its only platform."""
    setup(tools=False)
    desktop = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    opening = ["--open"] if desktop and "CI" not in os.environ else []
    become("python", "-m", "bot", "run", *opening, *words, BOT_PLATFORMS="web")


def test(words: list[str]) -> NoReturn:
    """Become pytest."""
    setup(tools=True)
    add_chromium()
    become("python", "-m", "pytest", "-n", "2", *words)


def bench(words: list[str]) -> NoReturn:
    """Become the benchmarks."""
    setup(tools=True)
    become("python", "-m", "bench", *words)


def check(words: list[str]) -> int:
    """Run every check, though an earlier one fails, and return the first failure's exit code."""
    setup(tools=True)
    failures = []
    for command in [*CHECKS, ["python", "-m", "bot", "check", *words]]:
        print(f"$ {' '.join(command)}", flush=True)
        failures.append(subprocess.run([VENV / "bin" / command[0], *command[1:]]).returncode)
    return next(filter(None, failures), 0)


def lock(words: list[str]) -> int:
    """Write both locks anew; `--upgrade` takes newer versions."""
    with only_one() as held:
        boot(held)
        kept = "--universal --python-version=3.11 --generate-hashes --no-header --no-annotate"
        compile_ = ["pip", "compile", "-q", *kept.split(), "--no-emit-index-url", *words]
        uv(held, "Locking what the bot runs on", *compile_, "pyproject.toml", "-o", "runtime.lock")
        with_runtime = ["--group", "dev", "-c", "runtime.lock"]
        uv(held, "Locking the test tools", *compile_, *with_runtime, "-o", "dev.lock")
    return 0


def setup(*, tools: bool) -> None:
    """Make `.venv` what the locks say, with or without the test tools, unless it is already."""
    if installed(tools=tools):
        return
    with only_one() as held:
        if installed(tools=tools):  # by the dev.py that we waited for
            return
        boot(held)
        before = STAMP.read_text().splitlines() if STAMP.exists() else []
        STAMP.unlink(missing_ok=True)
        if before[:1] != stamp()[:1]:
            making = f"Making .venv with Python {platform.python_version()}"
            uv(held, making, "venv", "-q", "--clear", "--python", BASE_PYTHON, str(VENV))
        tools = tools or "tools" in before
        locks = [str(path) for path in LOCKS[: 2 if tools else 1]]
        into = ["--python", str(VENV / "bin/python")]
        installing = f"Installing what the bot {'and its tests run' if tools else 'runs'} on"
        exact = ["pip", "sync", "-q", "--compile-bytecode", "--require-hashes"]
        uv(held, installing, *exact, *into, *locks)
        itself = ["pip", "install", "-q", "--no-deps", "--no-build-isolation", *into]
        uv(held, "Installing the bot", *itself, "-e", str(ROOT))
        STAMP.write_text("\n".join([*stamp(), *(["tools"] if tools else [])]))


def installed(*, tools: bool) -> bool:
    """Tell whether an earlier run has finished all of this."""
    if not (STAMP.exists() and (VENV / "bin/python").exists()):
        return False
    found = STAMP.read_text().splitlines()
    return found[:2] == stamp() and ("tools" in found or not tools)


def stamp() -> list[str]:
    """Say where `.venv` is good for, and what belongs in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256(repr(project).encode())
    for path in LOCKS:
        digest.update(path.read_bytes())
    return [f"{sys.version_info[:3]} {ROOT}", digest.hexdigest()]


def only_one() -> IO[str]:
    """Take the lock that keeps two runs of dev.py from writing at once; closing it lets go."""
    BOOT.mkdir(exist_ok=True)
    held = (BOOT / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another dev.py to finish", flush=True)
        fcntl.flock(held, fcntl.LOCK_EX)
    return held


def boot(held: IO[str]) -> None:
    """Put uv and hatchling into `.boot`, in the versions and with the hashes of dev.lock."""
    pins = pinned(LOCKS[1].read_text(), BOOT_PACKAGES)
    have = BOOT / "tools/pins"
    if have.exists() and have.read_text() == pins:
        return
    fresh = BOOT / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    (fresh / "pins").write_text(pins)
    pip = [BASE_PYTHON, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:
        debian_install("python3-pip", "which this Python lacks")
    checked = "--require-hashes --only-binary :all: --disable-pip-version-check"
    into = [*checked.split(), "--target", str(fresh), "-r", str(fresh / "pins")]
    step(held, "Fetching uv, the installer", *pip, "install", "-qq", *into, PIP_USER="0")
    shutil.rmtree(BOOT / "tools", ignore_errors=True)
    fresh.rename(BOOT / "tools")


def pinned(lock_text: str, names: tuple[str, ...]) -> str:
    """Pick the entries of these packages, hashes included, out of a lock."""
    return "".join(re.findall(rf"^(?:{'|'.join(names)})==(?:.*\\\n)*.*\n", lock_text, re.MULTILINE))


def uv(held: IO[str], what: str, *words: str) -> None:
    """Run our own uv, with hatchling at hand."""
    tools = BOOT / "tools"
    step(held, what, str(tools / "bin/uv"), *words, PYTHONPATH=str(tools))


def step(held: IO[str], what: str, *command: str, **environ: str) -> None:
    """Say what is done and do it; if it fails, show why and stop."""
    print(what, flush=True)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environ,
        # If dev.py is killed, its child goes on writing: it shares the lock.
        pass_fds=[held.fileno()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(
            f"{done.stdout}dev.py: {what} failed, as said above. If the package index cannot be "
            "reached, check the network or HTTPS_PROXY, or name a mirror in PIP_INDEX_URL and "
            "UV_DEFAULT_INDEX; then run the same command again."
        )


def become(program: str, *words: str, **environ: str) -> NoReturn:
    """Turn this process into a program of `.venv`, so that signals and exit codes are its own."""
    os.chdir(ROOT)
    os.execve(VENV / "bin" / program, [program, *words], os.environ | environ)


def find_chromium() -> str | None:
    """Give the path of a Chromium or Chrome on this machine."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def add_chromium() -> None:
    """See to it that the browser tests can run, or say in one line why they will not."""
    if find_chromium() or debian_install("chromium", "for the browser tests"):
        return
    how = "brew install --cask chromium" if sys.platform == "darwin" else "apt install chromium"
    print(f"No Chromium here, so the browser tests are skipped. To get it: {how}", flush=True)


def debian_install(package: str, why: str) -> bool:
    """Install a Debian package where that is ours to do: as root on Debian."""
    try:
        debian = platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False
    if os.geteuid() or not debian:
        return False
    print(f"Installing Debian's package {package}, {why}", flush=True)
    apt = f"apt-get -qq update && apt-get -qq install -y --no-install-recommends {package}"
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["sh", "-c", apt],
        env=quiet,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(f"{done.stdout}Debian's package {package} could not be installed.", flush=True)
    return not done.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
