"""Evidence is named by its content, kept once, and missed when it is gone."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_support import DAY

from footwall.errors import JournalError
from footwall.journal import EMPTY, Document, Evidence, Journal, NewEntry, canonical_text, object_text


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path / "evidence")


def test_a_file_is_kept_under_the_hash_of_its_bytes(evidence: Evidence, tmp_path: Path) -> None:
    digest = evidence.put(b"PAR1 bytes")
    assert digest == hashlib.sha256(b"PAR1 bytes").hexdigest()
    assert (evidence.folder / f"{digest}.parquet").read_bytes() == b"PAR1 bytes"
    (tmp_path / "source.parquet").write_bytes(b"PAR1 bytes")
    assert evidence.put(tmp_path / "source.parquet") == digest
    assert evidence.get(digest) == b"PAR1 bytes"
    assert len(list(evidence.folder.iterdir())) == 1


def test_a_json_digest_does_not_depend_on_the_compressor(evidence: Evidence) -> None:
    digest = evidence.keep(Document.of({"b": "1.50", "a": [True, None]}))
    assert digest == hashlib.sha256(b'{"a":[true,null],"b":"1.50"}').hexdigest()
    path = evidence.path(digest)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=1))
    assert evidence.get_json(digest) == {"a": [True, None], "b": "1.50"}


@given(st.dictionaries(st.text("abc", max_size=2), st.text("xyz", max_size=3) | st.integers(0, 9), max_size=4))
def test_the_order_of_keys_makes_no_difference(content: dict[str, str | int]) -> None:
    backwards = dict(reversed(list(content.items())))
    assert canonical_text(content) == canonical_text(backwards)


def test_missing_and_changed_evidence_is_told_with_its_entry(evidence: Evidence, tmp_path: Path) -> None:
    kept, lost, changed = (evidence.put(name.encode()) for name in ("kept", "lost", "changed"))
    broken = evidence.keep(Document.of({"text": "broken"}))
    journal = Journal.create(tmp_path / "j.sqlite")
    named = {"kept": kept, "lost": lost, "changed": changed, "broken": broken}
    journal.append([NewEntry("note", DAY, "a", {}), NewEntry("note", DAY, "b", {"evidence": dict(named)})], EMPTY)
    assert evidence.verify(journal.entries()) == ()
    evidence.path(lost).unlink()
    evidence.path(changed).write_bytes(b"other")
    evidence.path(broken).write_bytes(evidence.path(broken).read_bytes()[:-9])
    problems = evidence.verify(journal.entries())
    assert [(problem.code, problem.row) for problem in problems] == [("evidence", 2)] * 3
    assert "cannot be read" in problems[0].found
    assert "was changed after it was kept" in problems[1].found
    assert "missing" in problems[2].found


def test_a_damaged_file_is_mended_by_putting_it_again(evidence: Evidence) -> None:
    digest = evidence.put(b"whole")
    evidence.path(digest).write_bytes(b"wh")
    assert evidence.put(b"whole") == digest
    assert evidence.get(digest) == b"whole"


@pytest.mark.parametrize("digest", ["", "../journal", "0" * 64, "A" * 64])
def test_a_name_that_is_no_kept_digest_is_refused(evidence: Evidence, digest: str) -> None:
    with pytest.raises(JournalError, match="missing"):
        evidence.get(digest)


def test_evidence_that_is_no_object_is_told(evidence: Evidence) -> None:
    with pytest.raises(JournalError, match="holds no object"):
        evidence.get_json(evidence.put(b"[1]"))
    with pytest.raises(JournalError, match="holds no object"):
        evidence.get_json(evidence.put(b"PAR1"))


def test_what_is_held_is_read_and_not_on_the_disk_until_it_is_kept(evidence: Evidence) -> None:
    held, dropped = evidence.hold(b"PAR1 held"), Evidence(evidence.folder).hold(b"PAR1 other")
    assert evidence.get(held) == b"PAR1 held"
    assert not evidence.folder.exists()
    evidence.keep_held()
    assert (evidence.folder / f"{held}.parquet").read_bytes() == b"PAR1 held"
    evidence.hold(b"PAR1 other")
    evidence.drop_held()
    with pytest.raises(JournalError, match="is missing"):
        evidence.get(dropped)
    assert len(list(evidence.folder.iterdir())) == 1


@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=5), st.integers(0, 9) | st.text(max_size=3)))
def test_an_object_of_written_values_is_the_object_of_the_values(content: dict[str, str | int]) -> None:
    texts = {key: json.dumps(value, ensure_ascii=False) for key, value in content.items()}
    assert Document.written(object_text(texts)) == Document.of(content)


def test_a_key_that_is_not_ascii_is_refused_in_written_objects_too() -> None:
    assert object_text({"a": "1"}) == '{"a":1}'
    with pytest.raises(JournalError, match="ASCII"):
        object_text({"é": "1"})
