"""An office on disk: configuration, roster and mail, and the installed program run as a person would."""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kongchuo.cli import app
from kongchuo.demo.county import County
from kongchuo.demo.made_up_mails import MadeUpMail

AS_OF = "2023-09-28"
LISTING_COMMANDS = ("files", "status", "gaps", "cases", "problems")
FORMS = ("附件1", "附件2", "附件3", "附件4")


@dataclass(frozen=True)
class InstalledOffice:
    folder: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts the program as a process, which the caller waits for or kills."""
        return subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "kongchuo",
                arguments[0],
                "--config",
                str(self.folder / "kongchuo.toml"),
                *arguments[1:],
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"KONGCHUO_MAILBOX_PASSWORD": "secret", **os.environ},
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Runs the program; returns exit code, stdout and stderr."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def ask(self, *arguments: str) -> Any:
        """Returns the JSON answer to a command, which must not fail."""
        if arguments[0] in (*LISTING_COMMANDS, "records"):
            return json.loads(self._ask_in_process(arguments))
        code, out, err = self.run(*arguments, "--json")
        assert code in (0, 1), f"{arguments}: exit {code}\n{err}"
        return json.loads(out)

    def all_answers(self) -> dict[str, str]:
        """Returns every answer as JSON text; two stores with equal answers are equal."""
        questions: list[tuple[str, ...]] = [(name, "--as-of", AS_OF) for name in LISTING_COMMANDS]
        questions += [("records", "--form", form, "--as-of", AS_OF) for form in FORMS]
        return {" ".join(question): self._ask_in_process(question) for question in questions}

    def _ask_in_process(self, question: tuple[str, ...]) -> str:
        """Returns the JSON answer, computed in this process, as starting the program takes longer than answering."""
        out = io.StringIO()
        arguments = [question[0], "--config", str(self.folder / "kongchuo.toml"), *question[1:], "--json"]
        with contextlib.redirect_stdout(out):
            app(arguments, standalone_mode=False)
        return out.getvalue()


def write_office(folder: Path, county: County, mailbox: str) -> InstalledOffice:
    """Writes the configuration with this ``[[mailbox]]``, and the roster."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "units.csv").write_text(county.units_csv(), encoding="utf-8")
    (folder / "kongchuo.toml").write_text(
        f"""
[office]
name = "石柱县教委"
recipients = ["office@example.org"]

[notice]
file = "2023-autumn.toml"
roster = "units.csv"

[[mailbox]]
name = "main"
{mailbox}
""",
        encoding="utf-8",
    )
    return InstalledOffice(folder)


def write_mails(folder: Path, mails: list[MadeUpMail] | tuple[MadeUpMail, ...]) -> Path:
    """Writes the mails as a folder of .eml files whose times are their arrivals."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(mails):
        file = folder / f"{number:05}.eml"
        file.write_bytes(mail.raw)
        os.utime(file, (mail.received_at.timestamp(), mail.received_at.timestamp()))
    return folder
