/**
 * Words that the scripts show, in one table: English texts by key.
 *
 * `{name}` in a text is replaced by the value of that name. A text with plural forms is chosen by the value `count`. Dates,
 * times and numbers are written by `Intl` in the locales below. The pages of the server bring their own words.
 */

/** Locale of dates: "Mon 14 Dec 2026". */
export const DATE_LOCALE = "en-GB";
/** Locale of times and numbers: "9:00 AM", "1,250,000.00". */
export const NUMBER_LOCALE = "en-US";

const WORDS = {
  // Buttons and labels of several subjects
  "common.cancel": "Cancel",
  "common.close": "Close",
  "common.more": "More",
  "common.open": "Open",
  "common.rename": "Rename",
  "common.save": "Save",
  "common.copy": "Copy",
  "common.and_more": "and more",
  "common.and_more_count": "and {count} more",
  "common.more_count": "{count} more",
  "common.entries": { one: "{count} entry", other: "{count} entries" },
  "common.nothing": "nothing",
  "common.moved_to": "Moved to {place}",
  "common.move_cancelled": "Move cancelled.",

  // Dates
  "date.yesterday": "Yesterday",
  "date.today": "Today",
  "date.tomorrow": "Tomorrow",
  "date.all_day": "All day",
  "date.from_time": "from {time}",
  "date.until_time": "until {time}",
  "date.until_day": "until {day}",
  "date.weeks": { one: "{count} week", other: "{count} weeks" },
  "date.days": { one: "{count} day", other: "{count} days" },

  // Access that ended
  "access.signed_out": "You are signed out.",
  "access.expired": "Your session has ended.",
  "access.disabled": "Your account is disabled. Ask an administrator.",
  "access.revoked": "Your access was revoked.",
  "access.roles_changed": "Your account no longer has a role. Ask an administrator.",
  "access.ended": "Your access has ended.",
  "access.signed_in_again": "You signed in again. Reload the page to continue.",
  "access.reload": "Reload",
  "access.sign_in_again": "Sign in again",

  // Requests that failed
  "error.timeout": "The server did not answer. Reload the page to see what was saved.",
  "error.unreachable":
    "The server cannot be reached. Nothing was changed; check the connection and try again.",
  "error.unreadable": "The answer could not be read. Reload the page to see what was saved.",
  "error.page": "The page answered {status}.",
  "error.session_ended": "Your session has ended. Nothing was changed.",
  "error.unavailable": "The server is not available. Nothing was changed; try again in a moment.",
  "error.forbidden": "You do not have permission to do this.",
  "error.changed_meanwhile": "Someone else changed this in the meantime. Reload the page and try again.",
  "error.rejected": "The server rejected the request ({status}). Nothing was changed.",
  "error.unknown": "Something went wrong. Nothing was changed.",
  "error.search": "The search failed. Try again.",
  "error.load": "This could not be loaded.",

  // Messages at the bottom
  "toast.undo": "Undo",
  "toast.undo_title": "Undo (U)",
  "toast.undone": "Undone",
  "toast.sign_in": "Sign in",
  "toast.copied": "Copied",
  "toast.selected": "Selected. Press Ctrl+C to copy",

  // Forms, drafts and pickers
  "form.number_incomplete": "Enter a number or clear the field.",
  "form.value_incomplete": "Complete the value or clear the field.",
  "draft.restored": "Unsaved changes restored.",
  "draft.discard": "Discard",
  "draft.restored_after_sign_in": "Your changes are restored in the form after you sign in.",
  "picker.search": "Search",
  "picker.search_to_add": "Search to add",
  "picker.add_another": "Add another",
  "picker.remove": "Remove {title}",
  "picker.clear": "Clear {text}",
  "picker.not_selected": "“{text}” is not selected. Select an option from the list, or clear the text.",
  "picker.no_match": "Nothing found for “{text}”. Check the spelling, or clear the text.",
  "picker.several_match": "Several options match “{text}”. Select one from the list.",
  "picker.type_to_search": "Type to search",
  "picker.nothing_found": "Nothing found for “{text}”",
  "picker.no_options": "No options yet",

  // Tables
  "table.selected": { one: "{count} selected", other: "{count} selected" },

  // Files of records
  "files.waiting": "Waiting",
  "files.sending": "{percent}%",
  "files.checking": "Checking",
  "files.progress": "Upload of {name}",
  "files.cancel": "Remove {name} from the uploads",
  "files.again": "Try again",
  "files.added": "{name} added",
  "files.removed": "{name} removed",
  "files.restored": "{name} restored",
  "files.empty": "The file is empty.",
  "files.too_large": "The file must be at most {size} MB.",
  "files.pasted_name": "Pasted {time}",

  // Search and commands
  "palette.label": "Search and commands",
  "palette.placeholder": "Search, or type a command",
  "palette.results": "Results",
  "palette.no_command": "No matching command. Type more to search everything.",
  "palette.searching": "Searching",
  "palette.nothing_found": "Nothing found for “{text}”.",
  "palette.page": "On this page",
  "palette.go_to": "Go to",
  "palette.create": "Create",
  "palette.actions": "Actions",
  "palette.theme_light": "Use the light theme",
  "palette.theme_dark": "Use the dark theme",
  "palette.theme_auto": "Use the system theme",
  "palette.sign_out": "Sign out",

  // Pages that a key leads to
  "place.today": "Today",
  "place.calendar": "Calendar",
  "place.board": "Board",
  "place.tasks": "Tasks",
  "place.ppas": "PPAs",
  "place.portfolio": "Portfolio",
  "place.events": "Events",
  "place.needs": "Needs",
  "place.profile": "My profile",

  // The list of shortcuts
  "key.ctrl": "Ctrl",
  "key.escape": "Esc",
  "key.space": "Space",
  "key.enter": "Enter",
  "shortcut.title": "Shortcuts",
  "shortcut.everywhere": "Everywhere",
  "shortcut.search": "Search",
  "shortcut.undo": "Undo the last action",
  "shortcut.list": "This list",
  "shortcut.close": "Close",
  "shortcut.go_to": "Go to",
  "shortcut.new": "New",
  "shortcut.tasks": "Tasks",
  "shortcut.tasks.quick": "Add a task",
  "shortcut.tasks.edit": "Edit status, priority, assignees, due date",
  "shortcut.tasks.more": "Edit title, progress, labels",
  "shortcut.tables": "Lists",
  "shortcut.tables.move": "Next and previous row",
  "shortcut.tables.open": "Open",
  "shortcut.tables.select": "Select",
  "shortcut.board": "Board",
  "shortcut.board.move": "Move between cards",
  "shortcut.board.pick_up": "Pick up or drop",
  "shortcut.board.open": "Open, or drop",
  "shortcut.board.cancel": "Cancel move",
  "shortcut.calendar": "Calendar",
  "shortcut.calendar.step": "Earlier, later",
  "shortcut.calendar.today": "Today",
  "shortcut.calendar.views": "Day, week, month, year",
  "shortcut.calendar.lists": "Agenda, several weeks",
  "shortcut.calendar.timelines": "Timeline of people, of resources",
  "shortcut.calendar.panels": "Busy days, conflicts, upcoming",
  "shortcut.calendar.pick_up": "Pick up an entry; arrows to move, C to copy",
  "shortcut.forms": "Forms",
  "shortcut.forms.submit": "Submit",

  // Board
  // Edit in place, quick add
  "task.edit": "Edit {field}",
  "task.saved": "Saved",
  "task.changed_meanwhile": "Someone else changed this task meanwhile. It now shows their change.",
  "task.reason_title": "This task is blocked",
  "task.reason": "Reason to go ahead",
  "task.go_ahead": "Go ahead with this reason",
  "task.successors_title": {
    one: "{count} task depends on this one and would begin too early",
    other: "{count} tasks depend on this one and would begin too early",
  },
  "task.successor_moves": {
    one: "{from} → {to}, {count} working day later",
    other: "{from} → {to}, {count} working days later",
  },
  "task.successor_stays": "stays: it is closed, repeats, or you cannot change it",
  "task.move_successors": { one: "Move {count} task with it", other: "Move {count} tasks with it" },
  "task.keep_successors": "Move only this task",
  "task.moved_with": {
    one: "Moved, with {count} dependent task",
    other: "Moved, with {count} dependent tasks",
  },
  "task.next_monday": "Next Monday",
  "task.no_date": "No due date",
  "task.date": "Date",
  "task.assign_me": "Assign to me",
  "task.labels_hint": "Labels, separated by commas",
  "field.status": "status",
  "field.priority": "priority",
  "field.assignees": "assignees",
  "field.due_date": "due date",
  "field.due_time": "Due time",
  "field.start_date": "start",
  "field.progress": "progress",
  "field.labels": "labels",
  "field.title": "title",
  "field.phase": "phase",
  "field.domain": "domain",
  "quick.add": "Add a task",
  "quick.add_short": "Add",
  "quick.example": "Call the MAO friday 3pm @ana !high #ppa:water",
  "quick.added": "Task added: {title}",
  "quick.added_elsewhere": "Added, not in this view: {title}",
  "quick.refused": "“{text}” was not added. {reason}",
  "quick.choose": "Choose another",
  "quick.dismiss": "Keep “{text}” in the title",
  "quick.due": "Due {day}",
  "quick.repeats": "Repeats {rule}",
  "quick.repeats_after": "Again {count} days after completion",
  "quick.priority": "Priority {priority}",

  "board.move": "Move {title}",
  "board.move_to": "Move to",
  "board.move_to_menu": "Move to…",
  "board.fixed": "You cannot move {title}.",
  "board.picked_up": "Picked up {title}. Use the arrow keys to move, Space to drop, Escape to cancel.",
  "board.position": "{column}, {position} of {count}",
  "board.dropped": "Dropped in {column}.",

  // Board of projects
  "project.one_stage": "A project advances one stage at a time. Next stage: {stage}.",
  "project.missing": "{title} cannot advance yet",
  "project.reason": "Reason",
  "project.reason_missing": "Enter a reason.",
  "project.return": "Return {title} to {stage}?",
  "project.return_help": "Untouched tasks of later stages are archived; started ones stay.",
  "project.return_button": "Return project",
  "project.returned_tasks": "Untouched tasks archived: {archived}, started tasks kept: {kept}",
  "project.skip": "Skip the policy linkage of {title}?",
  "project.skip_button": "Skip policy linkage",
  "project.open": "{title} is still open",
  "project.open_help": "Close what is open first, or complete the project with a reason.",
  "project.open_tasks": { one: "{count} open task", other: "{count} open tasks" },
  "project.unobligated": "{amount} allotted, not obligated",
  "project.undisbursed": "{amount} obligated, not disbursed",
  "project.complete_button": "Complete project",

  // Bookings
  "booking.availability": "Availability",
  "booking.free_now": "Free at this time.",
  "booking.taken_now": "Not available at this time.",
  "booking.all_free": "All {count} occurrences are available.",
  "booking.some_taken": "{taken} of {count} occurrences are not available.",
  "booking.occurrences": "Occurrences",
  "booking.exclude": "Exclude these {count}",
  "booking.untitled": "Booking",
  "booking.another": "another booking",
  "booking.conflicts": "Conflicting bookings:",
  "booking.nearest": "Nearest free times:",
  "booking.free": "Free",
  "booking.booked": "Booked",
  "booking.closed": "Closed",
  "booking.skip": "Skip",
  "booking.use": "Use {time}",

  // Calendar: page and views
  "calendar.copy_target": "Choose the day, or the hour, for the copy of “{title}”.",
  "calendar.week": "Week",
  "calendar.weeks": "Weeks",
  "calendar.period": "Period",
  "calendar.next_days": "Next {count} days",
  "calendar.next_entries": "Next {count} entries",
  "calendar.span_day": "Day",
  "calendar.span_week": "Week",
  "calendar.span_fortnight": "2 weeks",
  "calendar.span_month": "Month",
  "calendar.days": "Days",
  "calendar.day_entries": "{day}: {entries}",
  "calendar.more_short": "+{count}",
  "calendar.starts": "Starts",
  "calendar.ends": "Ends",
  "calendar.note_title": "{note}: {title}",
  "calendar.show_more": "Show more",
  "calendar.show_all": "Show all {count}",
  "calendar.no_events": "No events from {range}.",
  "calendar.no_entries": "No entries on this day.",
  "calendar.add_on": "Add on {day}",
  "calendar.ongoing": { one: "{count} ongoing", other: "{count} ongoing" },
  "calendar.ongoing_more": "And {count} more.",
  "calendar.panels_loading": "Looking…",

  // Calendar: cards
  "card.status": "Status",
  "card.priority": "Priority",
  "card.due": "Due",
  "card.progress": "Progress",
  "card.place": "Place",
  "card.state": "State",
  "card.kind": "Kind",
  "card.people": "People",
  "card.repeats": "Repeats",
  "card.series": "Part of a series",
  "card.copy_title": "Or drag while holding Ctrl",
  "card.move_help": "Drag to move, or press Space and use the arrow keys",
  "card.all_entries": "All entries on {day}",
  "create.title": "Title",
  "create.kind": "Kind",
  "create.submit": "Create",
  "create.more_fields": "More fields",
  "create.continue": "Continue",
  "create.no_title": "Enter a title.",
  "create.created": "Created the {kind} “{title}” on {when}",
  "create.failed": "The entry was not created. Try again.",
  "create.label": "Create on {when}",

  // Calendar: moving and copying
  "move.cannot_move": "{title} cannot be moved.",
  "move.cannot_copy": "{title} cannot be copied.",
  "move.untitled": "This",
  "move.picked_up_grid":
    "Picked up {title}, {when}. Use the arrow keys to move, Shift and arrow keys to change the end, Enter to drop, C to copy, Escape to cancel.",
  "move.picked_up_line":
    "Picked up {title}, {when}. Use left and right to move by a day, up and down by a week, Enter to drop, C to copy, Escape to cancel.",
  "move.picked_up_end":
    "Picked up the end of {title}, {when}. Use left and right to move by a day, up and down by a week, Enter to drop, C to copy, Escape to cancel.",
  "move.picked_up_bar":
    "Picked up {title}. Use left and right to move, {more}Enter to drop, C to copy, Escape to cancel.",
  "move.bar_end": "Shift and these keys to change the end, ",
  "move.bar_row": "up and down to move it to another row, ",
  "move.no_end": "You cannot change the end here.",
  "move.no_row": "You cannot move it to another row.",
  "move.same_place": "Dropped at the same place.",
  "move.dropped": "Dropped on {when}.",
  "move.dropped_for": "Dropped for {name} on {when}.",
  "move.copied": "Copied to {when}.",
  "move.back": "{title} is back on {when}.",
  "saved.move": "Moved “{title}” to {where}",
  "saved.resize": "Changed “{title}” to {where}",
  "saved.end": "Moved the end of “{title}” to {where}",
  "saved.copy": "Copied “{title}” to {where}",
  "scope.move": "Move “{title}”",
  "scope.assign": "Assign “{title}” to {name}",
  "scope.question": "This event repeats. Which occurrences do you want to change?",
  "scope.this": "This occurrence",
  "scope.this_help": "Other occurrences do not change.",
  "scope.following": "This and following occurrences",
  "scope.following_help": "Earlier occurrences do not change.",
  "scope.all": "All occurrences",
  "scope.all_help": "Includes past occurrences.",
  "conflict.another": "Another booking",
  "conflict.nearest": "Nearest free times",
  "conflict.free": "Free at this time",
  "conflict.instead": "Move the event",
  "conflict.keep": "Keep the old time",
  "conflict.release": "Without {name}",
  "conflict.use": "Use {name}",
  "conflict.seats": "{name} · seats {seats}",

  // Calendar: timelines and saved views
  "timeline.people": "People",
  "timeline.resources": "Resources",
  "timeline.no_people": "No people. Select a team or people under “Add filter”.",
  "timeline.no_resources": "No resources yet. Add rooms, vehicles and equipment under Resources.",
  "timeline.free": "free",
  "timeline.add_for": "Add for {name}",
  "view.saved": "Saved as “{name}”",
  "view.renamed": "Renamed to “{name}”",
  "view.default": "“{name}” is now the default view",
  "view.default_removed": "Default view removed",
  "view.deleted": "Deleted “{name}”",
  "view.new_name": "New name",

  // Lists of dates and recurrence rules
  "dates.label": "Dates",
  "dates.time": "{label}: time",
  "dates.add": "Add date",
  "dates.remove": "Remove {date}",
  "rule.none": "Does not repeat",
  "rule.custom": "Custom…",
  "rule.enter": "Enter a rule…",
  "rule.custom_legend": "Custom rule",
  "rule.text": "Rule as text (RFC 5545)",
  "rule.every": "Every",
  "rule.unit": "Unit",
  "rule.days": "days",
  "rule.weeks": "weeks",
  "rule.months": "months",
  "rule.years": "years",
  "rule.in_month": "In",
  "rule.on_day": "On",
  "rule.weekdays": "Days of the week",
  "rule.day_of_month": "the {ordinal}",
  "rule.last_day_of_month": "the last day",
  "rule.a_weekday": "a weekday",
  "rule.week_of_month": "Week of the month",
  "rule.weekday": "Weekday",
  "rule.ends": "Ends",
  "rule.never": "never",
  "rule.until_date": "on a date",
  "rule.after_count": "after a number of occurrences",
  "rule.occurrences": "Occurrences",
  "rule.last_day": "Last day",
  "rule.last_day_until": "Last day, until {time}",
  "rule.needs_start": "Enter a start to see the occurrences.",
  "rule.failed": "The occurrences could not be calculated.",
  "rule.start_moves": "The start moves to the first occurrence, {date}.",
  "rule.empty": "This rule has no occurrences.",
  "rule.first": "first",
  "rule.second": "second",
  "rule.third": "third",
  "rule.fourth": "fourth",
  "rule.fifth": "fifth",
  "rule.last": "last",
  "preset.daily": "Every day",
  "preset.weekly": "Every week on {weekday}",
  "preset.weekdays": "Every week from Monday to Friday",
  "preset.nth": "Every month on the {nth} {weekday}",
  "preset.month_day": "Every month on the {ordinal}",
  "preset.last_day": "Every month on the last day",
  "preset.yearly": "Every year on {day} {month}",

  // Scenarios
  "scenario.used": "{used} of {limit}",
  "scenario.over": "{amount} over",
  "scenario.unsaved": "Unsaved amounts",
  "scenario.unsaved_distribute":
    "You typed amounts that are not saved. The distribution replaces all amounts.",
  "scenario.unsaved_adopt": "You typed amounts that are not saved. The adoption writes the saved amounts.",
  "scenario.save_first": "Save amounts first",
  "scenario.open_amounts": "Go back to the amounts",
  "scenario.discard_distribute": "Discard them and distribute",
  "scenario.discard_adopt": "Discard them and adopt",

  // Hours of the week
  "hours.stretch": "{day}, {name}",
  "hours.further_stretch": "{day}, {name} ({number})",
} as const;

/** Key of a text. */
type WordKey = keyof typeof WORDS;

type Forms<T> = T extends string ? T : T extends { one: infer One; other: infer Other } ? One | Other : never;
type Placeholders<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type Names<K extends WordKey> = Placeholders<Forms<(typeof WORDS)[K]>>;
type Values<K extends WordKey> = [Names<K>] extends [never]
  ? []
  : [values: Record<Names<K>, string | number>];

const plural = new Intl.PluralRules(NUMBER_LOCALE);
const ordinalForm = new Intl.PluralRules(NUMBER_LOCALE, { type: "ordinal" });
const ORDINALS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** Returns the text of a key with its values. */
export function t<K extends WordKey>(key: K, ...[values]: Values<K>): string {
  const given: Record<string, string | number> = values ?? {};
  const text: string | { one: string; other: string } = WORDS[key];
  const form =
    typeof text === "string" ? text : text[plural.select(Number(given.count)) === "one" ? "one" : "other"];
  return form.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name] ?? ""));
}

/** Returns a number with its ending: "1st", "22nd". */
export function ordinal(number: number): string {
  return `${number}${ORDINALS[ordinalForm.select(number)] ?? "th"}`;
}
