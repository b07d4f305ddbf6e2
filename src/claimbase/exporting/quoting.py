"""Foreign text in Markdown that GitHub shows: whatever it holds, it is read as text."""

import re

_MARKUP = re.compile(r"[\\`*_{}\[\]<>&#|~$!]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_OPENING = re.compile(r"^(\d{1,9})(?=[.)](?: |$))|^(?=[-+=])")
"""What would make a list, a rule or a heading of the text, at the head of a line."""
_NAME = re.compile(r"@|#(?=\d)")
"""What would call somebody, or an issue. An escape does not keep GitHub from either."""
_ADDRESS = re.compile(r"https?://[\w.~:/?#%&=+;,()-]+", re.ASCII)


def plain(text: str) -> str:
    """Return text that is no markup, no link and nobody's name, on one line."""
    escaped = _MARKUP.sub(r"\\\g<0>", _one_line(text))
    return _NAME.sub("\\g<0>\u200b", _OPENING.sub(r"\1\\", escaped))


def code(name: str) -> str:
    """Return an id, a key or a file's name as code, which a backtick would end."""
    return "`" + _one_line(name).replace("`", "'") + "`"


def address(text: str) -> str:
    """Return an address as a link if it is one and nothing else, or as text."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else plain(text)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
