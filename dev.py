"""Set up, run and test Briefing Bot, with nothing but Python 3.11 and a package index.

  python3 dev.py play    open the local playground: no account, no token
  python3 dev.py test    run every test; with --faults only the long siege of the deliveries
  python3 dev.py check   run linters, types, layers and `bot check`
  python3 dev.py bench   run the benchmarks
  python3 dev.py setup   only make .venv ready for all of these
  python3 dev.py lock    renew runtime.lock and dev.lock from pyproject.toml

Words after the command are passed on: python3 dev.py test -k search
A fault run is repeated by its seed: FAULTS_SEED=42 python3 dev.py test --faults
"""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python cannot run
    sys.exit(
        "Briefing Bot needs Python 3.11 or newer, and this is Python %d.%d. "
        "Start dev.py with a newer one, for example: python3.13 dev.py play" % sys.version_info[:2]
    )
if sys.platform == "win32":
    sys.exit("dev.py runs on Linux and macOS. On Windows, run it inside WSL.")

import ctypes
import fcntl
import hashlib
import os
import platform
import re
import shutil
import tomllib
from pathlib import Path
from subprocess import PIPE, STDOUT, run
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
PYTHON = str(getattr(sys, "_base_executable", sys.executable))  # not .venv's, even if that runs us
VENV = ROOT / ".venv"
STAMP = VENV / "ready"  # what is installed; written last, so a half-made .venv has none
BOOT = ROOT / ".boot"  # uv and hatchling, which make .venv
BOOT_PACKAGES = "hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers|uv"
LOCKS = (ROOT / "runtime.lock", ROOT / "dev.lock")
CHECKS = ("ruff check", "ruff format --check", "mypy", "lint-imports", "python -m bot check")
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_PIP = (
    "This Python has no pip, which fetches the rest. Add it (python3 -m ensurepip; on Debian and "
    "Ubuntu: sudo apt install python3-pip), then run the same command again."
)
STOPPED = (
    "dev.py stopped for the reason above. If the network is at fault, check HTTPS_PROXY, "
    "PIP_INDEX_URL and UV_DEFAULT_INDEX; then run the same command again."
)


def main(words: list[str]) -> int:
    """Run the command that the first word names, or print the help."""
    command, rest = (words[0], words[1:]) if words else ("help", [])
    commands = {"play": play, "test": test, "check": check, "bench": bench, "lock": lock}
    if command in commands:
        return commands[command](rest)
    if command == "setup" and not rest:
        setup(tools=True)
        return 0
    known = command in {"help", "-h", "--help"}
    print("" if known else f"No command {' '.join(words)!r}.\n\n", __doc__.strip(), sep="")
    return 0 if known else 2


def play(words: list[str]) -> NoReturn:
    """Become the bot, with the playground as its only platform."""
    setup(tools=False)
    desktop = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    opened = ["--open"] if desktop and "CI" not in os.environ else []
    become("-m", "bot", "run", *opened, *words, BOT_PLATFORMS="web")


def test(words: list[str]) -> NoReturn:
    """Become pytest, with a browser where one can be had; or with --faults the long fault run."""
    setup(tools=True)
    if "--faults" in words:  # one at a time, and what they print is shown: seeds and counts
        rest = [word for word in words if word != "--faults"]
        become("-m", "pytest", "-m", "faults", "--capture=no", *rest)
    missing = browser_lacks()
    if missing and not debian_install(missing, "for the browser tests"):
        how = "brew install --cask" if sys.platform == "darwin" else "apt install"
        print(f"The browser tests are skipped until there is: {how} {missing}", flush=True)
    become("-m", "pytest", "-n", "2", *words)


def bench(words: list[str]) -> NoReturn:
    """Become the benchmarks."""
    setup(tools=True)
    become("-m", "bench", *words)


def check(words: list[str]) -> int:
    """Run every check, even after one has failed; the words go to the last, `bot check`."""
    setup(tools=True)
    codes = []
    for line in CHECKS:
        print(f"$ {line}", flush=True)
        program, *rest = line.split() + (words if line == CHECKS[-1] else [])
        codes.append(run([VENV / "bin" / program, *rest], cwd=ROOT).returncode)
    return next(filter(None, codes), 0)


def lock(words: list[str]) -> int:
    """Write both locks anew; the word `--upgrade` takes the newest versions."""
    form = "-q --universal --python-version=3.11 --generate-hashes --no-header --no-annotate"
    compiled = ["pip", "compile", *form.split(), "--no-emit-index-url", *words]
    dev = ["--group", "dev", "-c", "runtime.lock", "-o", "dev.lock"]
    with only_one():
        boot()
        uv("Locking the runtime", *compiled, "pyproject.toml", "-o", "runtime.lock")
        uv("Locking the test tools", *compiled, *dev)
    return 0


def setup(*, tools: bool) -> None:
    """Make `.venv` what the locks say, with or without the test tools."""
    if installed(tools=tools):
        return
    with only_one():
        if installed(tools=tools):  # by the dev.py that we waited for
            return
        boot()
        before = STAMP.read_text().split("\n") if STAMP.exists() else [""]
        STAMP.unlink(missing_ok=True)
        if before[0] != stamp(tools=tools).split("\n")[0]:
            version = platform.python_version()
            uv(f"Making .venv with Python {version}", "venv", "--clear", "--python", PYTHON, VENV)
        tools = tools or before[-1] == "tools"  # once there, they stay
        needed = "Installing what the bot needs" + (", and its tests" if tools else "")
        exact = ("--compile-bytecode", "--require-hashes", "--python", VENV)
        uv(needed, "pip", "sync", *exact, *LOCKS[: 1 + tools])
        itself = ("--no-deps", "--no-build-isolation", "--python", VENV, "-e", ROOT)
        uv("Installing the bot", "pip", "install", *itself)
        STAMP.write_text(stamp(tools=tools))


def installed(*, tools: bool) -> bool:
    """Tell whether an earlier run has finished all of this."""
    made = STAMP.exists() and (VENV / "bin/python").exists()
    return made and STAMP.read_text().startswith(stamp(tools=tools))


def stamp(*, tools: bool) -> str:
    """Say which Python and place `.venv` is for, what belongs in it, and if test tools do."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256(repr(project).encode())
    for path in LOCKS:
        digest.update(path.read_bytes())
    last = "tools" if tools else ""
    return f"{platform.python_version()} {ROOT}\n{digest.hexdigest()}\n{last}"


def only_one() -> IO[str]:
    """Wait until no other dev.py is writing; closing what this returns lets the next one in."""
    BOOT.mkdir(exist_ok=True)
    held = (BOOT / "lock").open("w")
    # Children hold it, too: if dev.py is killed, what it started may still be writing.
    os.set_inheritable(held.fileno(), True)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another dev.py to finish", flush=True)
        fcntl.flock(held, fcntl.LOCK_EX)
    return held


def boot() -> None:
    """Put uv and hatchling into `.boot/tools`, as dev.lock pins them."""
    tools, fresh, listed = BOOT / "tools", BOOT / "fresh", BOOT / "tools/pins"
    pins = pinned(LOCKS[1].read_text())
    if listed.exists() and listed.read_text() == pins:
        return
    if not (has_pip() or (debian_install("python3-pip", "to fetch the rest") and has_pip())):
        sys.exit(NO_PIP)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    (fresh / "pins").write_text(pins)
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--require-hashes", "--only-binary=:all:"]
    step("Fetching uv, the installer", *pip, "-r", fresh / "pins", "--target", fresh, PIP_USER="0")
    shutil.rmtree(tools, ignore_errors=True)
    fresh.rename(tools)


def pinned(lock_text: str) -> str:
    """Pick what `boot` installs, hashes included, out of a lock."""
    entries = re.findall(rf"^(?:{BOOT_PACKAGES})==(?:.*\\\n)*.*\n", lock_text, re.MULTILINE)
    return "".join(entries)


def has_pip() -> bool:
    """Tell whether this Python can install anything."""
    return not run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode


def uv(what: str, *words: str | Path) -> None:
    """Do one step with uv, hatchling being at hand."""
    step(what, BOOT / "tools/bin/uv", "--quiet", *words, PYTHONPATH=str(BOOT / "tools"))


def step(what: str, *command: str | Path, **environ: str) -> None:
    """Do one step of the setup, or stop and say what can be done."""
    said = failure(what, *command, **environ)
    if said:
        sys.exit(said + STOPPED)


def failure(what: str, *command: str | Path, **environ: str) -> str:
    """Say what is done and do it; return what the program said if it failed, else nothing."""
    print(what, flush=True)
    env = os.environ | environ
    done = run(command, cwd=ROOT, env=env, close_fds=False, stdout=PIPE, stderr=STDOUT, text=True)
    if not done.returncode:
        return ""
    said = [line for line in done.stdout.splitlines() if not line.startswith("WARNING: Retrying")]
    said.append(f"{Path(command[0]).name} failed, exit code {done.returncode}.\n")
    return "\n".join(said[-12:])


def become(*words: str, **environ: str) -> NoReturn:
    """Turn this process into `.venv`'s Python, so that signals and exit codes are its own."""
    os.chdir(ROOT)
    python = str(VENV / "bin/python")  # whole, since Python finds its packages by this name
    os.execve(python, [python, *words], os.environ | environ)


def find_chromium() -> str | None:
    """Give the path of a Chromium or Chrome on this machine."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def browser_lacks() -> str:
    """Name the packages that must be added before the browser tests can run."""
    lacks = [] if find_chromium() else ["chromium"]
    try:
        if sys.platform == "linux":
            ctypes.CDLL("libatomic.so.1")  # playwright's Node.js stands on it
    except OSError:
        lacks.append("libatomic1")
    return " ".join(lacks)


def debian_install(packages: str, why: str) -> bool:
    """Install packages where that is ours to do: as root on Debian."""
    release = Path("/etc/os-release")
    if os.geteuid() or not release.exists() or "\nID=debian\n" not in release.read_text():
        return False
    apt = f"apt-get -qq update && apt-get -qq install -y --no-install-recommends {packages}"
    what = f"Installing {packages} from Debian, {why}"
    said = failure(what, "sh", "-c", apt, DEBIAN_FRONTEND="noninteractive")
    print(said, end="")
    return not said


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
