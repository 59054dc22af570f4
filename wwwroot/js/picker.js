// Takes a picture by drop, paste or choice and sends it over HTTP with progress; .NET hears of the result only.

import { upload } from "./upload.js";

export function attach(element, owner, takesPaste) {
  const input = element.querySelector("input[type=file]");
  const bar = element.querySelector(".picker-progress");
  const abort = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: abort.signal });

  on(input, "change", () => {
    sendAll(input.files);
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
    sendAll(event.dataTransfer.files);
  });
  if (takesPaste) {
    on(document, "paste", (event) => {
      const files = [...event.clipboardData.files].filter((f) => f.type.startsWith("image/"));
      if (files.length > 0) sendAll(files);
    });
  }

  async function sendAll(files) {
    const wanted = [...files].slice(0, input.multiple ? files.length : 1);
    const progress = bar.querySelector("progress");
    for (const [index, file] of wanted.entries()) {
      bar.hidden = false;
      progress.removeAttribute("value");
      const answer = await upload(file, (part) => (progress.value = (index + part) / wanted.length));
      if (answer.id) await owner.invokeMethodAsync("OnUploaded", answer.id, answer.width, answer.height, file.name, index > 0);
      else await owner.invokeMethodAsync("OnRefused", wanted.length > 1 ? `${file.name}: ${answer.reason}` : answer.reason);
    }
    bar.hidden = true;
  }

  return { dispose: () => abort.abort() };
}
