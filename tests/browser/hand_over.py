"""How a browser hands over files that are dropped somewhere on the page, or pasted."""

from base64 import b64encode
from mimetypes import guess_type

from playwright.sync_api import Page

HAND_OVER = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    transfer.items.add(new File([bytes], name, {type}));
  }
  document.querySelector("header").dispatchEvent(kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true})
    : new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def hand_over(page: Page, *files: tuple[str, bytes], kind: str = "drop") -> None:
    """Files by name, all at once. As text: a list of so many numbers would take seconds."""
    sent = [[name, guess_type(name)[0], b64encode(data).decode()] for name, data in files]
    page.evaluate(HAND_OVER, [kind, sent])
