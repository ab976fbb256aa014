from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev
from tests import conftest

PYTHON = """\
#!/bin/sh
echo "python $*"
echo "pid $$, platforms ${BOT_PLATFORMS:-none}"
exit ${PYTHON_EXITS:-0}
"""
UV = """\
#!/bin/sh
echo "uv $*" >> uv.log
if [ -n "$UV_WAITS" ]; then touch uv.waits; while [ ! -e uv.goes ]; do sleep 0.02; done; fi
if [ -n "$UV_FAILS" ]; then echo "$UV_FAILS"; exit 2; fi
mkdir -p .venv/bin && cp python .venv/bin/python
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the project's set-up, with programs that only say how they were called."""
    for name in ("dev.py", "pyproject.toml", "runtime.lock", "dev.lock"):
        shutil.copy(dev.ROOT / name, tmp_path)
    write_program(tmp_path / "python", PYTHON)
    write_program(tmp_path / ".boot/tools/bin/uv", UV)
    write_program(tmp_path / "path/chromium", PYTHON)
    pins = dev.pinned((tmp_path / "dev.lock").read_text())
    (tmp_path / ".boot/tools/pins").write_text(pins)
    return tmp_path


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def start(project: Path, *words: str, **environ: str) -> subprocess.Popen[str]:
    clean = {"PATH": f"{project / 'path'}:{os.environ['PATH']}", **environ}
    return subprocess.Popen(
        [sys.executable, project / "dev.py", *words],
        cwd=project,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(project: Path, *words: str, **environ: str) -> tuple[int, list[str]]:
    process = start(project, *words, **environ)
    said, _ = process.communicate(timeout=30)
    return process.returncode, said.splitlines()


def uv_calls(project: Path) -> list[str]:
    """Say which of its commands uv was given since this was last asked."""
    log = project / "uv.log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [
        " ".join(re.findall(r"[ /](venv|pip|sync|install|\w+\.lock)\b", line)) for line in lines
    ]


def wait_for(path: Path) -> None:
    for _ in range(1000):
        if path.exists():
            return
        time.sleep(0.02)
    pytest.fail(f"{path.name} never came")


def test_without_a_command_the_help_names_every_command(project: Path) -> None:
    code, said = run(project)
    assert code == 0
    for command in ("setup", "play", "test", "check", "bench", "lock"):
        assert any(f"dev.py {command} " in line for line in said)


def test_an_unknown_command_is_named_and_exits_with_2(project: Path) -> None:
    code, said = run(project, "plya", "now")
    assert code == 2
    assert said[0] == "No command 'plya now'."


def test_an_older_python_is_told_in_one_line_what_to_do() -> None:
    pretend = "import sys; sys.version_info = (3, 8, 10); sys.argv[0] = 'dev.py'; import dev"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=dev.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Briefing Bot needs Python 3.11 or newer, and this is Python 3.8. "
        "Start dev.py with a newer one, for example: python3.13 dev.py play\n"
    )


def test_an_older_python_can_read_dev_py_up_to_that_line() -> None:
    ast.parse((dev.ROOT / "dev.py").read_text(), feature_version=(3, 7))


def test_setup_makes_everything_once(project: Path) -> None:
    code, said = run(project, "setup")
    assert code == 0
    assert [line.split()[0] for line in said] == ["Making", "Installing", "Installing"]
    assert uv_calls(project) == ["venv", "pip sync runtime.lock dev.lock", "pip install"]
    assert run(project, "setup") == (0, [])
    assert uv_calls(project) == []


def test_play_needs_no_test_tools_and_test_adds_them(project: Path) -> None:
    run(project, "play")
    assert uv_calls(project) == ["venv", "pip sync runtime.lock", "pip install"]
    run(project, "test")
    assert uv_calls(project) == ["pip sync runtime.lock dev.lock", "pip install"]
    run(project, "play")
    assert uv_calls(project) == []


def test_a_changed_lock_is_installed_into_what_is_there(project: Path) -> None:
    run(project, "setup")
    uv_calls(project)
    with (project / "runtime.lock").open("a") as lock:
        lock.write("\n")
    run(project, "play")
    assert uv_calls(project) == ["pip sync runtime.lock dev.lock", "pip install"]


def test_a_moved_project_is_set_up_anew(project: Path) -> None:
    run(project, "setup")
    moved = project.rename(project.with_name("elsewhere"))
    uv_calls(moved)
    run(moved, "setup")
    assert uv_calls(moved)[0] == "venv"


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("strict = true", "strict = false", False), ('"click>=', '"clack>=', True)],
    ids=["the linters' settings", "a dependency"],
)
def test_only_what_is_installed_counts_in_pyproject(
    project: Path, old: str, new: str, again: bool
) -> None:
    run(project, "setup")
    uv_calls(project)
    path = project / "pyproject.toml"
    changed = path.read_text().replace(old, new)
    assert changed != path.read_text()
    path.write_text(changed)
    run(project, "setup")
    assert bool(uv_calls(project)) == again


def test_a_failed_setup_says_why_and_what_to_do_and_the_next_one_repairs_it(project: Path) -> None:
    code, said = run(project, "setup", UV_FAILS="error: no route to host")
    assert code == 1
    assert said[1:3] == ["error: no route to host", "uv failed, exit code 2."]
    assert "HTTPS_PROXY" in said[3]
    assert len(said) == 4
    uv_calls(project)
    assert run(project, "setup")[0] == 0
    assert uv_calls(project)[0] == "venv"


def test_a_half_made_update_is_not_taken_for_the_old_state(project: Path) -> None:
    run(project, "setup")
    lock = (project / "runtime.lock").read_text()
    (project / "runtime.lock").write_text(lock + "\n")
    run(project, "setup", UV_FAILS="killed half-way")
    (project / "runtime.lock").write_text(lock)
    uv_calls(project)
    run(project, "setup")
    assert uv_calls(project)[0] == "venv"


def test_two_at_once_set_up_once(project: Path) -> None:
    first = start(project, "setup", UV_WAITS="1")
    wait_for(project / "uv.waits")
    second = start(project, "setup")
    assert second.stdout
    assert second.stdout.readline() == "Waiting for another dev.py to finish\n"
    (project / "uv.goes").touch()
    first.communicate(timeout=30)
    said, _ = second.communicate(timeout=30)
    assert (first.returncode, second.returncode, said) == (0, 0, "")
    assert uv_calls(project).count("venv") == 1


def test_what_a_killed_setup_left_running_is_waited_for(project: Path) -> None:
    killed = start(project, "setup", UV_WAITS="1")
    wait_for(project / "uv.waits")
    killed.kill()
    killed.wait()
    second = start(project, "setup")
    assert second.stdout
    assert second.stdout.readline() == "Waiting for another dev.py to finish\n"
    (project / "uv.goes").touch()
    second.communicate(timeout=30)
    assert killed.stdout
    killed.stdout.close()
    assert second.returncode == 0


def test_play_becomes_the_bot_so_that_signals_reach_it_once(project: Path) -> None:
    process = start(project, "play", "--port", "9")
    said, _ = process.communicate(timeout=30)
    assert said.splitlines()[-2:] == [
        "python -m bot run --port 9",
        f"pid {process.pid}, platforms web",
    ]


def test_the_python_that_runs_is_the_one_of_the_environment(project: Path) -> None:
    run(project, "setup")
    (project / ".venv/bin/python").unlink()
    (project / ".venv/bin/python").symlink_to(Path(sys.executable).resolve())
    (project / ".venv/pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    (project / "bench.py").write_text("import sys; print(sys.prefix)\n")
    assert run(project, "bench") == (0, [str(project / ".venv")])


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has a desktop")
@pytest.mark.parametrize(
    ("environ", "opened"),
    [({}, ""), ({"DISPLAY": ":0"}, " --open"), ({"DISPLAY": ":0", "CI": "true"}, "")],
)
def test_play_opens_a_browser_only_on_a_desktop(
    project: Path, environ: dict[str, str], opened: str
) -> None:
    assert f"python -m bot run{opened}" in run(project, "play", **environ)[1]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("test", "python -m pytest -n 2 -k faq"),
        ("test --faults", "python -m pytest -m faults --capture=no -k faq"),
        ("bench", "python -m bench -k faq"),
    ],
)
def test_words_and_exit_codes_pass_through(project: Path, command: str, line: str) -> None:
    code, said = run(project, *command.split(), "-k", "faq", PYTHON_EXITS="5")
    assert code == 5
    assert line in said


def test_the_help_says_how_a_fault_run_is_started_and_repeated(project: Path) -> None:
    said = run(project)[1]
    assert any("dev.py test " in line and "--faults" in line for line in said)
    assert any("FAULTS_SEED=" in line and "dev.py test --faults" in line for line in said)


def test_the_fault_run_has_tests() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "faults", "--collect-only", "-q", "tests/faults"],
        cwd=dev.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "siege" in done.stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="the browser may be in /Applications")
def test_a_missing_browser_is_installed_as_root_on_debian_or_named(project: Path) -> None:
    (project / "path/chromium").unlink()
    for program in ("sh", "cp", "mkdir"):
        (project / "path" / program).symlink_to(str(shutil.which(program)))
    write_program(project / "path/apt-get", '#!/bin/sh\necho "$*" >> apt.log\n')
    code, said = run(project, "test", PATH=str(project / "path"))
    assert code == 0
    asked = (project / "apt.log").read_text() if (project / "apt.log").exists() else ""
    about = "Installing chromium" if asked else "The browser tests are skipped until there is: apt"
    assert any(line.startswith(about) for line in said)
    assert not asked or re.fullmatch(r"-qq update\n.* install .* chromium.*\n", asked)


def test_check_runs_everything_and_returns_the_first_failure(project: Path) -> None:
    run(project, "setup")
    for name, code in (("ruff", 0), ("mypy", 3), ("lint-imports", 4)):
        write_program(project / ".venv/bin" / name, f"#!/bin/sh\necho {name} $*; exit {code}\n")
    code, said = run(project, "check", "briefings/one.yaml")
    assert code == 3
    assert [line for line in said if line.startswith(("ruff", "mypy", "lint", "python"))] == [
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "python -m bot check briefings/one.yaml",
    ]


def test_both_locks_are_renewed_without_addresses(project: Path) -> None:
    assert run(project, "lock", "--upgrade")[0] == 0
    calls = (project / "uv.log").read_text().splitlines()
    assert ["-o runtime.lock" in call for call in calls] == [True, False]
    for call in calls:
        assert {"--generate-hashes", "--no-emit-index-url", "--upgrade"} <= set(call.split())


def test_what_is_fetched_first_is_pinned_with_everything_it_needs() -> None:
    pins = dev.pinned((dev.ROOT / "dev.lock").read_text())
    names = dev.BOOT_PACKAGES.split("|")
    assert re.findall(r"^[\w.-]+(?===)", pins, re.MULTILINE) == names
    for entry in re.split(r"\n(?=\w)", pins):
        assert "--hash=sha256:" in entry
    for name in names:
        needs = map(Requirement, requires(name) or [])
        met = {canonicalize_name(need.name) for need in needs if not need.marker}
        assert met <= set(names)


def test_chromium_is_found_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "CHROMIUMS", ("chromium", "google-chrome"))
    assert dev.find_chromium() is None
    assert dev.browser_lacks().startswith("chromium")
    write_program(tmp_path / "google-chrome", PYTHON)
    assert dev.find_chromium() == str(tmp_path / "google-chrome")
    assert "chromium" not in dev.browser_lacks()


@pytest.mark.parametrize(
    ("ci", "outcome"), [(False, pytest.skip.Exception), (True, pytest.fail.Exception)]
)
def test_a_browser_test_without_a_browser_is_skipped_but_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    ci: bool,
    outcome: type[BaseException],
) -> None:
    monkeypatch.setattr(conftest, "browser_lacks", lambda: "chromium")
    monkeypatch.setenv("CI", "true") if ci else monkeypatch.delenv("CI", raising=False)
    conftest.pytest_runtest_setup(request.node)
    request.node.add_marker("browser")
    with pytest.raises(outcome, match="no chromium"):
        conftest.pytest_runtest_setup(request.node)
