// Before the first paint, so that a dark studio never flashes white.
const choice = localStorage.getItem("theme") ?? "system";
const dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark-early", dark);
