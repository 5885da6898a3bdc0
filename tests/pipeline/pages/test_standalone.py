import base64
import hashlib
from pathlib import Path

from lxml import html

from pipeline.pages.standalone import make_standalone

PAGE = '{% extends "standalone.html" %}{% block body %}<main>{{ said }}</main>{% endblock %}'


def _page(folder: Path, *scripts: str) -> html.HtmlElement:
    (folder / "page.html").write_text(PAGE, "utf-8")
    (folder / "page.css").write_text("main { color: red }", "utf-8")
    (folder / "own.js").write_text("byId('x');\n", "utf-8")
    template = make_standalone(folder, "page.css", scripts).get_template("page.html")
    return html.document_fromstring(template.render(said="<b>'a' & \u202eb</b>"))


def _policy(page: html.HtmlElement) -> str:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return str(policy)


def test_the_policy_lets_run_the_script_that_is_in_the_page_and_no_other(tmp_path: Path) -> None:
    page = _page(tmp_path, "own.js")
    (script,) = page.xpath("//script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in _policy(page)
    assert script.text.index("const byId") < script.text.index("byId('x')")


def test_a_page_without_script_lets_none_run(tmp_path: Path) -> None:
    page = _page(tmp_path)
    assert page.xpath("//script") == []
    assert "default-src 'none'; script-src 'none';" in _policy(page)


def test_its_own_style_follows_that_of_all_and_what_it_says_is_text(tmp_path: Path) -> None:
    page = _page(tmp_path)
    style = page.xpath("string(//style)")
    assert style.index("--ground") < style.index("main { color: red }")
    assert page.xpath("string(//main)") == "<b>'a' & \ufffdb</b>"
    assert page.xpath("//link/@href") == ["data:,"]
