"""The required state of an office after a history, kept in plain sets: no database, no files, no mail is read."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The actual state of an office."""

    mails: frozenset[str]
    unread: frozenset[str]
    decisions: Counter[str]
    """By reason, which is unique to each decision."""
    assignments: Mapping[str, str]
    outbox: Mapping[str, str]
    """Delivery status by key."""


@dataclass(slots=True)
class PlainModel:
    """The required state, and what is allowed since a command was killed."""

    mails: set[str] = field(default_factory=set)
    maybe_mails: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)
    maybe_decisions: set[str] = field(default_factory=set)
    assignments: dict[str, set[str]] = field(default_factory=dict)
    """By file, the units that it may be assigned to; the empty text is none."""
    must_have_sent: set[str] = field(default_factory=set)
    """Keys of mails that were to leave."""
    restores: int = 0
    """How often the office lost its record of sent mail by restoring a backup."""

    def snapshot(self) -> "PlainModel":
        return deepcopy(self)

    def restored_to(self, backup: "PlainModel") -> "PlainModel":
        """Returns the model after a restore: later events are forgotten, but sent mail stays sent."""
        model = backup.snapshot()
        model.restores = self.restores + 1
        return model

    def polled(self, mailbox: Collection[str]) -> None:
        """Applies a successful poll of the mailbox."""
        self.mails.update(mailbox)

    def interrupted_poll(self, mailbox: Collection[str]) -> None:
        self.maybe_mails.update(mailbox)

    def assigned(self, file: str, unit: str) -> None:
        self.assignments[file] = {unit}

    def interrupted_assign(self, file: str, unit: str) -> None:
        self.assignments[file] = self.assignments.get(file, {""}) | {unit}

    def differences(self, seen: Seen) -> Iterator[str]:
        """Yields the differences between an office and the model; allowed states are then fixed to what was seen."""
        if lost := self.mails - seen.mails:
            yield f"mails lost: {sorted(lost)}"
        if invented := seen.mails - self.mails - self.maybe_mails:
            yield f"mails from nowhere: {sorted(invented)}"
        self.mails |= seen.mails
        reasons = seen.decisions.keys()
        if forgotten := self.decisions - reasons:
            yield f"decisions lost: {sorted(forgotten)}"
        if unasked := reasons - self.decisions - self.maybe_decisions:
            yield f"decisions that nobody made: {sorted(unasked)}"
        if doubled := [reason for reason, times in seen.decisions.items() if times > 1]:
            yield f"decisions doubled: {sorted(doubled)}"
        self.decisions |= reasons
        self.maybe_decisions -= reasons
        for file, units in self.assignments.items():
            if seen.assignments.get(file, "") not in units:
                yield f"{file} is assigned to {seen.assignments.get(file)!r}, not to one of {sorted(units)}"
            self.assignments[file] = {seen.assignments.get(file, "")}
        if foreign := seen.assignments.keys() - self.assignments.keys():
            yield f"assigned by nobody: {sorted(foreign)}"
        for key in sorted(self.must_have_sent):
            if seen.outbox.get(key) not in ("sent", "uncertain"):
                yield f"{key} should have left and is {seen.outbox.get(key)}"

    def mail_differences(
        self, received: Mapping[tuple[str, str], int], outbox: Mapping[str, str], ids: Mapping[str, str]
    ) -> Iterator[str]:
        """Yields mails sent twice, or marked as sent and received by no one.

        Args:
            received: how often each recipient got each mail, by Message-ID.
            outbox: the delivery status by key.
            ids: the Message-ID by key.
        """
        for (message_id, who), times in received.items():
            if times > 1 + self.restores:
                yield f"{message_id} reached {who} {times} times"
        arrived = {message_id for message_id, _ in received}
        for key, status in outbox.items():
            if status == "sent" and ids[key] not in arrived:
                yield f"{key} counts as sent and reached nobody"
