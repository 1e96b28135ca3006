// How far a job is, from its stages and the progress within them.

const DOING = { Read: "Reading", Write: "Writing", Speak: "Speaking", Caption: "Captioning", Draw: "Drawing", Finish: "Finishing" };
const SCENES = { narrate: "Speaking", caption: "Captioning", render: "Drawing" };
const WEIGHTS = { fetch: 2, script: 1, narrate: 2, caption: 1, render: 14, assemble: 2 };

// What is known of progress within stages, by stage and scene.
export class Running {
  #fractions = new Map();
  #made = new Map(); // scenes of which something was made and that are not counted yet, by stage
  #done = new Map();

  hear({ stage, scene, fraction }) {
    if (!this.#fractions.has(stage)) this.#fractions.set(stage, new Map());
    this.#fractions.get(stage).set(scene ?? 0, fraction);
  }

  // A stage's runs that are not done cannot be told from those that are: what is done counts in full, and at most
  // what is missing is added.
  partOf(stage) {
    const parts = [...(this.#fractions.get(stage.name)?.values() ?? [])];
    const missing = Math.max(0, (stage.total || 1) - stage.done);
    return Math.min(parts.reduce((sum, fraction) => sum + fraction, 0), missing * 0.99);
  }

  // What is being done to a scene just now: {note, fraction}, or undefined.
  scene(number) {
    let found;
    for (const [stage, fractions] of this.#fractions) {
      const fraction = fractions.get(number);
      if (fraction !== undefined && fraction < 1) found = { note: SCENES[stage] ?? "", fraction };
    }
    return found;
  }

  // A run has made something, perhaps not yet all: until it is counted, it is as far as was heard.
  make(stage, scene) {
    if (!this.#made.has(stage)) this.#made.set(stage, new Set());
    this.#made.get(stage).add(scene ?? 0);
  }

  // So many more runs of a stage are done: forget what was heard of those that made something first.
  count(stage, more) {
    for (const scene of [...(this.#made.get(stage) ?? [])].slice(0, Math.max(0, more))) {
      this.#made.get(stage).delete(scene);
      this.finish(stage, scene);
    }
  }

  // Forget what was heard of a stage's run that is done.
  finish(stage, scene) {
    this.#fractions.get(stage)?.delete(scene);
  }

  // The same where it is not known which scenes are done: those that were furthest.
  settle(stages) {
    for (const { name, done } of stages) {
      const furthest = [...(this.#fractions.get(name) ?? [])].sort((one, other) => other[1] - one[1]);
      for (const [scene] of furthest.slice(0, Math.max(0, done - (this.#done.get(name) ?? done)))) this.finish(name, scene);
      this.#done.set(name, done);
    }
  }

  forget() {
    this.#fractions.clear();
    this.#made.clear();
    this.#done.clear();
  }
}

// 0 to 1.
export const fractionOf = (stage, running) =>
  stage.state === "done" ? 1 : (stage.done + running.partOf(stage)) / (stage.total || 1);

export function fractionOfAll(stages, running) {
  let sum = 0;
  let done = 0;
  for (const stage of stages) {
    const weight = WEIGHTS[stage.name] ?? 2;
    sum += weight;
    done += weight * fractionOf(stage, running);
  }
  return sum ? done / sum : 0;
}

// Such as "Drawing 7 of 12".
export function sentence(job) {
  const wait = waitOf(job);
  if (wait) return wait;
  const now = job.stages?.findLast((stage) => stage.state === "running");
  if (!now) return "Starting";
  const doing = DOING[now.title] ?? now.title;
  return now.total > 1 ? `${doing} ${Math.min(now.done + 1, now.total)} of ${now.total}` : doing;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

// Milliseconds until a job that waits for a provider goes on; 0: it does not wait.
export const waiting = (job) => (job.state === "running" && job.waits_until ? Math.max(0, Date.parse(job.waits_until) - Date.now()) : 0);

function waitOf(job) {
  return waiting(job) ? `Waits for ${job.waits_for || "a provider"}; goes on at ${CLOCK.format(new Date(job.waits_until))}` : "";
}

const WAITING = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

// A job's state in words.
export function stateOf(job) {
  if (job.state === "failed") return job.error?.message ?? "It failed.";
  if (job.state === "queued" && job.waits_until) {
    return `Waits until ${WAITING.format(new Date(job.waits_until))}: ${job.waits_for}`;
  }
  return { queued: "Waiting", running: sentence(job), review: "Script to review", done: "Done", cancelled: "Cancelled" }[job.state];
}
