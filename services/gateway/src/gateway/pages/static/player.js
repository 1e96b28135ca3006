// The screen: the video once it is made; before that, the newest scene without sound.

import { say } from "./dom.js";
import { sentence, stateOf } from "./stages.js";

export class Player {
  onTime = () => {};
  #video = document.getElementById("player");
  #rushes = document.getElementById("rushes");
  #note = document.getElementById("screen-note");
  #chosen = ""; // a scene that was asked for

  constructor() {
    const tick = () => {
      this.onTime(this.#video.currentTime, !this.#video.paused);
      if (!this.#video.paused) requestAnimationFrame(tick);
    };
    this.#video.addEventListener("play", tick);
    this.#video.addEventListener("timeupdate", () => this.#video.paused && tick());
    this.#video.addEventListener("seeked", () => this.#video.paused && tick());
  }

  show({ job, made }) {
    const film = made.get("video");
    this.#video.hidden = !film;
    if (film) this.#load(film, made.get("vtt"), made.get("thumbnail"));
    const drawn = [...made.values()].filter((row) => row.artifact.endsWith(".segment")).sort((one, other) => one.seq - other.seq);
    const newest = drawn.find((row) => row.artifact === this.#chosen) ?? drawn.at(-1);
    this.#rushes.hidden = Boolean(film) || !newest;
    if (!film && newest) this.#roll(newest);
    if (film) this.#rushes.removeAttribute("src");
    const isRemade = film && job.state === "running";
    this.#note.hidden = film ? !isRemade : Boolean(newest);
    say(this.#note, isRemade ? `New version: ${sentence(job).toLowerCase()}` : job.state === "failed" ? "No video" : stateOf(job));
  }

  // The new video goes on where the old one was.
  #load(film, captions, thumbnail) {
    if (thumbnail) this.#video.poster = thumbnail.url;
    if (this.#video.getAttribute("src") === film.url) return;
    const at = this.#video.currentTime;
    this.#video.src = film.url;
    if (at) this.#video.addEventListener("loadedmetadata", () => (this.#video.currentTime = at), { once: true });
    let track = this.#video.querySelector("track");
    if (!captions) return;
    if (!track) {
      track = Object.assign(document.createElement("track"), { kind: "captions", label: "Captions" });
      this.#video.append(track);
    }
    track.src = captions.url;
  }

  #roll(row) {
    if (this.#rushes.getAttribute("src") === row.url) return;
    this.#rushes.src = row.url;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!still) this.#rushes.play().catch(() => {});
  }

  seek(seconds) {
    if (this.#video.hidden) return;
    this.#video.currentTime = seconds + 0.01;
  }

  // Show a scene while the video is not there yet.
  rush(row) {
    this.#chosen = row.artifact;
    if (this.#video.hidden) this.#roll(row);
  }
}
