// Sends one file to the image store, or elsewhere. Answers with its id and size, or with the reason for the refusal.

// On every page: several components send pictures.
const texts = document.body.dataset;

export const upload = (file, onProgress = () => {}, name = file.name) => send("/api/v1/images", file, onProgress, name);

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
