// What stands around the picture: the rate, the charts, and whether pictures come at all. camera.js,
// in the same script, begins it.
const CHART_MS = 250;
const SILENT_MS = 2000; // without a picture, it is said that none comes; later on a slow link
const SILENT = "No picture is coming back from the server. Waiting for one …";
const BLIND = "The camera is sending no picture. Another program may be using it.";

// Twice what the last picture took: so long the next may take, too.
const usual = () => 2 * roundMs;

// Since when no picture comes, and what there is to say about it.
function silence(now) {
  if (starting || document.hidden) return null;
  const [since, most, why] = unanswered
    ? [unanswered, Math.max(SILENT_MS, usual()), SILENT]
    : [source.askedAt, SILENT_MS, BLIND];
  return since && now - since > most ? [since, why] : null;
}

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
    const silent = silence(now);
    find(".stage").classList.toggle("silent", Boolean(silent));
    find(".figures").textContent = silent
      ? `0 frames a second; the last came ${Math.round((now - silent[0]) / 1000)} s ago`
      : figures();
    if (silent) {
      picture.alt = silent[1];
      tell("");
      if (!find("[role=alert]").textContent) say(silent[1]);
    }
    const some = people.length < history.size;
    find(".whom").hidden = people.length > 0 && !some;
    put(find(".whom"), some ? `Showing ${people.length} of ${history.size} people.` : "Nobody in view.");
    for (const chart of root.querySelectorAll(".person")) {
      if (!people.includes(Number(chart.dataset.person))) chart.remove();
    }
    for (const person of people) drawPerson(person, history.get(person), now);
    await pause(CHART_MS);
  }
  find(".people").replaceChildren();
}
