// One stream of events, kept open while the page is looked at.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const PATIENCE = 5000; // a restart of the server is shorter
const UNSEEN = 60000; // a browser opens few connections to one host: pages in the background give theirs back

const lost = document.getElementById("lost");

// Call `handlers[name](data)` for every event. Every (re)connection begins with `snapshot`, which replaces what was
// known. A stream says nothing of why it is refused: `probe` is asked that.
export function listen(url, probe, handlers) {
  let source = null;
  let wait = FIRST_WAIT;
  let timer = 0;
  let patience = 0;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };

  const ask = async () => {
    const { status } = await fetch(probe, { headers: { Accept: "application/json" } }).catch(() => ({ status: 0 }));
    if (status === 404) handlers.deleted({});
    if (status === 401) window.location.reload(); // to log in
  };

  const later = () => {
    close();
    timer = setTimeout(open, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };

  function open() {
    close();
    source = new EventSource(url);
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      patience = clearTimeout(patience);
      lost.hidden = true;
    });
    source.addEventListener("error", () => {
      patience ||= setTimeout(() => (lost.hidden = document.hidden), PATIENCE);
      if (source?.readyState !== EventSource.CLOSED) return; // it comes back by itself
      later();
      ask();
    });
    source.addEventListener("bye", later);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
    }
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, UNSEEN);
    else if (!source) open();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  open();
  return close;
}
