"""Runs the main job on a made-up county: mail in, status, digest out."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from config.errors import ConfigError
from config.installation.environment_values import PREFIX
from config.installation.secret_variables import secrets_set_aside
from config.settings import load_settings
from config.store_key import keys_folder
from ingest.context import ReadingRules
from ingest.pipeline import poll
from kongchuo.demo.county import AS_OF, County, make_county
from kongchuo.demo.mail_servers import imap_server, mail_sink
from kongchuo.mail_sources import sources_of
from kongchuo.office import open_office
from kongchuo.output.own_commands import own_command
from kongchuo.output.progress import progress_bar
from kongchuo.output.tables.status_tables import show_gaps
from kongchuo.output.terminal_tables import format_minute, print_line
from kongchuo.output.terminal_text import print_command
from kongchuo.usecases.office_mail import compose_digest_mail, send_office_mail, write_files
from kongchuo.usecases.safekeeping.keys import make_store_key
from ledger.assessment import Judgements
from ledger.results import FormState
from store.keys.key_place import read_wrapped

SEED = 20230925
MARK = ".kongchuo-demo"
USER, PASSWORD = "office@example.org", "demo"
TOWNSHIPS = 33
_MOST_GAPS = 12


def run_demo(folder: Path, schools: int) -> None:
    """Runs the demo in a folder of its own, possibly left by an earlier demo.

    Raises:
        ConfigError: the folder holds other files.
    """
    with _without_settings_of_others():
        _run(folder, schools)


@contextmanager
def _without_settings_of_others() -> Iterator[None]:
    """Ignores environment variables of another office, such as its password."""
    others = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(PREFIX)}
    try:
        with secrets_set_aside():
            yield
    finally:
        os.environ.update(others)


def _run(folder: Path, schools: int) -> None:
    _clear(folder)
    say = print_line
    messages, rows = max(schools * 5, TOWNSHIPS), schools * 1000 // 3
    say(
        f"正在编造一个县:{TOWNSHIPS}个乡镇(街道)、{schools + 1}所学校、约{messages}封邮件、约{rows}名学生(全部虚构)…"
    )
    county = make_county(SEED, schools, messages, rows)
    mails = [(written_files.raw, written_files.received_at) for written_files in county.mails]
    with imap_server(mails, USER, PASSWORD) as (host, port), mail_sink() as sink:
        _configure(folder, county, host, port, sink.port)
        (folder / "password").write_text(PASSWORD)
        (folder / "answers.key").touch(0o600)
        (folder / "answers.key").write_text(token_hex(32))
        for line in make_store_key(load_settings(folder / "kongchuo.toml").store).words:
            say(line)
        with open_office(folder / "kongchuo.toml") as office:
            with progress_bar("收信") as on_progress:
                summary = poll(
                    office.store,
                    ReadingRules(notices=office.notices, roster=office.roster, zone=office.zone),
                    sources_of(office.settings),
                    progress=on_progress,
                )
            say(
                f"收信完成:邮件{summary.messages}封,文件{summary.files}份(登记{summary.recorded}、证明{summary.proofs}、重复{summary.duplicates}、"
                f"忽略{summary.ignored}、待人工处理{summary.quarantined}),报送{summary.submissions}项"
            )
            judgements = Judgements(office.snapshot_at(AS_OF))
            unit_status = judgements.status
            owed = [form for unit in unit_status.units for form in unit.forms if form.owed]
            say(
                f"按{format_minute(AS_OF, office.zone)}看:应报{len(owed)}项,已报{sum(f.state is FormState.RECEIVED for f in owed)},"
                f"不完整{sum(f.state is FormState.INCOMPLETE for f in owed)},未报{sum(f.state is FormState.MISSING for f in owed)},"
                f"迟报{sum(f.late for f in owed)}"
            )
            open_gaps = judgements.gaps
            show_gaps(open_gaps[:_MOST_GAPS], office.zone, office.mask)
            if len(open_gaps) > _MOST_GAPS:
                say(f"……共{len(open_gaps)}项,全部请看:")
                print_command(own_command(f"gaps --as-of {AS_OF.date()}", folder / "kongchuo.toml"))
            office_mail = compose_digest_mail(office, AS_OF)
            written_files = write_files(office, office_mail, folder / "digest")
            result = send_office_mail(office, office_mail)
    say(f"简报已发到内置收信服务器({result.sent}封),并存为文件:")
    for file in written_files:
        say(f"  {file.path.resolve()}")


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise ConfigError(
                f"{folder} 里有别的文件,演示不会动它:请换一个空目录,如 kongchuo demo /tmp/kongchuo-demo"
            )
        _forget_key(folder / "archive")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("made by kongchuo demo\n")


def _forget_key(archive: Path) -> None:
    """Removes the key of an earlier demo, which lies outside its folder."""
    if (kept := read_wrapped(archive)) is not None:
        (keys_folder() / f"{kept[0]}.key").unlink(missing_ok=True)


def _configure(folder: Path, county: County, host: str, port: int, smtp_port: int) -> None:
    (folder / "units.csv").write_text(county.units_csv(), "utf-8")
    (folder / "kongchuo.toml").write_text(
        f"""# made by kongchuo demo
[office]
name = "石柱县教委乡村教育振兴办"
recipients = ["office@example.org"]

[notice]
file = "2023-autumn.toml"
roster = "units.csv"

[[mailbox]]
name = "demo"
host = "{host}"
port = {port}
security = "none"
username = "{USER}"
password_file = "password"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
sender = "office@example.org"

[answers]
key_file = "answers.key"
""",
        "utf-8",
    )
