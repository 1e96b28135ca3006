// Editing a scene in place, and taking as one's own what the paper does not support.

import { send } from "./api.js";
import { make, part, say } from "./dom.js";

// Puts a form into the scene's row; resolves to the job once the change is taken, or to null where nothing changes.
export function edit(row, scene, address) {
  const { brief, number } = scene;
  const text = brief.sentences.map((sentence) => sentence.text).join(" ");
  const headline = make("input", { id: `headline-${number}`, maxlength: 120 });
  const area = make("textarea", { id: `text-${number}`, maxlength: 2000, rows: Math.max(3, Math.ceil(text.length / 34)), required: true });
  headline.value = brief.headline;
  area.value = text;
  const wrong = make("p", { class: "wrong small", role: "alert" });
  const save = make("button", { class: "button primary slim" }, "Save");
  const cancel = make("button", { class: "button slim", type: "button" }, "Cancel");
  const form = make(
    "form",
    { class: "editing", "aria-label": `Scene ${number}` },
    make("label", { for: headline.id, class: "small soft" }, "Headline"),
    headline,
    make("label", { for: area.id, class: "small soft" }, "What is said"),
    area,
    make("p", { class: "small soft" }, "Only this scene is made again. What you change is checked against the paper before it is spoken."),
    wrong,
    make("div", { class: "row" }, save, cancel),
  );
  const says = row.querySelector(".says");
  const button = part(row, "edit");
  says.hidden = true;
  button.hidden = true;
  says.after(form);
  area.focus();

  return new Promise((resolve) => {
    const end = (job) => {
      const held = form.contains(document.activeElement);
      form.remove();
      says.hidden = false;
      button.hidden = false;
      if (held) button.focus();
      resolve(job);
    };
    cancel.addEventListener("click", () => end(null));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end(null);
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const change = {};
      if (area.value.trim() !== text) change.text = area.value.trim();
      if (headline.value.trim() !== brief.headline) change.headline = headline.value.trim();
      if (!Object.keys(change).length) return end(null);
      save.disabled = true;
      try {
        end(await send("PATCH", `${address}/scenes/${number}`, change));
      } catch (problem) {
        say(wrong, problem.message);
        save.disabled = false;
      }
    });
  });
}

// Resolves to the job once the scene is taken as it is, or to null where it is not.
export async function accept(row, { number }, address) {
  const button = part(row, "accept");
  button.disabled = true;
  try {
    return await send("PATCH", `${address}/scenes/${number}`, { accept: true });
  } catch (problem) {
    say(document.getElementById("wrong"), problem.message);
    return null;
  } finally {
    button.disabled = false;
  }
}
