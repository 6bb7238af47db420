//! Communities: municipality, province and region of their barangay.

use obcms_domain::kinds::{BARANGAY, MUNICIPALITY, barangay, community};
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
    let barangay = community::BARANGAY.get(record);
    if before.is_some_and(|before| community::BARANGAY.get(before) == barangay) {
        return Ok(());
    }
    let Some(barangay) = barangay else {
        return Ok(());
    };
    let Some(municipality) =
        work.find(&BARANGAY, barangay)?.and_then(|barangay| barangay::MUNICIPALITY.get(&barangay))
    else {
        return Ok(());
    };
    community::MUNICIPALITY.set(record, municipality);
    if let Some(municipality) = work.find(&MUNICIPALITY, municipality)? {
        community::PROVINCE.copy(&municipality, record);
        community::REGION.copy(&municipality, record);
    }
    Ok(())
}
