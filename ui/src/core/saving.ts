/**
 * What was moved and is being saved. Until it is drawn anew it cannot be moved again: the second move would start from the
 * place before the first one, and take that back.
 */

const SAVING = "data-saving";

/**
 * Marks an element while its move is saved. The mark stays until the element is drawn anew, or goes where nothing was
 * saved. Returns what was saved.
 */
export async function whileSaving<T>(element: Element, saved: Promise<T>): Promise<T> {
  element.toggleAttribute(SAVING, true);
  const result = await saved;
  if (!result) element.removeAttribute(SAVING);
  return result;
}

/** Returns true while the last move of an element is being saved. */
export function isSaving(element: Element): boolean {
  return element.hasAttribute(SAVING);
}
