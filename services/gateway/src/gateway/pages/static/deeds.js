// What can be done with the video: cancel, retry, approve, download, share, delete.

import { send } from "./api.js";
import { part, say } from "./dom.js";

let isLeaving = false;
window.addEventListener("pageshow", () => (isLeaving = false));

// Go to the list, once: the answer and the stream both say that the video is gone.
export function leave() {
  if (!isLeaving) window.location.assign("/videos");
  isLeaving = true;
}

const by = (id) => document.getElementById(id);

// Wire the page's buttons; `know(job)` is told what the server answers.
export function setUpDeeds(root, address, know) {
  let job = null;

  const press = (button, act, complain) =>
    button.addEventListener("click", async () => {
      button.disabled = true;
      complain("");
      try {
        await act();
      } catch (problem) {
        complain(problem.message);
      } finally {
        button.disabled = false;
        if (document.activeElement === document.body || !document.activeElement.offsetParent) by("main").focus();
      }
    });
  const onPage = (text) => say(by("wrong"), text);

  for (const name of ["cancel", "retry", "approve"]) {
    press(by(name), async () => know(await send("POST", `${address}/${name}`)), onPage);
  }

  const deleting = by("deleting");
  by("delete").addEventListener("click", () => {
    by("delete").closest("details").open = false;
    say(part(deleting, "wrong"), "");
    deleting.showModal();
  });
  deleting.querySelector("form").addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "yes") return;
    event.preventDefault();
    try {
      await send("DELETE", address);
      leave();
    } catch (problem) {
      if (problem.status === 404) leave();
      say(part(deleting, "wrong"), problem.message);
    }
  });

  const sharing = by("sharing");
  const link = part(sharing, "link").querySelector("input");
  const complain = (text) => say(part(sharing, "wrong"), text);
  const saidShared = (text) => say(part(sharing, "said"), text);
  const showLink = () => {
    part(sharing, "link").hidden = part(sharing, "copy").hidden = part(sharing, "revoke").hidden = !job.share;
    part(sharing, "create").hidden = Boolean(job.share);
    link.value = job.share ? `${window.location.origin}/s/${job.share}` : "";
  };
  const set = async (method, text) => {
    const found = await send(method, `${address}/share`);
    job = { ...job, share: found.share };
    know({ share: found.share });
    showLink();
    saidShared(text);
    (job.share ? part(sharing, "copy") : part(sharing, "create")).focus();
  };
  by("share").addEventListener("click", () => {
    complain("");
    saidShared("");
    showLink();
    sharing.showModal();
  });
  press(part(sharing, "create"), () => set("PUT", "The link works now."), complain);
  press(part(sharing, "revoke"), () => set("DELETE", "The link no longer works. A new one will be different."), complain);
  press(
    part(sharing, "copy"),
    async () => {
      link.select();
      if (navigator.clipboard) await navigator.clipboard.writeText(link.value);
      else document.execCommand("copy");
      saidShared("Copied.");
    },
    () => {},
  );

  return {
    show({ job: found, made }) {
      job = found;
      const isMade = made.has("video");
      by("download").hidden = by("share").hidden = !isMade;
      by("cancel").hidden = !["queued", "running", "review"].includes(job.state);
      for (const item of root.querySelectorAll("[data-download]")) item.hidden = !made.has(item.dataset.download);
    },
  };
}
