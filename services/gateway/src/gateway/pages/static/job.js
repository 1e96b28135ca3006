// The page of one video: what is known of the job, and the parts that show it.

import { read } from "./api.js";
import { setUpCosts, showCosts } from "./costs.js";
import { leave, setUpDeeds } from "./deeds.js";
import { say } from "./dom.js";
import { showDropped } from "./dropped.js";
import { listen } from "./live.js";
import { Making } from "./making.js";
import { Origin } from "./origin.js";
import { Player } from "./player.js";
import { Script } from "./script.js";
import { Running, waiting } from "./stages.js";

const root = document.getElementById("job");
const address = `/api/v1/jobs/${root.dataset.job}`;
const contents = new Map(); // JSON artifacts by digest; null while they are on their way
const running = new Running();
let job = null; // as the stream tells it
let answer = {}; // what the server answered since to what was done here
let made = new Map();
let drawing = 0;
let wait = 0;

const player = new Player();
const origin = new Origin(document.getElementById("origin"));
const script = new Script(document.getElementById("scenes"), address, {
  seek: (seconds) => player.seek(seconds),
  pick: (scene, sentence, row, isByHand) => origin.show(scene, sentence, row, isByHand),
  rush: (row) => player.rush(row),
  changed: hear,
});
const making = new Making(root);
player.onTime = (seconds, isPlaying) => script.follow(seconds, isPlaying);
const deeds = setUpDeeds(root, address, hear);
setUpCosts(address, hear, (text) => say(document.getElementById("wrong"), text));

// The JSON of an artifact, or null until it is there (or where there is none).
function contentOf(name) {
  const row = made.get(name);
  if (!row) return null;
  if (!contents.has(row.digest)) {
    contents.set(row.digest, null);
    read(row.url).then(
      (content) => {
        contents.set(row.digest, content);
        draw();
      },
      () => contents.delete(row.digest),
    );
  }
  return contents.get(row.digest);
}

// The server's answer to an act: shown until the stream says more, which has the last word. What passed between two of
// its words it does not tell.
function hear({ artifacts, ...found }) {
  const newest = Math.max(job.seq, ...job.artifacts.map((row) => row.seq));
  if (!(found.seq < newest)) answer = found;
  draw();
}

function know(found) {
  answer = {};
  const artifacts = found.artifacts ?? job?.artifacts ?? [];
  job = { ...job, ...found, artifacts };
  made = new Map(artifacts.map((row) => [row.artifact, row]));
  draw();
}

function draw() {
  if (!drawing) drawing = setTimeout(show, 25); // events come in bursts
}

function show() {
  drawing = 0;
  const now = { ...job, ...answer };
  clearTimeout(wait);
  if (waiting(now)) wait = setTimeout(draw, waiting(now) + 50); // what is said of the wait ends with it
  root.dataset.state = now.state;
  root.dataset.screen = [...made.keys()].some((name) => name === "video" || name.endsWith(".segment")) ? "full" : "empty";
  const whole = { job: now, made, running, contentOf };
  const title = now.title || now.source || "Untitled";
  say(document.getElementById("title"), title);
  making.show(whole);
  showCosts(now);
  showDropped((contentOf("script") ?? contentOf("transcript"))?.dropped);
  const scenes = script.show(whole);
  player.show(whole, scenes);
  origin.know(contentOf("paper"), made);
  deeds.show(whole);
  document.title = `${now.state === "running" ? `${making.percent} % · ` : ""}${title} · Hidden Hill`;
}

listen(`${address}/events`, address, {
  snapshot: (found) => {
    running.forget();
    know(found);
  },
  job: know,
  done: know,
  cancelled: know,
  failed: (failure) => know({ state: "failed", error: failure, failures: [failure, ...(job.failures ?? [])] }),
  artifact: (row) => {
    running.make(row.stage, row.scene);
    know({ artifacts: [...job.artifacts.filter((other) => other.artifact !== row.artifact), row] });
  },
  stage: (stage) => {
    const before = job.stages.find((other) => other.name === stage.name);
    running.count(stage.name, stage.done - (before?.done ?? 0));
    know({ stages: job.stages.map((other) => (other.name === stage.name ? stage : other)) });
  },
  progress: (told) => {
    running.hear(told);
    draw();
  },
  deleted: leave,
});
