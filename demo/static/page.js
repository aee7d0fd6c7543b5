// A file may be dropped anywhere on the page, or pasted: both feed the open tab's upload button, or
// where that has none, open the tab that has.
(() => {
  // offsetParent: not on a hidden tab
  const zone = () => [...document.querySelectorAll(".drop")].find((each) => each.offsetParent);

  const UPLOADING = "Uploading …";
  const ONE_CLIP = "Only one clip at a time: wait until it is done, or stop it. Then drop the next.";
  const isVideo = (element) => Boolean(element?.closest("#video-drop"));
  const message = (video, role) =>
    document.querySelector(`${video ? "#video-message" : "#message"} [role=${role}]`);

  const give = (files) => {
    const input = zone()?.querySelector("input[type=file]");
    const video = isVideo(input);
    const kind = video ? "video/" : "image/";
    const file = files.find((each) => each.type.startsWith(kind)) ?? files[0];
    if (!file || !input) return;
    // Gradio takes files also while its button is disabled, and would do nothing with them.
    const uploading = message(video, "status")?.textContent === UPLOADING;
    if (video && (uploading || zone().querySelector("input[type=file] ~ button").disabled)) {
      message(video, "alert").textContent = ONE_CLIP;
      return;
    }
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const receive = (files, tries = 20) => {
    if (zone()) return give(files);
    const wanted = files.some((each) => each.type.startsWith("video/")) ? "Video" : "Photo";
    const tabs = [...document.querySelectorAll("[role=tab]")];
    tabs.find((each) => each.textContent.trim() === wanted)?.click();
    if (tries) setTimeout(receive, 100, files, tries - 1); // a tab is made when it is first opened
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
    receive([...event.dataTransfer.files]);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) receive([...event.clipboardData.files]);
  });

  // The photo chosen last is the one that counts, though an earlier one may take longer to arrive.
  let lastPhoto = null; // none where an example was chosen
  addEventListener("click", (event) => {
    if (event.target.closest?.("#examples .example")) lastPhoto = null;
  }, true);
  // Goes with each upload to the server; see photo_tab.py.
  window.photoIsLate = (file) =>
    file.orig_name !== lastPhoto?.name || file.size !== lastPhoto?.size;

  // An upload may take long, and the server hears of it only when it is over.
  addEventListener("change", (event) => {
    if (!event.target.matches?.(".drop input[type=file]") || !event.target.files.length) return;
    const video = isVideo(event.target);
    if (!video) lastPhoto = event.target.files[0];
    const status = message(video, "status");
    if (!status) return;
    message(video, "alert").textContent = ""; // of an earlier file
    status.textContent = UPLOADING;
    status.classList.add("busy");
    const failures = () => [...document.querySelectorAll(".toast-body.error")];
    // Gradio makes one of several alike: "Error (2)".
    const before = new Map(failures().map((each) => [each, each.textContent]));
    const watch = setInterval(() => {
      // too large, of no kind that is taken, no server
      const failed = failures().some((each) => before.get(each) !== each.textContent);
      if (status.isConnected && status.textContent === UPLOADING && !failed) return;
      clearInterval(watch);
      if (status.textContent !== UPLOADING) return;
      status.textContent = "";
      status.classList.remove("busy");
    }, 300);
  }, true);

  // The server forgets at once what this page showed, and need not wait whether it comes back.
  addEventListener("pagehide", (event) => {
    const visitor = document.querySelector("[data-visitor]")?.dataset.visitor;
    if (event.persisted || !visitor) return; // kept by the browser, it may come back
    const { root, api_prefix: prefix } = window.gradio_config;
    const body = new Blob([JSON.stringify({ data: [visitor] })], { type: "application/json" });
    navigator.sendBeacon(`${root}${prefix}/run/goodbye`, body);
  });

  // Gradio's groups of radio buttons do not tell screen readers what they are called.
  const mendNames = () => {
    for (const group of document.querySelectorAll("fieldset.style:not([aria-label])")) {
      const name = group.querySelector("[data-testid=block-info]");
      if (name) group.setAttribute("aria-label", name.textContent.trim());
    }
    // It names icons after their button, which then says its name twice.
    for (const icon of document.querySelectorAll(".example img:not([alt=''])")) icon.alt = "";
  };

  // What begins to be said below the screen's edge is brought into view.
  const said = new Map();
  new MutationObserver(() => {
    mendNames();
    for (const part of document.querySelectorAll("#message, #video-message, #video-work")) {
      const error = part.querySelector("[role=alert]")?.textContent.trim();
      const now = error || Boolean(part.textContent.trim());
      if (now && now !== said.get(part)) part.scrollIntoView({ block: "nearest" });
      said.set(part, now);
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
