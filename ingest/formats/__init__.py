"""The formats: bytes of one file -> `SourceText`; the only room that knows document parsers.

registry       the table of formats: a new one is one new file and one line there
composer       clean Markdown put together block by block, with outline and places; what rich formats are turned into
packages       members of ZIP files, within limits (Word, Excel, PowerPoint, HWPX)
members        documents inside documents (archive, eml): each a section of its own, left out where a folder leaves it out
decoding       bytes -> text: UTF-8, UTF-16, CP949 and what else Korean files come in
front_matter   the YAML block at the top of a note
commonmark     the blocks of a Markdown text (the door to markdown-it)
ocr            text in pictures, by tesseract where it is installed
figures        the pictures inside a document: each read once, within limits

markdown text rst html notebook csv_table eml      formats of text
pdf (pdf_order pdf_lines pdf_items pdf_tables pdf_continued pdf_columns pdf_page pdf_heads pdf_flow pdf_figures) docx (docx_styles docx_pictures) xlsx pptx
hwpx hwp (hwp_records) korean_tables image archive                   binary formats; read in a child process, see `sandbox`
"""
