"""The commands to try, each with the office that it starts from and what a user does after a crash."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from bench.trials.command_server import CommandServer, Ended
from bench.trials.databases import DatabaseFiles, Databases
from bench.trials.fault_points import Plan
from kongchuo.demo.county import County, make_county
from kongchuo.demo.made_up_mails import MadeUpMail
from kongchuo.demo.mail_servers import MailSink, imap_server, mail_sink
from tests.builders.offices.installed_office import AS_OF, InstalledOffice, write_mails, write_office

COUNTY = make_county(7, schools=2, mails=36, rows=120)
MAILS = 4
ENVIRONMENT = {
    "KONGCHUO_BACKUP_PASSWORD": "long enough to be one",
    "KONGCHUO_MAILBOX_PASSWORD": "secret",
    "USER": "officer",
}
DIGEST = ("digest", "--send", "--as-of", AS_OF)
RECEIPTS = ("receipts", "--queue", "--as-of", "2023-09-12")

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A command under trial."""

    name: str
    arguments: Command
    again: tuple[Command, ...]
    """The commands run undisturbed afterwards: the same one, or what the service would do next."""
    template: str
    """The name of the office that it starts from."""
    by_imap: bool = False


@dataclass(slots=True)
class Workshop:
    """Offices as templates, with the servers they use."""

    folder: Path
    server: CommandServer
    sink: MailSink
    databases: Databases
    templates: dict[str, Path] = field(default_factory=dict)
    _number: int = 0

    def copy(self, template: str) -> InstalledOffice:
        self._number += 1
        return self.copied(self.templates[template], self.folder / f"trial-{self._number}")

    def copied(self, source: Path, folder: Path) -> InstalledOffice:
        """Returns a copy of an office in another folder."""
        shutil.copytree(source, folder)
        self.databases.copy(source, folder)
        config = folder / "kongchuo.toml"
        text = config.read_text("utf-8").replace(str(source), str(folder))
        here, there = self.databases.url_of(folder), self.databases.url_of(source)
        config.write_text(text.replace(there, here) if here and there else text, "utf-8")
        return InstalledOffice(folder)

    def remove(self, office: InstalledOffice) -> None:
        shutil.rmtree(office.folder)
        self.databases.drop(office.folder)

    def run(
        self, office: InstalledOffice, arguments: Sequence[str], plan: Plan = Plan(), clock_ahead: float = 0.0
    ) -> Ended:
        return self.server.run(office.folder, arguments, plan, ENVIRONMENT, clock_ahead=clock_ahead)

    def must(self, office: InstalledOffice, *arguments: str) -> Ended:
        ended = self.run(office, arguments)
        assert ended.code in (0, 1), f"{arguments}: {ended}"
        return ended

    def received(self) -> Counter[tuple[str, str]]:
        """How often each recipient received each mail, by Message-ID."""
        parser = BytesHeaderParser(policy=policy.compat32)
        return Counter(
            (str(parser.parsebytes(raw)["Message-ID"]), who)
            for _, recipients, raw in self.sink.messages
            for who in recipients
        )


@contextmanager
def workshop(folder: Path, databases: Databases = DatabaseFiles()) -> Iterator[Workshop]:
    """Provides everything that trials need, in an empty folder."""
    mails = telling_mails(COUNTY)[:MAILS]
    with ExitStack() as stack:
        server = stack.enter_context(CommandServer())
        sink = stack.enter_context(mail_sink())
        shop = Workshop(folder, server, sink, databases)
        host, port = stack.enter_context(
            imap_server([(mail.raw, mail.received_at) for mail in mails], "demo", "secret")
        )
        imap = f'host = "{host}"\nport = {port}\nusername = "demo"\nsecurity = "none"'
        write_template(shop, "new", COUNTY, f'maildir = "{write_mails(folder / "mail", mails)}"')
        write_template(shop, "new-imap", COUNTY, imap)
        _make_templates(shop)
        yield shop


def telling_mails(county: County) -> tuple[MadeUpMail, ...]:
    """Returns mails of different kinds; those with files are from different units."""
    return tuple(mail for mail in county.mails if b"Content-Disposition:" in mail.raw)


def write_template(shop: Workshop, name: str, county: County, mailbox: str) -> InstalledOffice:
    """Returns a new office with an empty store."""
    folder = shop.folder / "templates" / name
    office = write_office(folder, county, mailbox)
    config = office.folder / "kongchuo.toml"
    smtp = (
        f'[smtp]\nhost = "{shop.sink.host}"\nport = {shop.sink.port}\nsecurity = "none"\n'
        'sender = "office@example.org"\nper_minute = 60000\n\n[units]\nreceipts = true\nreminders = true\n'
    )
    url = shop.databases.url_of(folder)
    store = f'\n[store]\nurl = "{url}"\n' if url else ""
    config.write_text(f"{config.read_text('utf-8')}\n{smtp}{store}", "utf-8")
    shop.databases.make_empty(folder)
    shop.templates[name] = folder
    return office


def _make_templates(shop: Workshop) -> None:
    def derive(name: str, source: str) -> InstalledOffice:
        office = shop.copied(shop.templates[source], shop.folder / "templates" / name)
        shop.templates[name] = office.folder
        return office

    polled = derive("polled", "new")
    shop.must(polled, "poll")
    decided = derive("decided", "polled")
    for arguments in _decisions(decided):
        shop.must(decided, *arguments)
    queued = derive("queued", "decided")
    shop.must(queued, *RECEIPTS)
    told = derive("told", "queued")
    shop.must(told, *DIGEST)
    shop.must(told, "backup", str(told.folder / "backup.zip"))
    gone = derive("database gone", "told")
    shop.databases.make_empty(gone.folder)
    empty = derive("all gone", "database gone")
    shutil.rmtree(empty.folder / "archive")
    shop.sink.messages.clear()


def _decisions(office: InstalledOffice) -> list[Command]:
    files = office.ask("files", "--as-of", AS_OF)
    unit = office.ask("gaps", "--as-of", AS_OF)[0]["unit"]
    waiting = next(file for file in files if file["path"])
    return [
        ("extend", "--unit", unit, "--until", "2023-09-30", "--why", "\u505c\u7535", "--as-of", "2023-09-26"),
        ("assign", waiting["file_id"], "--unit", unit, "--form", "\u9644\u4ef63"),
    ]


def scenes(shop: Workshop) -> list[Scene]:
    """Returns every command to try; a server's database is not renamed, and so has no ``--yes``."""
    every = _all_scenes(shop)
    if shop.databases.url_of(shop.folder) is None:
        return every
    return [scene for scene in every if "--yes" not in scene.arguments]


def _all_scenes(shop: Workshop) -> list[Scene]:
    extend, assign = _decisions(InstalledOffice(shop.templates["polled"]))
    backup, second, next_day = "{folder}/backup.zip", "{folder}/second.zip", (("poll",), DIGEST)
    return [
        Scene(name="poll", template="new", arguments=("poll",), again=(("poll",),)),
        Scene(name="poll by IMAP", template="new-imap", arguments=("poll",), again=(("poll",),)),
        Scene(name="rerun", template="decided", arguments=("rerun",), again=(("rerun",),)),
        Scene(name="assign", template="polled", arguments=assign, again=(assign,)),
        Scene(name="extend", template="polled", arguments=extend, again=(extend,)),
        Scene(name="digest", template="queued", arguments=DIGEST, again=(DIGEST,)),
        Scene(name="receipts", template="decided", arguments=RECEIPTS, again=(RECEIPTS, DIGEST)),
        Scene(
            name="backup", template="queued", arguments=("backup", second),
            again=(("backup", second), ("restore", second, "--yes"), DIGEST),
        ),
        Scene(name="verify", template="told", arguments=("verify",), again=(("verify",), ("poll",))),
        Scene(name="rebuild", template="database gone", arguments=("rebuild",), again=(("rebuild", "--yes"),)),
        Scene(name="rebuild, then poll", template="database gone", arguments=("rebuild",), again=next_day),
        Scene(
            name="rebuild, then digest", template="database gone", arguments=("rebuild",),
            again=(("digest", "--send", "--as-of", "2023-09-29"), ("poll",)),
        ),
        Scene(name="rebuild --yes, then poll", template="told", arguments=("rebuild", "--yes"), again=next_day),
        Scene(
            name="restore", template="all gone", arguments=("restore", backup),
            again=(("restore", backup, "--yes"),),
        ),
        Scene(
            name="restore --yes, then poll", template="told",
            arguments=("restore", backup, "--yes"), again=next_day,
        ),
    ]  # fmt: skip
