export const choice = () => localStorage.getItem("theme") ?? "system";

export function choose(value) {
  localStorage.setItem("theme", value);
  document.documentElement.classList.remove("dark-early");
}

// The layout imports this module once its circuit is there: from now on a click is heard.
document.documentElement.dataset.alive = "";
