"""Saving a file from the page."""

# Straight from the file's address: nothing on the page has to be redrawn before the download.
SAVE_IN_BROWSER = """(file) => {
  if (!file) return;
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""
