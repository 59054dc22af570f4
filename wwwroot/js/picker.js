// Takes pictures by drop, paste or choice and sends them over HTTP with progress; .NET hears of the result only.

import { openDialog } from "./dialogs.js";
import { uploadAll } from "./upload.js";

const pickers = new Set();
// Where the pointer or the focus came last.
let latest = null;

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files].filter((f) => f.type.startsWith("image/"));
  const picker = files.length > 0 && taker();
  if (!picker) return;
  event.preventDefault();
  picker.send(files);
});

// The picker that is pointed at or has the focus; where that is two, the one that came to it last. Without any, the page's own.
function taker() {
  const dialog = openDialog();
  const able = [...pickers].filter(({ element }) => element.isConnected && (!dialog || dialog.contains(element)));
  const meant = able.filter(({ element }) => element.matches(":hover, :focus-within"));
  return meant.includes(latest) ? latest : meant[0] ?? able.find((picker) => picker.takesPaste);
}

export function attach(element, owner, takesPaste, takesMany) {
  const input = element.querySelector("input[type=file]");
  const bar = element.querySelector(".picker-progress");
  const abort = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: abort.signal, ...options });

  on(input, "change", () => {
    send([...input.files]);
    input.value = "";
  });
  on(element, "dragover", (event) => {
    event.preventDefault();
    element.classList.add("picker-over");
  });
  on(element, "dragleave", () => element.classList.remove("picker-over"));
  // The window keeps a recipe that is dropped here for itself.
  on(window, "drop", () => element.classList.remove("picker-over"), { capture: true });
  on(element, "drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    send([...event.dataTransfer.files]);
  });

  const send = (files) => uploadAll(
    takesMany ? files : files.slice(0, 1),
    bar,
    ({ id, width, height }, file, isFurther) => owner.invokeMethodAsync("OnUploaded", id, width, height, file.name, isFurther),
    (reason) => owner.invokeMethodAsync("OnRefused", reason));
  const picker = { element, takesPaste, send };
  pickers.add(picker);
  on(element, "pointerenter", () => (latest = picker));
  on(element, "focusin", () => (latest = picker));

  return {
    dispose() {
      pickers.delete(picker);
      abort.abort();
    },
  };
}
