// The pane before the graph: how large it is drawn and where it stands. Moving is scrolling, so that it works without this
// too; what is dragged has a button beside it.

import type { Box, Graph } from "./lineage-graph";

const SMALLEST = 0.1;
const LARGEST = 2;
const KEPT = "lineage-kept";

interface Kept { id: string; x: number; y: number; zoom: number }

export class Pane {
  private zoom = 1;
  private map: SVGRectElement | undefined;

  constructor(private readonly graph: Graph, readonly frame: HTMLElement, private readonly figure: HTMLOutputElement | null) {
    this.drag();
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.scale(this.zoom * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    }, { passive: false });
    frame.addEventListener("scroll", () => this.mark(), { passive: true });
    window.addEventListener("resize", () => this.mark());
  }

  private size(): { width: number; height: number } {
    const whole = this.graph.stage.querySelector(".sp");
    return { width: Number(whole?.getAttribute("width")) || 1, height: Number(whole?.getAttribute("height")) || 1 };
  }

  /** Draws it at a size; the point of the screen stays where it is, the middle when none is named. */
  scale(zoom: number, x?: number, y?: number): void {
    const frame = this.frame.getBoundingClientRect();
    const at = { x: x ?? frame.left + frame.width / 2, y: y ?? frame.top + frame.height / 2 };
    const before = this.graph.stage.getBoundingClientRect();
    const next = Math.min(LARGEST, Math.max(SMALLEST, zoom));
    const ratio = next / this.zoom;
    this.zoom = next;
    this.graph.stage.style.setProperty("zoom", String(next));
    const after = this.graph.stage.getBoundingClientRect();
    this.frame.scrollLeft += after.left + (at.x - before.left) * ratio - at.x;
    this.frame.scrollTop += after.top + (at.y - before.top) * ratio - at.y;
    if (this.figure) this.figure.value = `${Math.round(next * 100)}%`;
    this.mark();
  }

  larger(by: number): void {
    this.scale(this.zoom * by);
  }

  fit(): void {
    const { width, height } = this.size();
    this.scale(Math.min(1, this.frame.clientWidth / width, this.frame.clientHeight / height));
  }

  move(x: number, y: number): void {
    this.frame.scrollBy({ left: x * this.frame.clientWidth * 0.4, top: y * this.frame.clientHeight * 0.4 });
  }

  /** Brings a box into sight; `always` into the middle. */
  show(box: Box, always = false): void {
    const frame = this.frame.getBoundingClientRect();
    const at = box.el.getBoundingClientRect();
    const isSeen = at.left >= frame.left + 8 && at.right <= frame.right - 8 && at.top >= frame.top + 8 && at.bottom <= frame.bottom - 30;
    if (isSeen && !always) return;
    this.frame.scrollBy({
      left: at.left + at.width / 2 - frame.left - frame.width / 2,
      top: at.top + at.height / 2 - frame.top - frame.height / 2,
    });
  }

  /** Before the page is left for one that is drawn anew around the same box. */
  keep(box: Box | undefined): void {
    if (!box?.id) return;
    const at = box.el.getBoundingClientRect();
    const kept: Kept = { id: box.id, x: at.left, y: at.top, zoom: this.zoom };
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }

  /** Puts the box that was kept where it was on the screen, else the focus into the middle. */
  begin(): void {
    const text = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    const kept = text ? (JSON.parse(text) as Kept) : undefined;
    const box = kept && [...this.graph.boxes.values()].find((one) => one.id === kept.id);
    if (kept && box) {
      this.scale(kept.zoom);
      const at = box.el.getBoundingClientRect();
      this.frame.scrollBy({ left: at.left - kept.x, top: at.top - kept.y });
      return;
    }
    const focus = this.graph.focus();
    if (focus) this.show(focus, true);
  }

  private drag(): void {
    let from: { x: number; y: number; left: number; top: number } | undefined;
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || (event.target as Element).closest("a, .nd")) return;
      from = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
      frame.setPointerCapture(event.pointerId);
      frame.classList.add("drag");
    });
    frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      frame.scrollLeft = from.left - (event.clientX - from.x);
      frame.scrollTop = from.top - (event.clientY - from.y);
    });
    const end = (): void => {
      from = undefined;
      frame.classList.remove("drag");
    };
    frame.addEventListener("pointerup", end);
    frame.addEventListener("pointercancel", end);
  }

  /** A small picture of the whole; a click goes there. */
  drawMap(place: HTMLElement): void {
    const { width, height } = this.size();
    const svg = (name: string, values: Record<string, string | number>): SVGElement => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, String(value));
      return element;
    };
    const within = (size: number, least: number, most: number): number => Math.min(most, Math.max(least, size));
    const scale = Math.min(120 / width, 96 / height);
    const picture = svg("svg", {
      viewBox: `0 0 ${width} ${height}`, width: within(width * scale, 48, 120), height: within(height * scale, 28, 96),
      preserveAspectRatio: "none", "aria-hidden": "true",
    });
    for (const { el } of this.graph.boxes.values()) {
      const [at, box] = el.parentElement?.querySelectorAll(":scope > svg") ?? [];
      const value = (of: Element | undefined, key: string): number => Number(of?.getAttribute(key)) || 0;
      const mark = el.id === "focus" ? "focus" : el.classList.contains("dim") ? "" : "hot";
      picture.append(svg("rect", {
        x: value(at, "width"), y: value(at, "height"), width: value(box, "width"), height: value(box, "height"), rx: 6, class: mark,
      }));
    }
    this.map = svg("rect", { class: "view" }) as SVGRectElement;
    picture.append(this.map);
    place.append(picture);
    place.hidden = false;
    const go = (event: PointerEvent): void => {
      const frame = picture.getBoundingClientRect();
      this.frame.scrollLeft = ((event.clientX - frame.left) / frame.width) * width * this.zoom - this.frame.clientWidth / 2;
      this.frame.scrollTop = ((event.clientY - frame.top) / frame.height) * height * this.zoom - this.frame.clientHeight / 2;
    };
    place.addEventListener("pointerdown", (event) => {
      place.setPointerCapture(event.pointerId);
      go(event);
    });
    place.addEventListener("pointermove", (event) => { if (event.buttons) go(event); });
    this.mark();
  }

  private mark(): void {
    if (!this.map) return;
    const { frame, zoom, map } = this;
    const { width, height } = this.size();
    map.setAttribute("x", String(frame.scrollLeft / zoom));
    map.setAttribute("y", String(frame.scrollTop / zoom));
    map.setAttribute("width", String(Math.min(width, frame.clientWidth / zoom)));
    map.setAttribute("height", String(Math.min(height, frame.clientHeight / zoom)));
  }
}
