//! Communities: municipality, province and region of their barangay.

use obcms_domain::kinds::{BARANGAY, MUNICIPALITY};
use obcms_domain::registry::Record;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Sets municipality, province and region from the barangay.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let barangay = record.reference("barangay");
    if before.is_some_and(|before| before.reference("barangay") == barangay) {
        return Ok(());
    }
    let Some(barangay) = barangay else {
        return Ok(());
    };
    let Some(municipality) =
        work.find(&BARANGAY, barangay)?.and_then(|barangay| barangay.reference("municipality"))
    else {
        return Ok(());
    };
    record.set("municipality", municipality);
    if let Some(municipality) = work.find(&MUNICIPALITY, municipality)? {
        record.set("province", municipality.get("province").clone());
        record.set("region", municipality.get("region").clone());
    }
    Ok(())
}
