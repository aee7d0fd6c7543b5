// What Gradio leaves to be mended for those who do not see the page, or use no mouse.
whenChanged.push(() => {
  document.querySelectorAll("fieldset.style").forEach((group, number) => {
    // Gradio's groups of radio buttons do not tell screen readers what they are called, ...
    const name = group.querySelector("[data-testid=block-info]");
    if (name) group.setAttribute("aria-label", name.textContent.trim());
    // ... and gives each button, whenever it changes, a name of its own: so they are no group,
    // and arrow keys would not lead from one to the next.
    for (const each of group.querySelectorAll("input[type=radio]")) each.name = `style-${number}`;
  });
  // What is typed beside a slider counts at each key, also while it is half a number.
  for (const box of document.querySelectorAll(".gradio-container input[type=number]"))
    box.readOnly = true;
  // It names icons after their button, which then says its name twice.
  for (const icon of document.querySelectorAll(".example img:not([alt=''])")) icon.alt = "";
});

// What begins to be said below the screen's edge is brought into view.
const said = new Map();
whenChanged.push(() => {
  for (const part of document.querySelectorAll("#message, #video-message, #video-work")) {
    const error = part.querySelector("[role=alert]")?.textContent.trim();
    const now = error || Boolean(part.textContent.trim());
    if (now && now !== said.get(part)) part.scrollIntoView({ block: "nearest" });
    said.set(part, now);
  }
});
