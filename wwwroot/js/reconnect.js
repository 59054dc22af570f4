// What a page does while its circuit is away: it stays readable, takes no clicks that would be lost, and comes back by itself.

const notice = document.getElementById("components-reconnect-modal");
const RETRY_MS = 5000;
let timer = 0;
let focused = null;

const shell = () => document.querySelector(".shell");

function away() {
  focused ??= document.activeElement;
  shell()?.setAttribute("inert", "");
}

function back() {
  clearInterval(timer);
  timer = 0;
  shell()?.removeAttribute("inert");
  focused?.focus?.({ preventScroll: true });
  focused = null;
}

// The same circuit where the server still holds it; else one with the state that was kept; else the page anew: its state is in the URL.
async function retry() {
  try {
    if (await Blazor.reconnect()) back();
    else if (!(await Blazor.resumeCircuit())) location.reload();
  } catch {
    // No answer at all: the server sleeps, or the network does.
  }
}

function keepTrying() {
  timer ||= setInterval(retry, RETRY_MS);
}

notice.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  if (detail.state === "show") away();
  else if (detail.state === "hide") back();
  else if (detail.state === "failed") keepTrying();
  else if (detail.state === "rejected" || detail.state === "resume-failed") location.reload();
});
document.getElementById("reconnect-now").addEventListener("click", retry);
document.addEventListener("visibilitychange", () => {
  const isAway = ["show", "retrying", "failed"].some((state) => notice.classList.contains(`components-reconnect-${state}`));
  if (!document.hidden && isAway) retry();
});
