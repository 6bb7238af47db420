//! Subjects: their routes and pages, and their additions to the pages of kinds.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::Markup;
use obcms_app::{Actor, AppError};
use obcms_domain::registry::{FieldError, Kind, Record};
use serde_json::{Map, Value as Json};

use super::frame::Page;
use super::input::Form;
use super::page_route::PageRoute;
use super::refused::Refused;
use super::route::Route;
use super::state::State;
use super::{openapi, stream};
use crate::components::forms::FormField;
use crate::components::frame::{Command, NavigationGroup};
use crate::components::tables::BulkAction;

/// Panel on the page of a record; empty where it has nothing to show.
pub type Panel = fn(&State, &Page, &Actor, &Record) -> Result<Markup, AppError>;

/// Action on each row of a list, beside its state.
pub type RowAction = Box<dyn Fn(&Record) -> Markup>;

/// Content of a tab.
pub type TabPanel = fn(&State, &Page, &Actor, &Record, &Refused) -> Result<Markup, AppError>;

/// Cells of the calculated columns of a list.
#[derive(Clone, Copy, Debug)]
pub struct CalculatedCells {
    /// Kinds whose changes refresh them.
    pub live: &'static str,
    /// Cells of each record of a page, in the order of the kind's calculated columns.
    pub cells: CellsOfRecords,
}

type CellsOfRecords = fn(&State, &[Record]) -> Result<Vec<Vec<Markup>>, AppError>;
type ListQuery<T> = fn(&Page, &Actor, &Kind, &Form) -> T;
type RowActions = fn(&Page, &Actor, Timestamp, String) -> Option<RowAction>;
type BulkActions = fn(&Actor, &dyn Fn(&str) -> String) -> Vec<BulkAction>;
type NextSteps = fn(&State, &Actor, &Record) -> Result<Vec<NextStep>, AppError>;
type EditAddress = fn(&Actor, &Record) -> Option<String>;
type FormPreview = fn(&State, &Page, &Actor, &mut Form) -> Option<Result<Markup, AppError>>;
type RefusalNote = fn(&State, &Page, &Actor, Option<&Record>, &Form, &AppError) -> Markup;
type LockNote = fn(&Record) -> Markup;
type FormParts = fn(&FormContext<'_>, &mut Vec<FormField>) -> Result<(), AppError>;
type FormInput =
    fn(&State, &Actor, (Option<&Record>, bool), &mut Form, &mut Map<String, Json>) -> Result<(), AppError>;
type OccurrenceLead = fn(&State, &Page, &Actor, &Record, &str) -> Result<Markup, AppError>;
type FormDefaults = fn(&State) -> Result<Vec<(&'static str, String)>, AppError>;
type FieldOptions = fn(&str) -> Option<Vec<(&'static str, String)>>;

/// Column of the page of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Between the title and everything else, on each tab.
    Head,
    /// Texts and lists.
    Wide,
    /// Properties and people.
    Narrow,
}

/// Tab on the page of a record of a kind.
#[derive(Clone, Copy, Debug)]
pub struct RecordTab {
    /// Name of the kind.
    pub kind: &'static str,
    /// Name in the address.
    pub key: &'static str,
    /// Label; a key of the catalog.
    pub label: &'static str,
    /// Content; a form of the tab that was refused is given with it.
    pub panel: TabPanel,
}

/// Next step after a record.
#[derive(Clone, Debug)]
pub struct NextStep {
    /// Label of its button.
    pub label: &'static str,
    /// Address of its form.
    pub address: String,
    /// Kind of record that the step creates or opens.
    pub kind: &'static Kind,
    /// True if the record exists: the step opens it.
    pub is_made: bool,
}

/// Form of a record that is drawn.
#[derive(Clone, Copy)]
pub struct FormContext<'a> {
    /// State of the server.
    pub state: &'a State,
    /// Reader.
    pub actor: &'a Actor,
    /// Edited record; nothing for a new one.
    pub record: Option<&'a Record>,
    /// Recurrence id of the occurrence that is edited.
    pub occurrence: Option<&'a str>,
    /// Values of the form.
    pub typed: &'a Form,
    /// Errors of its fields.
    pub errors: &'a [FieldError],
}

/// Additions of a subject to the pages of a kind. All are optional.
#[derive(Clone, Copy, Debug)]
pub struct KindPage {
    /// Name of the kind.
    pub kind: &'static str,
    /// True if the list is a page of the subject.
    pub own_list: bool,
    /// True if the page of a record is a page of the subject; list, form and history are generic.
    pub own_detail: bool,
    /// True if the forms are pages of the subject.
    pub own_form: bool,
    /// Address at which a record is edited, unless it is the generic form.
    pub edit_address: Option<EditAddress>,
    /// Redirect of a list that is opened without parameters.
    pub list_start: Option<fn(Date) -> String>,
    /// Actions in the head of the list.
    pub list_actions: Option<fn(&Page, &Actor) -> Markup>,
    /// Tabs below the head of the list.
    pub list_tabs: Option<ListQuery<Markup>>,
    /// Filters that the tabs show, so that no chip does.
    pub list_tab_filters: Option<ListQuery<&'static [&'static str]>>,
    /// Action beside the state of each row, for those who may; it returns to the list.
    pub row_action: Option<RowActions>,
    /// Actions on selected rows beside archive and restore; the function makes the address of a path below the list.
    pub bulk_actions: Option<BulkActions>,
    /// Cells of the calculated columns of the list, for a kind that has any.
    pub calculated_cells: Option<CalculatedCells>,
    /// Mark before the title of a record in the list, such as that of a blocked project.
    pub title_mark: Option<fn(&Record) -> Markup>,
    /// Label and address of the import, unless it is the generic one.
    pub import_link: Option<(&'static str, &'static str)>,
    /// Buttons for next steps after a record.
    pub next_steps: Option<NextSteps>,
    /// Panel above all others.
    pub lead_panel: Option<Panel>,
    /// Fields that the lead panel shows, so that the properties do not.
    pub lead_fields: &'static [&'static str],
    /// True if the lead panel shows the people, so that no panel of their own does.
    pub leads_people: bool,
    /// Panel above all others on the page of one occurrence of a series, named by its recurrence id.
    pub occurrence_lead: Option<OccurrenceLead>,
    /// Query of the address at which the page of a record shows its tasks.
    pub tasks_tab: &'static str,
    /// True if an occurrence of a series has a state of its own.
    pub has_occurrence_states: bool,
    /// Reference of this kind whose target shows its records in a panel of the subject.
    pub panel_field: &'static str,
    /// Parts of the form beside the fields of the kind.
    pub form_parts: Option<FormParts>,
    /// Reads these parts into the input; the flag is true for the form of one occurrence.
    pub form_input: Option<FormInput>,
    /// Parameters of the address of a new form that fill in these parts.
    pub form_parameters: &'static [&'static str],
    /// Values of a new form by name, each unless the address names it.
    pub form_defaults: Option<FormDefaults>,
    /// Preview of a new record, for a form that requests it.
    pub form_preview: Option<FormPreview>,
    /// Alternatives above a refused form.
    pub refusal_note: Option<RefusalNote>,
    /// Note above the form of a record with locked fields: why, and the way out.
    pub lock_note: Option<LockNote>,
    /// Values and labels of a field, where its description has none.
    pub field_options: Option<FieldOptions>,
}

impl KindPage {
    /// No additions.
    pub const NONE: Self = Self {
        kind: "",
        own_list: false,
        own_detail: false,
        own_form: false,
        edit_address: None,
        list_start: None,
        list_actions: None,
        list_tabs: None,
        list_tab_filters: None,
        row_action: None,
        bulk_actions: None,
        calculated_cells: None,
        title_mark: None,
        import_link: None,
        next_steps: None,
        lead_panel: None,
        lead_fields: &[],
        leads_people: false,
        occurrence_lead: None,
        tasks_tab: "",
        has_occurrence_states: false,
        panel_field: "",
        form_parts: None,
        form_input: None,
        form_parameters: &[],
        form_defaults: None,
        form_preview: None,
        refusal_note: None,
        lock_note: None,
        field_options: None,
    };
}

/// Subject: routes, pages, hooks and panels.
#[derive(Debug)]
pub struct Subject {
    /// Operations of the API.
    pub routes: fn() -> Vec<Route>,
    /// Pages and their forms.
    pub pages: fn(&Subjects) -> Vec<PageRoute>,
    /// Additions to the pages of kinds.
    pub kinds: &'static [KindPage],
    /// Panels on the pages of all records.
    pub panels: &'static [(Column, Panel)],
    /// Tabs on the pages of records that have tabs.
    pub tabs: &'static [RecordTab],
}

/// All subjects, and the menu.
#[derive(Debug)]
pub struct Subjects {
    /// The subjects, in the order of their panels.
    pub all: &'static [&'static Subject],
    /// Sidebar of a signed-in person.
    pub navigation: fn(&Actor) -> Vec<NavigationGroup>,
    /// Tabs of the lists of places, which have one entry in the sidebar.
    pub place_tabs: fn(&Kind) -> Option<Markup>,
    /// Commands of the palette.
    pub commands: fn(&Actor) -> Vec<Command>,
}

impl Subjects {
    /// Returns all operations of the API.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let mut routes: Vec<Route> = self.all.iter().flat_map(|subject| (subject.routes)()).collect();
        routes.push(stream::route());
        routes.push(openapi::route());
        routes
    }

    /// Returns all pages.
    #[must_use]
    pub fn pages(&self) -> Vec<PageRoute> {
        self.all.iter().flat_map(|subject| (subject.pages)(self)).collect()
    }

    /// Returns the additions to the pages of a kind.
    #[must_use]
    pub fn kind_page(&self, kind: &Kind) -> &'static KindPage {
        let mut rows = self.all.iter().flat_map(|subject| subject.kinds);
        rows.find(|row| row.kind == kind.name).unwrap_or(&KindPage::NONE)
    }

    /// Returns true if the kind is created in the generic form.
    #[must_use]
    pub fn has_form(&self, kind: &Kind) -> bool {
        kind.writable && !self.kind_page(kind).own_form
    }

    /// Returns the tabs of a kind.
    pub fn tabs(&self, kind: &Kind) -> impl Iterator<Item = &'static RecordTab> {
        self.all.iter().flat_map(|subject| subject.tabs).filter(|tab| tab.kind == kind.name)
    }

    /// Returns the panels of a column on the page of a record.
    pub fn panels(&self, column: Column) -> impl Iterator<Item = Panel> {
        let rows = self.all.iter().flat_map(|subject| subject.panels);
        rows.filter(move |(of, _)| *of == column).map(|(_, panel)| *panel)
    }
}
