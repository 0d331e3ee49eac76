"""Every word of the ingestion command line, in Korean and in English."""

import locale
import os
from collections.abc import Mapping
from typing import Literal

from rag_app.reading_notes import in_korean

TextLanguage = Literal["ko", "en"]

_KO: Mapping[str, str] = {
    "description": "문서 폴더나 파일을 읽어 색인을 만듭니다. 바뀐 문서만 다시 읽습니다.",
    "paths": "문서가 들어 있는 폴더 또는 파일",
    "collection": "문서를 넣을 모음의 이름 (기본값: {default})",
    "dry_run": "무엇이 바뀌는지만 보여 주고 아무것도 쓰지 않습니다",
    "json": "결과를 JSON으로 출력합니다",
    "allow_shrink": "문서가 절반 넘게 사라져도 색인에서 지웁니다",
    "rebuild": "모든 문서를 다시 읽고, 설정된 임베딩 모델로 색인을 새로 만듭니다",
    "watch": "문서가 바뀔 때마다 색인에 반영합니다 (Ctrl-C로 마침)",
    "watching": "문서가 바뀌는지 지켜보고 있습니다. 마치려면 Ctrl-C를 누르세요.",
    "watched": "지켜보기를 마쳤습니다.",
    "exported": "대목 {count}개를 {path}에 내보냈습니다.",
    "no_documents": "{paths}에 읽을 문서가 없습니다. Markdown, 텍스트, PDF, HWP, Word 같은 문서를 넣고 다시 실행하세요.",
    "unchanged": "바뀐 문서가 없습니다. 문서 {sources}개, 조각 {chunks}개가 그대로입니다. ({seconds:.1f}초)",
    "done": "{generation}번째 색인: 조각 {added}개 추가, {removed}개 삭제, {kept}개 유지. 모두 문서 {sources}개, 조각 {chunks}개입니다. "
    "(임베딩 {embedded}개, {seconds:.1f}초)",
    "rehearsed": "미리 보기: 조각 {added}개를 추가하고 {removed}개를 지우며 {kept}개를 그대로 둡니다. 아무것도 쓰지 않았습니다.",
    "failed": "읽지 못한 문서 {count}개:",
    "warned": "확인할 점이 있는 문서 {count}개:",
    "empty": "읽을 내용이 없는 파일 {count}개 (파일이 바뀌면 다시 읽습니다):",
    "needs_ocr": "그림이나 스캔 {count}개(문서 {files}개)를 읽지 못했습니다. tesseract를 설치하고 다시 실행하면 읽습니다: {install}",
    "column_file": "파일",
    "column_format": "형식",
    "column_encoding": "인코딩",
    "column_chars": "글자",
    "column_parts": "분량",
    "column_empty": "빈 곳",
    "column_garbled": "깨짐",
    "column_ocr": "OCR",
    "column_plus": "추가",
    "column_same": "유지",
    "column_minus": "삭제",
    "column_time": "초",
    "parts_pages": "{count}쪽",
    "parts_slides": "{count}장",
    "parts_cells": "{count}칸",
    "parts_rows": "{count}행",
    "parts_sections": "{count}구역",
    "parts_files": "{count}파일",
    "more": "  … 외 {count}개 (--json으로 모두 볼 수 있습니다)",
    "error": "오류: {message}",
    "interrupted": "중단했습니다. 색인은 이전 그대로입니다.",
    "epilog": "그 밖의 명령: status, diff A B, rollback [GEN], prune --keep N, verify [GEN], export FILE. "
    "이름이 같은 폴더는 ./status 처럼 적습니다.",
    "no_index": "아직 색인이 없습니다. python -m ingest PATH 로 만드세요.",
    "generation": "{mark} {number}번째: 문서 {sources}개, 조각 {chunks}개 (추가 {added}, 삭제 {removed}) · {model}",
    "generation_damaged": "  {number}번째: 손상되었습니다 ({reason})",
    "collection_line": "    모음 {name}: 문서 {sources}개, 조각 {chunks}개",
    "same": "{before}번째와 {after}번째 색인의 내용이 같습니다.",
    "sources_added": "새 문서 {count}개:",
    "sources_removed": "없어진 문서 {count}개:",
    "sources_changed": "바뀐 문서 {count}개:",
    "sources_moved": "이름이 바뀐 문서 {count}개:",
    "passages_added": "새 대목 {count}개:",
    "passages_removed": "없어진 대목 {count}개:",
    "rolled_back": "이제 {number}번째 색인으로 답합니다.",
    "no_earlier": "{number}번째보다 앞선 색인이 없습니다. 남아 있는 색인: {known}",
    "pruned": "지난 색인 {count}개를 지웠습니다.",
    "whole": "{number}번째 색인에 이상이 없습니다. 파일과 개수가 맞고, 조각 {chunks}개가 모두 자기 벡터로 찾아집니다.",
    "not_whole": "{number}번째 색인에 문제가 {count}개 있습니다:",
    "scan": "문서 확인",
    "read": "문서 읽기",
    "terms": "임베딩과 낱말 분석",
    "vectors": "벡터 색인",
    "lexical": "낱말 색인",
    "seal": "마무리",
}
_EN: Mapping[str, str] = {
    "description": "Read documents into the index; only what changed is read again.",
    "paths": "folders or files with documents",
    "collection": "the collection that the documents go to (default: {default})",
    "dry_run": "say what would change, and write nothing",
    "json": "print the receipt as JSON",
    "allow_shrink": "remove documents from the index even if more than half of them are gone",
    "rebuild": "read everything again and make the index anew with the configured embedding model",
    "watch": "ingest again whenever a document changes (Ctrl-C ends it)",
    "watching": "Watching for changes; Ctrl-C ends it.",
    "watched": "No longer watching.",
    "exported": "{count} passage(s) written to {path}.",
    "no_documents": "There are no documents in {paths}. Put documents there (Markdown, text, PDF, HWP, Word and others) and run it again.",
    "unchanged": "Nothing changed: {sources} documents, {chunks} chunks ({seconds:.1f} s).",
    "done": "Generation {generation}: {added} chunks added, {removed} removed, {kept} kept; {sources} documents and {chunks} chunks "
    "in all ({embedded} embedded, {seconds:.1f} s).",
    "rehearsed": "Dry run: {added} chunks would be added, {removed} removed, {kept} kept; nothing was written.",
    "failed": "{count} document(s) could not be read:",
    "warned": "{count} document(s) worth a look:",
    "empty": "{count} file(s) hold nothing to read (read again when they change):",
    "needs_ocr": "{count} picture(s) or scanned page(s) of {files} document(s) were not read; install tesseract and run it again: "
    "{install}",
    "column_file": "file",
    "column_format": "format",
    "column_encoding": "encoding",
    "column_chars": "chars",
    "column_parts": "extent",
    "column_empty": "empty",
    "column_garbled": "garbled",
    "column_ocr": "OCR",
    "column_plus": "added",
    "column_same": "kept",
    "column_minus": "removed",
    "column_time": "s",
    "parts_pages": "{count} p.",
    "parts_slides": "{count} slide(s)",
    "parts_cells": "{count} cell(s)",
    "parts_rows": "{count} row(s)",
    "parts_sections": "{count} section(s)",
    "parts_files": "{count} file(s)",
    "more": "  … and {count} more (--json lists all)",
    "error": "error: {message}",
    "interrupted": "Interrupted; the index is as it was.",
    "epilog": "Other commands: status, diff A B, rollback [GEN], prune --keep N, verify [GEN], export FILE. "
    "A folder of such a name is written ./status.",
    "no_index": "There is no index yet; make one with python -m ingest PATH.",
    "generation": "{mark} generation {number}: {sources} documents, {chunks} chunks ({added} added, {removed} removed) · {model}",
    "generation_damaged": "  generation {number} is damaged ({reason})",
    "collection_line": "    collection {name}: {sources} documents, {chunks} chunks",
    "same": "Generations {before} and {after} say the same.",
    "sources_added": "{count} new document(s):",
    "sources_removed": "{count} document(s) gone:",
    "sources_changed": "{count} changed document(s):",
    "sources_moved": "{count} renamed document(s):",
    "passages_added": "{count} new passage(s):",
    "passages_removed": "{count} passage(s) gone:",
    "rolled_back": "Generation {number} answers now.",
    "no_earlier": "There is no generation before {number}; there are: {known}",
    "pruned": "{count} old generation(s) removed.",
    "whole": "Generation {number} is whole: files and counts are right, and all {chunks} chunks are found by their own vectors.",
    "not_whole": "Generation {number} has {count} problem(s):",
    "scan": "checking",
    "read": "reading",
    "terms": "vectors and terms",
    "vectors": "vectors",
    "lexical": "words",
    "seal": "sealing",
}
_TEXTS: Mapping[TextLanguage, Mapping[str, str]] = {"ko": _KO, "en": _EN}


def text(language: TextLanguage, key: str, **values: object) -> str:
    """The sentence in that language, with its values put in."""
    return _TEXTS[language][key].format(**values)


def remark(language: TextLanguage, said: str) -> str:
    """A reader's remark, or why something was refused, in that language as far as it is known there."""
    return in_korean(said) if language == "ko" else said


def language_of_terminal(configured: str) -> TextLanguage:
    """The configured language; with `auto` Korean where the locale is Korean, English elsewhere."""
    if configured in ("ko", "en"):
        return "ko" if configured == "ko" else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "ko" if value.lower().startswith("ko") else "en"
    return "ko" if (locale.getlocale()[0] or "").lower().startswith(("ko", "korean")) else "en"
