// Keeps the live part of a task's page up to date by server-sent events. Without it the page reloads itself.
// The server draws: event `live` carries the fragment, `end` says that the task is over.

const live = document.querySelector<HTMLElement>("[data-events]");
const address = live?.dataset["events"];

if (live && address) {
  const source = new EventSource(address);
  source.addEventListener("live", (event: MessageEvent<string>) => {
    const log = live.querySelector(".log");
    const atEnd = !log || log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    const scroll = log?.scrollTop ?? 0;
    const focused = document.activeElement?.id;
    live.innerHTML = event.data;
    const fresh = live.querySelector(".log");
    if (fresh) fresh.scrollTop = atEnd ? fresh.scrollHeight : scroll;
    if (focused) document.getElementById(focused)?.focus();
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
  window.addEventListener("pagehide", () => source.close());
}
