// A list of options below a box to type into: the focus stays in the box, which says what option is chosen.

export class Listbox {
  #box;
  #list;

  constructor(box, list) {
    this.#box = box;
    this.#list = list;
  }

  get options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.#list.querySelector("[aria-selected=true]");
  }

  choose(next) {
    this.chosen?.setAttribute("aria-selected", "false");
    next?.setAttribute("aria-selected", "true");
    next?.scrollIntoView({ block: "nearest" });
    if (next) this.#box.setAttribute("aria-activedescendant", next.id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  // From the one that is chosen, round and round.
  step(by) {
    const all = this.options;
    const from = all.indexOf(this.chosen);
    const begin = from < 0 && by < 0 ? 0 : from;
    this.choose(all[(begin + by + all.length) % all.length]);
  }
}
