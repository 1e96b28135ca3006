// What is wished of the new video, and what that is likely to cost.

import { send } from "./api.js";
import { dollars, say } from "./dom.js";

const PAUSE = 250; // milliseconds without a change before the estimate is asked for
const TASKS = { script: "script", speech: "voice", footage: "moving pictures" };

// The form's options as the API takes them.
export function options(form) {
  const data = new FormData(form);
  const pitch = data.get("pitch");
  const base = form.elements.language.selectedOptions[0].dataset.voice;
  return {
    seconds: Number(data.get("seconds")),
    language: data.get("language"),
    voice: pitch ? `${base}+${pitch}` : "",
    theme: data.get("theme"),
    audience: data.get("audience"),
    tone: data.get("tone"),
    writer: data.get("writer") ?? "",
    speech: data.get("speech") ?? "",
    budget: Number(data.get("budget") ?? 0),
    footage: data.has("footage"),
    music: data.has("music"),
    review: data.has("review"),
  };
}

// Say what the wish costs whenever it changes, where anything can be paid for.
export function keepEstimate(form) {
  const line = document.getElementById("estimate");
  const price = document.getElementById("price");
  if (!line) return;
  let timer = 0;
  let asked = 0;

  const ask = async () => {
    const number = ++asked;
    try {
      const found = await send("POST", "/api/v1/estimate", options(form));
      if (number === asked) show(found);
    } catch (problem) {
      if (number === asked) say(line, problem.message);
    }
  };

  const show = (found) => {
    say(line, sentence(found));
    line.classList.toggle("wrong", !found.enough || Boolean(found.notes.length));
    line.classList.toggle("soft", found.enough && !found.notes.length);
    if (price) say(price, found.dollars ? `About ${dollars(found.dollars)}` : "Free");
  };

  form.addEventListener("input", (event) => {
    if (event.target.id === "reference" || event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  window.addEventListener("pageshow", ask); // a browser may have filled the form in again
}

function sentence({ lines, dollars: sum, notes, budget, enough, short_by: lack }) {
  if (!lines.length) return notes.join(" ");
  const parts = lines.map((each) => `${TASKS[each.does] ?? each.does} ${dollars(each.dollars)}${each.own ? " with your key" : ""}`);
  const whole = `About ${dollars(sum)}: ${parts.join(", ")}.`;
  const lacking = budget ? `The budget is about ${dollars(lack)} too small.` : "Give it a budget, or it is not made so.";
  return [whole, enough ? "" : lacking, ...notes].filter(Boolean).join(" ");
}
