/** Board of tasks: every move is saved with its place among the other cards. */
import { startBoard } from "../core/board";
import { callApi, one } from "../core/page";

startBoard(({ card, column, from, moved, after, before }) =>
  callApi("POST", `/api/v1/tasks/${encodeURIComponent(card.dataset.id ?? "")}/move`, {
    column: column.dataset.column,
    group: one("#board")?.dataset.group,
    // A task of several people: the one whose column it leaves hands it on.
    ...(moved ? { from: from?.dataset.column } : {}),
    ...(after ? { after: after.dataset.id } : before ? { before: before.dataset.id } : {}),
  }),
);
