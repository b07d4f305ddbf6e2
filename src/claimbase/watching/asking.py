"""Asking public services politely, and taking no answer for one that it is not.

One question at a time to each service, with a pause between two; a name and a contact with each;
what was answered before is asked for only if it changed; a service that is busy is asked again
later, as late as it says. An answer counts once it is whole and can be read. Everything else is a
`NotAnsweredError` with a reason, so that nothing is ever concluded from silence.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Generic, Self, TypeVar
from urllib.parse import urlsplit

import requests

T = TypeVar("T")

_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_TRIES = 4
_LONGEST_WAIT = 90.0
"""Seconds. A service that asks for more is left alone for the rest of the run."""
_LARGEST = 20_000_000
_FAILURES_IN_A_ROW = 5
"""After so many, a service is taken to be down, or a run against it would last for hours."""


pause_for = time.sleep
"""How to wait; tests do not."""


class NotAnsweredError(Exception):
    """There is no answer to go by; the message is the reason, for people."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """What a service said of the age of an answer, to ask whether there is a newer one."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was read from an answer; None if nothing changed since the stamps that were sent."""

    content: T | None
    stamps: Stamps = Stamps()


@dataclass(slots=True)
class _Host:
    """How a service has behaved so far."""

    pause: float
    next_time: float = 0.0
    failures: int = 0
    closed: str = ""


@dataclass(slots=True)
class Client:
    """Asks services. To be used as a context manager, so that connections are closed.

    Attributes:
        agent: Who asks, for the services' operators.
        timeout: Seconds without a byte after which a connection is given up; a whole answer may
            take three times as long.
        pause: Seconds between two questions to a service, in place of each service's own.
    """

    agent: str
    timeout: float = 20.0
    pause: float | None = None
    _session: requests.Session = field(default_factory=requests.Session)
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Start."""
        # A header is one line of ASCII, and a site or a contact may be written otherwise.
        agent = " ".join(self.agent.split()).encode("ascii", "backslashreplace")
        self._session.headers["User-Agent"] = agent.decode("ascii")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._session.close()

    def ask(
        self,
        url: str,
        read: Callable[[bytes], T],
        *,
        parameters: Mapping[str, str] | None = None,
        stamps: Stamps | None = None,
        pause: float = 1.0,
    ) -> Answer[T]:
        """Ask one question.

        Args:
            url: Where.
            read: Makes something of the answer's bytes; raises ValueError if they are not what
                they should be, which counts as no answer.
            parameters: The query.
            stamps: Those of the last answer; then an unchanged one is not sent again.
            pause: Seconds between two questions that the service allows.

        Raises:
            NotAnsweredError: There was no whole, readable answer.
        """
        try:
            name = urlsplit(url).netloc
        except ValueError:
            raise NotAnsweredError(f"{url} is not an address") from None
        host = self._hosts.setdefault(name, _Host(pause if self.pause is None else self.pause))
        reason = ""
        for attempt in range(_TRIES):
            if host.closed:
                raise NotAnsweredError(host.closed)
            self._take_turn(host)
            try:
                found = self._once(url, read, parameters or {}, stamps or Stamps(), host)
            except _BusyError as busy:
                reason = str(busy)
                wait = 2.0**attempt if busy.wait is None else busy.wait
                if wait > _LONGEST_WAIT:
                    host.closed = f"{reason}; asked to come back in {wait:.0f} seconds"
                    raise NotAnsweredError(host.closed) from None
                if attempt + 1 < _TRIES:
                    pause_for(wait)
            else:
                host.failures = 0
                return found
        host.failures += 1
        if host.failures >= _FAILURES_IN_A_ROW:
            host.closed = f"{reason}; given up after {host.failures} failures in a row"
        raise NotAnsweredError(reason)

    def _take_turn(self, host: _Host) -> None:
        now = time.monotonic()
        if host.next_time > now:
            pause_for(host.next_time - now)
        host.next_time = max(now, host.next_time) + host.pause

    def _once(
        self,
        url: str,
        read: Callable[[bytes], T],
        parameters: Mapping[str, str],
        stamps: Stamps,
        host: _Host,
    ) -> Answer[T]:
        headers = {"If-None-Match": stamps.etag, "If-Modified-Since": stamps.modified}
        try:
            with self._session.get(
                url,
                params=parameters,
                headers={name: value for name, value in headers.items() if value},
                timeout=self.timeout,
                stream=True,
            ) as response:
                _heed(response, host, own_pace=self.pause is not None)
                if response.status_code == requests.codes.not_modified and any(headers.values()):
                    return Answer(None, stamps)
                if response.status_code in _BUSY:
                    raise _BusyError(f"answered {response.status_code}", _retry_after(response))
                if response.status_code != requests.codes.ok:
                    host.failures = 0  # it is there, and has said no
                    raise NotAnsweredError(_refusal(response.status_code))
                body = self._body(response)
                new = Stamps(
                    response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
                )
        except requests.Timeout:
            raise _BusyError(f"no answer within {self.timeout:g} seconds") from None
        except requests.RequestException as error:
            raise _BusyError(f"the connection failed ({type(error).__name__})") from None
        try:
            return Answer(read(body), new)
        except (ValueError, RecursionError) as error:
            raise _BusyError(f"the answer cannot be read: {error}") from None

    def _body(self, response: requests.Response) -> bytes:
        """Return a whole body. A server that drips could go on for ever."""
        until = time.monotonic() + 3 * self.timeout
        body = bytearray()
        for piece in response.iter_content(65_536):
            body += piece
            if len(body) > _LARGEST:
                raise NotAnsweredError("the answer is too large to be one")
            if time.monotonic() > until:
                raise _BusyError("the answer did not end")
        return bytes(body)


class _BusyError(Exception):
    """Worth asking again, after ``wait`` seconds if the service says so."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def _refusal(status: int) -> str:
    if status in (requests.codes.not_found, requests.codes.gone):
        return "does not know it"
    return f"answered {status}"


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds that a busy service asks to wait: it gives them, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())


def _heed(response: requests.Response, host: _Host, *, own_pace: bool) -> None:
    """Slow down to the pace that a service gives (Crossref: ``X-Rate-Limit-Limit: 10``, ``1s``)."""
    try:
        limit = float(response.headers.get("X-Rate-Limit-Limit", ""))
        seconds = float(response.headers.get("X-Rate-Limit-Interval", "").removesuffix("s"))
    except ValueError:
        return
    if not own_pace and limit > 0 and 0 < seconds < _LONGEST_WAIT:
        host.pause = max(host.pause, seconds / limit)
