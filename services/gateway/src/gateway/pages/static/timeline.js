// How the job's time was spent: drawn by the server, fetched whenever somebody opens it.

const fold = document.getElementById("timeline");

async function draw() {
  const link = fold.querySelector("a");
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const timing = page.getElementById("timing");
  if (!timing) throw new Error("no timeline");
  fold.querySelector("#timing")?.remove();
  fold.append(document.adoptNode(timing));
}

// Where it cannot be fetched, the link to its own page stays.
fold.addEventListener("toggle", () => fold.open && draw().catch(() => {}));
