"""Crossref, PubMed and ClinicalTrials.gov on this machine, with every fault a network has.

`Services` answers in the formats that the three document. A fault is put before an answer:
`services.faults["/works/10.1234/x"] = [busy(429), malformed]` gives two bad answers, then the
good one.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

Fault = Callable[["Handler", bytes], None]


class Services:
    """What the services hold, what they were asked, and how they fail."""

    def __init__(self) -> None:
        self.works: dict[str, dict[str, Any]] = {}
        self.articles: dict[str, str] = {}
        self.studies: dict[str, dict[str, Any]] = {}
        self.pages: dict[str, str] = {}
        self.etags: dict[str, str] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.address = ""

    # What they hold

    def work(self, doi: str, *updates: dict[str, Any], **more: Any) -> None:
        """A work registered with Crossref, with what updates it."""
        self.works[doi.casefold()] = {
            "DOI": doi,
            "type": "journal-article",
            "title": ["A title"],
            **({"updated-by": list(updates)} if updates else {}),
            **more,
        }

    def article(self, pmid: str, *links: str, types: tuple[str, ...] = (), **more: str) -> None:
        """An article of PubMed's. A link is `RefType|RefSource|PMID`."""
        comments = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>{escape(source)}</RefSource>'
            f'<PMID Version="1">{other}</PMID></CommentsCorrections>'
            for kind, source, other in (link.split("|") for link in links)
        )
        kinds = "".join(
            f'<PublicationType UI="D0">{kind}</PublicationType>'
            for kind in ("Journal Article", *types)
        )
        doi = more.get("doi")
        self.articles[pmid] = f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">{pmid}</PMID><Article PubModel="Print">
<Journal><JournalIssue CitedMedium="Internet"><Volume>7</Volume><Issue>2</Issue><PubDate>
<Year>2020</Year><Month>Jan</Month></PubDate></JournalIssue><Title>Journal of Teas</Title></Journal>
<ArticleTitle>{escape(more.get("title", "A title"))}.</ArticleTitle>
<Pagination><MedlinePgn>10-12</MedlinePgn></Pagination>
<AuthorList><Author><LastName>Green</LastName><ForeName>Ada</ForeName></Author>
<Author><CollectiveName>Tea Group</CollectiveName></Author></AuthorList>
<PublicationTypeList>{kinds}</PublicationTypeList></Article>
<CommentsCorrectionsList>{comments}</CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
{f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""}</ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9999/cited</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""

    def study(self, number: str, status: str = "COMPLETED", **dates: str) -> None:
        """A trial registered with ClinicalTrials.gov."""
        state: dict[str, Any] = {"overallStatus": status}
        for name, date in dates.items():
            state[name] = {"date": date, "type": "ACTUAL"}
        self.studies[number] = {
            "protocolSection": {
                "identificationModule": {"nctId": number, "officialTitle": "Balm Tea for Sleep"},
                "statusModule": state,
                "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Tea Board"}},
            },
            "hasResults": "resultsFirstPostDateStruct" in dates,
        }

    # How they answer

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[bytes, str] | None:
        if path.startswith("/works/"):
            work = self.works.get(path.removeprefix("/works/").casefold())
            message = {"status": "ok", "message-type": "work", "message": work}
            return (json.dumps(message).encode(), "application/json") if work else None
        if path == "/efetch.fcgi":
            found = [self.articles.get(pmid, "") for pmid in query["id"][0].split(",")]
            text = '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD">\n'
            text = f"{text}<PubmedArticleSet>{''.join(found)}</PubmedArticleSet>"
            return text.replace(' PUBLIC "-//NLM//DTD"', "").encode(), "text/xml"
        if path.startswith("/studies/"):
            study = self.studies.get(path.removeprefix("/studies/"))
            return (json.dumps(study).encode(), "application/json") if study else None
        page = self.pages.get(path)
        return (page.encode(), "text/html") if page is not None else None


class Handler(BaseHTTPRequestHandler):
    services: Services
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two would wait for each other

    def do_GET(self) -> None:
        services = self.services
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        services.asked.append(path)
        services.times.append(time.monotonic())
        services.headers.append(dict(self.headers.items()))
        found = services.answer(path, parse_qs(parts.query))
        body, kind = found or (b'"Resource not found."', "text/plain")
        waiting = services.faults.get(path)
        if waiting:
            waiting.pop(0)(self, body)
            return
        etag = services.etags.get(path, "")
        if etag and self.headers.get("If-None-Match") == etag:
            self.give(304, b"", {"ETag": etag})
            return
        extra = {"ETag": etag} if etag else {}
        self.give(200 if found else 404, body, {"Content-Type": kind, **extra})

    def give(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


# Faults


def busy(status: int, retry_after: str = "") -> Fault:
    """A status that asks to come back later."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda handler, _: handler.give(status, b"busy", headers)


def says(body: bytes) -> Fault:
    """Something else than the answer."""
    return lambda handler, _: handler.give(200, body)


def cut(handler: Handler, body: bytes) -> None:
    """A connection that ends in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut_unannounced(handler: Handler, body: bytes) -> None:
    """The same, of an answer whose length was never said."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def hang(handler: Handler, body: bytes) -> None:
    """No answer at all, for longer than the tests wait."""
    time.sleep(0.4)
    handler.close_connection = True


def drop(handler: Handler, body: bytes) -> None:
    """A connection that is closed without a word."""
    handler.close_connection = True


def update(kind: str, day: str = "", notice: str = "", source: str = "publisher") -> dict[str, Any]:
    """An item of Crossref's `updated-by`."""
    found: dict[str, Any] = {"type": kind, "label": kind.title(), "source": source}
    if notice:
        found["DOI"] = notice
    if day:
        found["updated"] = {"date-parts": [[int(part) for part in day.split("-")]]}
    if source == "retraction-watch":
        found["record-id"] = "20946"
    return found


@contextmanager
def serve() -> Iterator[Services]:
    """Run the services for the length of a test."""
    services = Services()
    handler = type("BoundHandler", (Handler,), {"services": services})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    services.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield services
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
