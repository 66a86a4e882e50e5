"""Environment files are read as systemd reads them, which the tests ask systemd itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from operations.instances.env_files import Unreadable, parse

SYSTEMD = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
"""It reads environment.d(5) with the same code as EnvironmentFile=, and prints what it found."""

FILES = {
    "plain": ("A=1\nB=two words\n", {"A": "1", "B": "two words"}),
    "spaces": (" A =  1 \t\n\tB=2", {"A": "1", "B": "2"}),
    "comments": ("# A=1\n; B=2\n  # C=3\nD=4 # five\n", {"D": "4 # five"}),
    "lines_that_set_nothing": ("A\n\nexport\nB=2\n=3\n", {"B": "2"}),
    "names_that_are_none": ("a-b=1\n1A=2\nexport C=3\nD=4\n", {"D": "4"}),
    "empty": ("A=\nB=''\nC=\"\"\n", {"A": "", "B": "", "C": ""}),
    "single_quotes": ("A='x \\n \"y\"  '\n", {"A": 'x \\n "y"  '}),
    "lines_in_quotes": ("A='two\nlines'\n", {"A": "two\nlines"}),
    "double_quotes": ('A="x \\"y\\" \\\\ \\n  "\nB="two\\\nlines"\n', {"A": 'x "y" \\ \\n  ', "B": "twolines"}),
    "dollars": ("A=\"\\$x\"\nB='a'\n", {"A": "$x", "B": "a"}),
    "joined": ("A='x' \"y\" z 'w'\n", {"A": "xyz 'w'"}),
    "quotes_inside": ('A=it\'s\nB=x"y"\n', {"A": "it's", "B": 'x"y"'}),
    "escapes": ("A=x\\ny\\\\z\nB=x\\ \nC=one\\\ntwo\n", {"A": "xny\\z", "B": "x ", "C": "onetwo"}),
    "equals_signs": ("A=b=c==\n", {"A": "b=c=="}),
    "the_last_counts": ("A=1\nA=2\n", {"A": "2"}),
    "no_newline": ("A=1\nB='x", {"A": "1", "B": "x"}),
    "carriage_returns": ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    "umlauts": ("A=Müller\n", {"A": "Müller"}),
}
PRINTED_DIFFERENTLY = {"dollars", "lines_in_quotes"}
"""environment.d(5) expands variables, and prints ends of lines as no shell reads them."""


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read(name: str) -> None:
    text, variables = FILES[name]
    assert parse(text) == variables


def test_values_are_not_expanded() -> None:
    assert parse('A=1\nB=$A\nC="${A}"\n') == {"A": "1", "B": "$A", "C": "${A}"}


@pytest.mark.processes
@pytest.mark.parametrize("name", sorted(FILES.keys() - PRINTED_DIFFERENTLY))
def test_systemd_reads_the_same(name: str, tmp_path: Path) -> None:
    text, variables = FILES[name]
    (tmp_path / "environment.d").mkdir()
    (tmp_path / "environment.d" / "x.conf").write_text(text)
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([SYSTEMD], env=environment, capture_output=True, check=True)
    script = b"set -a\n" + done.stdout + b"\nexec env -0"  # it quotes for a shell
    read = subprocess.run(["bash", "-c", script], env={}, capture_output=True, check=True).stdout.decode()
    found = dict(line.split("=", 1) for line in read.split("\0") if line)
    set_ones = {name: value for name, value in variables.items() if value}  # empty ones are not printed
    assert {name: value for name, value in found.items() if name in "ABCD"} == set_ones


@pytest.mark.parametrize(("text", "line"), [("A=1\n# x\\\nB=2\n", 2), ("A=1\n\nB=\0\n", 3)])
def test_what_versions_of_systemd_read_differently_is_refused(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(text)
    assert raised.value.line == line
