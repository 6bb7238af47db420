/** What every page loads. */
import { startCancelling } from "./cancelling";
import { startCopying } from "./copying";
import { startDateLists } from "./date-list";
import { startDrafts } from "./drafts";
import { startForms } from "./forms";
import { startLive } from "./live";
import { startNavigation } from "./navigation";
import { one } from "./page";
import { openPalette } from "./palette";
import { startPresses } from "./press";
import { startRecurrences } from "./recurrence";
import { startReferences } from "./reference";
import { startScopes } from "./scope";
import { startShortcuts } from "./shortcuts";
import { startTables } from "./tables";
import { startTheme } from "./theme";
import { startToasts } from "./toast";
import { startWeekHours } from "./week-hours";

startTheme();
startPresses();
startNavigation();
startShortcuts(openPalette);
startReferences();
startDrafts();
startForms();
startCancelling();
startCopying();
startDateLists();
startWeekHours();
startRecurrences();
// Only few pages have such a form.
if (one("form[data-draft=booking]")) {
  void import("./booking-preview").then(({ startBookingPreviews }) => startBookingPreviews());
}
startTables();
startToasts();
startScopes();
startLive();
