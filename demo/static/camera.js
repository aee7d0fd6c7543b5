// The Webcam tab: one frame goes to the server, and the next when it has come back. So no frame
// ever waits behind another, and what is shown is as fresh as the server's speed allows.
const root = element.querySelector(".camera");
const find = (selector) => root.querySelector(selector);
const EMOTIONS = JSON.parse(root.dataset.emotions);
const ART = Object.fromEntries(EMOTIONS.map((emotion) => [emotion.name, emotion.emoji]));
ART.unsure = root.dataset.unsure;

const SHORTEST_MS = 50; // from one frame to the next: 20 a second are as smooth as it needs to be
const RETRY_MS = 1000;
const HISTORY_MS = 30_000; // less than the server remembers people for
const CHART_MS = 250;
const SETTLING_MS = 1500; // after the first picture, until nothing around it moves any more
const SILENT_MS = 2000; // without a reply, it is said that no picture comes

const video = find("video");
const picture = find(".picture");
const frame = document.createElement("canvas");
let viewer = ""; // this run of the camera; empty while it is off
let starting = false;
let history = new Map(); // person -> [{at, probs, shown}]
let times = []; // when the last frames were shown, for the rate
let inView = new Set(); // the people of the last frame
let serverMs = 0; // what the server took for it
let sentTime = -1; // of the camera's picture that was sent last
let unanswered = 0; // since when a picture is asked for and none comes
let firstShown = 0; // when this run's first picture came
let mirrored = true;
let link = new Link();

const put = (place, sentence) => {
  if (place.textContent !== sentence) place.textContent = sentence;
};
const say = (sentence) => put(find("[role=alert]"), sentence);
const tell = (sentence) => put(find("[role=status]"), sentence);
// The server's name for this run. People are followed from frame to frame in their pixels: with
// frames of another size, or mirrored, it begins anew.
const place = (run) => `${run}-${link.size}-${mirrored}`;

const REFUSALS = {
  NotAllowedError:
    "The browser did not allow the camera. Allow it beside the page's address, then start again.",
  NotFoundError: "No camera was found. Connect one, then start again.",
  NotReadableError:
    "The camera is in use by another program. Close that program, then start again.",
  OverconstrainedError: "The camera has no picture size that fits. Try another camera.",
};

// Not disabled: it would lose the keyboard's focus.
function busy(yes) {
  starting = yes;
  find(".start").setAttribute("aria-disabled", String(yes));
  tell(yes ? "Your browser asks for permission to use the camera. Allow it there …" : "");
}

async function start() {
  if (starting) return;
  say("");
  if (!navigator.mediaDevices) {
    say("The browser gives the camera only to pages with https, or on this computer itself.");
    return;
  }
  busy(true);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" },
      audio: false,
    });
    await video.play();
  } catch (error) {
    stop();
    say(REFUSALS[error.name] ?? `The camera could not be started: ${error.message}.`);
    return;
  } finally {
    busy(false);
  }
  viewer = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");
  history = new Map();
  times = [];
  link = new Link();
  unanswered = firstShown = 0;
  mirrored = find(".mirror").checked;
  root.classList.add("on");
  find(".live").hidden = false;
  find(".stop").focus();
  video.srcObject.getVideoTracks()[0].addEventListener("ended", () => {
    stop();
    say("The camera was switched off or taken away. Start it again.");
  });
  run(viewer);
  draw(viewer);
}

function stop() {
  const left = viewer;
  const focused = find(".live").contains(document.activeElement);
  viewer = "";
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  root.classList.remove("on");
  find(".live").hidden = true;
  if (focused) find(".start").focus();
  picture.removeAttribute("src");
  if (left) leave(place(left));
}

const leave = (name) => server.leave({ viewer: name }).catch(() => {});

// One run of the camera, until it is stopped or another one begins.
async function run(mine) {
  while (viewer === mine) {
    const began = performance.now();
    if (document.hidden) {
      await pause(200);
      continue;
    }
    await nextFrame();
    const mirror = find(".mirror").checked;
    if (mirror !== mirrored) await beginAnew(mine, () => { mirrored = mirror; });
    if (viewer !== mine) return;
    try {
      const sent = performance.now();
      unanswered ||= sent;
      const reply = await server.frame({ viewer: place(mine), jpeg: capture(), ...choices() });
      if (viewer !== mine) return;
      // Gradio's client returns nothing where the server cannot be reached.
      if (!reply) throw new Error("The server does not answer. Trying again …");
      if (reply.error) throw new Error(reply.error);
      show(reply); // the next frame is on its way while this one comes up
      unanswered = 0;
      say("");
      const step = link.step(performance.now() - sent - reply.milliseconds);
      if (step) await beginAnew(mine, () => link.change(step));
    } catch (error) {
      if (viewer !== mine) return;
      say(error.message);
      await pause(RETRY_MS);
    }
    await pause(SHORTEST_MS - (performance.now() - began));
  }
}

async function beginAnew(mine, change) {
  unanswered = performance.now();
  await leave(place(mine));
  if (viewer !== mine) return;
  change();
  history = new Map(); // people are counted from 1 again
}

const pause = (ms) => new Promise((done) => setTimeout(done, Math.max(ms, 0)));

// Until the camera has a picture that was not sent yet, or a tenth of a second.
async function nextFrame() {
  const began = performance.now();
  while (video.currentTime === sentTime && performance.now() - began < 100) await pause(4);
  sentTime = video.currentTime;
}

function capture() {
  const [width, quality] = SIZES[link.size];
  const scale = Math.min(width / video.videoWidth, 1);
  frame.width = Math.round(video.videoWidth * scale);
  frame.height = Math.round(video.videoHeight * scale);
  const pen = frame.getContext("2d");
  // Mirrored here and not on the screen, where it would mirror the words, too.
  if (mirrored) pen.setTransform(-1, 0, 0, 1, frame.width, 0);
  pen.drawImage(video, 0, 0, frame.width, frame.height);
  return frame.toDataURL("image/jpeg", quality).split(",")[1];
}

const choices = () => ({
  style: find(".styles input:checked").value,
  weights: find(".weights").value,
  smoothing: Number(find(".smoothing").value),
  cover: find(".cover").checked,
});

async function show(reply) {
  picture.src = reply.picture;
  await picture.decode().catch(() => {});
  const now = performance.now();
  firstShown ||= now;
  if (now - firstShown < SETTLING_MS) find(".stage").scrollIntoView({ block: "nearest" });
  times = [...times.filter((time) => now - time < 3000), now];
  serverMs = reply.milliseconds;
  inView = new Set(reply.faces.map((face) => face.person));
  for (const face of reply.faces) {
    if (!history.has(face.person)) history.set(face.person, []);
    history.get(face.person).push({ at: now, probs: face.probs, shown: face.shown });
  }
  showNumbers(reply.faces);
  picture.alt = reply.faces.length
    ? `Your camera with its faces marked: ${reply.faces.map((face) => face.shown).join(", ")}.`
    : "Your camera; no face is in view.";
}

const SILENT = "No picture comes back from the server. Waiting for it …";
const isSilent = (now) => unanswered > 0 && now - unanswered > SILENT_MS;

function figures() {
  const rate = times.length > 1 ? ((times.length - 1) * 1000) / (times.at(-1) - times[0]) : 0;
  return (
    `${rate.toFixed(rate < 10 ? 1 : 0)} frames a second; the last took the server ` +
    `${serverMs.toFixed(0)} ms`
  );
}

// The figures and charts, a few times a second: often enough to read, and cheap.
async function draw(mine) {
  while (viewer === mine) {
    // Another tab of the app: the camera's light goes out. Looked at here, and not where a reply
    // may be long in coming.
    if (!element.offsetParent) {
      stop();
      break;
    }
    const now = performance.now();
    for (const [person, points] of history) {
      const kept = points.filter((point) => now - point.at < HISTORY_MS);
      kept.length ? history.set(person, kept) : history.delete(person);
    }
    const people = charted();
    const silent = isSilent(now);
    find(".stage").classList.toggle("silent", silent);
    find(".figures").textContent = silent
      ? `0 frames a second; the last came ${Math.round((now - unanswered) / 1000)} s ago`
      : figures();
    if (silent) picture.alt = SILENT;
    if (silent && !find("[role=alert]").textContent) say(SILENT);
    const some = people.length < history.size;
    find(".whom").hidden = people.length > 0 && !some;
    put(find(".whom"), some ? `${people.length} of ${history.size} people.` : "Nobody in view yet.");
    for (const chart of root.querySelectorAll(".person")) {
      if (!people.includes(Number(chart.dataset.person))) chart.remove();
    }
    for (const person of people) drawPerson(person, history.get(person), now);
    await pause(CHART_MS);
  }
  find(".people").replaceChildren();
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
find(".stop").addEventListener("click", stop);
find(".snapshot").addEventListener("click", snapshot);
find(".smoothing").addEventListener("input", (event) => {
  find("output").textContent = `${Number(event.target.value).toFixed(1)} s`;
});
addEventListener("pagehide", stop);
