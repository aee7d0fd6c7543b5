// The people before the camera: their charts, and their numbers in the picture. camera.js, in the
// same script, calls this.
const MOST_PEOPLE = 6; // charts below each other
const GAP_MS = 1000; // a longer time without a frame of somebody stays empty in their chart

function drawPerson(person, points, now) {
  let chart = root.querySelector(`.person[data-person="${person}"]`);
  if (!chart) {
    chart = document.createElement("figure");
    chart.className = "person";
    chart.dataset.person = person;
    chart.innerHTML =
      '<figcaption><img alt="" width="24" height="24"><span></span></figcaption>' +
      '<canvas role="img" width="600" height="96"></canvas>';
    const after = [...root.querySelectorAll(".person")].find((each) => each.dataset.person > person);
    find(".people").insertBefore(chart, after ?? null);
  }
  const last = points.at(-1);
  const silent = silence(now);
  const here = inView.has(person) && !silent;
  const name = here ? last.shown : silent ? "no picture" : "out of view";
  chart.classList.toggle("away", !here);
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
    const until = Math.min(points[index + 1]?.at ?? now, point.at + Math.max(GAP_MS, usual()));
    let top = 0;
    point.probs.forEach((prob, kind) => {
      pen.fillStyle = EMOTIONS[kind].colour;
      pen.fillRect(x(point.at), top, x(until) - x(point.at) + 0.7, prob * canvas.height + 0.5);
      top += prob * canvas.height;
    });
  });
}

// Who is in view, then who was last; in the order of their numbers.
function charted() {
  const lastSeen = (person) => history.get(person).at(-1).at;
  return [...history.keys()]
    .sort((a, b) => lastSeen(b) - lastSeen(a) || a - b)
    .slice(0, MOST_PEOPLE)
    .sort((a, b) => a - b);
}

// Whose chart is whose, where there are several. Over the picture, which has free room beside it
// where it would be higher than the screen.
function showNumbers(faces) {
  const { clientWidth, clientHeight, naturalWidth, naturalHeight } = picture;
  const scale = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
  const [width, height] = [naturalWidth * scale, naturalHeight * scale];
  const pins = find(".pins");
  pins.style.left = `${picture.offsetLeft + (clientWidth - width) / 2}px`;
  pins.style.top = `${picture.offsetTop + (clientHeight - height) / 2}px`;
  pins.style.width = `${width}px`;
  pins.style.height = `${height}px`;
  pins.classList.toggle("box", choices().style === "box");
  pins.replaceChildren(...(faces.length > 1 ? faces.map(numbered) : []));
}

function numbered({ person, box: [left, top, right, bottom] }) {
  const spot = document.createElement("div");
  spot.className = "spot";
  spot.innerHTML = '<span class="pin"></span>';
  spot.firstChild.textContent = person;
  spot.style.inset = [top, 1 - right, 1 - bottom, left].map((share) => `${share * 100}%`).join(" ");
  spot.style.setProperty("--face", `${(right - left) * 100}cqw`);
  return spot;
}
