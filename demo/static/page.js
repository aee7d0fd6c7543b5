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

  // Browsers know no type of some files, as of an iPhone's HEIC.
  const TYPES = [
    ["video/", /\.(mp4|mov|m4v|mkv|webm|avi|mpe?g|3gp|wmv|flv|ogv|ts)$/i],
    ["image/", /\.(jpe?g|png|webp|gif|bmp|tiff?|avif|hei[cf]|svg)$/i],
  ];
  const isOf = (file, [type, ending]) =>
    file.type ? file.type.startsWith(type) : ending.test(file.name);

  const give = (files) => {
    const input = zone()?.querySelector("input[type=file]");
    const video = isVideo(input);
    const file = files.find((each) => isOf(each, TYPES[video ? 0 : 1])) ?? files[0];
    if (!file || !input) return;
    // Gradio takes files also while its button is disabled, and would do nothing with them.
    const uploading = message(video, "status")?.textContent === UPLOADING;
    if (video && (uploading || zone().querySelector("input[type=file] ~ button").disabled)) {
      message(video, "alert").textContent = ONE_CLIP;
      return;
    }
    const transfer = new DataTransfer();
    // Gradio refuses what it sees no type of; the server reads it, or says what it could read.
    transfer.items.add(
      file.type ? file : new File([file], file.name, { type: video ? "video/mp4" : "image/jpeg" }),
    );
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (files.length > 1)
      sayLeftOut(`One at a time: of these ${files.length} files, ${file.name} was taken.`);
  };
  const sayLeftOut = (sentence) => {
    for (const place of document.querySelectorAll(".left-out"))
      place.textContent = place.closest(".drop").offsetParent ? sentence : "";
  };

  const openTab = (name) =>
    [...document.querySelectorAll("[role=tab]")]
      .find((each) => each.textContent.trim() === name)
      ?.click();

  const receive = (files, tries = 20) => {
    const some = (kind) => files.some((file) => isOf(file, kind));
    const [videos, photos] = TYPES.map(some);
    const open = zone() && (zone().id === "video-drop" ? "Video" : "Photo");
    // Where there are some of both, or of neither, those of the open tab.
    const wanted = videos === photos ? (open ?? "Photo") : videos ? "Video" : "Photo";
    if (open === wanted) return give(files);
    openTab(wanted);
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
    if (event.persisted || !visitor()) return; // kept by the browser, it may come back
    const { root, api_prefix: prefix } = window.gradio_config;
    const body = new Blob([JSON.stringify({ data: [visitor()] })], { type: "application/json" });
    navigator.sendBeacon(`${root}${prefix}/run/goodbye`, body);
  });

  // A face and its card point to each other.
  const faceOf = (event) => event.target.closest?.("[data-face]");
  const light = (face) => {
    for (const each of document.querySelectorAll("[data-face]"))
      each.classList.toggle("lit", each.dataset.face === face?.dataset.face);
  };
  addEventListener("pointerover", (event) => light(faceOf(event)));
  addEventListener("click", (event) => {
    const face = faceOf(event);
    light(face);
    for (const each of face ? document.querySelectorAll("[data-face].lit") : [])
      if (each !== face) each.scrollIntoView({ block: "nearest" });
  });

  // Where the connection breaks while an answer is on its way, Gradio loads the page anew.
  const UNDER_WAY = "fer-studio-goes-on";
  const LOST =
    "This page was loaded anew, and what was under way is lost. Please choose the photo again.";
  const memory = (() => {
    try {
      return sessionStorage;
    } catch {
      return {}; // the browser allows none
    }
  })();
  const isBusy = (video) =>
    message(video, "status")?.classList.contains("busy") ||
    (video && document.querySelector("#video-work .working"));
  const visitor = () => document.querySelector("[data-visitor]")?.dataset.visitor ?? "";
  // A clip goes on where nobody looks: the server is asked for it, and shows it or says that it is
  // gone.
  const goOn = ([tab, lost], tries = 100) => {
    const video = tab === "Video";
    const ready = document.querySelector(video ? "#video-drop" : "#drop")?.offsetParent;
    const button = document.querySelector("#video-resume");
    if (ready && video && button && visitor()) {
      window.ferStudioLost = lost;
      button.click();
      return;
    }
    if (ready && !video) message(false, "alert").textContent = LOST;
    if (!ready) openTab(tab);
    if (!message(false, "alert")?.textContent && tries)
      setTimeout(goOn, 100, [tab, lost], tries - 1);
  };
  // A tab that is duplicated remembers what its original is at, which keeps it while it is there:
  // it holds a lock, which the browser releases with the page.
  const PATIENCE_MS = 3000; // of the lock of a page that was just left
  let claimed = false;
  const claim = () => {
    claimed = true;
    navigator.locks?.request(visitor(), () => new Promise(() => {}));
  };
  const goOnAlone = (left) => {
    if (!navigator.locks) goOn(left); // the page is not from a secure address
    const signal = AbortSignal.timeout(PATIENCE_MS);
    navigator.locks?.request(left[1], { signal }, () => goOn(left)).catch(() => {});
  };
  if (memory[UNDER_WAY]) goOnAlone(JSON.parse(memory[UNDER_WAY]));

  const mend = () => {
    document.querySelectorAll("fieldset.style").forEach((group, number) => {
      // Gradio's groups of radio buttons do not tell screen readers what they are called, ...
      const name = group.querySelector("[data-testid=block-info]");
      if (name) group.setAttribute("aria-label", name.textContent.trim());
      // ... and gives each button, whenever it changes, a name of its own: so they are no group,
      // and arrow keys would not lead from one to the next.
      for (const each of group.querySelectorAll("input[type=radio]")) each.name = `style-${number}`;
    });
    // What is typed beside a slider counts at each key, also while it is half a number.
    for (const box of document.querySelectorAll(".gradio-container input[type=number]"))
      box.readOnly = true;
    // It names icons after their button, which then says its name twice.
    for (const icon of document.querySelectorAll(".example img:not([alt=''])")) icon.alt = "";
  };

  // What begins to be said below the screen's edge is brought into view.
  const said = new Map();
  new MutationObserver(() => {
    mend();
    const tab = isBusy(true) ? "Video" : isBusy(false) ? "Photo" : "";
    memory[UNDER_WAY] = tab && JSON.stringify([tab, visitor()]);
    if (tab && !claimed) claim();
    for (const part of document.querySelectorAll("#message, #video-message, #video-work")) {
      const error = part.querySelector("[role=alert]")?.textContent.trim();
      const now = error || Boolean(part.textContent.trim());
      if (now && now !== said.get(part)) part.scrollIntoView({ block: "nearest" });
      said.set(part, now);
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
