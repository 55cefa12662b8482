from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mnet.dsl.diagnostics import Diagnostic, DiagnosticError
from mnet.dsl.limits import Limits
from mnet.dsl.modules import MAIN, Program, load, load_text
from mnet.dsl.source import Sources


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def write(files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())


def refused(path: str = "main.mnet", roots: tuple[str, ...] = (), limits: Limits | None = None) -> list[Diagnostic]:
    with pytest.raises(DiagnosticError) as caught:
        load(Path(path), tuple(map(Path, roots)), limits=limits or Limits())
    return list(caught.value.diagnostics)


def codes(found: list[Diagnostic]) -> list[str]:
    return [d.code.id for d in found]


def names(program: Program) -> list[str]:
    return list(program.modules)


def test_modules_are_found_by_their_dotted_names() -> None:
    write({"main.mnet": "import a.b { x }\nimport c { y }", "a/b.mnet": "import c { y }\nx = 1", "c.mnet": "y = 2"})
    program = load(Path("main.mnet"))
    assert names(program) == [MAIN, "a.b", "c"]
    assert program.main is program.modules[MAIN]
    assert program.files == (Path("main.mnet"), Path("a/b.mnet"), Path("c.mnet"))
    assert set(program.sources.by_name) == {"main.mnet", "a/b.mnet", "c.mnet"}


def test_names_of_files_are_as_they_were_given() -> None:
    write({"nets/main.mnet": "import a { x }", "nets/a.mnet": "x = 1 2"})
    assert str(refused("nets/main.mnet")[0].span) == "nets/a.mnet:1:7"
    absolute = str(Path("nets/main.mnet").absolute())
    assert str(refused(absolute)[0].span).startswith("/")


def test_std_is_part_of_the_package() -> None:
    write({"main.mnet": "import std.mobile { conv_bn }", "std/mobile.mnet": "broken ="})
    program = load(Path("main.mnet"))
    assert "std/mobile.mnet" in program.sources.by_name
    assert program.files == (Path("main.mnet"),)


def test_the_own_directory_comes_before_the_roots() -> None:
    write({"main.mnet": "import a { x }\nimport b { y }"})
    write({"a.mnet": "x = 1", "one/a.mnet": "z = 1", "one/b.mnet": "y = 1", "two/b.mnet": "z = 1"})
    program = load(Path("main.mnet"), (Path("one"), Path("two")))
    assert program.files == (Path("main.mnet"), Path("a.mnet"), Path("one/b.mnet"))


def test_a_text_has_no_directory() -> None:
    write({"a.mnet": "x = 1"})
    with pytest.raises(DiagnosticError) as caught:
        load_text("import a { x }")
    assert codes(list(caught.value.diagnostics)) == ["E0401"]
    assert names(load_text("import a { x }", roots=(Path(),))) == [MAIN, "a"]
    assert load_text("x = 1").files == ()


def test_sources_are_kept_where_loading_fails() -> None:
    write({"main.mnet": "import a { x }", "a.mnet": "x = 1 2"})
    sources = Sources()
    with pytest.raises(DiagnosticError):
        load(Path("main.mnet"), sources=sources)
    assert set(sources.by_name) == {"main.mnet", "a.mnet"}


def test_a_file_imported_twice_is_read_once() -> None:
    write({"main.mnet": "import a { x }\nimport b { y }\nimport a { x as z }"})
    write({"a.mnet": "x = 1", "b.mnet": "import a { x }\ny = 1"})
    assert len(load(Path("main.mnet")).files) == 3


def test_missing_module_is_reported_at_each_file_once() -> None:
    write({"main.mnet": "import a { x }\nimport nix { y }\nimport nix { z }", "a.mnet": "x = 1"})
    assert codes(refused()) == ["E0401"]


def test_links_stay_inside_their_root(tmp_path: Path) -> None:
    write({"main.mnet": "import inside { x }\nimport outside { x }\nimport folder.a { x }", "real.mnet": "x = 1"})
    write({str(tmp_path / "secret" / "a.mnet"): "x = 1"})
    Path("inside.mnet").symlink_to("real.mnet")
    Path("outside.mnet").symlink_to(tmp_path / "secret" / "a.mnet")
    Path("folder").symlink_to(tmp_path / "secret")
    assert codes(refused()) == ["E0405", "E0405"]


def test_the_main_file_may_be_a_link(tmp_path: Path) -> None:
    write({str(tmp_path / "other" / "net.mnet"): "import a { x }", "a.mnet": "x = 1"})
    Path("main.mnet").symlink_to(tmp_path / "other" / "net.mnet")
    assert names(load(Path("main.mnet"))) == [MAIN, "a"]


def test_circles_of_any_length() -> None:
    write({"main.mnet": "import m0 { x }\nx = 1"})
    write({f"m{i}.mnet": f"import m{i + 1} {{ x }}\nx = 1" for i in range(300)})
    write({"m300.mnet": "import m7 { x }\nx = 1"})
    (found,) = refused()
    assert found.code.id == "E0403"
    assert len(found.labels) == 294


def test_a_circle_through_the_main_file() -> None:
    write({"main.mnet": "import a { x }\ny = 1", "a.mnet": "import main { y }\nx = 1"})
    (found,) = refused()
    assert found.message == "`a` imports `main`, which imports `a`"


def test_a_file_that_many_import_is_no_circle() -> None:
    write({f"m{i}.mnet": "".join(f"import m{j} {{ x }}\n" for j in range(i + 1, 40)) + "x = 1" for i in range(40)})
    assert len(names(load(Path("m0.mnet")))) == 40


def test_broken_and_missing_together() -> None:
    write({"main.mnet": "import a { x, z }\nimport b { y }\nimport nix { q }", "a.mnet": "x = 1", "b.mnet": "y = 1 2"})
    assert sorted(codes(refused())) == ["E0101", "E0401", "E0402"]


def test_number_of_files_is_bounded() -> None:
    write({f"m{i}.mnet": f"import m{i + 1} {{ x }}\nx = 1" for i in range(20)})
    assert codes(refused("m0.mnet", limits=Limits(files=10))) == ["E0506"]


def test_size_is_bounded() -> None:
    write({"main.mnet": "import big { x }", "big.mnet": "x = 1 // " + "y" * 1000})
    found = refused(limits=Limits(source_bytes=100))
    assert codes(found) == ["E0501"]
    assert str(found[0].span) == "main.mnet:1:8"


def test_an_endless_file_is_not_read_to_its_end() -> None:
    assert codes(refused("/dev/zero")) == ["E0501"]


@pytest.mark.parametrize("path", ["nowhere.mnet", ".", "nul\0.mnet", "x" * 5000])
def test_unreadable_main_file(path: str) -> None:
    assert codes(refused(path)) == ["E0404"]


def test_a_very_long_module_name() -> None:
    write({"main.mnet": f"import {'.'.join(['a' * 200] * 50)} {{ x }}"})
    assert codes(refused()) == ["E0401"]


def test_byte_order_mark_and_line_ends() -> None:
    write({"main.mnet": b"\xef\xbb\xbfx = 1 // one\r\ny = 2 // two\rz = 3"})
    assert [item.span.line for item in load(Path("main.mnet")).main.items] == [1, 2, 3]


def test_bytes_that_are_no_text() -> None:
    write({"main.mnet": b"x = 1\r\n\xc3\xa9 \xff y"})
    (found,) = refused()
    assert (found.code.id, str(found.span)) == ("E0110", "main.mnet:2:3")
