// The Webcam tab: one frame goes to the server, and the next when it has come back. So no frame
// ever waits behind another, and what is shown is as fresh as the server's speed allows.
const root = element.querySelector(".camera");
const find = (selector) => root.querySelector(selector);
const EMOTIONS = JSON.parse(root.dataset.emotions);
const ART = Object.fromEntries(EMOTIONS.map((emotion) => [emotion.name, emotion.emoji]));
ART.unsure = root.dataset.unsure;

const SHORTEST_MS = 50; // from one frame to the next: 20 a second are as smooth as it needs to be
const RETRY_MS = 1000;
const HISTORY_MS = 30_000;
const SETTLING_MS = 1500; // after the first picture, until nothing around it moves any more

const source = new Source(find("video"));
const picture = find(".picture");
let viewer = ""; // this run of the camera; empty while it is off
let starting = false;
let opening = Promise.resolve(); // the camera that was chosen last
let lookedAway = false; // whether the last camera was one at a phone's back
let session = ""; // in which the server counts people
let history = new Map(); // person -> [{at, probs, shown}], of this session
let times = []; // when the last frames were shown, for the rate
let inView = new Set(); // the people of the last frame
let serverMs = 0; // what the server took for it
let roundMs = 0; // and how long it was away
let wokenAt = 0; // when the page was shown or hidden last
let unanswered = 0; // since when a picture is asked for and none comes
let outstanding = Promise.resolve(); // the frame that is with the server
let firstShown = 0; // when this run's first picture came
let taken = ""; // how the last picture was: by which camera, and so on
let view = 0; // how often that has changed
let link = new Link();

// What stands there may have been translated meanwhile.
const put = (place, sentence) => {
  if (place.dataset.said !== sentence) place.textContent = place.dataset.said = sentence;
};
const say = (sentence) => put(find("[role=alert]"), sentence);
const tell = (sentence) => put(find("[role=status]"), sentence);

// Not disabled: it would lose the keyboard's focus.
function busy(yes) {
  starting = yes;
  find(".start").setAttribute("aria-disabled", String(yes));
  tell(yes ? "Your browser is asking for permission to use the camera. Allow it there …" : "");
}

async function start() {
  if (starting) return;
  say("");
  if (!navigator.mediaDevices) {
    say("Browsers allow the camera only on pages opened with https, or on the computer that runs this app.");
    return;
  }
  busy(true);
  const why = await open();
  busy(false);
  say(why);
  if (why) return;
  // From here on the camera's light is on, and Stop is there, though no picture may have come yet.
  viewer = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");
  history = new Map();
  times = [];
  link = new Link();
  unanswered = firstShown = roundMs = 0;
  root.classList.add("on");
  find(".live").hidden = false;
  find(".stop").focus();
  tell("Waiting for the camera's first picture …");
  run(viewer);
  draw(viewer);
}

// Why there is no camera, or "". id: of one of several; else the one that the browser takes.
async function open(id) {
  try {
    await source.open(id, () => stop("The camera was switched off or disconnected. Start it again."));
  } catch (error) {
    return REFUSALS[error.name] ?? `The camera could not be started: ${error.message}.`;
  }
  nameCameras().catch(() => {}); // it runs without
  if (source.looksAway !== lookedAway) {
    lookedAway = source.looksAway;
    find(".mirror").checked = !lookedAway;
  }
  return "";
}

// Which one is taken can be chosen where there are several, as on a phone.
async function nameCameras() {
  const cameras = await source.all();
  const options = cameras.map(({ label, deviceId }) => new Option(label, deviceId));
  find(".cameras").replaceChildren(...options);
  find(".cameras").value = source.camera;
  find(".cameras").parentElement.hidden = cameras.length < 2;
}

async function change(id) {
  const mine = viewer;
  if (!mine) return;
  source.close(); // phones open one at a time
  starting = true;
  const why = await open(id);
  starting = false;
  if (viewer !== mine) source.close();
  else if (why) stop(why);
}

// why: what there is to say about it. atOnce: the page goes, and cannot wait for anything.
function stop(why = "", atOnce = false) {
  const left = viewer;
  const focused = find(".live").contains(document.activeElement);
  viewer = "";
  say(why);
  tell("");
  source.close();
  root.classList.remove("on");
  find(".live").hidden = true;
  if (focused) find(".start").focus();
  picture.removeAttribute("src");
  if (!left) return;
  const leave = () => goodbye(left);
  // A frame that comes after the goodbye would take the place again.
  if (atOnce) leave();
  else outstanding.then(leave, leave);
}

// One run of the camera, until it is stopped or another one begins.
async function run(mine) {
  while (viewer === mine) {
    const began = performance.now();
    if (document.hidden) {
      await pause(200);
      continue;
    }
    if (!(await source.next())) continue;
    if (viewer !== mine) return;
    lookAnew();
    const sent = performance.now();
    unanswered ||= sent;
    try {
      const [most, quality] = SIZES[link.size];
      const jpeg = source.jpeg(most, quality, find(".mirror").checked);
      outstanding = answered({ viewer: mine, view, jpeg, ...choices() });
      const reply = await outstanding;
      if (viewer !== mine) return;
      show(reply); // the next frame is on its way while this one comes up
      unanswered = 0;
      say("");
      tell("");
      if (wokenAt < sent) {
        roundMs = performance.now() - sent;
        const step = link.step(roundMs - reply.milliseconds);
        if (step) link.change(step);
      }
    } catch (error) {
      if (viewer !== mine) return;
      if (wokenAt > sent) continue; // nobody was there to wait
      say(error.message);
      if (error.large && SIZES[link.size + 1]) link.change(1);
      await pause(RETRY_MS);
    }
    await pause(SHORTEST_MS - (performance.now() - began));
  }
}

// People are followed from frame to frame in their pixels: with another view, as of a phone that is
// turned, the server begins anew.
function lookAnew() {
  const now = [source.camera, source.size, link.size, find(".mirror").checked].join(" ");
  if (now === taken) return;
  taken = now;
  view += 1;
}

const pause = (ms) => new Promise((done) => setTimeout(done, Math.max(ms, 0)));

const choices = () => ({
  style: find(".styles input:checked").value,
  weights: find(".weights").value,
  smoothing: Number(find(".smoothing").value),
  cover: find(".cover").checked,
});

async function show(reply) {
  if (reply.session !== session) {
    session = reply.session;
    history = new Map(); // people are counted from 1 again
  }
  const seen = history; // a new one, with other numbers, may begin meanwhile
  picture.src = reply.picture;
  await picture.decode().catch(() => {});
  const now = performance.now();
  firstShown ||= now;
  if (now - firstShown < SETTLING_MS) find(".stage").scrollIntoView({ block: "nearest" });
  times = [...times.filter((time, index) => now - time < 3000 || !times[index + 1]), now];
  serverMs = reply.milliseconds;
  inView = new Set(reply.faces.map((face) => face.person));
  for (const face of reply.faces) {
    if (!seen.has(face.person)) seen.set(face.person, []);
    seen.get(face.person).push({ at: now, probs: face.probs, shown: face.shown });
  }
  showNumbers(reply.faces);
  picture.alt = reply.faces.length
    ? `Your camera with its faces marked: ${reply.faces.map((face) => face.shown).join(", ")}.`
    : "Your camera; no face is in view.";
}

function snapshot() {
  if (!picture.src) return;
  const link = document.createElement("a");
  const now = new Date();
  now.setMinutes(now.getMinutes() - now.getTimezoneOffset()); // local time, in an ISO string
  link.href = picture.src;
  link.download = `fer-studio-${now.toISOString().slice(0, 19).replaceAll(":", "-")}.jpg`;
  link.click();
}

find(".start").addEventListener("click", start);
find(".stop").addEventListener("click", () => stop());
find(".snapshot").addEventListener("click", snapshot);
find(".cameras").addEventListener("change", ({ target }) => {
  const id = target.value;
  opening = opening.then(() => change(id)); // one after the other
});
navigator.mediaDevices?.addEventListener("devicechange", () => {
  if (viewer) nameCameras().catch(() => {});
});
find(".smoothing").addEventListener("input", (event) => {
  find("output").textContent = `${Number(event.target.value).toFixed(1)} s`;
});
// While the page was hidden, nothing was waited for.
document.addEventListener("visibilitychange", () => {
  wokenAt = performance.now();
  source.askedAt &&= wokenAt;
  unanswered &&= wokenAt;
  times = [];
});
addEventListener("pagehide", () => stop("", true));
