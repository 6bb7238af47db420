/** Board of tasks: every move is saved with its place among the other cards, and with its lane. */
import { startBoard, type Saved } from "../core/board";
import { callApi, one } from "../core/page";

startBoard(async ({ card, column, from, moved, after, before }) => {
  const path = `/api/v1/tasks/${encodeURIComponent(card.dataset.id ?? "")}/move`;
  const board = one("#board")?.dataset;
  const saved = await callApi<Saved>("POST", path, {
    column: column.dataset.column,
    group: board?.group,
    // A task of several people: the one whose column it leaves hands it on.
    ...(moved ? { from: from?.dataset.column } : {}),
    ...(after ? { after: after.dataset.id } : before ? { before: before.dataset.id } : {}),
  });
  const lane = column.closest<HTMLElement>("[data-lane]")?.dataset.lane;
  const left = from?.closest<HTMLElement>("[data-lane]")?.dataset.lane;
  if (!lane || lane === left) return saved;
  // Beside its neighbors, so that the place in the order stays.
  const place = after ? { after: after.dataset.id } : before ? { before: before.dataset.id } : {};
  return callApi<Saved>("POST", path, { column: lane, group: board?.lanes, from: left, ...place });
});
