// Sentences that were written and not used, each with the reason.

import { arrange, make, part, say } from "./dom.js";
import { reasonsOf } from "./verdicts.js";

const box = document.getElementById("dropped");
let shown = "";

export function showDropped(dropped = []) {
  box.hidden = !dropped.length;
  const signature = JSON.stringify(dropped);
  if (signature === shown) return;
  shown = signature;
  say(part(box, "count"), dropped.length === 1 ? "1 sentence was written and not used" : `${dropped.length} sentences were written and not used`);
  arrange(part(box, "list"), dropped.map(item));
}

function item({ text, verdicts = [] }) {
  const last = verdicts.at(-1);
  const tries = verdicts.length > 1 ? `tried ${verdicts.length} times; ` : "";
  const why = last && !last.supported ? reasonsOf(last) : "its passages do not support it";
  return make("li", {}, make("p", {}, text), make("p", { class: "small soft" }, `${tries}${why}`));
}
