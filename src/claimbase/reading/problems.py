"""What reading can find wrong. Reading collects problems and never stops at the first."""

from claimbase.model.diagnostic import Diagnostic, Place, Severity

UNREADABLE = "CB001"
BAD_YAML = "CB002"
BAD_FRONT_MATTER = "CB003"
BAD_BIBTEX = "CB004"
UNKNOWN_FIELD = "CB005"
MISSING_FIELD = "CB006"
MALFORMED_FIELD = "CB007"
DUPLICATE_FIELD = "CB008"
DUPLICATE_KEY = "CB009"
BAD_ID = "CB010"


class Problems(list[Diagnostic]):
    """The diagnostics found so far."""

    def add(
        self,
        code: str,
        place: Place,
        message: str,
        help_: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Record one more problem."""
        self.append(Diagnostic(code, place, message, help_, severity))
