"""The checks. Importing this package registers all of them."""

from claimbase.checks import evidence, files, links, prose, records, since, tables, wording
from claimbase.checks.rule import RULES, Rule, run

__all__ = [
    "RULES",
    "Rule",
    "evidence",
    "files",
    "links",
    "prose",
    "records",
    "run",
    "since",
    "tables",
    "wording",
]
