"""The ledger: an append-only, hash-chained list of events in one SQLite file.

Every event carries ``hash = SHA-256(previous hash + canonical JSON of {seq, at, type, data})``, so a change
of any row, hash or order breaks the chain from there on. The file refuses UPDATE and DELETE by triggers; who
drops the triggers still breaks the chain. What a chain alone cannot show, a rewritten ledger with fresh
hashes, shows when the head (number and hash of the last event) was noted elsewhere: `Ledger.verify(head=…)`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yipan.errors import LedgerError, Problem
from yipan.text import Text
from yipan.track.events import Event, canonical, check_event, event_as_dict, event_from_dict

APPLICATION_ID = 0x59697061
"""Marks an SQLite file as a ledger of this program ("Yipa")."""
SCHEMA_VERSION = 1
GENESIS = "0" * 64
"""What stands for the hash before the first event."""
WAIT_SECONDS = 10.0
"""How long a writer waits for another one."""

_TRIGGERS = {
    "events_no_update": "BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "events_no_delete": "BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "events_in_order": (
        "BEFORE INSERT ON events"
        " WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM events)"
        " OR NEW.previous IS NOT COALESCE((SELECT hash FROM events ORDER BY seq DESC LIMIT 1),"
        " printf('%064d', 0))"
        " OR EXISTS (SELECT 1 FROM events WHERE hash = NEW.hash)"
        " BEGIN SELECT RAISE(ABORT, 'events follow one another'); END"
    ),
    "head_no_delete": "BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'the head stays'); END",
}
_SCHEMA = """
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: its number, when it was recorded (UTC), the event, the chain."""

    seq: int
    at: str
    event: Event
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last event; note it elsewhere to notice a rewritten ledger."""

    seq: int
    hash: str


def event_hash(previous: str, *, seq: int, at: str, kind: str, data: object) -> str:
    """Return the hash of an event (64 hexadecimal digits)."""
    text = previous + canonical({"seq": seq, "at": at, "type": kind, "data": data})
    return hashlib.sha256(text.encode()).hexdigest()


class Ledger:
    """A ledger file. Nothing is held open between calls; one writer at a time, any number of readers.

    Parameters
    ----------
    path
        An existing ledger; `create` makes a new one.

    Raises
    ------
    LedgerError
        The file does not exist, is not a ledger, or is of another version.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise LedgerError(
                Text(f"没有台账文件 {self.path.name}", f"there is no ledger file {self.path.name}")
            )
        with self._connected() as db:
            _refuse_foreign(db, self.path)

    @classmethod
    def create(cls, path: Path | str, events: Sequence[Event], *, at: datetime | None = None) -> Ledger:
        """Make a new ledger with its first events, whole or not at all; an existing file is refused."""
        target = Path(path)
        if target.exists():
            raise LedgerError(
                Text(
                    f"{target.name} 已存在:台账只增不改,不会覆盖;请换一个文件名",
                    f"{target.name} exists: a ledger is never overwritten; choose another file name",
                )
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(part)) as db:
                db.executescript(_SCHEMA)
                for name, body in _TRIGGERS.items():
                    db.execute(f"CREATE TRIGGER {name} {body}")
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                db.execute("INSERT INTO head VALUES (1, 0, ?)", (GENESIS,))
                db.commit()
            made = cls(part)
            made._append(events, at=at)
            with made._connected() as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            part.replace(target)
        finally:
            for leftover in (part, *(part.with_name(part.name + s) for s in ("-wal", "-shm"))):
                leftover.unlink(missing_ok=True)
        return cls(target)

    def record(self, event: Event, *, at: datetime | None = None) -> Entry:
        """Append one event after checking it against those before; return its entry.

        Raises
        ------
        LedgerError
            The event does not fit or the ledger was tampered with (every problem is carried), or another
            writer holds the ledger too long.
        """
        return self._append([event], at=at)[0]

    def entries(self) -> tuple[Entry, ...]:
        """Return every entry in order."""
        with self._connected() as db:
            return tuple(_entry(row) for row in _rows(db))

    def events(self) -> tuple[Event, ...]:
        """Return every event in order."""
        return tuple(e.event for e in self.entries())

    def head(self) -> Head:
        """Return number and hash of the last event."""
        with self._connected() as db:
            seq, digest = db.execute("SELECT seq, hash FROM head").fetchone()
        return Head(int(seq), str(digest))

    def verify(self, *, head: Head | None = None) -> list[Problem]:
        """Return every sign of tampering, naming the event; empty when the chain is whole.

        Parameters
        ----------
        head
            A head noted earlier: the ledger must still contain exactly that event.
        """
        with self._connected() as db:
            rows = _rows(db)
            out = _problems(db, rows)
        if head is not None and all((r[0], r[5]) != (head.seq, head.hash) for r in rows):
            out.append(
                _tampered(head.seq, "与另存的末尾散列不符", "it does not match the head noted elsewhere")
            )
        return out

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)) as db:
                db.execute("PRAGMA trusted_schema = OFF")
                yield db
        except sqlite3.OperationalError as e:
            raise _explain(e, self.path) from e
        except sqlite3.DatabaseError as e:
            raise LedgerError(
                Text(
                    f"{self.path.name} 不是可读的台账:{e}", f"{self.path.name} is not a readable ledger: {e}"
                )
            ) from e

    def _append(self, events: Sequence[Event], *, at: datetime | None) -> list[Entry]:
        when = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        out: list[Entry] = []
        with self._connected() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                rows = _rows(db)
                _refuse_tampered(_problems(db, rows))  # a new head would cover the traces
                before = [_entry(r) for r in rows]
                known = [e.event for e in before]
                last = (before[-1].seq, before[-1].hash) if before else (0, GENESIS)
                for event in events:
                    _refuse(check_event(event, known))
                    out.append(_insert(db, event, last=last, at=when))
                    last = (out[-1].seq, out[-1].hash)
                    known.append(event)
                db.execute("UPDATE head SET seq = ?, hash = ? WHERE id = 1", last)
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
        return out


_Row = tuple[int, str, str, str, str, str]


def _rows(db: sqlite3.Connection) -> list[_Row]:
    return db.execute("SELECT seq, at, type, data, previous, hash FROM events ORDER BY seq").fetchall()


def _problems(db: sqlite3.Connection, rows: Sequence[_Row]) -> list[Problem]:
    """Return every sign of tampering: in the chain of events, the guards, the recorded head."""
    stored = db.execute("SELECT seq, hash FROM head").fetchall()
    triggers = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    out = [*_chain_problems(rows), *_trigger_problems(triggers)]
    last = (rows[-1][0], rows[-1][5]) if rows else (0, GENESIS)
    if stored != [last]:
        out.append(_tampered(last[0], "末尾记录与事件不符", "the recorded head does not match the events"))
    return out


def _entry(row: _Row) -> Entry:
    seq, at, kind, data, previous, digest = row
    try:
        content = json.loads(data)
    except (ValueError, TypeError) as e:
        raise LedgerError(
            Text(
                f"第 {seq} 个事件不可读;请运行 verify",
                f"event {seq} cannot be read; run verify to see what changed",
            )
        ) from e
    return Entry(int(seq), str(at), event_from_dict(kind, content), str(previous), str(digest))


def _insert(db: sqlite3.Connection, event: Event, *, last: tuple[int, str], at: str) -> Entry:
    seq, previous = last[0] + 1, last[1]
    try:
        text = canonical(event_as_dict(event))
    except ValueError as e:
        raise LedgerError(
            Text("事件中有非有限数(NaN/Inf)", "the event holds a number that is not finite")
        ) from e
    digest = event_hash(previous, seq=seq, at=at, kind=event.type, data=json.loads(text))
    db.execute(
        "INSERT INTO events (seq, at, type, data, previous, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (seq, at, event.type, text, previous, digest),
    )
    return Entry(seq, at, event, previous, digest)


def _chain_problems(rows: Sequence[_Row]) -> list[Problem]:
    out: list[Problem] = []
    previous = GENESIS
    for k, (seq, at, kind, data, before, digest) in enumerate(rows, start=1):
        if seq != k:
            out.append(_tampered(seq, f"编号应为 {k}", f"its number should be {k}"))
        if before != previous:
            out.append(_tampered(seq, "与前一事件不相接", "it does not follow the event before it"))
        try:
            content = json.loads(data)
            right = canonical(content) == data and digest == event_hash(
                before, seq=seq, at=at, kind=kind, data=content
            )
        except (ValueError, TypeError):
            right = False
        if not right:
            out.append(_tampered(seq, "内容与散列不符", "its content does not match its hash"))
        previous = digest
    return out


def _trigger_problems(triggers: dict[str, str]) -> list[Problem]:
    return [
        Problem(
            what=Text(f"防改触发器 {name} 缺失或被改", f"the guard {name} is missing or changed"),
            remedy=Text("从备份恢复台账", "restore the ledger from a backup"),
            file="ledger",
        )
        for name, body in _TRIGGERS.items()
        if triggers.get(name) != f"CREATE TRIGGER {name} {body}"
    ]


def _tampered(seq: int, zh: str, en: str) -> Problem:
    return Problem(
        what=Text(f"第 {seq} 个事件被改动:{zh}", f"event {seq} was tampered with: {en}"),
        remedy=Text("从备份恢复,并查明是谁改动", "restore from a backup and find out who changed it"),
        file="ledger",
        row=seq,
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise LedgerError(Text("台账不接受这个事件", "the ledger refuses this event"), problems=problems)


def _refuse_tampered(problems: list[Problem]) -> None:
    if problems:
        raise LedgerError(
            Text("台账被改动过,不再记入新事件", "the ledger was tampered with: nothing more is recorded"),
            problems=problems,
        )


def _refuse_foreign(db: sqlite3.Connection, path: Path) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise LedgerError(
            Text(
                f"{path.name} 是 SQLite 文件,但不是一盘的台账",
                f"{path.name} is an SQLite file but not a ledger of Yipan",
            )
        )
    if version != SCHEMA_VERSION:
        raise LedgerError(
            Text(
                f"{path.name} 的版本是 {version},本程序读 {SCHEMA_VERSION};请升级程序",
                f"{path.name} is of version {version}, this program reads {SCHEMA_VERSION}: update it",
            )
        )
    tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"events", "head"} <= tables:
        raise LedgerError(Text(f"{path.name} 缺少数据表", f"{path.name} lacks the tables of a ledger"))


def _explain(error: sqlite3.OperationalError, path: Path) -> LedgerError:
    if "locked" in str(error) or "busy" in str(error):
        return LedgerError(
            Text(
                f"另一个程序正在写 {path.name},等了 {WAIT_SECONDS:g} 秒;请稍后再试",
                f"another program is writing to {path.name}; waited {WAIT_SECONDS:g} s, try again later",
            )
        )
    return LedgerError(Text(f"{path.name} 不能使用:{error}", f"{path.name} cannot be used: {error}"))
