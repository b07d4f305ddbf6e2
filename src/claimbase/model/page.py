"""Pages: what the front matter of an ordinary page may say."""

from typing import Any

from claimbase.model.record import Day, Id, Record, Sentence


class PageInfo(Record):
    """A page's title, its topics, when it was reviewed and is due again, and what changed.

    The last fields are the theme's; they are let through as they are.
    """

    title: Sentence | None = None
    description: Sentence | None = None
    topics: list[Id] = []
    reviewed: Day | None = None
    next_review: Day | None = None
    changed: Sentence | None = None
    hide: list[Sentence] = []
    icon: Sentence | None = None
    search: dict[str, Any] | None = None
    status: Sentence | None = None
    subtitle: Sentence | None = None
    tags: list[Sentence] = []
    template: Sentence | None = None
