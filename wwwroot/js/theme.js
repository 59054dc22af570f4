export const choice = () => localStorage.getItem("theme") ?? "system";

export function choose(value) {
  localStorage.setItem("theme", value);
  document.documentElement.classList.remove("dark-early");
}
