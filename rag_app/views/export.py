"""An answer or a whole conversation as Markdown to take along, with its sources."""

from collections.abc import Sequence

from rag_app.answer import Answer, Citation, Turn
from rag_app.views.texts import Texts


def answer_markdown(answer: Answer, texts: Texts) -> str:
    """The answer as it was given, and each number with its source and quote."""
    if not answer.citations:
        return answer.text.strip() + "\n"
    lines = [answer.text.strip(), "", f"**{texts.export_sources}**", ""]
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        lines.append(f"- [{citation.n}] {whereabouts(citation, texts)}: “{quote}”")
    return "\n".join(lines) + "\n"


def conversation_markdown(title: str, turns: Sequence[Turn], texts: Texts) -> str:
    """Every question and answer in order."""
    parts = [f"# {title or texts.untitled}\n"]
    for turn in turns:
        question = turn.question.replace("\n", "\n> ")
        parts.append(f"**{texts.export_question}** ({turn.created_at[:16].replace('T', ' ')} UTC)\n\n> {question}\n")
        parts.append(f"**{texts.export_answer}**\n\n{answer_markdown(turn.answer, texts)}")
    return "\n".join(parts)


def whereabouts(citation: Citation, texts: Texts) -> str:
    """Where a citation stands, in one line: file, headings, page or line."""
    place = citation.locator or texts.line.format(line=citation.line)
    return " › ".join(part for part in (citation.source, citation.heading, place) if part)
