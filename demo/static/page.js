// What the page's scripts share; theme.py joins them, this one first, within one function.

// offsetParent: not on a hidden tab
const zone = () => [...document.querySelectorAll(".drop")].find((each) => each.offsetParent);

const isVideo = (element) => Boolean(element?.closest("#video-drop"));
const message = (video, role) =>
  document.querySelector(`${video ? "#video-message" : "#message"} [role=${role}]`);
const isBusy = (video) =>
  message(video, "status")?.classList.contains("busy") ||
  (video && document.querySelector("#video-work .working"));
const visitor = () => document.querySelector("[data-visitor]")?.dataset.visitor ?? "";

// Where the server takes what is not Gradio's own. Behind a proxy, `root` may have another origin
// than the page: its path counts.
window.ferStudioAddress = (path) => {
  const { root, api_prefix: prefix } = window.gradio_config;
  return new URL(root, location).pathname.replace(/\/$/, "") + prefix + path;
};

// Not by what a tab says: the browser may have translated it.
const openTab = (id) => document.querySelector(`[role=tab][data-tab-id=${id}]`)?.click();

const sayLeftOut = (sentence) => {
  for (const place of document.querySelectorAll(".left-out"))
    place.textContent = place.closest(".drop").offsetParent ? sentence : "";
};

// Called whenever something on the page has changed.
const whenChanged = [];
new MutationObserver(() => whenChanged.forEach((each) => each())).observe(
  document.documentElement,
  { childList: true, subtree: true, characterData: true },
);
