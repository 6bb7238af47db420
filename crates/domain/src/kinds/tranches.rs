//! Ledger entries of PPAs. An entry is never changed; a wrong one is reversed.

use super::ppas::ppa;
use crate::accounts::{Area, FieldGroup};
use crate::choices::{ADJUSTED_KINDS, TRANCHE_KINDS};
use crate::core::uacs;
use crate::registry::typed::fields;
use crate::registry::{Concern, FieldError, FieldType as Type, Kind, Module, Record, Total};

fields! {
    tranche
        [crate::registry::shared: TITLE]
    {
        PPA: Reference = "ppa",
        KIND: Text = "kind",
        ADJUSTS: Text = "adjusts",
        AMOUNT_CENTAVOS: Integer = "amount_centavos",
        DATE: Date = "date",
        DOCUMENT: Text = "document",
        PAYEE: Text = "payee",
        UACS_CODE: Text = "uacs_code",
        REMARKS: Text = "remarks",
        REVERSES: Reference = "reverses",
    }
}

/// Kind of an entry that adjusts another part of the ledger.
pub const ADJUSTMENT: &str = "adjustment";

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    let is_adjustment = tranche::KIND.get(record) == ADJUSTMENT;
    let amount = tranche::AMOUNT_CENTAVOS.get(record).unwrap_or_default();
    let is_reversal = tranche::REVERSES.get(record).is_some();
    if is_adjustment == tranche::ADJUSTS.is_empty(record) {
        let message =
            if is_adjustment { "Select what is adjusted." } else { "Only an adjustment adjusts something." };
        errors.push(FieldError::new(tranche::ADJUSTS.name(), "required", message));
    }
    if amount == 0 {
        errors.push(FieldError::new(
            tranche::AMOUNT_CENTAVOS.name(),
            "range",
            "The amount must not be zero.",
        ));
    } else if amount < 0 && !is_adjustment && !is_reversal {
        let message =
            "The amount must be above zero. To correct an entry, reverse it or enter an adjustment.";
        errors.push(FieldError::new(tranche::AMOUNT_CENTAVOS.name(), "range", message));
    }
    if is_adjustment && tranche::REMARKS.is_empty(record) {
        let message = "Enter the reason of the adjustment.";
        errors.push(FieldError::new(tranche::REMARKS.name(), "required", message));
    }
    if !tranche::UACS_CODE.is_empty(record)
        && let Err(error) = uacs::Code::parse(tranche::UACS_CODE.get(record))
    {
        errors.push(FieldError::new(tranche::UACS_CODE.name(), "format", error.message()));
    }
}

/// A ledger entry of a PPA.
pub static TRANCHE: Kind = Kind {
    label: "Ledger entry",
    plural: "Ledger entries",
    icon: "receipt",
    purpose: "Allotments, obligations, disbursements and adjustments of PPAs.",
    module: Module::Projects,
    area: Area::Money,
    concerns: &[Concern::through(tranche::PPA, ppa::LEAD_ORGANIZATION)],
    default_sort: "-date",
    append_only: true,
    rules,
    fields: &[
        tranche::TITLE.field("Title", Type::Text(400)).derived().searchable().listed(),
        tranche::DATE.field("Date", Type::Date).required().listed().not_on_calendar("Date of a payment."),
        tranche::PPA.field("PPA", Type::Reference("ppa")).required().listed().filtered(),
        tranche::KIND.field("Kind", Type::Choice(TRANCHE_KINDS)).required().listed().filtered(),
        tranche::ADJUSTS.field("Adjusts", Type::Choice(ADJUSTED_KINDS)).help("For an adjustment.").filtered(),
        tranche::AMOUNT_CENTAVOS
            .field("Amount", Type::Money)
            .total(Total::By(tranche::KIND.name()))
            .required()
            .listed()
            .signed()
            .help("Negative only for an adjustment."),
        tranche::DOCUMENT.field("Source document", Type::Text(200)).searchable().listed(),
        tranche::PAYEE.field("Payee or office", Type::Text(200)).searchable(),
        tranche::UACS_CODE
            .field("UACS code", Type::Text(120))
            .help("54 digits: funding source 8, organization 12, location 9, MFO/PAP 15, object 10.")
            .searchable()
            .folded(),
        tranche::REMARKS.field("Remarks", Type::Multiline(2000)).group(FieldGroup::Planning).searchable(),
        tranche::REVERSES.field("Reverses", Type::Reference("tranche")).derived(),
    ],
    has_attachments: true,
    ..Kind::new("tranche", "tranches", "tranches")
};
