// The grid of videos, kept up to date by one stream.

import { send } from "./api.js";
import { fill, part, say } from "./dom.js";
import { listen } from "./live.js";
import { Running, fractionOfAll, stateOf } from "./stages.js";

const grid = document.getElementById("tiles");
const template = document.getElementById("tile");
const said = document.getElementById("said");
const dialog = document.getElementById("sure");
const wrong = document.getElementById("sure-wrong");
const jobs = new Map(); // what is known of a job, by id
const progress = new Map();
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

const tileOf = (id) => grid.querySelector(`[data-job="${CSS.escape(id)}"]`);
const nameOf = (job) => job.title || job.source || "Untitled";

function newTile(job) {
  const tile = template.content.firstElementChild.cloneNode(true);
  tile.dataset.job = job.id;
  tile.querySelector(".tile-link").href = `/jobs/${job.id}`;
  tile.querySelector(".poster").dataset.theme = job.options.theme ?? "";
  tile.querySelector("time").dateTime = job.created_at;
  tile.querySelector("time").textContent = day.format(new Date(job.created_at));
  part(tile, "note").textContent = `${job.options.seconds} s`;
  part(tile, "download").href = `/api/v1/jobs/${job.id}/artifacts/video?download=1`;
  const after = [...grid.children].find((other) => other.dataset.job < job.id);
  grid.insertBefore(tile, after ?? null);
  document.getElementById("none")?.setAttribute("hidden", "");
  return tile;
}

function show(job) {
  const tile = tileOf(job.id) ?? (grid.dataset.grows === "yes" && isNewer(job) ? newTile(job) : null);
  if (!tile) return;
  const before = tile.dataset.state;
  tile.dataset.state = job.state;
  say(part(tile, "name"), nameOf(job));
  say(part(tile, "status"), stateOf(job));
  part(tile, "over").hidden = job.state === "done";
  const bar = part(tile, "bar");
  bar.hidden = job.state !== "running";
  if (job.stages) fill(bar, fractionOfAll(job.stages, progress.get(job.id) ?? new Running()));
  const picture = part(tile, "thumbnail");
  if (job.thumbnail && picture.getAttribute("src") !== job.thumbnail) picture.src = job.thumbnail;
  picture.hidden = !job.thumbnail;
  part(tile, "download").hidden = job.state !== "done";
  act(tile, "retry").hidden = !["failed", "cancelled"].includes(job.state);
  act(tile, "cancel").hidden = !["queued", "running", "review"].includes(job.state);
  for (const note of tile.querySelectorAll(".tile-acts .unseen")) say(note, ` ${nameOf(job)}`);
  if (before !== job.state && ["done", "failed", "review"].includes(job.state)) say(said, `${nameOf(job)}: ${stateOf(job)}`);
}

const act = (tile, name) => tile.querySelector(`[data-act=${name}]`);
const isNewer = (job) => [...grid.children].every((tile) => tile.dataset.job < job.id);

function know(job) {
  if (job.state !== "running") progress.delete(job.id);
  else progress.get(job.id)?.settle(job.stages ?? []);
  jobs.set(job.id, job);
  show(job);
}

function forget(id) {
  jobs.delete(id);
  const tile = tileOf(id);
  if (!tile) return;
  const held = tile.contains(document.activeElement);
  const next = tile.nextElementSibling ?? tile.previousElementSibling;
  tile.remove();
  if (held) (next?.querySelector("a") ?? document.getElementById("main")).focus();
  document.getElementById("none")?.toggleAttribute("hidden", grid.children.length > 0);
}

listen("/api/v1/events", "/api/v1/jobs?limit=1", {
  snapshot: (data) => [...data.jobs].reverse().forEach(know),
  job: know,
  deleted: (data) => forget(data.id),
  progress: (data) => {
    if (!progress.has(data.job)) progress.set(data.job, new Running());
    progress.get(data.job).hear(data);
    const job = jobs.get(data.job);
    if (job) show(job);
  },
});

function askToDelete(tile) {
  const id = tile.dataset.job;
  say(document.getElementById("sure-name"), part(tile, "name").textContent);
  say(wrong, "");
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    if (dialog.returnValue !== "yes") return;
    try {
      await send("DELETE", `/api/v1/jobs/${id}`);
      forget(id);
    } catch (problem) {
      if (problem.status === 404) return forget(id);
      say(wrong, problem.message);
      dialog.showModal();
    }
  };
}

grid.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const tile = button.closest(".tile");
  if (button.dataset.act === "delete") return askToDelete(tile);
  button.disabled = true;
  try {
    know(await send("POST", `/api/v1/jobs/${tile.dataset.job}/${button.dataset.act}`));
  } catch (problem) {
    part(tile, "over").hidden = false;
    say(part(tile, "status"), problem.message);
    say(said, problem.message);
  } finally {
    button.disabled = false;
    if (button.hidden) tile.querySelector(".tile-link").focus();
  }
});
