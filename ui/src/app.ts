/** What every page loads. */
import { startNavigation } from "./navigation";
import { startTheme } from "./theme";

startTheme();
startNavigation();
