// A file may be dropped anywhere on the page, or pasted: both feed the open tab's upload button.
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
    const file = [...files].find((each) => each.type.startsWith(kind)) ?? files[0];
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

  // An upload may take long, and the server hears of it only when it is over.
  addEventListener("change", (event) => {
    if (!event.target.matches?.(".drop input[type=file]") || !event.target.files.length) return;
    const status = message(isVideo(event.target), "status");
    if (!status) return;
    status.textContent = UPLOADING;
    status.classList.add("busy");
    const failures = () => [...document.querySelectorAll(".toast-body.error")];
    const before = failures(); // of earlier uploads
    const watch = setInterval(() => {
      const failed = failures().some((each) => !before.includes(each)); // too large, no server
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

  // What begins to be said below the screen's edge is brought into view.
  const said = new Map();
  new MutationObserver(() => {
    for (const part of document.querySelectorAll("#message, #video-message, #video-work")) {
      const error = part.querySelector("[role=alert]")?.textContent.trim();
      const now = error || Boolean(part.textContent.trim());
      if (now && now !== said.get(part)) part.scrollIntoView({ block: "nearest" });
      said.set(part, now);
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
