// What the page asks of the server. Gradio's own `server.frame` can neither be given up nor outlive
// the page. camera.js, in the same script, asks.
const ANSWER_MS = 10_000; // a reply that takes longer is lost: the connection died without a word
const NO_ANSWER = "The server is not answering. Trying again …";
const REFUSED = "The server refused the picture. Trying again …";

function post(name, data, more) {
  const { components } = window.gradio_config;
  const body = {
    data,
    fn_name: name,
    component_id: components.find(({ props }) => props.elem_id === "camera").id,
    session_hash: document.querySelector("[data-visitor]")?.dataset.visitor ?? "",
  };
  return fetch(window.ferStudioAddress("/component_server/"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...more,
  });
}

// The server's reply to a frame. Throws an Error with a sentence, `large` where a smaller picture
// may come through.
async function answered(frame) {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await post("frame", frame, { signal }).catch(() => null);
  const reply = response?.ok ? await response.json().catch(() => null) : null;
  if (!reply) {
    const refused = response?.status >= 400 && response.status < 500; // else it is a proxy's word
    const large = signal.aborted || response?.status === 413;
    throw Object.assign(new Error(refused ? REFUSED : NO_ANSWER), { large });
  }
  if (reply.error) throw new Error(reply.error);
  return reply;
}

const goodbye = (viewer) => post("leave", { viewer }, { keepalive: true }).catch(() => {});
