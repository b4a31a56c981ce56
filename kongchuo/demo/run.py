"""The whole main job on a made-up county: mail in, status, digest out."""

import shutil
from datetime import datetime
from pathlib import Path

from config.errors import ConfigError
from ingest.pipeline import poll
from kongchuo.commands.ingestion import progress_bar
from kongchuo.demo.county import County, make_county
from kongchuo.demo.servers import imap_server, mail_sink
from kongchuo.office import office
from kongchuo.output.terminal_tables import console, minute, show_gaps
from kongchuo.usecases.office_mail import brief, send, write
from ledger.results import FormState
from ledger.submissions.gaps import find_gaps
from ledger.submissions.status import assess_status

SEED = 20230925
MARK = ".kongchuo-demo"
USER, PASSWORD = "office@example.org", "demo"
TOWNSHIPS = 33
_SHOWN = 12


def run_demo(folder: Path, as_of: datetime, schools: int) -> None:
    """Run it in a folder of its own, which an earlier demo may have left.

    Raises:
        ConfigError: the folder holds something else.
    """
    _clear(folder)
    say = console().print
    messages, rows = max(schools * 5, TOWNSHIPS), schools * 1000 // 3
    say(
        f"正在编造一个县:{TOWNSHIPS}个乡镇(街道)、{schools + 1}所学校、约{messages}封邮件、约{rows}名学生(全部虚构)…"
    )
    county = make_county(SEED, schools, messages, rows)
    mails = [(made.raw, made.received_at) for made in county.mails]
    with imap_server(mails, USER, PASSWORD) as (host, port), mail_sink() as sink:
        _configure(folder, county, host, port, sink.port)
        (folder / "password").write_text(PASSWORD)
        with office(folder / "kongchuo.toml") as place:
            with progress_bar("收信") as step:
                done = poll(
                    place.store, place.sources(), place.notices, place.roster, place.zone, progress=step
                )
            say(
                f"收信完成:邮件{done.messages}封,文件{done.files}份(登记{done.recorded}、证明{done.proofs}、重复{done.duplicates}、"
                f"忽略{done.ignored}、待人工处理{done.quarantined}),报送{done.submissions}项"
            )
            book = place.book(as_of)
            found = assess_status(book)
            owed = [form for unit in found.units for form in unit.forms if form.owed]
            say(
                f"按{minute(as_of, place.zone)}看:应报{len(owed)}项,已报{sum(f.state is FormState.RECEIVED for f in owed)},"
                f"不完整{sum(f.state is FormState.INCOMPLETE for f in owed)},未报{sum(f.state is FormState.MISSING for f in owed)},"
                f"迟报{sum(f.late for f in owed)}"
            )
            missing = find_gaps(book)
            show_gaps(missing[:_SHOWN], place.zone)
            if len(missing) > _SHOWN:
                say(
                    f"……共{len(missing)}项,全部请看:kongchuo gaps --config {folder / 'kongchuo.toml'} --as-of {as_of.date()}"
                )
            briefing = brief(place, as_of)
            made = write(place, briefing, folder / "digest")
            sent = send(place, briefing)
    say(f"简报已发到内置收信服务器({sent.sent}封),并存为文件:")
    for path in made:
        say(f"  {path.resolve()}")


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise ConfigError(
                f"{folder} 里有别的文件,演示不会动它:请换一个空目录,如 kongchuo demo /tmp/kongchuo-demo"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("made by kongchuo demo\n")


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
""",
        "utf-8",
    )
