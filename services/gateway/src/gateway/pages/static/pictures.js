// Pictures of scenes: single frames of a video, taken one after the other by one hidden element, so that a page with
// many scenes opens no more than one connection for them.

const WIDTH = 120;
const PATIENCE = 15000;
const taken = new Map(); // by address and second: a promise of a canvas
let queue = Promise.resolve();
let idle = 0;

function once(target, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name}`)), PATIENCE);
    target.addEventListener(name, () => (clearTimeout(timer), resolve()), { once: true });
    target.addEventListener("error", () => (clearTimeout(timer), reject(new Error("no video"))), { once: true });
  });
}

let reel = null;

async function expose(address, seconds) {
  if (!reel) {
    reel = document.createElement("video");
    reel.muted = true;
    reel.playsInline = true;
    reel.preload = "auto";
  }
  if (reel.dataset.address !== address) {
    reel.dataset.address = address;
    const loaded = once(reel, "loadeddata");
    reel.src = address;
    await loaded;
  }
  const there = once(reel, "seeked");
  reel.currentTime = Math.min(seconds, Math.max(0, reel.duration - 0.1));
  await there;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * 2;
  canvas.height = Math.round((canvas.width * reel.videoHeight) / reel.videoWidth);
  canvas.getContext("2d").drawImage(reel, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A canvas with the frame at `seconds` of a video; null where it cannot be had.
export function picture(address, seconds) {
  const key = `${address} ${seconds}`;
  if (!taken.has(key)) {
    const frame = queue.then(() => expose(address, seconds)).catch(() => {
      if (reel) delete reel.dataset.address;
      taken.delete(key);
      return null;
    });
    queue = frame;
    clearTimeout(idle);
    idle = setTimeout(rest, PATIENCE);
    taken.set(key, frame);
  }
  return taken.get(key);
}

// Let go of the video when nothing more is asked for.
function rest() {
  queue = queue.then(() => {
    reel?.removeAttribute("src");
    reel?.load();
    reel = null;
  });
}
