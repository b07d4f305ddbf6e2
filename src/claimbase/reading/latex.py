r"""LaTeX as bibliographies hold it, turned into plain Unicode.

The scan is our own because it must be linear, never recurse and never lose text: pylatexenc's
parser takes a bare ``%`` for a comment (half of "50% of participants" would go) and follows nested
braces by recursion. Its table of symbols (``\alpha``, ``\textdegree``, ``\geq``…) is used here.

What comes out is text and only text. Braces that protect case vanish, and so do emphasis and the
HTML tags that publishers export; subscripts and superscripts become Unicode ones where all of
their characters have one. So no markup can reach a reader, wherever the text is printed.
"""

import html
import re
import unicodedata
from functools import cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NEEDS_WORK = re.compile(r"[\\{}$~`]|--|''")
_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?\s*|.|$)|---?|``|''|[{}$~^_`]|[^\\{}$~^_`'-]+|.", re.DOTALL)
_MATHS = re.compile(r"\s*(?:[A-Za-z]|-)\s*$|(?!\d[\d.,]*\s*[A-Za-z(]).*?(?:\\[A-Za-z]|[\^_<>=+])")
"""What stands between the dollar signs of maths, but not in "$25,000 rather than $740m"."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,10}\d{0,2});")
_TAG = re.compile(r"</?(?:i|b|u|em|strong|italic|bold|span|scp|sc|p|title|jats:\w+)(?:\s[^<>]*)?>")
_SHIFTED = re.compile(r"<(su[bp])>([^<>]*)</\1>")
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]"
)
"""Characters that text has no use for or XML no place; private ones may serve as marks."""


_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "~": " "}
_ACCENTS = dict(
    zip(
        "`'^~=u.\"rHvdckbt",
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308"
        "\u030a\u030b\u030c\u0323\u0327\u0328\u0331\u0361",
        strict=True,
    )
)
_ALONE = {"\u0302": "^", "\u0303": "~"}
"""What an accent over nothing means: ``\\~{}`` is the tilde of an address."""

_SYMBOLS = {name: name for name in ("%", "|", "i", "j", "TeX", "LaTeX", "BibTeX")}
_SYMBOLS |= dict.fromkeys((" ", "\n", "\\", ",", ";", ":", "newline", "quad"), " ")
_SYMBOLS |= {"-": "", "/": "", "slash": "/", "sim": "~", "textasciicircum": "^", "textbar": "|"}
_SYMBOLS |= {"lt": "<", "textless": "<", "gt": ">", "textgreater": ">", "textunderscore": "_"}
_SYMBOLS |= {"S": "§", "P": "¶", "copyright": "©", "degree": "°", "euro": "€", "pounds": "£"}
_SYMBOLS |= {"lq": "‘", "rq": "’", "textquotedbl": '"'}
"""Commands that pylatexenc's table lacks, or has for other uses."""

_SILENT = frozenset(("textcolor", "href", "cite", "footnote", "label", "foreignlanguage"))
"""Commands whose first argument is not text."""

_SUPERSCRIPTS = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def to_unicode(text: str) -> str:
    """Return the plain text of a BibTeX value, on one line and without control characters.

    Args:
        text: The value as the bibliography holds it, without its outer braces or quotes. Any
            text will do; what is not LaTeX stays as it is.
    """
    if _NEEDS_WORK.search(text):
        text = _Decoder().decode(text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if "<" in text:
        text = _SHIFTED.sub(lambda found: _shift(found[1], found[2]), _TAG.sub("", text))
    return _tidy(text)


def to_address(text: str) -> str:
    """Return an address or identifier, in which ``~``, ``--`` and ``%`` mean themselves."""
    if _NEEDS_WORK.search(text):
        text = _Decoder(ligatures={}).decode(text)
    return _tidy(text)


def _tidy(text: str) -> str:
    return " ".join(UNPRINTABLE.sub("", text).split())


class _Decoder:
    """One pass over the tokens with a stack instead of recursion.

    A command that takes an argument waits for the next character or group. Only a group that is
    such an argument collects its pieces apart, so nesting as such costs nothing.
    """

    def __init__(self, ligatures: dict[str, str] = _LIGATURES) -> None:
        self.ligatures = ligatures
        self.pieces: list[str] = []
        self.waiting: list[Callable[[str], str]] = []
        self.groups: list[tuple[list[str], list[Callable[[str], str]]] | None] = []
        self.in_maths = False

    def decode(self, text: str) -> str:
        for found in _TOKEN.finditer(text):
            piece = found.group()
            if piece[0] == "\\":
                self.command(piece[1:].rstrip() or piece[1:2])
            elif piece == "{":
                self.open()
            elif piece == "}":
                self.close()
            elif piece == "$" and (self.in_maths or _opens_maths(text, found.end())):
                self.in_maths = not self.in_maths
            elif self.in_maths and piece in "^_":
                self.waiting.append(partial(_shift, "sup" if piece == "^" else "sub"))
            else:
                self.text(self.ligatures.get(piece, piece))
        while self.groups:
            self.close()
        return "".join(self.pieces)

    def command(self, name: str) -> None:
        if name in _ACCENTS:
            self.waiting.append(partial(_accent, _ACCENTS[name]))
        elif name in _SILENT:
            self.waiting.append(lambda _: "")
        elif name in ("textsuperscript", "textsubscript"):
            self.waiting.append(partial(_shift, "sup" if "super" in name else "sub"))
        elif name in ("enquote", "mkbibquote"):
            self.waiting.append("“{}”".format)
        elif symbol := _symbol(name):
            self.put(symbol)

    def open(self) -> None:
        if self.waiting:
            self.groups.append((self.pieces, self.waiting))
            self.pieces, self.waiting = [], []
        else:
            self.groups.append(None)

    def close(self) -> None:
        self.waiting = []
        opened = self.groups.pop() if self.groups else None
        if opened:
            piece = "".join(self.pieces)
            self.pieces, self.waiting = opened
            self.put(piece)

    def text(self, text: str) -> None:
        if not self.waiting:
            self.pieces.append(text)
        elif text := text.lstrip():
            self.put(text[0])
            self.pieces.append(text[1:])

    def put(self, piece: str) -> None:
        while self.waiting:
            piece = self.waiting.pop()(piece)
        self.pieces.append(piece)


def _opens_maths(text: str, start: int) -> bool:
    end = text.find("$", start)
    return end > 0 and _MATHS.match(text[start:end]) is not None


@cache
def _symbol(command: str) -> str:
    """Return the text of a command that takes no argument; empty for any other."""
    command = command.rstrip("*")
    if command in _SYMBOLS:
        return _SYMBOLS[command]
    # Slow to import, and most bibliographies do without.
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415

    spec = get_default_latex_context_db().get_macro_spec(command)
    text = getattr(spec, "simplify_repl", None)
    return text if isinstance(text, str) and "%" not in text else ""


def _accent(mark: str, text: str) -> str:
    """Return ``text`` with a combining mark on its first character."""
    if not text:
        return _ALONE.get(mark, "")
    return unicodedata.normalize("NFC", text[0] + mark) + text[1:]


def _shift(where: str, text: str) -> str:
    """Return ``text`` as Unicode superscript or subscript; as it is where it has none."""
    table = _SUPERSCRIPTS if where == "sup" else _SUBSCRIPTS
    return text.translate(table) if all(ord(character) in table for character in text) else text
