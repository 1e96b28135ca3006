// What the job may cost and has cost, call by call; and the budget, where it was not enough.

import { send } from "./api.js";
import { arrange, dollars, make, part, say } from "./dom.js";

const box = document.getElementById("costs");
const raise = document.getElementById("raise");
const STATES = { open: "on its way", paid: "paid", known: "had been paid for before", refused: "refused" };
let shown = "";

const nameOf = (provider) => provider.charAt(0).toUpperCase() + provider.slice(1);

// Wire the form; `know(job)` is told what the server answers.
export function setUpCosts(address, know, complain) {
  raise.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = raise.querySelector("button");
    button.disabled = true;
    complain("");
    try {
      know(await send("POST", `${address}/budget`, { dollars: Number(raise.elements.dollars.value) }));
      document.getElementById("main").focus();
    } catch (problem) {
      complain(problem.message);
    } finally {
      button.disabled = false;
    }
  });
}

export function showCosts({ costs, stages, error, state }) {
  const isSpent = state === "failed" && error?.code === "budget.spent";
  if (isSpent && raise.hidden) raise.elements.dollars.value = Math.ceil((costs?.budget ?? 0) + 1);
  raise.hidden = !isSpent;
  box.hidden = !costs || !(costs.budget || costs.calls.length);
  const signature = JSON.stringify(costs);
  if (box.hidden || signature === shown) return;
  shown = signature;
  say(part(box, "sum"), costs.budget ? `${dollars(costs.dollars)} of ${dollars(costs.budget)} spent` : `${dollars(costs.dollars)} spent`);
  arrange(part(box, "calls"), costs.calls.length ? costs.calls.map((call) => row(call, stages)) : [make("li", { class: "soft" }, "Nothing was paid for yet.")]);
}

function row(call, stages) {
  const title = stages.find((stage) => stage.name === call.stage)?.title ?? call.stage;
  const cut = call.cut_off ? make("span", { class: "wrong" }, call.cut_off > 1 ? ` · cut off ${call.cut_off} times, repeated` : " · cut off, repeated") : null;
  const amount = call.dollars + (call.state === "open" ? call.estimate : 0);
  return make(
    "li",
    {},
    make("span", {}, `${nameOf(call.provider)} · ${title}${call.scene ? ` ${call.scene}` : ""}`),
    make("span", { class: "soft" }, `${call.model} · ${STATES[call.state] ?? call.state}`, cut),
    make("span", { class: "amount" }, call.state === "open" ? `≤ ${dollars(amount)}` : dollars(amount)),
  );
}
