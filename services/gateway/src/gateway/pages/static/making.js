// How far the video is: the sentence, the bar of stages, and what went wrong.

import { arrange, fill, make, part, say } from "./dom.js";
import { fractionOf, fractionOfAll, sentence, stateOf } from "./stages.js";

const ADVICE = {
  unavailable: "It is tried again when you press “Try again”.",
  internal: "Try again; if it fails once more, use another file of this paper.",
};
const UNSUPPORTED = "The paper does not support what you changed. The scene says what was found, and what you can do.";

export class Making {
  percent = 0;
  #stages = document.getElementById("stages");
  #items = new Map();

  show({ job, made, running, contentOf }) {
    this.percent = Math.floor(100 * fractionOfAll(job.stages, running));
    const isOver = job.state === "done" || job.state === "failed";
    document.getElementById("making").hidden = isOver;
    document.getElementById("review").hidden = job.state !== "review";
    say(document.getElementById("now"), job.state === "running" ? sentence(job) : stateOf(job));
    say(document.getElementById("left"), job.state === "running" ? left(job, made) : "");
    arrange(this.#stages, job.stages.map((stage) => this.#stage(stage, made, running)));
    this.#trouble(job);
    const script = contentOf("script");
    if (script) say(document.getElementById("byline"), byline(script, contentOf("transcript")));
    say(document.getElementById("credits"), contentOf("transcript")?.credits ?? "");
  }

  #stage(stage, made, running) {
    if (!this.#items.has(stage.name)) {
      const bar = make("span", { class: "bar" }, make("i"));
      const item = make("li", { "data-stage": stage.name }, bar, make("span", { "data-part": "title" }), make("span", { class: "soft", "data-part": "count" }));
      this.#items.set(stage.name, item);
    }
    const item = this.#items.get(stage.name);
    item.dataset.state = stage.state;
    fill(item.firstElementChild, fractionOf(stage, running));
    say(part(item, "title"), stage.title);
    say(part(item, "count"), countOf(stage, made));
    return item;
  }

  #trouble(job) {
    const box = document.getElementById("problem");
    const isBad = job.state === "failed" || job.state === "cancelled";
    if (isBad) {
      const advice = job.error ? ADVICE[job.error.code?.split(".")[0]] ?? "" : "";
      const said = job.error?.code === "usage.unsupported" ? UNSUPPORTED : job.error && `${job.error.message} ${advice}`;
      say(document.getElementById("problem-text"), said || "You stopped this video. What was made is kept; “Try again” takes it up from there.");
    }
    const code = job.error?.code ?? "";
    const [kind] = code.split(".");
    const isRetracted = code === "source.retracted";
    const isUnsupported = code === "usage.unsupported";
    const retry = document.getElementById("retry");
    const another = document.getElementById("another");
    retry.hidden = isUnsupported || isRetracted || kind === "budget";
    retry.classList.toggle("primary", kind !== "source"); // the same file fails the same way
    another.hidden = isUnsupported || kind === "budget";
    another.classList.toggle("primary", kind === "source" && !isRetracted);
    document.getElementById("force").hidden = !isRetracted;
    const see = document.getElementById("see");
    see.hidden = !job.error?.scene;
    see.setAttribute("href", `#scene-${job.error?.scene ?? 0}`);
    box.classList.toggle("bad", job.state === "failed");
    box.hidden = !isBad;
  }
}

function countOf(stage, made) {
  if (stage.state === "failed") return "failed";
  if (stage.state === "running") return stage.total > 1 ? `${stage.done} of ${stage.total}` : "";
  if (stage.state !== "done") return "";
  const seconds = new Map(); // a run makes several artifacts
  for (const row of made.values()) if (row.stage === stage.name) seconds.set(row.scene ?? 0, row.seconds);
  const sum = [...seconds.values()].reduce((total, each) => total + each, 0);
  return sum ? `${sum.toFixed(1)} s` : "";
}

// What is left, judged by the pictures that were drawn so far.
function left(job, made) {
  const draw = job.stages.find((stage) => stage.name === "render");
  if (!draw || draw.state !== "running" || made.has("video")) return "";
  const times = [...made.values()].filter((row) => row.artifact.endsWith(".segment")).map((row) => Date.parse(row.announced_at)).sort((a, b) => a - b);
  const recent = times.slice(-draw.done);
  if (recent.length < 3) return "";
  const each = (recent.at(-1) - recent[0]) / (recent.length - 1) / 1000;
  const seconds = Math.ceil((draw.total - draw.done) * each + 3);
  return seconds < 600 ? ` · about ${seconds} s left` : "";
}

function byline({ paper, scenes }, transcript) {
  const [first, ...others] = paper.authors ?? [];
  const authors = first ? `${first}${others.length ? " et al." : ""}` : "";
  const length = transcript ? `${Math.round(transcript.duration)} s` : "";
  const count = `${scenes.length} ${scenes.length === 1 ? "scene" : "scenes"}`;
  return [authors, paper.published?.slice(0, 4), paper.journal, paper.licence, length, count].filter(Boolean).join(" · ");
}
