// Where a sentence comes from: the passage, its place in the paper, the page, the figure.

import { make } from "./dom.js";
import { factsOf, strayNumbers } from "./verdicts.js";

const KINDS = { abstract: "Abstract", summary: "Plain-language summary", caption: "Caption", table: "Table" };
const wide = window.matchMedia("(min-width: 1000px)");

export class Origin {
  #panel;
  #home;
  #paper = null;
  #made = new Map();
  #shown = null;

  constructor(panel) {
    this.#panel = panel;
    this.#home = panel.parentElement;
    wide.addEventListener("change", () => this.#place());
  }

  know(paper, made) {
    const isNew = paper !== this.#paper;
    this.#paper = paper;
    this.#made = made;
    if (isNew && this.#shown) this.#draw();
  }

  // Show what a sentence rests on; `row` is the scene's in the script. What was asked for by hand is read out.
  show(scene, index, row, isByHand) {
    this.#panel.setAttribute("aria-live", isByHand ? "polite" : "off");
    this.#shown = { scene, sentence: scene.brief.sentences[index], verdict: scene.verdicts[index], row };
    this.#draw();
    this.#place();
    const mark = this.#panel.querySelector("mark"); // a long passage is shown where it matters
    this.#panel.scrollTop = mark && wide.matches ? mark.offsetTop - this.#panel.clientHeight / 3 : 0;
  }

  // Beside the script where there is room, under the sentence's scene where there is not.
  #place() {
    const host = wide.matches ? this.#home : this.#shown?.row ?? this.#home;
    if (this.#panel.parentElement !== host) host.append(this.#panel);
  }

  #draw() {
    const { scene, sentence, verdict } = this.#shown;
    if (!sentence) return;
    const passages = sentence.evidence.map((evidence) => this.#passage(evidence, sentence, scene));
    const none = make("p", { class: "soft" }, "This sentence rests on no passage.");
    const rest = passages.length ? passages.flat() : [none];
    this.#panel.replaceChildren(make("h2", {}, "Where this comes from"), ...rest, facts(sentence, verdict));
    this.#panel.hidden = false;
  }

  #passage(evidence, sentence, scene) {
    const passage = this.#paper?.passages.find((one) => one.id === evidence.id);
    const text = evidence.text || passage?.text || "";
    const [start, end] = extent(text, sentence);
    const quote = make("blockquote", { lang: this.#paper?.language }, text.slice(0, start), make("mark", {}, text.slice(start, end)), text.slice(end));
    return [
      make("p", { class: "soft small" }, passage ? this.#placeOf(passage) : ""),
      quote,
      passage ? this.#figure(passage, scene) : null,
      passage ? this.#page(passage) : null,
    ].filter(Boolean);
  }

  #placeOf(passage) {
    const section = this.#paper.sections.find((one) => one.id === passage.section);
    const beside = this.#paper.passages.filter((one) => one.section === passage.section && one.kind === passage.kind);
    const count = `paragraph ${beside.indexOf(passage) + 1}`;
    const figure = [...this.#paper.figures, ...this.#paper.tables].find((one) => one.passage === passage.id);
    const what = figure?.label || (section ? `${section.title}, ${count}` : `${KINDS[passage.kind] ?? "Text"}, ${count}`);
    return passage.page ? `${what} · page ${passage.page}` : what;
  }

  #figure(passage, scene) {
    const digest = scene.brief.visual.kind === "figure" ? scene.brief.visual.image.digest : null;
    const figure = this.#paper.figures.find((one) => one.image && (one.passage === passage.id || one.image.digest === digest));
    const row = figure && this.#made.get(figure.image.artifact);
    if (!row) return null;
    const picture = make("img", { src: row.url, alt: figure.caption || figure.label, width: figure.image.width, height: figure.image.height, loading: "lazy" });
    return make("figure", {}, picture, make("figcaption", { class: "soft small" }, figure.label));
  }

  #page(passage) {
    const page = this.#paper.pages.find((one) => one.number === passage.page);
    const row = page && this.#made.get(page.image.artifact);
    if (!row) return null;
    const marks = passage.boxes.map((box) => shape("rect", { x: box.x0 - 2, y: box.top - 1.5, width: box.x1 - box.x0 + 4, height: box.bottom - box.top + 3, rx: 2 }));
    const over = shape("svg", { viewBox: `0 0 ${page.width} ${page.height}`, "aria-hidden": "true" }, ...marks);
    const picture = make("img", { src: row.url, alt: `Page ${page.number} of the paper, the passage marked`, width: page.image.width, height: page.image.height, loading: "lazy" });
    return make("details", { class: "sheet", open: wide.matches }, make("summary", { class: "soft small" }, `Page ${page.number}`), make("a", { class: "leaf", href: row.url, target: "_blank", rel: "noopener" }, picture, over));
  }
}

function shape(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);

// Start and end of what the sentence rests on: itself where it is in the passage, or the passage's nearest sentence.
function extent(text, sentence) {
  const exact = text.indexOf(sentence.text.replace(/[.!?]$/, ""));
  if (exact >= 0) return [exact, exact + sentence.text.length];
  const said = words(sentence.text);
  let best = [0, 0];
  let most = 0;
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)) {
    const found = words(segment);
    const shared = [...found].filter((word) => said.has(word)).length;
    const score = shared / Math.sqrt(found.size + 1);
    if (shared > 1 && score > most) {
      most = score;
      best = [index, index + segment.trimEnd().length];
    }
  }
  return best;
}

function facts(sentence, verdict) {
  const stray = verdict ? null : strayNumbers(sentence);
  const isExact = sentence.evidence.some((one) => one.text.includes(sentence.text.replace(/[.!?]$/, "")));
  const wording = sentence.own ? "your own; you answer for it" : sentence.edited ? "yours" : isExact ? "the paper’s own" : "condensed";
  const list = make("dl", { class: "facts" }, fact("Wording", wording, sentence.edited ? "" : "fine"));
  if (stray) list.append(fact("Numbers", stray.length ? `not in the passage: ${stray.join(", ")}` : "all in the passage", stray.length ? "wrong" : "fine"));
  if (verdict) list.append(...factsOf(sentence, verdict).map((row) => fact(...row)));
  return list;
}

const fact = (name, value, kind) => make("div", {}, make("dt", { class: "soft" }, name), make("dd", { class: kind }, value));
