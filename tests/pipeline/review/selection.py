"""A selection in the text of a document's page, as the pointer makes it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SELECT = """([from, to]) => {
  const text = document.getElementById("text");
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let begun = false;
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(from);
    if (!begun && at >= 0) { range.setStart(node, at); begun = true; }
    const end = node.data.indexOf(to);
    if (begun && end >= 0) { range.setEnd(node, end + to.length); break; }
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return getSelection().toString();
}"""


def select(page: "Page", first: str, last: str) -> str:
    """Select the text from the first of these words to the last; give what is selected."""
    return str(page.evaluate(_SELECT, [first, last]))
