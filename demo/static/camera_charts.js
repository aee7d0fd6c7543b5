// The chart of each person before the camera. camera.js, in the same script, calls this.
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
    find(".people").append(chart);
  }
  const last = points.at(-1);
  const here = inView.has(person) && !isSilent(now);
  const name = here ? last.shown : isSilent(now) ? "no picture" : "out of view";
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
    const until = Math.min(points[index + 1]?.at ?? now, point.at + GAP_MS);
    let top = 0;
    point.probs.forEach((prob, kind) => {
      pen.fillStyle = EMOTIONS[kind].colour;
      pen.fillRect(x(point.at), top, x(until) - x(point.at) + 0.7, prob * canvas.height + 0.5);
      top += prob * canvas.height;
    });
  });
}
