// A file may be dropped anywhere on the page, or pasted: both feed the open tab's upload button, or
// where that has none, open the tab that has.
const ONE_CLIP = "Only one clip at a time: wait until this one is done, or stop it. Then drop the next.";

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
  const uploading = "uploading" in (message(video, "status")?.dataset ?? {});
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

// Asked for any picture, Safari hands over a HEIC photo as it is; asked for these, as a JPEG.
const PHOTOS = "image/jpeg,image/png,image/webp,image/gif,image/bmp,image/tiff,image/avif,.tif,.tiff,.avif";
addEventListener("click", () => {
  const input = zone()?.querySelector("input[type=file]");
  if (input && !isVideo(input)) input.accept = PHOTOS;
}, true); // before the button opens the dialogue

const receive = (files, tries = 20) => {
  const some = (kind) => files.some((file) => isOf(file, kind));
  const [videos, photos] = TYPES.map(some);
  const open = zone() && (zone().id === "video-drop" ? "video" : "photo");
  // Where there are some of both, or of neither, those of the open tab.
  const wanted = videos === photos ? (open ?? "photo") : videos ? "video" : "photo";
  if (open === wanted) return give(files);
  openTab(wanted);
  if (tries) setTimeout(receive, 100, files, tries - 1); // a tab is made when it is first opened
};

// A picture of this very page that is dragged counts as a file, too.
let own = false;
addEventListener("dragstart", () => { own = true; });
addEventListener("dragend", () => { own = false; });
// The end is not told of a picture that is gone by then; while one is dragged, no pointer moves.
addEventListener("pointermove", () => { own = false; });
const holdsFiles = (event) => !own && event.dataTransfer?.types.includes("Files");

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
