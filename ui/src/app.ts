/** Start of every page. */
import { startStatusFields } from "./records/status-fields";
import { startConfirmations } from "./core/confirm";
import { startCopying } from "./core/copying";
import { startDateLists } from "./calendar/date-list";
import { startDrafts } from "./core/drafts";
import { startForms } from "./core/forms";
import { startInPlace } from "./core/in-place";
import { startLiveUpdates } from "./core/live";
import { startNavigation } from "./core/navigation";
import { one } from "./core/page";
import { openPalette } from "./core/palette";
import { startPresses } from "./core/press";
import { startPrinting } from "./core/printing";
import { startRecurrences } from "./calendar/recurrence";
import { startReferencePickers } from "./core/reference-picker";
import { startScopes } from "./calendar/scope";
import { startShortcuts } from "./core/shortcuts";
import { startTables } from "./core/tables";
import { startTheme } from "./core/theme";
import { startEditing } from "./tasks/edit";
import { startQuickAdd } from "./tasks/quick-add";
import { startToasts } from "./core/toast";
import { startWeekHours } from "./accounts/week-hours";

startTheme();
startPresses();
startNavigation();
startShortcuts(openPalette);
startReferencePickers();
startDrafts();
startForms();
startConfirmations();
startStatusFields();
startCopying();
startPrinting();
startDateLists();
startWeekHours();
startRecurrences();
// Only few pages have such a form.
if (one("form[data-draft=booking]")) {
  void import("./bookings/preview").then(({ startBookingPreviews }) => startBookingPreviews());
}
if (one("[data-planner]")) {
  void import("./events/planner").then(({ startPlanner }) => startPlanner());
}
// Only few pages have files.
if (one("form[data-upload], .file-list")) {
  void import("./attachments/files").then(({ startFiles }) => startFiles());
}
if (one("form[data-scenario]")) {
  void import("./money/scenario").then(({ startScenario }) => startScenario());
}
if (one("form[data-preview]")) {
  void import("./money/adoption").then(({ startAdoption }) => startAdoption());
}
startQuickAdd();
startEditing();
startTables();
startToasts();
startScopes();
startLiveUpdates();
startInPlace();
