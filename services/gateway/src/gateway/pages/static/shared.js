// The public page: the transcript follows the player, and a click on a word goes there.

const video = document.getElementById("player");
const list = document.getElementById("said");
const words = [...(list?.querySelectorAll("[data-start]") ?? [])];
let said = null;

function tick() {
  const word = words.findLast((span) => Number(span.dataset.start) <= video.currentTime);
  const next = word && video.currentTime < Number(word.dataset.end) + 0.6 ? word : null;
  if (next !== said) {
    said?.classList.remove("said");
    next?.classList.add("said");
    said = next;
  }
  if (!video.paused) requestAnimationFrame(tick);
}

for (const name of ["play", "seeked"]) video.addEventListener(name, tick);
list?.addEventListener("click", (event) => {
  const sentence = event.target.closest(".sentence");
  if (!sentence) return;
  const from = event.target.dataset.start ?? sentence.dataset.from;
  if (from !== undefined) video.currentTime = Number(from) + 0.01;
});
