"""Every word of the page, in Korean and in English: one record, filled twice, so that neither language can lack a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rag_app.errors import SeodangError

PageLanguage = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language; fields with `{...}` are filled with `str.format`."""

    language: PageLanguage
    # name and first screen
    name: str
    tagline: str
    greeting: str
    greeting_more: str
    try_asking: str
    about_heading: str
    # the question field
    ask: str
    ask_again: str
    too_long: str
    filtered: str
    # while an answer is made
    warming: str
    searching: str
    reading: str
    writing: str
    # an answer
    sources: str
    nearest: str
    interrupted: str
    unreadable: str
    no_llm: str
    details: str
    route: str
    evidence: Mapping[str, str]
    style: Mapping[str, str]
    seconds: str
    written_by: str
    quoted_by: str
    steps: str
    other_passages: str
    regenerate: str
    edit: str
    ask_edited: str
    copy: str
    copy_help: str
    thanks: str
    what_was_wrong: str
    send: str
    follow_up: str
    older: str
    # the drawer
    source_title: str
    line: str
    gone: str
    moved: str
    more_around: str
    weak_support: str
    # the sidebar
    new_chat: str
    no_chats: str
    find_chat: str
    no_match: str
    more_chats: str
    untitled: str
    manage: str
    rename: str
    save: str
    delete: str
    delete_sure: str
    delete_yes: str
    export: str
    language_label: str
    documents: str
    documents_count: str
    search_in: str
    help: str
    # the documents
    documents_title: str
    find_document: str
    documents_shown: str
    back_to_list: str
    characters: str
    extents: Mapping[str, str]
    empty_share: str
    garbled_share: str
    ocr_read: str
    ocr_missing: str
    passages_then: str
    seconds_then: str
    nothing_to_read: str
    passages: str
    # the help
    help_title: str
    help_text: str
    read_guide: str
    # an exported conversation
    export_question: str
    export_answer: str
    export_sources: str
    # when something is missing or broken
    empty_title: str
    empty_text: str
    not_kept: str
    unexpected: str
    faults: Mapping[str, str]

    def fault(self, error: Exception) -> str:
        """One sentence with the remedy for any failure; the class nearest to the error decides."""
        for kind in type(error).__mro__:
            if kind.__name__ in self.faults:
                return self.faults[kind.__name__]
        return self.unexpected

    def fault_details(self, error: Exception) -> str:
        """What the failure itself says, with its values; empty for an error that nobody foresaw."""
        return str(error) if isinstance(error, SeodangError) else ""
