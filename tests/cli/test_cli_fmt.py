"""`mnet fmt`: what it writes, what it says, and how it exits."""

import json
import os
import subprocess
import sys

import pytest

UGLY = "model  M( ){input x:f32[N,8]\noutput y=x|>dense((4)) // four\n}"
PRETTY = "model M() {\n  input x: f32[N, 8]\n  output y = x |> dense(4) // four\n}\n"
BROKEN = "model M() {\n  output y = (\n}\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "ugly.mnet").write_text(UGLY)
    (tmp_path / "pretty.mnet").write_text(PRETTY)
    os.utime(tmp_path / "pretty.mnet", (1, 1))
    return tmp_path


def piped(text, *words):
    done = subprocess.run([sys.executable, "-m", "mnet", "fmt", "-", *words], input=text.encode(), capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_writes_what_changes_and_names_it(mnet, files):
    (files / "ugly.mnet").chmod(0o640)
    assert mnet("fmt", "ugly.mnet", "pretty.mnet").stdout == "ugly.mnet\n"
    assert (files / "ugly.mnet").read_text() == PRETTY
    assert (files / "ugly.mnet").stat().st_mode & 0o777 == 0o640
    assert (files / "pretty.mnet").stat().st_mtime == 1
    assert mnet("fmt", "ugly.mnet").stdout == ""


def test_check_only_names(mnet, files):
    assert mnet("fmt", "--check", "ugly.mnet", "pretty.mnet", code=1).stdout == "ugly.mnet\n"
    assert (files / "ugly.mnet").read_text() == UGLY
    assert mnet("fmt", "--check", "pretty.mnet").stdout == ""


DIFF = r"""--- ugly.mnet
+++ ugly.mnet
@@ -1,3 +1,4 @@
-model  M( ){input x:f32[N,8]
-output y=x|>dense((4)) // four
-}
\ No newline at end of file
+model M() {
+  input x: f32[N, 8]
+  output y = x |> dense(4) // four
+}
"""


def test_diff_is_what_patch_reads(mnet, files):
    assert mnet("fmt", "--diff", "ugly.mnet", "pretty.mnet", code=1).stdout == DIFF
    assert (files / "ugly.mnet").read_text() == UGLY
    assert mnet("fmt", "--diff", "pretty.mnet").stdout == ""


def test_stdin_goes_to_stdout():
    assert piped(UGLY) == (0, PRETTY, "")
    assert piped("") == (0, "", "")
    assert piped(UGLY, "--check") == (1, "<stdin>\n", "")
    assert piped(PRETTY, "--check") == (0, "", "")
    code, out, err = piped(BROKEN)
    assert (code, out) == (2, BROKEN)
    assert "<stdin>:3:1" in err


def test_stdin_stands_alone(mnet, files):
    assert "stands alone" in mnet("fmt", "-", "ugly.mnet", code=2).stderr


def test_what_parses_in_a_broken_file_is_formatted(mnet, files):
    (files / "half.mnet").write_text(f"{UGLY}\n\n\n\n{BROKEN}")
    checked = mnet("fmt", "--check", "half.mnet", code=2)
    assert checked.stdout == "half.mnet\n"
    assert "half.mnet:9:1" in checked.stderr
    done = mnet("fmt", "half.mnet", code=2)
    assert (files / "half.mnet").read_text() == f"{PRETTY}\n{BROKEN}"
    assert "half.mnet:8:1" in done.stderr  # where it is now
    assert mnet("fmt", "half.mnet", code=2).stdout == ""


@pytest.mark.parametrize("words", [[], ["--check"], ["--diff"]])
def test_a_file_with_an_error_is_left_alone_and_the_others_are_not(mnet, files, words):
    (files / "broken.mnet").write_text(BROKEN)
    done = mnet("fmt", *words, "broken.mnet", "none.mnet", "ugly.mnet", code=2)
    assert "broken.mnet:3:1" in done.stderr
    assert "none.mnet" in done.stderr
    assert "ugly.mnet" in done.stdout
    assert (files / "broken.mnet").read_text() == BROKEN
    assert (files / "ugly.mnet").read_text() == (UGLY if words else PRETTY)


def test_directories_stand_for_the_programs_in_them(mnet, files):
    for name in ("a/b/c.mnet", "a/notes.txt", "a/.hidden/d.mnet", "a/.e.mnet"):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(UGLY)
    assert mnet("fmt", "--check", ".", "a", "ugly.mnet", code=1).stdout == "a/b/c.mnet\nugly.mnet\n"
    assert mnet("fmt", "--check", "a/notes.txt", code=1).stdout == "a/notes.txt\n"


def test_line_ends_and_byte_order_marks_are_canonical(mnet, files):
    (files / "odd.mnet").write_bytes(b"\xef\xbb\xbf" + PRETTY.replace("\n", "\r\n").encode())
    assert mnet("fmt", "odd.mnet").stdout == "odd.mnet\n"
    assert (files / "odd.mnet").read_bytes() == PRETTY.encode()


def test_what_is_no_text_is_refused(mnet, files):
    (files / "latin.mnet").write_bytes(b"// \xe9\n")
    assert "E0110" in mnet("fmt", "latin.mnet", code=2).stderr
    assert (files / "latin.mnet").read_bytes() == b"// \xe9\n"


def test_json(mnet, files):
    (files / "broken.mnet").write_text(BROKEN)
    found = json.loads(mnet("fmt", "--check", "--format", "json", "broken.mnet", "ugly.mnet", code=2).stdout)
    assert [d["code"] for d in found["diagnostics"]] == ["E0107"]
    broken, (path, changed, diff) = [tuple(file.values()) for file in found["files"]]
    assert broken == ("broken.mnet", False, "")
    assert (path, changed, found["text"]) == ("ugly.mnet", True, None)
    assert diff.startswith("--- ugly.mnet\n+++ ugly.mnet\n")
    assert json.loads(piped(UGLY, "--format", "json")[1])["text"] == PRETTY


def test_the_standard_library_and_the_examples_are_formatted(mnet, examples):
    mnet("fmt", "--check", examples, examples.parent / "dsl" / "std")


def test_explains_itself(mnet):
    assert "left as it is" in mnet("fmt", "--help").stdout
    assert "Lay out programs" in mnet("--help").stdout
