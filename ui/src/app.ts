/** What every page loads. */
import { startCopying } from "./copying";
import { startForms } from "./forms";
import { startLive } from "./live";
import { startNavigation } from "./navigation";
import { openPalette } from "./palette";
import { startReferences } from "./reference";
import { startScopes } from "./scope";
import { startShortcuts } from "./shortcuts";
import { startTables } from "./tables";
import { startTheme } from "./theme";
import { startToasts } from "./toast";

startTheme();
startNavigation();
startShortcuts(openPalette);
startReferences();
startForms();
startCopying();
startTables();
startToasts();
startScopes();
startLive();
