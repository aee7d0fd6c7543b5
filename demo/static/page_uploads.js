// The photo chosen last is the one that counts, though an earlier one may take longer to arrive.
let lastPhoto = null; // none where an example was chosen
addEventListener("click", (event) => {
  if (!event.target.closest?.("#examples .example")) return;
  lastPhoto = null;
  sayLeftOut("");
}, true);
// Goes with each upload to the server; see photo_tab.py.
window.photoIsLate = (file) =>
  file.orig_name !== lastPhoto?.name || file.size !== lastPhoto?.size;

// An upload may take long, and the server hears of it only when it is over.
addEventListener("change", (event) => {
  if (!event.target.matches?.(".drop input[type=file]") || !event.target.files.length) return;
  const video = isVideo(event.target);
  sayLeftOut("");
  if (!video) lastPhoto = event.target.files[0];
  const status = message(video, "status");
  if (!status) return;
  message(video, "alert").textContent = ""; // of an earlier file
  status.textContent = "Uploading …";
  status.dataset.uploading = ""; // gone with the server's next word
  status.classList.add("busy");
  const failures = () => [...document.querySelectorAll(".toast-body.error")];
  // Gradio makes one of several alike: "Error (2)".
  const before = new Map(failures().map((each) => [each, each.textContent]));
  const watch = setInterval(() => {
    // too large, of no kind that is taken, no server
    const failed = failures().some((each) => before.get(each) !== each.textContent);
    const going = status.isConnected && "uploading" in status.dataset;
    if (going && !failed) return;
    clearInterval(watch);
    if (!going) return;
    delete status.dataset.uploading;
    status.textContent = "";
    status.classList.remove("busy");
  }, 300);
}, true);
