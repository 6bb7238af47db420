//! The Office of the Chief Minister and the fifteen ministries of BARMM.

/// Initial organization; its type is `bmoa`.
#[derive(Debug, Clone, Copy)]
pub struct OrganizationSeed {
    /// Acronym, unique.
    pub acronym: &'static str,
    /// Full name.
    pub name: &'static str,
}

/// Type of all initial organizations.
pub const ORGANIZATION_TYPE: &str = "bmoa";

const fn organization(acronym: &'static str, name: &'static str) -> OrganizationSeed {
    OrganizationSeed { acronym, name }
}

/// The organizations.
pub const ORGANIZATIONS: &[OrganizationSeed] = &[
    organization("OCM", "Office of the Chief Minister"),
    organization("MAFAR", "Ministry of Agriculture, Fisheries and Agrarian Reform"),
    organization("MBHTE", "Ministry of Basic, Higher and Technical Education"),
    organization("MENRE", "Ministry of Environment, Natural Resources and Energy"),
    organization("MFBM", "Ministry of Finance, and Budget and Management"),
    organization("MHSD", "Ministry of Human Settlements and Development"),
    organization("MILG", "Ministry of the Interior and Local Government"),
    organization("MIPA", "Ministry of Indigenous Peoples' Affairs"),
    organization("MOH", "Ministry of Health"),
    organization("MOLE", "Ministry of Labor and Employment"),
    organization("MOST", "Ministry of Science and Technology"),
    organization("MOTC", "Ministry of Transportation and Communications"),
    organization("MPOS", "Ministry of Public Order and Safety"),
    organization("MPW", "Ministry of Public Works"),
    organization("MSSD", "Ministry of Social Services and Development"),
    organization("MTIT", "Ministry of Trade, Investments and Tourism"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;
    use std::collections::HashSet;

    #[test]
    fn sixteen_offices_are_unique() {
        let acronyms: HashSet<_> = ORGANIZATIONS.iter().map(|seed| seed.acronym).collect();
        let names: HashSet<_> = ORGANIZATIONS.iter().map(|seed| seed.name).collect();
        assert_eq!((ORGANIZATIONS.len(), acronyms.len(), names.len()), (16, 16, 16));
        assert_eq!(ORGANIZATIONS.iter().filter(|seed| seed.name.starts_with("Ministry ")).count(), 15);
        assert!(choices::contains(choices::ORGANIZATION_TYPES, ORGANIZATION_TYPE));
    }
}
