// The server forgets at once what this page showed, and need not wait whether it comes back.
addEventListener("pagehide", (event) => {
  if (event.persisted || !visitor()) return; // kept by the browser, it may come back
  const { root, api_prefix: prefix } = window.gradio_config;
  const body = new Blob([JSON.stringify({ data: [visitor()] })], { type: "application/json" });
  navigator.sendBeacon(`${root}${prefix}/run/goodbye`, body);
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

whenChanged.push(() => {
  const tab = isBusy(true) ? "Video" : isBusy(false) ? "Photo" : "";
  memory[UNDER_WAY] = tab && JSON.stringify([tab, visitor()]);
  if (tab && !claimed) claim();
});
