// Takes pictures by drop, paste or choice and sends them over HTTP with progress; .NET hears of the result only.

import { openDialog } from "./dialogs.js";
import { upload } from "./upload.js";

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
  const progress = bar.querySelector("progress");
  const abort = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: abort.signal });

  on(input, "change", () => {
    send([...input.files]);
    input.value = "";
  });
  on(element, "dragover", (event) => {
    event.preventDefault();
    element.classList.add("picker-over");
  });
  on(element, "dragleave", () => element.classList.remove("picker-over"));
  on(element, "drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    element.classList.remove("picker-over");
    send([...event.dataTransfer.files]);
  });

  const picker = { element, takesPaste, send };
  pickers.add(picker);
  on(element, "pointerenter", () => (latest = picker));
  on(element, "focusin", () => (latest = picker));

  async function send(files) {
    const wanted = takesMany ? files : files.slice(0, 1);
    for (const [index, file] of wanted.entries()) {
      bar.hidden = false;
      progress.removeAttribute("value");
      const answer = await upload(file, (part) => (progress.value = (index + part) / wanted.length));
      if (answer.id) await owner.invokeMethodAsync("OnUploaded", answer.id, answer.width, answer.height, file.name, index > 0);
      else await owner.invokeMethodAsync("OnRefused", wanted.length > 1 ? `${file.name}: ${answer.reason}` : answer.reason);
    }
    bar.hidden = true;
  }

  return {
    dispose() {
      pickers.delete(picker);
      abort.abort();
    },
  };
}
