// What was found when a sentence was held against its passages, in words.

import { make } from "./dom.js";

const DIGIT = /\p{N}/u;
const NUMBER = /\d(?:[\d.,\u202f\u00a0]*\d)?/g;
// Each check: its name for people, and what it means that it was passed.
const CHECKS = {
  passages: ["Passages", "the paper’s"],
  numbers: ["Numbers", "all match"],
  direction: ["Direction", "same"],
  entities: ["Names", "all in the passage"],
  cause: ["Cause", "no more than the paper says"],
  population: ["Group", "same"],
  strength: ["Certainty", "no stronger"],
  similarity: ["Meaning", "close"],
};
const NAMED = ["numbers", "direction", "entities"]; // those that a sentence's line has room for

// The checks that say something of this sentence: where there is no number, numbers are no merit.
const telling = (sentence, verdict) =>
  verdict.checks.filter(({ name, passed }) => name in CHECKS && (!passed || (name === "numbers" ? DIGIT.test(sentence.text) : name !== "passages")));

// Why the passages do not support a sentence, as one text.
export const reasonsOf = (verdict) => verdict.checks.filter((one) => !one.passed).map((one) => one.reason || `${CHECKS[one.name]?.[0] ?? one.name}: not supported`).join("; ");

const tag = (text, kind = "") => make("span", { class: `tag ${kind}` }, text);

// The line under a sentence, without its time; `isRefused`: its scene says what is wrong.
export function lineOf(sentence, verdict, isRefused = false) {
  const passages = `traced to ${sentence.evidence.length} ${sentence.evidence.length === 1 ? "passage" : "passages"}`;
  if (sentence.own && !verdict?.supported) return [tag("Your own words", "own"), verdict ? " not supported by the paper" : ""];
  const edited = sentence.edited ? [tag("Edited by you", "own"), " "] : [];
  if (!verdict) return isRefused && sentence.edited ? edited : [...edited, ...unchecked(sentence, passages)];
  if (!verdict.supported) return [...edited, tag("Not supported", "bad"), make("span", {}, ` ${reasonsOf(verdict)}`)];
  const names = telling(sentence, verdict).filter((one) => NAMED.includes(one.name)).map((one) => CHECKS[one.name][0].toLowerCase());
  const checked = names.length ? `${names.join(", ")} checked` : "checked";
  return [...edited, make("span", { class: "fine" }, "✓ ", passages), ` · ${checked}`];
}

// Before sentences are checked, and of videos that were made before they were.
function unchecked(sentence, passages) {
  if (sentence.edited) return ["not checked yet"];
  const stray = strayNumbers(sentence);
  return [
    make("span", { class: sentence.evidence.length ? "fine" : "wrong" }, passages),
    stray ? make("span", { class: stray.length ? "wrong" : "fine" }, stray.length ? ` · ${stray.join(", ")} not in the passage` : " · numbers match") : "",
  ];
}

// Rows of [name, value, kind] for the panel beside the script.
export function factsOf(sentence, verdict) {
  return telling(sentence, verdict).map(({ name, passed, reason }) => {
    const [title, merit] = CHECKS[name];
    const found = passed && name === "similarity" ? verdict.score.toFixed(2) : reason || (passed ? merit : "not supported");
    return [title, found, passed ? "fine" : "wrong"];
  });
}

// What is known of a scene's sentences: by the brief itself, or by the check that came after it.
export function verdictsOf(brief, briefRow, row, content) {
  const isNewer = row && content && row.seq > briefRow.seq && content.verdicts?.length === brief.sentences.length;
  return brief.sentences.map((sentence, index) => (isNewer ? content.verdicts[index] : sentence.verdict) ?? null);
}

const plain = (number) => number.replace(/[,\u202f\u00a0]/g, "");

// Numbers of the sentence that none of its passages has; null: it has no numbers.
export function strayNumbers(sentence) {
  const said = sentence.text.match(NUMBER);
  if (!said) return null;
  const known = new Set(sentence.evidence.flatMap((one) => one.text.match(NUMBER) ?? []).map(plain));
  return said.filter((number) => !known.has(plain(number)));
}
