"""Rows of the small tables that records refer to."""

from claimbase.model.record import Id, Record, Sentence


class Topic(Record):
    """A subject that claims are filed under; ``page`` is the page that tells it whole."""

    name: Sentence
    description: Sentence
    page: Sentence | None = None


class Sponsor(Record):
    """Who started or paid a study. ``succeeds``: an earlier body that it continues."""

    name: Sentence
    succeeds: Id | None = None
    note: Sentence | None = None
