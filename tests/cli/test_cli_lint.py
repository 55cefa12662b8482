"""`mnet lint`: what it finds, what it mends, and how it exits."""

import json
import os
import subprocess
import sys

import pytest

UNUSED = """//! A test.

import std.mobile { conv_bn, depthwise_bn }

/// A layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output y = image |> conv_bn(16)
}
"""
CLEAN = UNUSED.replace(", depthwise_bn", "")
BIASED = CLEAN.replace("conv_bn(16)", "conv2d(16) |> batch_norm()").replace("import std.mobile { conv_bn }\n\n", "")
BROKEN = "model M() {\n  output y = (\n}\n"
LINE = "unused.mnet:3:30: L101 [*] `depthwise_bn` is imported and never used\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "unused.mnet").write_text(UNUSED)
    (tmp_path / "clean.mnet").write_text(CLEAN)
    (tmp_path / "biased.mnet").write_text(BIASED)
    os.utime(tmp_path / "clean.mnet", (1, 1))
    return tmp_path


def piped(text, *words):
    words = [sys.executable, "-m", "mnet", "lint", "-", *words]
    done = subprocess.run(words, input=text.encode(), capture_output=True)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_clean_file_says_nothing(mnet, files):
    done = mnet("lint", "clean.mnet")
    assert (done.stdout, done.stderr) == ("", "")


def test_findings_are_the_result(mnet, files):
    done = mnet("lint", "unused.mnet", "clean.mnet", code=1)
    assert "warning[L101]" in done.stdout
    assert done.stderr == "1 finding, 1 of them for `--fix`\n"
    assert mnet("lint", "--format", "concise", "unused.mnet", code=1).stdout == LINE


def test_a_directory_stands_for_its_programs(mnet, files):
    (files / "more").mkdir()
    (files / "more" / "unused.mnet").write_text(UNUSED)
    done = mnet("lint", "--format", "concise", ".", "unused.mnet", code=1)
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "biased.mnet",
        "more/unused.mnet",
        "unused.mnet",
    ]


def test_rules_are_selected_by_the_beginning_of_their_codes(mnet, files):
    assert mnet("lint", "--select", "L2,L3", "--select", "L7", "unused.mnet").stdout == ""
    assert mnet("lint", "--select", "L101", "unused.mnet", code=1).stdout != ""
    assert mnet("lint", "--ignore", "L1", "unused.mnet").stdout == ""
    assert mnet("lint", "--select", "L1", "--ignore", "L101", "unused.mnet").stdout == ""


def test_an_unknown_code_is_a_wrong_call(mnet, files):
    assert "no rule's code begins with `L8`" in mnet("lint", "--select", "L8", "clean.mnet", code=2).stderr
    assert "`L101`" in mnet("lint", "--ignore", "L10l", "clean.mnet", code=2).stderr


def test_fix_mends_what_is_safe(mnet, files):
    (files / "unused.mnet").chmod(0o640)
    done = mnet("lint", "--fix", ".", code=1)
    assert (files / "unused.mnet").read_text() == CLEAN
    assert (files / "unused.mnet").stat().st_mode & 0o777 == 0o640
    assert (files / "clean.mnet").stat().st_mtime == 1
    assert (files / "biased.mnet").read_text() == BIASED
    assert "L202" in done.stdout
    assert done.stderr == "1 fixed; 1 finding\n"
    assert mnet("lint", "--fix", "unused.mnet").stderr == ""


def test_unsafe_fixes_change_the_network(mnet, files):
    assert mnet("lint", "--unsafe-fixes", "biased.mnet").stderr == "1 fixed\n"
    assert (files / "biased.mnet").read_text() == BIASED.replace("conv2d(16)", "conv2d(16, bias=false)")


def test_a_link_stays_one(mnet, files):
    (files / "link.mnet").symlink_to("unused.mnet")
    mnet("lint", "--fix", "link.mnet")
    assert (files / "link.mnet").is_symlink()
    assert (files / "unused.mnet").read_text() == CLEAN


DIFF = """--- unused.mnet
+++ unused.mnet
@@ -1,6 +1,6 @@
 //! A test.
|
-import std.mobile { conv_bn, depthwise_bn }
+import std.mobile { conv_bn }
|
 /// A layer.
 model Net() {
""".replace("|", " ")


def test_diff_shows_what_fix_would_do(mnet, files):
    assert mnet("lint", "--diff", ".", code=1).stdout == DIFF
    assert "bias=false" in mnet("lint", "--diff", "--unsafe-fixes", ".", code=1).stdout
    assert (files / "unused.mnet").read_text() == UNUSED
    assert mnet("lint", "--diff", "clean.mnet").stdout == ""
    assert json.loads(mnet("lint", "--diff", "--format", "json", "unused.mnet", code=1).stdout)["diff"] == DIFF


def test_stdin_is_linted_and_fixed_to_stdout():
    assert piped(CLEAN) == (0, "", "")
    code, out, _ = piped(UNUSED, "--format", "concise")
    assert (code, out) == (1, LINE.replace("unused.mnet", "<stdin>"))
    assert piped(UNUSED, "--fix") == (0, CLEAN, "1 fixed\n")
    code, out, err = piped(BIASED, "--fix")
    assert (code, out) == (1, BIASED)
    assert "L202" in err


def test_a_broken_program_is_a_finding_and_left(mnet, files):
    (files / "broken.mnet").write_text(BROKEN)
    done = mnet("lint", "--fix", "broken.mnet", "unused.mnet", code=1)
    assert "error[E0107]" in done.stdout
    assert (files / "broken.mnet").read_text() == BROKEN
    assert (files / "unused.mnet").read_text() == CLEAN
    assert piped(BROKEN, "--fix")[:2] == (1, BROKEN)
    assert "E0107" in mnet("lint", "--diff", "broken.mnet", code=1).stderr


def test_what_can_not_be_read_is_told_and_the_rest_linted(mnet, files):
    (files / "odd.mnet").write_bytes(b"// \xff\n")
    done = mnet("lint", "--format", "concise", "nowhere.mnet", "odd.mnet", "unused.mnet", code=2)
    assert [line.split()[1] for line in done.stdout.splitlines()[1:]] == ["E0110", "L101"]
    assert done.stdout.startswith("E0404 can't read `nowhere.mnet`")
    assert mnet("lint", "--diff", "nowhere.mnet", code=2).stdout == ""
    diff = json.loads(mnet("lint", "--diff", "--format", "json", "nowhere.mnet", "odd.mnet", code=2).stdout)
    assert [one["code"] for one in diff["diagnostics"]] == ["E0404", "E0110"]


def test_imports_are_found_as_everywhere(mnet, files):
    (files / "lib").mkdir()
    (files / "lib" / "blocks.mnet").write_text("/// One.\nblock one(x: tensor) -> tensor {\n  return x |> relu\n}\n")
    text = CLEAN.replace("std.mobile { conv_bn }", "blocks { one }").replace("conv_bn(16)", "one")
    (files / "user.mnet").write_text(text)
    assert "E0401" in mnet("lint", "user.mnet", code=1).stdout
    assert mnet("lint", "--root", "lib", "user.mnet").stdout == ""


def test_statistics_count(mnet, files):
    done = mnet("lint", "--statistics", ".", code=1)
    assert done.stdout == "1  L101   import that nothing uses (1 fixable)\n1  L202   bias before a batch norm\n"


def test_json_is_one_object(mnet, files):
    found = json.loads(mnet("lint", "--format", "json", "unused.mnet", code=1).stdout)
    assert [one["code"] for one in found["diagnostics"]] == ["L101"]
    assert found["files"] == ["unused.mnet"]
    assert json.loads(mnet("lint", "--format", "json", "clean.mnet").stdout)["diagnostics"] == []
    assert json.loads(piped(UNUSED, "--fix", "--format", "json")[1])["text"] == CLEAN


def test_github_and_sarif(mnet, files):
    assert mnet("lint", "--format", "github", "unused.mnet", code=1).stdout.startswith("::warning title=L101")
    log = json.loads(mnet("lint", "--format", "sarif", "unused.mnet", code=1).stdout)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["L101"]


def test_a_target_adds_its_rules(mnet, files):
    assert mnet("lint", "--target", "tflite", "clean.mnet", "--ignore", "L6").stdout == ""
    assert "Invalid value for '--target'" in mnet("lint", "--target", "phone", "clean.mnet", code=2).stderr
