/** The list under an input that one walks with the arrow keys: the ARIA combobox pattern, for palette and pickers. */

export class OptionList {
  private place = -1;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
    private readonly choose: (option: HTMLElement, event: Event) => void,
  ) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    list.setAttribute("role", "listbox");
    // A press must not take the focus out of the input.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.choose(option, event);
    });
    list.addEventListener("pointermove", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.select(this.options().indexOf(option), false);
    });
  }

  /** The highlighted option. */
  selected(): HTMLElement | null {
    return this.options()[this.place] ?? null;
  }

  options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  /** Call after the options were drawn anew: numbers them and selects the first. */
  drawn(selectFirst = true): void {
    this.options().forEach((option, place) => (option.id = `${this.list.id}-${place}`));
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.select(selectFirst ? 0 : -1, true);
  }

  close(): void {
    this.list.hidden = true;
    this.drawn(false);
  }

  /** Handles the keys of the list; true when the key was one of them. */
  key(event: KeyboardEvent): boolean {
    const options = this.options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (options.length > 0) {
        const from = this.place < 0 && step < 0 ? 0 : this.place;
        this.select((from + step + options.length) % options.length, true);
      }
    } else if (event.key === "Enter" && options[this.place]) {
      this.choose(options[this.place]!, event);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  private select(place: number, scroll: boolean): void {
    const options = this.options();
    options[this.place]?.setAttribute("aria-selected", "false");
    for (const option of options) option.setAttribute("aria-selected", "false");
    this.place = place < options.length ? place : -1;
    const chosen = options[this.place];
    chosen?.setAttribute("aria-selected", "true");
    if (scroll) chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
