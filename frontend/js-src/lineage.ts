// The explorer beyond plain HTML: moving about, the path in the light, finding, the keyboard. Each has a way without it:
// scrolling, links, the server's own find, the table.

import { Graph, type Box } from "./lineage-graph";
import { saveSvg, savePng } from "./lineage-picture";
import { Pane } from "./lineage-pane";

const one = <E extends Element>(selector: string): E | null => document.querySelector<E>(selector);

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

/** Links of a box in the order of the page: its head, its columns, what expands it. */
const links = (box: Box): HTMLAnchorElement[] => [...box.el.querySelectorAll<HTMLAnchorElement>("a[href]")];

/** One box at a time can be reached by Tab; arrows choose which. */
function rove(graph: Graph, pane: Pane): (box: Box | undefined) => void {
  for (const box of graph.boxes.values()) for (const link of links(box)) link.tabIndex = -1;
  let current: Box | undefined;
  const choose = (box: Box | undefined): void => {
    if (!box || box === current) return;
    if (current) for (const link of links(current)) link.tabIndex = -1;
    for (const link of links(box)) link.tabIndex = 0;
    current = box;
  };
  choose(graph.focus() ?? graph.boxes.values().next().value);
  graph.stage.addEventListener("focusin", (event) => {
    const box = graph.at(event.target as Element);
    choose(box);
    if (box) pane.show(box);
    graph.light(event.target as Element);
  });
  graph.stage.addEventListener("focusout", () => graph.light(null));
  return (box) => {
    choose(box);
    if (box) (links(box)[0] ?? box.el).focus({ preventScroll: true });
    if (box) pane.show(box);
  };
}

function nearest(boxes: Box[], to: Element): Box | undefined {
  const top = to.getBoundingClientRect().top;
  const far = (box: Box): number => Math.abs(box.el.getBoundingClientRect().top - top);
  return boxes.reduce<Box | undefined>((best, box) => (!best || far(box) < far(best) ? box : best), undefined);
}

/** Where an arrow leads from an element of a box. */
function step(graph: Graph, box: Box, from: HTMLElement, key: string): Box | HTMLElement | undefined {
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const towards = key === "ArrowRight" ? "down" : "up";
    return nearest(graph.beside(graph.ends(from), towards), from) ?? nearest(graph.beside(graph.ends(box.el), towards), from);
  }
  const by = key === "ArrowDown" ? 1 : -1;
  const here = links(box).filter((link) => !link.classList.contains("xp"));
  const next = here[here.indexOf(from as HTMLAnchorElement) + by];
  if (next && here.includes(from as HTMLAnchorElement)) return next;
  const siblings = graph.siblings(box);
  return siblings[siblings.indexOf(box) + by];
}

function keyboard(graph: Graph, pane: Pane, go: (box: Box | undefined) => void, actions: Record<string, () => void>): void {
  const follow = (key: string, within: ParentNode): boolean => {
    const link = [...within.querySelectorAll<HTMLAnchorElement>("a[data-key]")].find((a) => a.dataset["key"] === key);
    link?.click();
    return link !== undefined;
  };
  const byKey: Record<string, () => void> = {
    "0": () => pane.fit(), "+": () => pane.larger(1.25), "=": () => pane.larger(1.25), "-": () => pane.larger(0.8),
    f: () => { const box = one<HTMLInputElement>("#lg-find"); box?.focus(); box?.select(); },
    "?": () => actions["help"]?.(),
  };
  document.addEventListener("keydown", (event) => {
    if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    const target = event.target as HTMLElement;
    const box = graph.at(target);
    const bar = one<HTMLElement>(".lg-bar");
    if (event.key.startsWith("Arrow")) {
      const next = box && step(graph, box, target, event.key);
      if (!box) return;
      event.preventDefault();
      if (next instanceof HTMLElement) next.focus();
      else go(next);
    } else if ("[]{}".includes(event.key)) {
      pane.keep(graph.focus());
      if (bar && follow(event.key, bar)) event.preventDefault();
    } else if (event.key.toLowerCase() === "e") {
      if (follow(event.key, (box ?? graph.focus())?.el ?? document)) event.preventDefault();
    } else if (byKey[event.key]) {
      event.preventDefault();
      byKey[event.key]?.();
    }
  });
}

/** Finds among what is drawn, as it is typed; what is folded away the server finds, when nothing here fits. */
function find(graph: Graph, pane: Pane): void {
  const box = one<HTMLInputElement>("#lg-find");
  const count = one<HTMLOutputElement>("#find output");
  if (!box || !count) return;
  const pattern = one<HTMLElement>("[data-of]")?.dataset["of"] ?? "{n} / {m}";
  let found: Box[] = [];
  let at = -1;
  const say = (): void => {
    count.value = box.value.trim() === "" ? "" : pattern.replace("{n}", String(at + 1)).replace("{m}", String(found.length));
    for (const one of graph.boxes.values()) one.el.classList.toggle("at-find", one === found[at]);
    const here = found[at];
    if (here) pane.show(here);
  };
  const look = (): void => {
    const wanted = box.value.trim().toLowerCase();
    const fits = (one: Box): boolean =>
      [...one.el.querySelectorAll(".hd b, [data-c] > span")].some((part) => part.textContent?.toLowerCase().includes(wanted));
    found = wanted === "" ? [] : [...graph.boxes.values()].filter(fits);
    for (const one of graph.boxes.values()) one.el.classList.toggle("found", found.includes(one));
    at = found.length > 0 ? 0 : -1;
    say();
  };
  box.addEventListener("input", look);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") one<HTMLElement>("#graph")?.focus();
    if (event.key !== "Enter" || found.length === 0) return;
    event.preventDefault();
    at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
    say();
  });
  if (box.value) look();
}

function begin(frame: HTMLElement, stage: HTMLElement): void {
  const graph = new Graph(stage);
  const pane = new Pane(graph, frame, one<HTMLOutputElement>(".lg-zoom output"));
  const help = one<HTMLDialogElement>("dialog.keys-help");
  const said = one<HTMLElement>('[data-do="copy"] span');
  const actions: Record<string, () => void> = {
    in: () => pane.larger(1.25), out: () => pane.larger(0.8), fit: () => pane.fit(),
    left: () => pane.move(-1, 0), right: () => pane.move(1, 0), up: () => pane.move(0, -1), down: () => pane.move(0, 1),
    svg: () => saveSvg(stage), png: () => void savePng(stage), help: () => help?.showModal(),
    copy: () => void navigator.clipboard?.writeText(location.href).then(() => {
      if (said) said.textContent = one<HTMLElement>('[data-do="copy"]')?.dataset["done"] ?? "";
    }),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-do]")) {
    button.addEventListener("click", () => actions[button.dataset["do"] ?? ""]?.());
  }
  for (const tool of document.querySelectorAll<HTMLElement>(".lg-foot [hidden]")) tool.hidden = false;
  stage.addEventListener("pointerover", (event) => graph.light((event.target as Element).closest("[data-c], .nd")));
  stage.addEventListener("pointerleave", () => graph.light(null));
  stage.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a.xp, .more a");
    if (link) pane.keep(graph.at(link));
  });
  one(".lg-bar")?.addEventListener("click", (event) => {
    if ((event.target as Element).closest(".step a, .seg a")) pane.keep(graph.focus());
  });
  keyboard(graph, pane, rove(graph, pane), actions);
  pane.begin();
  const map = one<HTMLElement>(".lg-map");
  if (map) pane.drawMap(map);
  find(graph, pane);
}

const frame = one<HTMLElement>("#graph");
const stage = one<HTMLElement>(".stage");
if (frame && stage) begin(frame, stage);
