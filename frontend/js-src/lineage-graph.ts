// The drawn graph, read from the page: boxes, their rows, the edges between. Nothing is fetched and nothing laid out.

export interface Box {
  n: number;
  /** The public id of its dataset, where it is one. */
  id: string | undefined;
  el: HTMLElement;
  name: string;
}

export interface Edge { path: SVGPathElement; from: string; to: string }

const boxOf = (end: string): number => Number.parseInt(end, 10);

export class Graph {
  readonly boxes = new Map<number, Box>();
  readonly edges: Edge[] = [];
  private readonly out = new Map<string, Edge[]>();
  private readonly into = new Map<string, Edge[]>();

  constructor(readonly stage: HTMLElement) {
    for (const el of stage.querySelectorAll<HTMLElement>("[data-n]")) {
      const head = el.querySelector<HTMLElement>(".hd");
      const id = head?.getAttribute("href")?.match(/\/(?:lineage|d)\/([^/?#]+)/)?.[1];
      const n = Number(el.dataset["n"]);
      this.boxes.set(n, { n, id, el, name: head?.querySelector("b")?.textContent?.trim() ?? "" });
    }
    for (const path of stage.querySelectorAll<SVGPathElement>("path[data-e]")) {
      const [from, to] = (path.dataset["e"] ?? "").split(" ");
      if (from === undefined || to === undefined) continue;
      const edge = { path, from, to };
      this.edges.push(edge);
      this.out.set(from, [...(this.out.get(from) ?? []), edge]);
      this.into.set(to, [...(this.into.get(to) ?? []), edge]);
    }
  }

  focus(): Box | undefined {
    return [...this.boxes.values()].find((box) => box.el.id === "focus");
  }

  /** The box that an element lies in. */
  at(element: Element | null): Box | undefined {
    const el = element?.closest<HTMLElement>("[data-n]");
    return el ? this.boxes.get(Number(el.dataset["n"])) : undefined;
  }

  /** The ends of an element: a row of its own, a box with all its rows. */
  ends(element: Element): string[] {
    const box = this.at(element);
    if (!box) return [];
    const row = element.closest<HTMLElement>("[data-c]")?.dataset["c"];
    if (row !== undefined) return [`${box.n}.${row}`];
    const rows = [...box.el.querySelectorAll<HTMLElement>("[data-c]")].map((one) => `${box.n}.${one.dataset["c"]}`);
    return [`${box.n}`, ...rows];
  }

  /** All edges that lead to these ends, and all that lead away from them, each way without turning round. */
  path(ends: string[]): Set<Edge> {
    const lit = new Set<Edge>();
    const walk = (steps: Map<string, Edge[]>, next: (edge: Edge) => string): void => {
      const queue = [...ends];
      const seen = new Set(queue);
      for (let end = queue.pop(); end !== undefined; end = queue.pop()) {
        for (const edge of steps.get(end) ?? []) {
          lit.add(edge);
          if (!seen.has(next(edge))) {
            seen.add(next(edge));
            queue.push(next(edge));
          }
        }
      }
    };
    walk(this.out, (edge) => edge.to);
    walk(this.into, (edge) => edge.from);
    return lit;
  }

  /** The boxes one step on. */
  beside(ends: string[], towards: "up" | "down"): Box[] {
    const found = ends.flatMap((end) => (towards === "down"
      ? (this.out.get(end) ?? []).map((edge) => edge.to)
      : (this.into.get(end) ?? []).map((edge) => edge.from)));
    return [...new Set(found.map(boxOf))].map((n) => this.boxes.get(n)).filter((box) => box !== undefined);
  }

  /** The boxes at the same distance from the left, from top to bottom. */
  siblings(box: Box): Box[] {
    const left = box.el.getBoundingClientRect().left;
    return [...this.boxes.values()]
      .filter((other) => Math.abs(other.el.getBoundingClientRect().left - left) < 4)
      .sort((a, b) => a.el.getBoundingClientRect().top - b.el.getBoundingClientRect().top);
  }

  /** Lights the way to and from an element; `null` puts it out. */
  light(element: Element | null): void {
    for (const lit of this.stage.querySelectorAll(".now")) lit.classList.remove("now");
    const ends = element ? this.ends(element) : [];
    const edges = this.path(ends);
    this.stage.classList.toggle("lit-path", edges.size > 0);
    if (edges.size === 0) return;
    for (const edge of edges) {
      edge.path.classList.add("now");
      for (const end of [edge.from, edge.to]) {
        const [n, row] = end.split(".");
        const box = this.boxes.get(Number(n))?.el;
        box?.classList.add("now");
        if (row !== undefined) box?.querySelector(`[data-c="${row}"]`)?.classList.add("now");
      }
    }
  }
}
