// Where the connection breaks while an answer is on its way, Gradio loads the page anew.
const UNDER_WAY = "fer-studio-goes-on";
const LOST =
  "This page was reloaded, and the work in progress was lost. Please choose the photo again.";
const memory = (() => {
  try {
    return sessionStorage;
  } catch {
    return {}; // the browser allows none
  }
})();
const remember = (tab) => { memory[UNDER_WAY] = tab && JSON.stringify([tab, visitor()]); };
// What an earlier page left is being taken over: until its end is seen, the note of it stays, for
// the page may be loaded anew once more.
let goingOn = Boolean(memory[UNDER_WAY]);

const clip = () => document.querySelector("#annotated-clip video");
// The server forgets at once what this page showed, and waits only where it may come back for
// a clip, be it in work or done.
addEventListener("pagehide", (event) => {
  if (event.persisted || !visitor()) return; // kept by the browser, it may come back
  const data = [visitor(), Boolean(goingOn || isBusy(true) || clip())];
  const body = new Blob([JSON.stringify({ data })], { type: "application/json" });
  navigator.sendBeacon(window.ferStudioAddress("/run/goodbye"), body);
});

// A clip goes on where nobody looks: the server is asked for it, and shows it or says that it is
// gone.
const goOn = ([tab, lost], tries = 100) => {
  const video = tab === "video";
  const ready = document.querySelector(video ? "#video-drop" : "#drop")?.offsetParent;
  const button = document.querySelector("#video-resume");
  if (ready && video && button && visitor()) {
    window.ferStudioLost = lost;
    button.click();
    remember(tab); // from now on it is this page's
    return;
  }
  if (ready && !video) message(false, "alert").textContent = LOST;
  if (!ready) openTab(tab);
  if (!message(false, "alert")?.textContent && tries)
    setTimeout(goOn, 100, [tab, lost], tries - 1);
  else goingOn = false;
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
  navigator.locks
    ?.request(left[1], { signal }, () => goOn(left))
    .catch(() => { goingOn = false; });
};
if (goingOn) goOnAlone(JSON.parse(memory[UNDER_WAY]));

whenChanged.push(() => {
  const tab = isBusy(true) || clip() ? "video" : isBusy(false) ? "photo" : "";
  if (tab || message(true, "alert")?.textContent) goingOn = false;
  if (goingOn) return;
  remember(tab);
  if (tab && !claimed) claim();
});
