// The front page's field: an id, a link, or a file chosen or dropped.

import { send, upload } from "./api.js";
import { fill, say } from "./dom.js";
import { keepEstimate, options } from "./wish.js";

const form = document.getElementById("new");
const reference = document.getElementById("reference");
const picker = document.getElementById("file");
const chosen = document.getElementById("chosen");
const bar = document.getElementById("sent");
const wrong = document.getElementById("wrong");
const button = document.getElementById("make");
const veil = document.getElementById("dropping");
keepEstimate(form);
const LIMIT = Number(form.dataset.limit);
let file = null;

function choose(found) {
  file = found;
  chosen.hidden = !file;
  reference.hidden = Boolean(file);
  say(document.getElementById("chosen-name"), file ? `${file.name} · ${sizeOf(file)}` : "");
  complain(file && file.size > LIMIT ? `This file has ${sizeOf(file)}; at most ${Math.round(LIMIT / 1e6)} MB are taken.` : "");
}

const sizeOf = (blob) => (blob.size < 1e6 ? `${Math.ceil(blob.size / 1000)} kB` : `${(blob.size / 1e6).toFixed(1)} MB`);

function complain(text) {
  say(wrong, text);
  reference.toggleAttribute("aria-invalid", Boolean(text));
}

function submitFile() {
  const body = new FormData();
  body.append("options", JSON.stringify(options(form)));
  body.append("file", file, file.name);
  bar.hidden = false;
  return upload("/api/v1/jobs", body, (fraction) => {
    fill(bar, fraction);
    bar.setAttribute("aria-valuenow", Math.round(100 * fraction));
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = reference.value.trim();
  if (!file && !text) {
    complain("Type the paper’s DOI, PMID, arXiv id or link, or choose its file.");
    return reference.focus();
  }
  if (file && file.size > LIMIT) return choose(file);
  complain("");
  button.disabled = true;
  try {
    const job = file ? await submitFile() : await send("POST", "/api/v1/jobs", { reference: text, options: options(form) });
    window.location.assign(`/jobs/${job.id}`);
  } catch (problem) {
    complain(problem.message);
    button.disabled = false;
    if (!file) reference.focus();
  } finally {
    bar.hidden = true;
  }
});

picker.addEventListener("change", () => choose(picker.files[0] ?? null));
document.getElementById("unchoose").addEventListener("click", () => {
  picker.value = "";
  choose(null);
  reference.focus();
});
reference.addEventListener("input", () => wrong.textContent && complain(""));

// A file dropped anywhere.
const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
window.addEventListener("dragover", (event) => {
  if (!holdsFile(event)) return;
  event.preventDefault();
  veil.hidden = false;
});
window.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) veil.hidden = true;
});
window.addEventListener("drop", (event) => {
  if (!holdsFile(event)) return;
  event.preventDefault();
  veil.hidden = true;
  const [found] = event.dataTransfer.files;
  if (found) {
    choose(found);
    button.focus();
  }
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) button.disabled = false;
});
