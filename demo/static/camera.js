// The Webcam tab: one frame goes to the server, and the next when it has come back. So no frame
// ever waits behind another, and what is shown is as fresh as the server's speed allows.
const root = element.querySelector(".camera");
const find = (selector) => root.querySelector(selector);
const EMOTIONS = JSON.parse(root.dataset.emotions);
const ART = Object.fromEntries(EMOTIONS.map((emotion) => [emotion.name, emotion.emoji]));
ART.unsure = root.dataset.unsure;

const WIDTH = 640; // of what is sent; the height follows from the camera
const QUALITY = 0.8;
const SHORTEST_MS = 50; // from one frame to the next: 20 a second are as smooth as it needs to be
const RETRY_MS = 1000;
const HISTORY_MS = 30_000; // less than the server remembers people for
const CHART_MS = 250;
const GAP_MS = 1000; // a longer time without a frame of somebody stays empty in their chart
const MOST_PEOPLE = 6; // charts below each other

const video = find("video");
const picture = find(".picture");
const frame = document.createElement("canvas");
let viewer = ""; // this page's name for the server; empty while the camera is off
let history = new Map(); // person -> [{at, probs, shown}]
let times = []; // when the last frames were shown, for the rate
let inView = new Set(); // the people of the last frame
let serverMs = 0; // what the server took for it
let sentTime = -1; // of the camera's picture that was sent last

const say = (sentence) => {
  const place = find(".message");
  if (place.textContent !== sentence) place.textContent = sentence;
};

const REFUSALS = {
  NotAllowedError:
    "The browser did not allow the camera. Allow it beside the page's address, then start again.",
  NotFoundError: "No camera was found. Connect one, then start again.",
  NotReadableError:
    "The camera is in use by another program. Close that program, then start again.",
  OverconstrainedError: "The camera has no picture size that fits. Try another camera.",
};

async function start() {
  say("");
  if (!navigator.mediaDevices) {
    say("The browser gives the camera only to pages with https, or on this computer itself.");
    return;
  }
  find(".start").disabled = true;
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
  }
  viewer = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");
  history = new Map();
  times = [];
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
  viewer = "";
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  root.classList.remove("on");
  find(".live").hidden = true;
  find(".start").disabled = false;
  picture.removeAttribute("src");
  if (left) server.leave({ viewer: left }).catch(() => {});
}

// One run of the camera, until it is stopped or another one begins.
async function run(mine) {
  while (viewer === mine) {
    const began = performance.now();
    if (document.hidden) {
      await pause(200);
      continue;
    }
    await nextFrame();
    if (viewer !== mine) return;
    try {
      const reply = await server.frame({ viewer: mine, jpeg: capture(), ...choices() });
      if (viewer !== mine) return;
      // Gradio's client returns nothing where the server cannot be reached.
      if (!reply) throw new Error("The server does not answer. Trying again …");
      if (reply.error) throw new Error(reply.error);
      show(reply); // the next frame is on its way while this one comes up
      say("");
    } catch (error) {
      if (viewer !== mine) return;
      say(error.message);
      await pause(RETRY_MS);
    }
    await pause(SHORTEST_MS - (performance.now() - began));
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, Math.max(ms, 0)));

// Until the camera has a picture that was not sent yet, or a tenth of a second.
async function nextFrame() {
  const began = performance.now();
  while (video.currentTime === sentTime && performance.now() - began < 100) await pause(4);
  sentTime = video.currentTime;
}

function capture() {
  const scale = Math.min(WIDTH / video.videoWidth, 1);
  frame.width = Math.round(video.videoWidth * scale);
  frame.height = Math.round(video.videoHeight * scale);
  const pen = frame.getContext("2d");
  // Mirrored here and not on the screen, where it would mirror the words, too.
  if (find(".mirror").checked) pen.setTransform(-1, 0, 0, 1, frame.width, 0);
  pen.drawImage(video, 0, 0, frame.width, frame.height);
  return frame.toDataURL("image/jpeg", QUALITY).split(",")[1];
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
  times = [...times.filter((time) => now - time < 3000), now];
  serverMs = reply.milliseconds;
  inView = new Set(reply.faces.map((face) => face.person));
  for (const face of reply.faces) {
    if (!history.has(face.person)) history.set(face.person, []);
    history.get(face.person).push({ at: now, probs: face.probs, shown: face.shown });
  }
  picture.alt = reply.faces.length
    ? `Your camera with its faces marked: ${reply.faces.map((face) => face.shown).join(", ")}.`
    : "Your camera; no face is in view.";
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
    const people = [...history.keys()].sort((a, b) => a - b).slice(-MOST_PEOPLE);
    const rate = times.length > 1 ? ((times.length - 1) * 1000) / (times.at(-1) - times[0]) : 0;
    find(".figures").textContent =
      `${rate.toFixed(rate < 10 ? 1 : 0)} frames a second; the last took the server ` +
      `${serverMs.toFixed(0)} ms`;
    find(".nobody").hidden = people.length > 0;
    for (const chart of root.querySelectorAll(".person")) {
      if (!people.includes(Number(chart.dataset.person))) chart.remove();
    }
    for (const person of people) drawPerson(person, history.get(person), now);
    await pause(CHART_MS);
  }
  find(".people").replaceChildren();
}

function drawPerson(person, points, now) {
  let chart = root.querySelector(`.person[data-person="${person}"]`);
  if (!chart) {
    chart = document.createElement("figure");
    chart.className = "person";
    chart.dataset.person = person;
    chart.innerHTML =
      '<figcaption><img alt="" width="24" height="24"><span></span></figcaption>' +
      '<canvas role="img" width="600" height="96"></canvas>';
    find(".people").append(chart);
  }
  const last = points.at(-1);
  const name = inView.has(person) ? last.shown : "out of view";
  chart.classList.toggle("away", !inView.has(person));
  if (chart.dataset.shown !== name) {
    chart.dataset.shown = name;
    chart.querySelector("img").src = ART[last.shown];
    chart.querySelector("span").textContent = `Person ${person}: ${name}`;
    chart.querySelector("canvas").setAttribute(
      "aria-label",
      `Probabilities of the seven expressions of person ${person}; now ${name}.`,
    );
  }
  const canvas = chart.querySelector("canvas");
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const x = (at) => canvas.width * (1 - (now - at) / HISTORY_MS);
  points.forEach((point, index) => {
    // Each frame is a column up to the next.
    const until = Math.min(points[index + 1]?.at ?? now, point.at + GAP_MS);
    let top = 0;
    point.probs.forEach((prob, kind) => {
      pen.fillStyle = EMOTIONS[kind].colour;
      pen.fillRect(x(point.at), top, x(until) - x(point.at) + 0.7, prob * canvas.height + 0.5);
      top += prob * canvas.height;
    });
  });
}

function snapshot() {
  if (!picture.src) return;
  const link = document.createElement("a");
  link.href = picture.src;
  link.download = `fer-studio-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jpg`;
  link.click();
}

find(".start").addEventListener("click", start);
find(".stop").addEventListener("click", () => {
  stop();
  find(".start").focus();
});
find(".snapshot").addEventListener("click", snapshot);
find(".smoothing").addEventListener("input", (event) => {
  find("output").textContent = `${Number(event.target.value).toFixed(1)} s`;
});
addEventListener("pagehide", stop);
