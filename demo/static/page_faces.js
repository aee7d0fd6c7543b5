// A face and its card point to each other.
const faceOf = (event) => event.target.closest?.("[data-face]");
const light = (face) => {
  for (const each of document.querySelectorAll("[data-face]"))
    each.classList.toggle("lit", each.dataset.face === face?.dataset.face);
};
addEventListener("pointerover", (event) => light(faceOf(event)));
addEventListener("click", (event) => {
  const face = faceOf(event);
  light(face);
  for (const each of face ? document.querySelectorAll("[data-face].lit") : [])
    if (each !== face) each.scrollIntoView({ block: "nearest" });
});
