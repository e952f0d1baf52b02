// What the frame does beyond plain HTML. Everything here has a way without it: the search box is a
// form, the palette the navigation, a menu opens by itself.

const search = (): HTMLInputElement | null => document.querySelector("#global-search");

/** Whether the person is writing: then a letter is a letter. */
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

interface Place { name: string; href: string }

const places = (): Place[] =>
  [...document.querySelectorAll<HTMLAnchorElement>(".nav a[href], .crumb a[href], .tabs a[href]")]
    .map((a) => ({ name: a.querySelector("span")?.textContent?.trim() || a.textContent?.trim() || "", href: a.href }))
    .filter((place, i, all) => place.name !== "" && all.findIndex((other) => other.href === place.href) === i);

/** The palette: where to go by a few letters; what is no place is searched for. */
function palette(dialog: HTMLDialogElement): void {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  const form = dialog.querySelector("form");
  if (!input || !list || !form) return;

  const draw = (): void => {
    const wanted = input.value.trim().toLowerCase();
    const found = places().filter((place) => place.name.toLowerCase().includes(wanted)).slice(0, 8);
    list.replaceChildren(...found.map((place) => {
      const link = Object.assign(document.createElement("a"), { href: place.href, textContent: place.name });
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
  };
  input.addEventListener("input", draw);
  dialog.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    (links[at + step] ?? input).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    input.value = "";
    draw();
    dialog.showModal();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !isWriting(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = search();
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// A menu that is open closes by Escape and by a click beside it.
const openMenus = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.open = false;
});

const dialog = document.querySelector<HTMLDialogElement>("dialog.palette");
if (dialog) palette(dialog);
