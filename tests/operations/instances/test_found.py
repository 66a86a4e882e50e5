"""The instances of a machine are the files of one folder, and one that cannot be read does not hide the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.instances.found import NoInstances, find_instances, read_instance


def write(path: Path, content: str | bytes, mode: int = 0o640) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def test_each_file_with_a_name_is_an_instance(tmp_path: Path) -> None:
    for name in ("winter.env", "praxis-2.env", ".env", "-x.env", "readme.txt", "winter.env.old"):
        write(tmp_path / name, f"KALENDS_HOME={tmp_path}\n")
    found = find_instances(tmp_path)
    assert [(one.name, one.problem, one.warning) for one in found] == [("praxis-2", "", ""), ("winter", "", "")]


def test_a_folder_without_instances_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoInstances) as raised:
        find_instances(tmp_path / "none")
    sentence = f"There is no file NAME.env in {tmp_path / 'none'}. Set KALENDS_INSTANCES to the folder that has them."
    assert str(raised.value) == sentence


def test_without_a_folder_of_its_own_it_has_that_of_the_unit(tmp_path: Path) -> None:
    instance = read_instance(write(tmp_path / "winter.env", "BIND=127.0.0.1:8001\n"))
    assert instance.home == Path("/var/lib/kalends/winter")
    assert instance.problem == (
        "Its folder /var/lib/kalends/winter does not exist. "
        f"Create it, or set KALENDS_HOME in {tmp_path / 'winter.env'}."
    )


def test_its_folder_never_depends_on_where_the_command_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "homes").mkdir()
    empty = read_instance(write(tmp_path / "winter.env", "KALENDS_HOME=\n"))
    assert (empty.home, bool(empty.problem)) == (Path("/var/lib/kalends/winter"), True)
    relative = read_instance(write(tmp_path / "summer.env", "KALENDS_HOME=homes\n"))
    words = "does not begin with /. Set it to the whole path of its folder."
    assert relative.problem == f"KALENDS_HOME in {tmp_path / 'summer.env'} {words}"


def test_commands_get_no_settings_of_whoever_types(tmp_path: Path) -> None:
    instance = read_instance(write(tmp_path / "winter.env", f"KALENDS_HOME={tmp_path}\nSECRET_KEY='a b'\n"))
    own = {"DATABASE_URL": "postgres://elsewhere", "FERNET_KEYS": "x", "PATH": "/bin", "LANG": "de_DE.UTF-8"}
    assert instance.environment(own) == {
        "PATH": "/bin",
        "LANG": "de_DE.UTF-8",
        "KALENDS_HOME": str(tmp_path),
        "KALENDS_INSTANCE": "winter",
        "SECRET_KEY": "a b",
    }


def test_a_file_that_every_user_can_read_is_warned_of(tmp_path: Path) -> None:
    file = write(tmp_path / "winter.env", f"KALENDS_HOME={tmp_path}\n", 0o644)
    assert read_instance(file).warning == f"Other users can read {file}, which has secrets. Run: chmod 640 {file}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"A=M\xfcller\n", "{file} is not UTF-8. Save it as UTF-8."),
        (b"A=1\n# x\\\n", "Line 2 of {file} is a comment that ends with a backslash, or has a NUL. Change it."),
        (None, "{file} cannot be read: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_of_that_instance(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "winter.env"
    file.mkdir() if content is None else write(file, content)
    assert read_instance(file).problem == words.format(file=file)
