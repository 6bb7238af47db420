//! Places of the Philippines: regions, provinces, municipalities and cities, barangays.
//!
//! They are part of the program, so that an installation needs neither a list nor a network. A place is identified by
//! its ten-digit Philippine Standard Geographic Code (PSGC); there is no other id.
//!
//! Three things about the hierarchy are not as simple as "region, province, municipality, barangay":
//!
//! - **Cities without a province.** Highly urbanised cities (General Santos, Zamboanga, Davao, all of the capital
//!   region) belong to no province, though people name one. The same is true for Pateros, the City of Isabela (in
//!   region IX, while its island is a province of the BARMM) and the eight municipalities of the BARMM's Special
//!   Geographic Area. The statistics office groups these under headings that look like provinces and are none; they
//!   are omitted here. So the [`Municipality::province`] of such a place is empty. Its [`Municipality::region`] never
//!   is.
//! - **Independent component cities** (Cotabato City among them) do not belong to their province either, but are
//!   counted and commonly filed under it; they keep it. Their [`MunicipalityKind`] shows the difference.
//! - **The districts of Manila** are a level of their own in the official list. They are omitted: their barangays
//!   belong to the City of Manila, under their own unchanged codes.

mod packed;

use serde::{Deserialize, Serialize};

pub use packed::gazetteer;

/// A region, the largest administrative unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Ten-digit PSGC.
    pub code: String,
    /// Full name, such as "Region XII (SOCCSKSARGEN)".
    pub name: String,
    /// Short name, such as "Region XII" or "BARMM".
    pub short_name: String,
    /// Census population.
    pub population: Option<i64>,
    /// Degrees north of the centre.
    pub latitude: Option<f64>,
    /// Degrees east of the centre.
    pub longitude: Option<f64>,
}

/// A province.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Province {
    /// Ten-digit PSGC.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its region.
    pub region: String,
    /// Census population.
    pub population: Option<i64>,
    /// Degrees north of the centre.
    pub latitude: Option<f64>,
    /// Degrees east of the centre.
    pub longitude: Option<f64>,
}

/// Legal class of a municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MunicipalityKind {
    /// A municipality, under a province.
    Municipality,
    /// A city of unknown class.
    City,
    /// A city under a province.
    ComponentCity,
    /// A city under no province: highly urbanised or independent component city.
    IndependentCity,
}

impl MunicipalityKind {
    /// Every class, in the order of lists.
    pub const ALL: [Self; 4] = [Self::Municipality, Self::City, Self::ComponentCity, Self::IndependentCity];

    /// Value in the database, the interface and the packed file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::City => "city",
            Self::ComponentCity => "component_city",
            Self::IndependentCity => "independent_city",
        }
    }

    /// Parses that value.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A municipality or a city.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Municipality {
    /// Ten-digit PSGC.
    pub code: String,
    /// Name, such as "Isulan" or "City of General Santos".
    pub name: String,
    /// Legal class.
    pub kind: MunicipalityKind,
    /// Code of its region.
    pub region: String,
    /// Code of its province; empty for a place without one.
    pub province: Option<String>,
    /// Census population.
    pub population: Option<i64>,
    /// Degrees north of the centre.
    pub latitude: Option<f64>,
    /// Degrees east of the centre.
    pub longitude: Option<f64>,
}

/// A barangay, the smallest administrative unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Barangay {
    /// Ten-digit PSGC.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its municipality or city.
    pub municipality: String,
    /// True if it counts as urban; unknown for a few new ones.
    pub urban: Option<bool>,
    /// Census population.
    pub population: Option<i64>,
    /// Degrees north of the centre.
    pub latitude: Option<f64>,
    /// Degrees east of the centre.
    pub longitude: Option<f64>,
}

/// All places, each list sorted by code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gazetteer {
    /// The regions.
    pub regions: Vec<Region>,
    /// The provinces.
    pub provinces: Vec<Province>,
    /// The municipalities and cities.
    pub municipalities: Vec<Municipality>,
    /// The barangays.
    pub barangays: Vec<Barangay>,
}

impl Gazetteer {
    /// Returns the region of this code.
    #[must_use]
    pub fn region(&self, code: &str) -> Option<&Region> {
        find(&self.regions, code, |place| &place.code)
    }

    /// Returns the province of this code.
    #[must_use]
    pub fn province(&self, code: &str) -> Option<&Province> {
        find(&self.provinces, code, |place| &place.code)
    }

    /// Returns the municipality or city of this code.
    #[must_use]
    pub fn municipality(&self, code: &str) -> Option<&Municipality> {
        find(&self.municipalities, code, |place| &place.code)
    }

    /// Returns the barangay of this code.
    #[must_use]
    pub fn barangay(&self, code: &str) -> Option<&Barangay> {
        find(&self.barangays, code, |place| &place.code)
    }

    /// Returns a barangay with its parents, as in an address: "Bual, Isulan, Sultan Kudarat, Region XII".
    #[must_use]
    pub fn address(&self, barangay: &str) -> Option<String> {
        let barangay = self.barangay(barangay)?;
        let municipality = self.municipality(&barangay.municipality)?;
        let region = self.region(&municipality.region)?;
        let province = municipality.province.as_deref().and_then(|code| self.province(code));
        let mut parts = vec![barangay.name.as_str(), municipality.name.as_str()];
        parts.extend(province.map(|province| province.name.as_str()));
        parts.push(&region.short_name);
        Some(parts.join(", "))
    }
}

/// Returns a place of a list that is sorted by code.
fn find<'places, Place>(
    places: &'places [Place],
    code: &str,
    code_of: impl Fn(&Place) -> &str,
) -> Option<&'places Place> {
    let position = places.binary_search_by(|place| code_of(place).cmp(code)).ok()?;
    places.get(position)
}

/// Reason why the packed places cannot be read: the file in the program is damaged or of another format.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// The compressed file cannot be unpacked.
    #[error("the packed places do not unpack: {0}")]
    Unpack(#[from] std::io::Error),
    /// A line is malformed.
    #[error("line {line} of the packed places: {reason}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// Description of the error.
        reason: &'static str,
    },
}

#[cfg(test)]
mod tests;
