// A file may be dropped anywhere on the page, or pasted: both feed the open tab's upload button.
(() => {
  // offsetParent: not on a hidden tab
  const zone = () => [...document.querySelectorAll(".drop")].find((each) => each.offsetParent);

  const give = (files) => {
    const input = zone()?.querySelector("input[type=file]");
    const kind = zone()?.id === "video-drop" ? "video/" : "image/";
    const file = [...files].find((each) => each.type.startsWith(kind)) ?? files[0];
    if (!file || !input) return;
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone()?.classList.add("dragging");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone()?.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // without this the browser leaves the page and opens the file
    zone()?.classList.remove("dragging");
    give(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) give(event.clipboardData.files);
  });
})();
