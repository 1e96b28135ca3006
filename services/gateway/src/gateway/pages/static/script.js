// The script: a row for each scene, with its picture, headline and sentences, which follow the player.

import { accept, edit } from "./edit.js";
import { arrange, fill, make, part, say } from "./dom.js";
import { picture } from "./pictures.js";
import { lineOf, verdictsOf } from "./verdicts.js";

const POSE = 1.6; // seconds into a scene at which all that it shows has arrived
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Script {
  #list;
  #address;
  #tell;
  #rows = new Map(); // elements by scene
  #scenes = [];
  #expected = new Map(); // digest of the brief that an edit replaces, by scene
  #picked = null;
  #spoken = null;

  // tell: {seek(seconds), pick(scene, index, row, isByHand), rush(segmentRow), changed(job)}
  constructor(list, address, tell) {
    this.#list = list;
    this.#address = address;
    this.#tell = tell;
    list.addEventListener("click", (event) => this.#click(event));
  }

  // Show what is known; returns the scenes.
  show({ job, made, running, contentOf }) {
    const transcript = made.has("video") ? contentOf("transcript") : null;
    const numbers = contentOf("script")?.scenes ?? job.scenes ?? [];
    this.#scenes = numbers
      .map((number) => {
        const briefRow = made.get(`scene.${number}.brief`);
        const content = contentOf(`scene.${number}.brief`);
        const before = this.#scenes.find((one) => one.number === number); // shown until the new one is here
        const brief = content ?? before?.brief;
        if (!briefRow || !brief) return null;
        const shown = content ? briefRow.digest : before.shown;
        const segment = made.get(`scene.${number}.segment`);
        const spoken = transcript?.scenes.find((one) => one.scene === number);
        const state = this.#stateOf(job, number, briefRow, segment);
        const judged = made.get(`scene.${number}.verdicts`);
        const isKnown = brief.sentences.every((sentence) => sentence.verdict);
        const verdicts = verdictsOf(brief, briefRow, judged, isKnown ? null : contentOf(`scene.${number}.verdicts`));
        const footage = footageOf(brief.footage && contentOf(`scene.${number}.footage`), spoken);
        const failure = job.state === "failed" ? job.failures?.find((one) => one.scene === number && !one.code.startsWith("budget.")) : undefined;
        return { number, brief, shown, digest: briefRow.digest, segment, spoken, state, verdicts, footage, failure, video: made.get("video") };
      })
      .filter(Boolean);
    this.#list.hidden = !this.#scenes.length;
    arrange(this.#list, this.#scenes.map((scene) => this.#row(scene, job, running)));
    if (!this.#picked && this.#scenes.length && this.#scenes.length === numbers.length && window.matchMedia("(min-width: 1000px)").matches) this.#pick(this.#scenes[0].number, 0);
    return this.#scenes;
  }

  #stateOf(job, number, brief, segment) {
    if (this.#expected.has(number) && this.#expected.get(number) !== brief.digest) this.#expected.delete(number);
    if (job.state !== "running") {
      this.#expected.delete(number);
      return segment && segment.seq > brief.seq ? "ready" : segment ? "stale" : "waiting";
    }
    if (this.#expected.has(number)) return "again";
    if (!segment) return "waiting";
    return segment.seq > brief.seq ? "ready" : "again";
  }

  #row(scene, job, running) {
    if (!this.#rows.has(scene.number)) this.#rows.set(scene.number, newRow(scene.number));
    const row = this.#rows.get(scene.number);
    const words = scene.state === "again" ? null : matching(scene);
    const judged = scene.verdicts.map((one) => (one ? Number(one.supported) : "?")).join("");
    const signature = `${scene.shown} ${judged} ${scene.failure?.seq ?? ""} ${words ? `${scene.spoken.start} ${scene.video.digest}` : ""}`;
    if (row.dataset.signature !== signature && !row.dataset.editing) {
      const held = row.contains(document.activeElement) ? document.activeElement.dataset.index : undefined;
      row.dataset.signature = signature;
      say(part(row, "headline"), scene.brief.headline);
      part(row, "sentences").replaceChildren(...scene.brief.sentences.map((sentence, index) => phrase(scene, sentence, index, words?.[index])));
      if (held !== undefined) row.querySelector(`[data-index="${held}"]`)?.focus();
      if (this.#picked?.number === scene.number) this.#pick(scene.number, Math.min(this.#picked.index, scene.brief.sentences.length - 1));
    }
    row.dataset.state = scene.state;
    const doing = running.scene(scene.number);
    const isBusy = job.state === "running" && scene.state !== "ready";
    const note = { again: "Being made again", stale: "Not made again yet" }[scene.state] ?? "";
    say(part(row, "status"), note || (isBusy ? doing?.note ?? "" : ""));
    say(part(row, "footage"), scene.footage);
    part(row, "failure").hidden = !scene.failure;
    say(part(row, "reason"), scene.failure?.message ?? "");
    part(row, "accept").hidden = scene.failure?.code !== "usage.unsupported";
    const bar = part(row, "bar");
    bar.hidden = !isBusy || !doing;
    fill(bar, doing?.fraction ?? 0);
    part(row, "edit").hidden = ["queued", "cancelled"].includes(job.state) && !scene.segment;
    this.#hang(row, scene);
    return row;
  }

  // The scene's picture: of the whole video where it is made, of the scene's own before.
  async #hang(row, { segment, spoken, video, state, number }) {
    const frame = part(row, "picture");
    const source = state === "again" ? null : spoken && video ? [video, spoken.start + POSE] : segment ? [segment, POSE] : null;
    if (!source || frame.dataset.of === segment?.digest) return;
    frame.dataset.of = segment?.digest ?? "";
    const canvas = await picture(source[0].url, source[1]);
    if (canvas) frame.replaceChildren(Object.assign(canvas, { ariaHidden: "true" }));
    else frame.dataset.of = "";
    frame.setAttribute("aria-label", `Show scene ${number}`);
  }

  #click(event) {
    const row = event.target.closest(".scene");
    if (!row) return;
    const scene = this.#scenes.find((one) => one.number === Number(row.dataset.scene));
    if (event.target.closest("[data-part=edit]")) return this.#change(row, scene, edit(row, scene, this.#address));
    if (event.target.closest("[data-part=accept]")) return this.#change(row, scene, accept(row, scene, this.#address));
    if (event.target.closest("[data-part=picture]")) {
      if (scene.spoken) this.#tell.seek(scene.spoken.start);
      else if (scene.segment) this.#tell.rush(scene.segment);
      return this.#pick(scene.number, 0, true);
    }
    const sentence = event.target.closest(".sentence");
    if (!sentence) return;
    this.#pick(scene.number, Number(sentence.dataset.index), true);
    const from = event.target.closest("[data-start]") ?? sentence.querySelector("[data-start]");
    if (from) this.#tell.seek(Number(from.dataset.start));
    else if (scene.segment) this.#tell.rush(scene.segment);
  }

  #pick(number, index, isByHand = false) {
    this.#picked = { number, index };
    const scene = this.#scenes.find((one) => one.number === number);
    this.#markPicked();
    this.#tell.pick(scene, index, this.#rows.get(number), isByHand);
  }

  #markPicked() {
    for (const [number, row] of this.#rows) {
      row.classList.toggle("picked", number === this.#picked?.number);
      for (const sentence of row.querySelectorAll(".sentence")) {
        sentence.setAttribute("aria-pressed", number === this.#picked?.number && Number(sentence.dataset.index) === this.#picked.index);
      }
    }
  }

  async #change(row, scene, changing) {
    row.dataset.editing = "yes";
    const job = await changing;
    delete row.dataset.editing;
    row.dataset.signature = "";
    if (!job) return this.#tell.changed({});
    this.#expected.set(scene.number, scene.digest);
    this.#tell.changed(job);
  }

  // Mark the word that is spoken at `seconds`.
  follow(seconds, isPlaying) {
    const spans = [...this.#list.querySelectorAll("[data-start]")];
    const word = isPlaying || seconds > 0 ? spans.findLast((span) => Number(span.dataset.start) <= seconds) : null;
    const isSaid = word && seconds < Number(word.dataset.end) + 0.6;
    const next = isSaid ? word : null;
    if (next === this.#spoken) return;
    this.#spoken?.classList.remove("said");
    next?.classList.add("said");
    const row = next?.closest(".scene");
    if (row && isPlaying && row !== this.#spoken?.closest(".scene") && !this.#list.contains(document.activeElement)) {
      const sentence = next.closest(".sentence");
      this.#pick(Number(row.dataset.scene), Number(sentence.dataset.index));
      if (window.matchMedia("(min-width: 1000px)").matches) row.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    this.#spoken = next;
  }
}

function newRow(number) {
  const body = make("div", { class: "says" }, make("h2", { "data-part": "headline" }), make("div", { "data-part": "sentences" }), make("p", { class: "small soft", "data-part": "footage" }), make("p", { class: "small status", "data-part": "status" }), make("span", { class: "bar", "data-part": "bar", hidden: true }, make("i")));
  const frame = make("button", { class: "frame", "data-part": "picture", "aria-label": `Show scene ${number}` });
  const button = make("button", { class: "link", "data-part": "edit" }, "Edit", make("span", { class: "unseen" }, ` scene ${number}`));
  const keep = make("button", { class: "button slim", "data-part": "accept" }, "Keep it as my own words");
  const failure = make("div", { class: "failure", "data-part": "failure", hidden: true }, make("p", { class: "small", "data-part": "reason" }), keep);
  return make("li", { class: "scene", id: `scene-${number}`, "data-scene": number }, frame, body, button, failure);
}

// The words of each sentence with their times, where what was spoken is what the brief says.
function matching({ brief, spoken }) {
  if (!spoken || spoken.sentences.length !== brief.sentences.length) return null;
  return spoken.sentences.every((sentence, index) => sentence.text === brief.sentences[index].text) ? spoken.sentences.map((sentence) => sentence.words) : null;
}

function phrase(scene, sentence, index, words) {
  const button = make("button", { class: "sentence", "data-index": index, "aria-pressed": "false" });
  if (words?.length) button.append(...words.flatMap((word) => [make("span", { "data-start": word.start, "data-end": word.end }, word.text), " "]));
  else button.append(sentence.text);
  const time = words?.length ? make("span", {}, `${clock(words[0].start)} · `) : null;
  return make("div", { class: "phrase" }, button, make("p", { class: "small soft" }, time, lineOf(sentence, scene.verdicts[index], Boolean(scene.failure))));
}

// What became of the moving picture that the scene asked for.
function footageOf(made, spoken) {
  if (made?.clip) return `Moving picture by ${made.clip.engine}`;
  if (made?.wanted) return `No moving picture: ${made.reason}`;
  return spoken?.footage ? `Moving picture: ${spoken.footage}` : "";
}
