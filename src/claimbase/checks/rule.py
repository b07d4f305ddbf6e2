"""Rules: one check a function, its docstring its documentation."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from claimbase.ledger import Ledger
from claimbase.model.diagnostic import Diagnostic, Place, Severity

Fault = tuple[Place, str, str]
"""Where, what is wrong, what to do."""

Check = Callable[[Ledger], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    """A check with its code, its name and how much it matters unless the settings say else."""

    code: str
    name: str
    severity: Severity
    check: Check

    @property
    def documentation(self) -> str:
        """The check's docstring, as Markdown."""
        return inspect.getdoc(self.check) or ""

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return self.documentation.split("\n", 1)[0]


Where: TypeAlias = Callable[[], Place]
"""Gives a place once a fault needs it: to work one out takes longer than most checks."""

RULES: dict[str, Rule] = {}


def rule(code: str, name: str, severity: Severity = Severity.ERROR) -> Callable[[Check], Check]:
    """Register a function as the check with this code."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two checks have the code {code}")
        RULES[code] = Rule(code, name, severity, check)
        return check

    return register


def severity_of(rule_: Rule, chosen: dict[str, Severity]) -> Severity:
    """Return a rule's severity under the settings, which name rules by code or by name."""
    return chosen.get(rule_.code) or chosen.get(rule_.name) or rule_.severity


def run(ledger: Ledger) -> list[Diagnostic]:
    """Run every check and return all that they find, by file and line."""
    chosen = ledger.settings.options.severity
    found: list[Diagnostic] = []
    for entry in RULES.values():
        severity = severity_of(entry, chosen)
        if severity is not Severity.OFF:
            found += [
                Diagnostic(entry.code, place, message, help_, severity)
                for place, message, help_ in entry.check(ledger)
            ]
    # The same fault can be reached twice, for instance by two links to one broken record.
    return sorted(set(found), key=lambda d: (d.place, d.code, d.message))
