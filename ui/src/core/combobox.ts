/** List of options under an input, by the ARIA combobox pattern. */

/** List of options with one highlighted. */
export class OptionList {
  private index = -1;

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

  /** Returns the highlighted option. */
  selected(): HTMLElement | null {
    return this.options()[this.index] ?? null;
  }

  options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  /** Numbers the options after they were drawn, and highlights the first. */
  optionsChanged(selectFirst = true): void {
    this.options().forEach((option, index) => (option.id = `${this.list.id}-${index}`));
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.select(selectFirst ? 0 : -1, true);
  }

  close(): void {
    this.list.hidden = true;
    this.optionsChanged(false);
  }

  /** Handles a key. Returns true if it belongs to the list. */
  key(event: KeyboardEvent): boolean {
    const options = this.options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (options.length > 0) {
        const from = this.index < 0 && step < 0 ? 0 : this.index;
        this.select((from + step + options.length) % options.length, true);
      }
    } else if (event.key === "Enter" && options[this.index]) {
      this.choose(options[this.index]!, event);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  private select(index: number, scroll: boolean): void {
    const options = this.options();
    options[this.index]?.setAttribute("aria-selected", "false");
    for (const option of options) option.setAttribute("aria-selected", "false");
    this.index = index < options.length ? index : -1;
    const chosen = options[this.index];
    chosen?.setAttribute("aria-selected", "true");
    if (scroll) chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
