// The file chosen last is the one that counts, though an earlier one may take longer to arrive.
const last = { photo: null, clip: null }; // no photo where an example was chosen
addEventListener("click", (event) => {
  if (!event.target.closest?.("#examples .example")) return;
  last.photo = null;
  sayLeftOut("");
}, true);
// Goes with each upload to the server; see photo_tab.py and video_tab.py.
window.isLate = (file, kind) =>
  file.orig_name !== last[kind]?.name || file.size !== last[kind]?.size;

const NOT_TAKEN = "The file was not accepted. Choose it again, or another one.";

// An upload may take long, and the server hears of it only when it is over.
addEventListener("change", (event) => {
  if (!event.target.matches?.(".drop input[type=file]") || !event.target.files.length) return;
  const video = isVideo(event.target);
  sayLeftOut("");
  [last[video ? "clip" : "photo"]] = event.target.files;
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
    message(video, "alert").textContent = NOT_TAKEN; // Gradio's word for why is soon gone
    delete status.dataset.uploading;
    status.textContent = "";
    status.classList.remove("busy");
  }, 300);
}, true);
