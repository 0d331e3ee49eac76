"""The remarks of ingestion, each English sentence with its Korean one; `{name}` stands for any value."""

from collections.abc import Mapping
from typing import Final

_SAVE_AGAIN = "다시 저장해 주세요"

KOREAN: Final[Mapping[str, str]] = {
    # how a text was read
    "holds words addressed to a language model ({words}); they are indexed as text and never obeyed": (
        "언어 모델에게 하는 말이 들어 있습니다({words}). 글로만 색인하며 따르지 않습니다"
    ),
    "{count} invisible characters were removed": "보이지 않는 글자 {count}개를 지웠습니다",
    "{count} line(s) were in CP949 inside a UTF-8 file": "UTF-8 파일 속에 CP949로 적힌 줄이 {count}개 있습니다",
    "{count} byte(s) were not valid {encoding} and are shown as \ufffd": (
        "{encoding}에 맞지 않는 {count}바이트는 \ufffd로 보입니다"
    ),
    "{count} characters of encoded data (an embedded image?) were left out": (
        "글에 박힌 인코딩된 데이터(그림?) {count}자를 뺐습니다"
    ),
    "holds Korean text, but the embedding model was not made for Korean; set RAG_EMBEDDING_MODEL to one that was": (
        "한국어 글인데 임베딩 모델이 한국어용이 아닙니다. RAG_EMBEDDING_MODEL을 한국어용 모델로 설정해 주세요"
    ),
    "the front matter is not valid YAML; only its plain lines were read": (
        "머리글(front matter)이 올바른 YAML이 아니어서 단순한 줄만 읽었습니다"
    ),
    "hidden elements left out: {count}": "숨긴 요소 {count}개를 뺐습니다",
    "its attachments are left out, since reading one of them failed; save them as files ({why})": (
        "첨부 파일 하나를 읽다가 실패하여 첨부를 모두 뺐습니다. 파일로 따로 저장해 주세요({why})"
    ),
    "attachments that are named, not read: {count}": "첨부 파일 {count}개는 이름만 적고 읽지 않았습니다",
    "the attachment is damaged ({why})": "첨부 파일이 손상되었습니다({why})",
    "the attachment is larger than {most} MiB; save it as a file": (
        "첨부 파일이 {most} MiB보다 큽니다. 파일로 따로 저장해 주세요"
    ),
    "moved from {name}": "{name}에서 옮겨졌습니다",
    "the name ends in {suffix}, but by its content it is {kind}; it was read as that": (
        "이름은 {suffix}로 끝나지만 내용은 {kind}이어서 그 형식으로 읽었습니다"
    ),
    "another file in the folder has the same name ({plain}), written in other code points; this one is listed as {name}": (
        "폴더에 코드 값만 다르고 이름이 같은({plain}) 파일이 또 있어, 이 파일은 {name}(으)로 적습니다"
    ),
    # what was not read
    "only the first {most} rows were read; split the table": "처음 {most}행만 읽었습니다. 표를 나누어 주세요",
    "only the first {most} columns were read": "처음 {most}열만 읽었습니다",
    "only the first {most} of {count} cells were read; split the notebook": (
        "셀 {count}개 가운데 처음 {most}개만 읽었습니다. 노트북을 나누어 주세요"
    ),
    "{count} long outputs were shortened to {most} lines": "긴 출력 {count}개를 {most}줄로 줄였습니다",
    "only the first {most} of {count} pages were read; split the file": (
        "{count}쪽 가운데 처음 {most}쪽만 읽었습니다. 파일을 나누어 주세요"
    ),
    "only the first {most} of {count} pages were read": "{count}쪽 가운데 처음 {most}쪽만 읽었습니다",
    "only the first {most} of {count} slides were read": "슬라이드 {count}장 가운데 처음 {most}장만 읽었습니다",
    "hidden slides left out: {count}": "숨긴 슬라이드 {count}장을 뺐습니다",
    "only the first {most} of {count} sheets were read": "시트 {count}개 가운데 처음 {most}개만 읽었습니다",
    "hidden sheets left out: {names}": "숨긴 시트를 뺐습니다: {names}",
    "sheet {name}: only the first {rows} rows and {columns} columns were read": (
        "시트 {name}: 처음 {rows}행, {columns}열만 읽었습니다"
    ),
    "sheet {name}: {count} formula(s) have no stored result; open and save the file in a spreadsheet": (
        "시트 {name}: 수식 {count}개에 저장된 결과가 없습니다. 스프레드시트 프로그램에서 열어 다시 저장해 주세요"
    ),
    "only the first {most} documents of the archive were read; unpack it": (
        "압축 파일에서 처음 문서 {most}개만 읽었습니다. 압축을 풀어 주세요"
    ),
    "{count} file(s) in it were left out, as in a folder: hidden, keys and passwords, lock and temporary files, node_modules": (
        "안에 든 파일 {count}개를 폴더에서처럼 뺐습니다: 숨긴 파일, 키와 암호, 잠금·임시 파일, node_modules"
    ),
    "and {count} more remarks": "그 밖의 알림 {count}개",
    "the archive holds no document that can be read": "압축 파일에 읽을 수 있는 문서가 없습니다",
    "archives are nested too deeply": "압축 파일이 너무 깊이 겹쳐 있습니다",
    # pages and pictures
    "{count} repeated page heads and page numbers were left out": "되풀이되는 머리말과 쪽 번호 {count}개를 뺐습니다",
    "{blank} of {count} pages are empty": "{count}쪽 가운데 {blank}쪽이 비어 있습니다",
    "only {chars} characters were found on {count} pages": "{count}쪽에서 글자를 {chars}자밖에 찾지 못했습니다",
    "{damaged} of {count} pages are damaged and could not be read; save it again or get another copy": (
        "{count}쪽 가운데 {damaged}쪽이 손상되어 읽지 못했습니다. 다시 저장하거나 다른 사본을 구해 주세요"
    ),
    "{damaged} of {count} pages are damaged and could not be read": (
        "{count}쪽 가운데 {damaged}쪽이 손상되어 읽지 못했습니다"
    ),
    "no text on page {page} (a scan), needs OCR": "{page}쪽은 스캔이라 글자가 없어 OCR이 필요합니다",
    "no text on {scans} of {count} pages (a scan), needs OCR": (
        "{count}쪽 가운데 {scans}쪽은 스캔이라 글자가 없어 OCR이 필요합니다"
    ),
    "{what}: reading text in pictures needs tesseract ({install})": (
        "{what}: 그림 속 글자를 읽으려면 tesseract가 필요합니다({install})"
    ),
    "OCR was used on {count} figure(s): check names and numbers against the original": (
        "그림 {count}개를 OCR로 읽었습니다. 이름과 숫자를 원본과 견주어 보세요"
    ),
    "OCR was used on page {page}: check names and numbers against the original": (
        "{page}쪽을 OCR로 읽었습니다. 이름과 숫자를 원본과 견주어 보세요"
    ),
    "OCR was used on {scans} of {count} pages: check names and numbers against the original": (
        "{count}쪽 가운데 {scans}쪽을 OCR로 읽었습니다. 이름과 숫자를 원본과 견주어 보세요"
    ),
    "OCR was used: check names and numbers against the original": "OCR로 읽었습니다. 이름과 숫자를 원본과 견주어 보세요",
    "{count} figure(s) were not read (at most {most} figures, {seconds} s)": (
        "그림 {count}개를 읽지 않았습니다(최대 {most}개, {seconds}초)"
    ),
    "{count} scanned pages were not read (at most {most} pages, {seconds} s)": (
        "스캔한 쪽 {count}개를 읽지 않았습니다(최대 {most}쪽, {seconds}초)"
    ),
    # nothing to read
    "the file is empty (0 bytes)": "빈 파일입니다(0바이트)",
    "the file holds no text": "파일에 글자가 없습니다",
    "no text was found in the PDF": "PDF에서 글자를 찾지 못했습니다",
    "no text was found in the picture": "그림에서 글자를 찾지 못했습니다",
    "the PDF has no pages": "PDF에 쪽이 하나도 없습니다",
    # refused or damaged
    "the format ({kind}) is not read; save it as Markdown or plain text, .docx, .hwpx or .pdf": (
        "읽지 않는 형식입니다({kind}). Markdown, 텍스트, .docx, .hwpx, .pdf 가운데 하나로 저장해 주세요"
    ),
    "the name ends in {suffix}, but by its content it is {kind}; save it as plain text": (
        "이름은 {suffix}로 끝나지만 내용은 {kind}입니다. 텍스트로 저장해 주세요"
    ),
    "the name ends in {suffix}, but its content is no such file; open it in its program and save it again": (
        f"이름은 {{suffix}}로 끝나지만 내용이 그런 파일이 아닙니다. 원래 프로그램에서 열어 {_SAVE_AGAIN}"
    ),
    "by its content it is an older {kind} file ({suffix}); save it as {other}": (
        "내용이 옛 {kind} 파일({suffix})입니다. {other}로 저장해 주세요"
    ),
    "by its content it is an Office file locked with a password; save it without one": (
        "암호가 걸린 오피스 파일입니다. 암호 없이 저장해 주세요"
    ),
    "by its content it is an Outlook message (.msg); save it as .eml": "Outlook 메시지(.msg)입니다. .eml로 저장해 주세요",
    "by its content it is a file of an older program": "옛 프로그램의 파일이라 읽지 않습니다",
    "by its name it holds keys or passwords; such files are never ingested": (
        "이름으로 보아 키나 암호가 든 파일이라 읽지 않습니다"
    ),
    "the bytes are no text in UTF-8, UTF-16 or CP949 ({why}); save the file as UTF-8": (
        "UTF-8, UTF-16, CP949 어느 것으로도 읽을 수 없습니다({why}). UTF-8로 저장해 주세요"
    ),
    "the bytes are no text in any encoding the page names; save it as UTF-8": (
        "쪽에 적힌 어느 인코딩으로도 읽을 수 없습니다. UTF-8로 저장해 주세요"
    ),
    "the {kind} is locked with a password; save it without one": "암호가 걸린 파일입니다. 암호 없이 저장해 주세요",
    "the HWP file is a document for distribution, which no other program can read; save it as HWPX": (
        "배포용 문서라 다른 프로그램이 읽을 수 없습니다. HWPX로 저장해 주세요"
    ),
    "the file has {size} MiB, the limit is {most}; split it or raise RAG_MAX_FILE_MB": (
        "파일이 {size} MiB로 한도 {most} MiB를 넘습니다. 나누거나 RAG_MAX_FILE_MB를 높여 주세요"
    ),
    "the document holds more than {most} characters of text; split it": (
        "문서의 글이 {most}자를 넘습니다. 나누어 주세요"
    ),
    "the picture has {width} x {height} pixels, the limit is {most} million": (
        "그림이 {width} x {height}픽셀로 한도 {most}백만을 넘습니다"
    ),
    "the file holds {count} members, the limit is {most}": "파일 속 구성 요소가 {count}개로 한도 {most}개를 넘습니다",
    "the file unpacks to {size} MiB, the limit is {most}": "압축을 풀면 {size} MiB로 한도 {most} MiB를 넘습니다",
    "a member of the file unpacks to {ratio} times its size, the limit is {most}": (
        "압축을 풀면 {ratio}배가 되는 구성 요소가 있습니다(한도 {most}배)"
    ),
    "members of the file overlap, as in a bomb; save it again": f"구성 요소가 압축 폭탄처럼 겹쳐 있습니다. {_SAVE_AGAIN}",
    "the part {name} of the file is larger than {most} MiB": "파일의 {name} 부분이 {most} MiB보다 큽니다",
    "the part {name} of the HWP file unpacks to more than {most} MiB": (
        "HWP 파일의 {name} 부분은 풀면 {most} MiB가 넘습니다"
    ),
    "its part {name} declares XML entities, which office programs never do; it is not read": (
        "{name} 부분이 오피스 프로그램은 쓰지 않는 XML 엔터티를 선언해 읽지 않습니다"
    ),
    "it declares XML entities, which office programs never do; it is not read": (
        "오피스 프로그램은 쓰지 않는 XML 엔터티를 선언해 읽지 않습니다"
    ),
    "save it again or get another copy": "다시 저장하거나 다른 사본을 구해 주세요",
    "the {kind} is damaged ({why}); {remedy}": f"파일이 손상되었습니다({{why}}). 원래 프로그램에서 열어 {_SAVE_AGAIN}",
    "the {kind} is damaged; {remedy}": f"파일이 손상되었습니다. 원래 프로그램에서 열어 {_SAVE_AGAIN}",
    "a sheet is damaged; {remedy}": f"시트 하나가 손상되었습니다. 스프레드시트 프로그램에서 열어 {_SAVE_AGAIN}",
    "the file holds no e-mail message; save it again from the mail program": (
        f"전자우편 내용이 없습니다. 메일 프로그램에서 {_SAVE_AGAIN}"
    ),
    "the file is no notebook (it has no cells); open it in Jupyter and save it again": (
        f"셀이 없어 노트북이 아닙니다. Jupyter에서 열어 {_SAVE_AGAIN}"
    ),
    "the page holds no HTML; save it again from the browser": f"HTML이 들어 있지 않습니다. 브라우저에서 {_SAVE_AGAIN}",
    "the {format} reader gave nonsense ({why}); save the file in another format": (
        "{format} 형식으로 읽은 결과가 올바르지 않습니다({why}). 다른 형식으로 저장해 주세요"
    ),
    "the {format} reader stopped with {why}; open it in its program and save it again": (
        f"{{format}} 형식으로 읽다가 멈췄습니다({{why}}). 원래 프로그램에서 열어 {_SAVE_AGAIN}"
    ),
    "its reader stopped with {why}; open it in its program and save it again": (
        f"읽다가 멈췄습니다({{why}}). 원래 프로그램에서 열어 {_SAVE_AGAIN}"
    ),
    "the {format} reader crashed on it ({how}); open it in its program and save it again, or as another format": (
        "{format} 형식으로 읽다가 멈췄습니다({how}). 원래 프로그램에서 다시 저장하거나 다른 형식으로 저장해 주세요"
    ),
    "the {format} reader gave up on it ({how}), as it does when it needs more than {size} MiB of memory; {remedy}": (
        "{format} 형식으로 읽다가 멈췄습니다({how}). 메모리가 {size} MiB보다 많이 드는 듯합니다. 나누거나 새로 저장해 주세요"
    ),
    "reading it as {format} took longer than {seconds} s; split it or save it anew": (
        "{format} 형식으로 읽는 데 {seconds}초가 넘게 걸립니다. 나누거나 새로 저장해 주세요"
    ),
    "reading it as {format} took more than {seconds} s of processor time; split it or save it anew": (
        "{format} 형식으로 읽는 데 처리 시간이 {seconds}초를 넘습니다. 나누거나 새로 저장해 주세요"
    ),
    "reading it as {format} needs more than {size} MiB of memory; split it": (
        "{format} 형식으로 읽는 데 메모리가 {size} MiB보다 많이 듭니다. 나누어 주세요"
    ),
    "reading it failed for want of memory": "메모리가 모자라 읽지 못했습니다",
    "it is nested too deeply to be read; save it anew, or as another format": (
        "너무 깊이 겹쳐 있어 읽을 수 없습니다. 새로 저장하거나 다른 형식으로 저장해 주세요"
    ),
    "it cannot be read": "읽을 수 없습니다",
    # files and folders
    "the file keeps changing while it is read; run again when it is written": (
        "읽는 동안 파일이 계속 바뀝니다. 다 쓴 뒤에 다시 실행해 주세요"
    ),
    "the file vanished while the folder was read": "폴더를 읽는 사이에 파일이 없어졌습니다",
    "there is no permission to read it": "읽을 권한이 없습니다",
    "it is a folder, not a file": "파일이 아니라 폴더입니다",
    "it is no regular file": "일반 파일이 아닙니다",
    "the file cannot be read ({why})": "파일을 읽을 수 없습니다({why})",
    "the folder cannot be read ({why}); its documents are kept as they were": (
        "폴더를 읽을 수 없습니다({why}). 그 안의 문서는 이전 그대로 둡니다"
    ),
    "folders are read {most} deep; move this one up, its documents are kept as they were": (
        "폴더는 {most}단계까지 읽습니다. 위로 옮겨 주세요. 그 안의 문서는 이전 그대로 둡니다"
    ),
    "it cannot be reached, perhaps its path is too long; move it up": (
        "경로가 너무 길어서인지 닿을 수 없습니다. 위로 옮겨 주세요"
    ),
    "{path} does not exist any more; add --allow-shrink to remove its {count} document(s) from the index": (
        "{path}이(가) 이제 없습니다. 색인에서 그 문서 {count}개를 지우려면 --allow-shrink를 붙이세요"
    ),
    "{path} does not exist; name a file or a folder with documents": (
        "{path}이(가) 없습니다. 문서가 있는 파일이나 폴더의 이름을 적어 주세요"
    ),
    "{path} is a network (UNC) path and is refused; name a local file or folder": (
        "{path}은(는) 네트워크(UNC) 경로라 읽지 않습니다. 이 컴퓨터의 파일이나 폴더를 적어 주세요"
    ),
    "{path} is neither a file nor a folder": "{path}은(는) 파일도 폴더도 아닙니다",
    "{path} cannot be opened ({why})": "{path}을(를) 열 수 없습니다({why})",
}
