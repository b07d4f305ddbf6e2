"""The Python-Markdown extension: claim links, citations, reference lists and blocks."""

from claimbase.markdown.extension import ClaimbaseExtension, makeExtension

__all__ = ["ClaimbaseExtension", "makeExtension"]
