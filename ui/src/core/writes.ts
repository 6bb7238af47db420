/** Changes of records by this page whose answer, or the message that follows it, has not come yet. */

const underway = new Set<Promise<unknown>>();

/** Notes a write until it has ended, whether or not it succeeds. Returns it. */
export function noteWrite<T>(write: Promise<T>): Promise<T> {
  const ended: Promise<void> = write.then(
    () => void underway.delete(ended),
    () => void underway.delete(ended),
  );
  underway.add(ended);
  return write;
}

/** Returns true while a write is underway. */
export function isWriting(): boolean {
  return underway.size > 0;
}

/** Resolves once no write is underway, and what follows each has been done. */
export async function afterWrites(): Promise<void> {
  while (underway.size > 0) {
    await Promise.all(underway);
    // What waits for the answer comes first; it may write or ask again.
    await new Promise((resolve) => setTimeout(resolve));
  }
}
