// Arrows move between the pictures of a gallery as they lie on the screen; x picks, as in a mail program.

import { keepRoom } from "./gallery-room.js";

export function attach(gallery, owner, first) {
  const room = keepRoom(gallery, owner, first);
  const abort = new AbortController();
  const links = () => [...gallery.querySelectorAll(".card-picture")];

  gallery.addEventListener("keydown", (event) => {
    const card = event.target.closest(".card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "x") {
      card.querySelector(".tile-pick")?.click();
    } else if (event.target.matches(".card-picture") && event.key.startsWith("Arrow")) {
      neighbour(event.target, event.key)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal: abort.signal });

  function neighbour(from, key) {
    const all = links();
    const at = all.indexOf(from);
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "ArrowRight") return all[at + 1];
    const box = from.getBoundingClientRect();
    const rows = key === "ArrowDown"
      ? all.slice(at + 1).filter((link) => link.getBoundingClientRect().top > box.top + 1)
      : all.slice(0, at).reverse().filter((link) => link.getBoundingClientRect().top < box.top - 1);
    return rows.find((link) => Math.abs(link.getBoundingClientRect().left - box.left) < box.width / 2) ?? rows[0];
  }

  return {
    place: room.place,
    dispose() {
      abort.abort();
      room.dispose();
    },
  };
}
