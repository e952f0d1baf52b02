// The graph as a file: one SVG that needs nothing beside it, drawn from what the page shows; a PNG of that.

const NS = "http://www.w3.org/2000/svg";
const PLAIN = "rgba(0, 0, 0, 0)";

const make = (name: string, values: Record<string, string | number | undefined>, text?: string): SVGElement => {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(values)) if (value !== undefined) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
};

/** The picture, in the colours of the page. */
export function picture(stage: HTMLElement): { svg: string; width: number; height: number } {
  const whole = stage.querySelector(".sp");
  const width = Number(whole?.getAttribute("width"));
  const height = Number(whole?.getAttribute("height"));
  const origin = stage.getBoundingClientRect();
  const scale = origin.width / width;
  const place = (rect: DOMRect) => ({
    x: round((rect.left - origin.left) / scale), y: round((rect.top - origin.top) / scale),
    width: round(rect.width / scale), height: round(rect.height / scale),
  });
  const root = make("svg", { xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(make("title", {}, document.title));
  root.append(make("rect", { width, height, fill: getComputedStyle(document.body).backgroundColor }));
  root.append(edges(stage));
  for (const element of stage.querySelectorAll<HTMLElement>(".lyr, .lyr *, .nd, .nd *, .jb, .jb *")) {
    if (element.closest(".vh")) continue;
    if (element instanceof SVGElement) {
      const symbol = icon(element as Element as SVGElement, place);
      if (symbol) root.append(symbol);
      continue;
    }
    const style = getComputedStyle(element);
    const ground = box(style, place(element.getBoundingClientRect()), element);
    if (ground) root.append(ground);
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.textContent?.trim()) root.append(words(node as Text, style, place, element));
    }
  }
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

const round = (n: number): number => Math.round(n * 10) / 10;

function edges(stage: HTMLElement): SVGElement {
  const group = make("g", {});
  const all = stage.querySelector("svg.edges");
  const marker = all?.querySelector("defs")?.cloneNode(true);
  if (marker) group.append(marker);
  for (const part of all?.querySelectorAll<SVGElement>("path.edge, text") ?? []) {
    const style = getComputedStyle(part);
    const copy = part.cloneNode(true) as SVGElement;
    const keep = part instanceof SVGPathElement
      ? { fill: "none", stroke: style.stroke, "stroke-width": style.strokeWidth, "stroke-dasharray": style.strokeDasharray, opacity: style.opacity, "marker-end": "url(#ah)" }
      : { fill: style.fill, "font-size": style.fontSize, "font-weight": style.fontWeight, "font-family": style.fontFamily };
    for (const name of ["class", "data-e"]) copy.removeAttribute(name);
    for (const [name, value] of Object.entries(keep)) copy.setAttribute(name, value);
    group.append(copy);
  }
  return group;
}

function box(style: CSSStyleDeclaration, at: { x: number; y: number; width: number; height: number }, element: HTMLElement): SVGElement | undefined {
  const border = Number.parseFloat(style.borderTopWidth) || 0;
  const isFramed = border > 0 && element.matches(".nd, .jb, .xp");
  if (style.backgroundColor === PLAIN && !isFramed) return undefined;
  const inset = isFramed ? border / 2 : 0;
  return make("rect", {
    x: at.x + inset, y: at.y + inset, width: Math.max(0, at.width - 2 * inset), height: Math.max(0, at.height - 2 * inset),
    rx: Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, at.height / 2),
    fill: style.backgroundColor === PLAIN ? "none" : style.backgroundColor,
    stroke: isFramed ? style.borderTopColor : undefined,
    "stroke-width": isFramed ? border : undefined,
    "stroke-dasharray": isFramed && style.borderTopStyle === "dashed" ? "4 3" : undefined,
  });
}

function icon(element: SVGElement, place: (rect: DOMRect) => { x: number; y: number; width: number; height: number }): SVGElement | undefined {
  const symbol = element.tagName === "svg" ? document.querySelector(element.querySelector("use")?.getAttribute("href") ?? "#none") : null;
  if (!symbol) return undefined;
  const style = getComputedStyle(element);
  const copy = make("svg", {
    ...place(element.getBoundingClientRect()), viewBox: "0 0 24 24", fill: "none", stroke: style.color,
    "stroke-width": style.strokeWidth, "stroke-linecap": "round", "stroke-linejoin": "round",
  });
  for (const part of symbol.children) copy.append(part.cloneNode(true));
  return copy;
}

/** A text, cut where the page cuts it. */
function words(node: Text, style: CSSStyleDeclaration, place: (rect: DOMRect) => { x: number; y: number; width: number; height: number }, element: HTMLElement): SVGElement {
  const range = document.createRange();
  range.selectNodeContents(node);
  const at = place(range.getBoundingClientRect());
  const room = place(element.getBoundingClientRect());
  const text = node.textContent?.replace(/\s+/g, " ").trim() ?? "";
  const letters = [...text];
  const isCut = style.overflowX === "hidden" && at.width > room.width + 1;
  const shown = isCut ? `${letters.slice(0, Math.max(1, Math.floor((letters.length * room.width) / at.width) - 1)).join("")}…` : text;
  const size = Number.parseFloat(style.fontSize) || 12;
  return make("text", {
    x: at.x, y: round(at.y + at.height / 2 + size * 0.35), fill: style.color, "font-family": style.fontFamily,
    "font-size": style.fontSize, "font-weight": style.fontWeight,
    "text-decoration": style.textDecorationLine === "line-through" ? "line-through" : undefined,
  }, shown);
}

const named = (): string => document.querySelector("h1")?.textContent?.trim().replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "lineage";

function save(blob: Blob, ending: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${named()}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveSvg(stage: HTMLElement): void {
  save(new Blob([picture(stage).svg], { type: "image/svg+xml" }), "svg");
}

/** Twice as fine as on the screen, as far as browsers draw that large. */
export async function savePng(stage: HTMLElement): Promise<void> {
  const { svg, width, height } = picture(stage);
  const scale = Math.min(2, 8000 / width, 8000 / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = canvas.getContext("2d");
  context?.scale(scale, scale);
  context?.drawImage(image, 0, 0, width, height);
  canvas.toBlob((blob) => { if (blob) save(blob, "png"); }, "image/png");
}
