//! Venues of the events.

/// Venue.
#[derive(Debug, Clone, Copy)]
pub struct Venue {
    /// Name.
    pub name: &'static str,
    /// PSGC of its municipality or city.
    pub municipality: &'static str,
    /// Number of people that fit.
    pub capacity: i64,
}

const fn venue(name: &'static str, municipality: &'static str, capacity: i64) -> Venue {
    Venue { name, municipality, capacity }
}

/// Typical venues of the towns of the region, with usual names.
#[rustfmt::skip]
pub const VENUES: &[Venue] = &[
    venue("Conference Room A, Office for Other Bangsamoro Communities", "1908703000", 25),
    venue("Conference Room B, Office for Other Bangsamoro Communities", "1908703000", 12),
    venue("Executive lounge of the Bangsamoro Government Center", "1908703000", 40),
    venue("Function hall of a hotel on Sinsuat Avenue", "1908703000", 120),
    venue("Convention hall, Cotabato State University", "1908703000", 300),
    venue("Municipal session hall", "1206504000", 60),
    venue("Provincial capitol gymnasium", "1206504000", 500),
    venue("Madrasah hall, Kalawag II", "1206504000", 80),
    venue("City cultural and sports center", "1206511000", 800),
    venue("Municipal covered court", "1206508000", 300),
    venue("Municipal session hall", "1206507000", 50),
    venue("Barangay hall, Milbuk", "1206509000", 60),
    venue("Fisherfolk training center", "1206505000", 70),
    venue("Municipal gymnasium", "1206506000", 400),
    venue("Agricultural training hall", "1204703000", 100),
    venue("University function hall", "1204703000", 200),
    venue("Municipal gymnasium", "1204712000", 400),
    venue("Municipal session hall", "1204709000", 60),
    venue("Provincial capitol rooftop hall", "1204704000", 150),
    venue("Barangay covered court, Bentangan", "1204702000", 200),
    venue("City session hall", "1206306000", 80),
    venue("Regional training center", "1206306000", 120),
    venue("Function hall of a hotel in Lagao", "1230800000", 150),
    venue("City oval covered court", "1230800000", 600),
    venue("Barangay hall, Calumpang", "1230800000", 60),
    venue("Provincial capitol conference room", "1208001000", 70),
    venue("Municipal tourism hall", "1208002000", 100),
    venue("Barangay multi-purpose building, Tinoto", "1208004000", 80),
    venue("Municipal covered court", "1208006000", 250),
    venue("Function hall of a hotel on Governor Camins Avenue", "0931700000", 150),
    venue("Barangay hall, Taluksangay", "0931700000", 60),
    venue("Barangay covered court, Rio Hondo", "0931700000", 250),
    venue("Research center auditorium, state university", "0931700000", 250),
    venue("City commercial center function room", "0907322000", 100),
    venue("Regional line agency training hall", "0907322000", 90),
    venue("Barangay covered court, Muricay", "0907322000", 200),
    venue("Municipal gymnasium", "0907312000", 300),
    venue("Municipal session hall", "0907306000", 45),
    venue("Provincial capitol multi-purpose hall", "0908305000", 200),
    venue("Municipal covered court", "0908309000", 250),
    venue("Coastal resource management center", "0908310000", 50),
    venue("Municipal session hall", "0907219000", 50),
    venue("City gymnasium", "0990101000", 500),
    venue("City hall conference room", "1030900000", 60),
    venue("University mini theater", "1030900000", 150),
    venue("Municipal session hall", "1003523000", 45),
    venue("Barangay hall, Bucana", "1130700000", 70),
    venue("Function hall of a hotel on Claveria Street", "1130700000", 150),
    venue("City session hall", "1102509000", 60),
    venue("Municipal covered court", "1102502000", 250),
];

/// Platforms for online meetings.
pub const PLATFORMS: &[&str] = &["Zoom", "Google Meet", "Microsoft Teams"];
