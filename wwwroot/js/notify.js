// Says that a run has ended to somebody who looks elsewhere: a sound, and a notification where the browser may show one.

const KEY = "notify";

export const isWanted = () => localStorage.getItem(KEY) === "on";

export async function want(on) {
  localStorage.setItem(KEY, on ? "on" : "off");
  if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  if (on) chime();
  return isWanted();
}

export function ended(title, text) {
  if (!isWanted()) return;
  chime();
  if (document.hidden && "Notification" in window && Notification.permission === "granted") {
    try {
      const note = new Notification(title, { body: text, icon: "/icon.svg", tag: location.pathname });
      note.onclick = () => {
        window.focus();
        note.close();
      };
    } catch {
      // Chrome on Android shows none from a page, and throws. The sound has said it.
    }
  }
}

function chime() {
  const audio = new AudioContext();
  [[0, 659], [0.16, 880]].forEach(([when, pitch]) => {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, audio.currentTime + when);
    level.gain.exponentialRampToValueAtTime(0.12, audio.currentTime + when + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + when + 0.5);
    tone.connect(level).connect(audio.destination);
    tone.start(audio.currentTime + when);
    tone.stop(audio.currentTime + when + 0.55);
  });
  setTimeout(() => audio.close(), 1200);
}
