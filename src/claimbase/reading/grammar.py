"""The two marks an author writes in prose: claim links and citations.

One grammar serves both the reader of pages (which wants places) and the Markdown extension
(which wants HTML), so that they cannot drift apart. Citations follow Pandoc's syntax
(https://pandoc.org/MANUAL.html#citation-syntax).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

CLAIM_SCHEME = "claim:"

# A key is a word with single punctuation marks inside it, or anything in braces.
_KEY = r"(?:\{(?P<braced>[^{}\s]+)\}|(?P<bare>\w(?:\w|[:.#$%&+?<>~/-](?=\w))*))"
_CITE = re.compile(
    rf"^(?P<prefix>(?:[^@]|(?<=\w)@)*?)(?P<bare_author>-?)(?<!\w)@{_KEY}(?P<suffix>.*)$", re.DOTALL
)

CITATION = re.compile(r"\[(?P<body>[^\[\]@]*@[^\[\]]*)\](?!\()(?!\[[^@\[\]]*\])")
"""A bracket that may hold citations; a link's text is told apart by what follows it."""

# A pattern that begins with a letter to look for is looked for many times as fast.
CLAIM_LINK = re.compile(
    r"\[(?<!!\[)(?P<text>(?:[^\[\]]++|\[[^\[\]]*+\])*+)\]"
    r"\(\s*<?claim:(?P<id>[^()\[\]<>\s]*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
"""``[text](claim:ID)``."""


@dataclass(frozen=True, slots=True)
class Cite:
    """One citation of a bracket: ``see -@key, p. 12``. ``offset`` is where the key starts."""

    key: str
    prefix: str = ""
    locator: str = ""
    offset: int = 0


@lru_cache(maxsize=1024)
def parse_citation(body: str) -> tuple[Cite, ...] | None:
    """Return the citations in a bracket's text, or None if it is not a citation."""
    cites: list[Cite] = []
    start = 0
    for part in body.split(";"):
        match = _CITE.match(part)
        if match:
            group = "braced" if match["braced"] else "bare"
            cites.append(
                Cite(
                    key=match[group],
                    prefix=match["prefix"].strip(),
                    locator=match["suffix"].strip().removeprefix(",").strip(),
                    offset=start + match.start(group),
                )
            )
        elif cites:
            # Words after a semicolon without a key belong to the citation before it.
            last = cites[-1]
            more = f"{last.locator}; {part.strip()}".strip("; ")
            cites[-1] = Cite(last.key, last.prefix, more, last.offset)
        else:
            return None
        start += len(part) + 1
    return tuple(cites) or None


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """What a block takes: whether an argument, and which options."""

    summary: str
    options: tuple[str, ...] = ()
    argument: bool = False
    needs: tuple[str, ...] = ()


BLOCKS: dict[str, BlockSpec] = {
    "claim": BlockSpec("The record of a claim, or of several, by id.", argument=True),
    "claims": BlockSpec(
        "The claims that all options fit, as a list or a table. An option takes several words "
        "to mean any of them.",
        ("topic", "type", "certainty", "verdict", "source", "study", "caveat", "retracted", "as"),
    ),
    "topics": BlockSpec("All topics, each with its number of claims."),
    "studies": BlockSpec("All studies as a table.", ("topic",)),
    "caveats": BlockSpec("All caveats."),
    "sources": BlockSpec("All sources, by kind or status.", ("kind", "status")),
    "source-kinds": BlockSpec("All kinds of sources, each with its number of sources."),
    "jurisdictions": BlockSpec("How law and access stand by place, with the day confirmed."),
    "timeline": BlockSpec("What happened when; by kind or place.", ("kind", "place")),
    "interactions": BlockSpec("Interactions, the most dangerous first.", ("danger",)),
    "glossary": BlockSpec("All terms with their other names."),
    "help": BlockSpec("Where to turn, by kind or region.", ("kind", "region")),
    "guidelines": BlockSpec("What guidelines and official bodies say."),
    "forest-plot": BlockSpec(
        "Effects of several studies on one outcome, with intervals and no pooled estimate.",
        ("results", "measure", "title", "axis", "left", "right"),
        needs=("results", "measure", "title"),
    ),
    "fact-box": BlockSpec(
        "How many in a hundred in each group, for several outcomes, as a table.",
        ("results", "title"),
        needs=("results", "title"),
    ),
    "icon-array": BlockSpec(
        "How many in a hundred in each group, for one outcome, as a picture.",
        ("result", "title"),
        needs=("result", "title"),
    ),
    "evidence-map": BlockSpec("Conclusions by condition and kind of outcome, and the gaps."),
    "risk-of-bias": BlockSpec("Risk of bias of results, by study.", ("topic",)),
    "independence": BlockSpec("Which sponsors stand behind which studies and claims."),
    "review-debt": BlockSpec("What is due: reviews, new sources, sources not looked up."),
    "bibliography": BlockSpec("The references of the page, or all of them.", ("scope",)),
}
"""The blocks that an author may write: ``/// name | argument`` and options below it."""
