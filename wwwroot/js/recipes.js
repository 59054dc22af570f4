// Recipe files: as the studio exports them, or a trace of the command line.

import { send } from "./upload.js";

export const isRecipe = (file) => file.type === "application/json" || file.name.endsWith(".json");

// Answers with the id under which the form opens it, or with the reason for the refusal.
export const importRecipe = (file) => send("/api/v1/recipes/import", file, () => {}, file.name);
