// Takes a picture by drop, paste or choice and sends it over HTTP with progress; .NET hears of the result only.

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
      const file = [...event.clipboardData.files].find((f) => f.type.startsWith("image/"));
      if (file) send(file);
    });
  }

  function sendAll(files) {
    [...files].slice(0, input.multiple ? files.length : 1).forEach((file, index) => send(file, index > 0));
  }

  function send(file, isFurther = false) {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    bar.hidden = false;
    const progress = bar.querySelector("progress");
    progress.removeAttribute("value");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    };
    request.onloadend = () => {
      bar.hidden = true;
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // An answer that is not ours, from something between; the status says enough.
      }
      if (request.status === 201) {
        owner.invokeMethodAsync("OnUploaded", answer.id, answer.width, answer.height, file.name, isFurther);
      } else {
        const reason = answer.detail ?? (request.status === 0 ? "The studio did not answer; is it still running?" : `The studio refused the picture (${request.status}).`);
        owner.invokeMethodAsync("OnRefused", reason);
      }
    };
    request.open("POST", "/api/v1/images");
    request.send(form);
  }

  return { dispose: () => abort.abort() };
}
