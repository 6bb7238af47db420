/**
 * What was moved and is being saved. Until it is drawn anew it cannot be moved again: the second move would start from the
 * place before the first one, and take that back.
 */

const SAVING = "data-saving";

/** Marks an element from its drop until it is drawn anew, which takes the mark away, or put back. */
export function markSaving(element: Element, isSaving = true): void {
  element.toggleAttribute(SAVING, isSaving);
}

/** Returns true while the last move of an element is being saved. */
export function isSaving(element: Element): boolean {
  return element.hasAttribute(SAVING);
}
