// What the page asks of the server. Gradio's own `server.frame` can neither be given up nor outlive
// the page. camera.js, in the same script, asks.
const ANSWER_MS = 10_000; // a reply that takes longer is lost: the connection died without a word
const NO_ANSWER = "The server does not answer. Trying again …";

function post(name, data, more) {
  const { root, api_prefix: prefix, components } = window.gradio_config;
  const body = {
    data,
    fn_name: name,
    component_id: components.find(({ props }) => props.elem_id === "camera").id,
    session_hash: document.querySelector("[data-visitor]")?.dataset.visitor ?? "",
  };
  return fetch(`${root}${prefix}/component_server/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...more,
  });
}

// The server's reply to a frame. Throws an Error with a sentence, which is `late` where it waited.
async function answered(frame) {
  let reply;
  try {
    const response = await post("frame", frame, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!response.ok) throw new Error(response.statusText);
    reply = await response.json();
  } catch (error) {
    throw Object.assign(new Error(NO_ANSWER), { late: error.name === "TimeoutError" });
  }
  if (reply.error) throw new Error(reply.error);
  return reply;
}

const goodbye = (viewer) => post("leave", { viewer }, { keepalive: true }).catch(() => {});
