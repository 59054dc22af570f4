// Sends one file to the image store, or elsewhere. Answers with its id and size, or with the reason for the refusal.

// On every page: several components send pictures.
const texts = document.body.dataset;

export const upload = (file, onProgress = () => {}) => send("/api/v1/images", file, onProgress, file.name);

// Kept as any picture, but nobody wants it offered as one.
export const uploadMask = (file, name) => send("/api/v1/images?mask=true", file, () => {}, name);

// One after the other, with their progress in the bar. `stored` is told whether one was stored before it.
export async function uploadAll(files, bar, stored, refused) {
  const progress = bar.querySelector("progress");
  let count = 0;
  for (const [index, file] of files.entries()) {
    bar.hidden = false;
    progress.removeAttribute("value");
    const answer = await upload(file, (part) => (progress.value = (index + part) / files.length));
    if (answer.id) await stored(answer, file, count++ > 0);
    else await refused(files.length > 1 ? `${file.name}: ${answer.reason}` : answer.reason);
  }
  bar.hidden = true;
}

export function send(address, file, onProgress, name) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, name ?? "picture.png");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onloadend = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // An answer that is not ours, from something between; the status says enough.
      }
      resolve(request.status === 200 || request.status === 201
        ? answer
        : { reason: answer.detail ?? (request.status === 0 ? texts.unanswered : texts.refused.replace("{0}", request.status)) });
    };
    request.open("POST", address);
    request.send(form);
  });
}
