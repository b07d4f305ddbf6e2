"""Foreign text in Markdown that GitHub shows: whatever it holds, it is read as text."""

import re

_MARKUP = re.compile(r"[\\`*_{}\[\]<>&#|~$!]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """Return text that is no markup, no link and nobody's name, on one line."""
    return _MARKUP.sub(r"\\\g<0>", _one_line(text)).replace("@", "@\u200b")


def code(name: str) -> str:
    """Return an id, a key or a file's name as code, which a backtick would end."""
    return "`" + _one_line(name).replace("`", "'") + "`"


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
