//! Windows names of time zones, each with its default IANA zone.

/// Windows name in lower case without "standard time", and the zone.
const ZONES: [(&str, &str); 139] = [
    ("afghanistan", "Asia/Kabul"),
    ("alaskan", "America/Anchorage"),
    ("aleutian", "America/Adak"),
    ("altai", "Asia/Barnaul"),
    ("arab", "Asia/Riyadh"),
    ("arabian", "Asia/Dubai"),
    ("arabic", "Asia/Baghdad"),
    ("argentina", "America/Argentina/Buenos_Aires"),
    ("astrakhan", "Europe/Astrakhan"),
    ("atlantic", "America/Halifax"),
    ("aus central", "Australia/Darwin"),
    ("aus central w.", "Australia/Eucla"),
    ("aus eastern", "Australia/Sydney"),
    ("azerbaijan", "Asia/Baku"),
    ("azores", "Atlantic/Azores"),
    ("bahia", "America/Bahia"),
    ("bangladesh", "Asia/Dhaka"),
    ("belarus", "Europe/Minsk"),
    ("bougainville", "Pacific/Bougainville"),
    ("canada central", "America/Regina"),
    ("cape verde", "Atlantic/Cape_Verde"),
    ("caucasus", "Asia/Yerevan"),
    ("cen. australia", "Australia/Adelaide"),
    ("central", "America/Chicago"),
    ("central america", "America/Guatemala"),
    ("central asia", "Asia/Bishkek"),
    ("central brazilian", "America/Cuiaba"),
    ("central europe", "Europe/Budapest"),
    ("central european", "Europe/Warsaw"),
    ("central pacific", "Pacific/Guadalcanal"),
    ("central (mexico)", "America/Mexico_City"),
    ("chatham islands", "Pacific/Chatham"),
    ("china", "Asia/Shanghai"),
    ("cuba", "America/Havana"),
    ("dateline", "Etc/GMT+12"),
    ("e. africa", "Africa/Nairobi"),
    ("e. australia", "Australia/Brisbane"),
    ("e. europe", "Europe/Chisinau"),
    ("e. south america", "America/Sao_Paulo"),
    ("easter island", "Pacific/Easter"),
    ("eastern", "America/New_York"),
    ("eastern (mexico)", "America/Cancun"),
    ("egypt", "Africa/Cairo"),
    ("ekaterinburg", "Asia/Yekaterinburg"),
    ("fiji", "Pacific/Fiji"),
    ("fle", "Europe/Kyiv"),
    ("georgian", "Asia/Tbilisi"),
    ("gmt", "Europe/London"),
    ("greenland", "America/Nuuk"),
    ("greenwich", "Atlantic/Reykjavik"),
    ("gtb", "Europe/Bucharest"),
    ("haiti", "America/Port-au-Prince"),
    ("hawaiian", "Pacific/Honolulu"),
    ("india", "Asia/Kolkata"),
    ("iran", "Asia/Tehran"),
    ("israel", "Asia/Jerusalem"),
    ("jordan", "Asia/Amman"),
    ("kaliningrad", "Europe/Kaliningrad"),
    ("korea", "Asia/Seoul"),
    ("libya", "Africa/Tripoli"),
    ("line islands", "Pacific/Kiritimati"),
    ("lord howe", "Australia/Lord_Howe"),
    ("magadan", "Asia/Magadan"),
    ("magallanes", "America/Punta_Arenas"),
    ("marquesas", "Pacific/Marquesas"),
    ("mauritius", "Indian/Mauritius"),
    ("middle east", "Asia/Beirut"),
    ("montevideo", "America/Montevideo"),
    ("morocco", "Africa/Casablanca"),
    ("mountain", "America/Denver"),
    ("mountain (mexico)", "America/Mazatlan"),
    ("myanmar", "Asia/Yangon"),
    ("n. central asia", "Asia/Novosibirsk"),
    ("namibia", "Africa/Windhoek"),
    ("nepal", "Asia/Kathmandu"),
    ("new zealand", "Pacific/Auckland"),
    ("newfoundland", "America/St_Johns"),
    ("norfolk", "Pacific/Norfolk"),
    ("north asia", "Asia/Krasnoyarsk"),
    ("north asia east", "Asia/Irkutsk"),
    ("north korea", "Asia/Pyongyang"),
    ("omsk", "Asia/Omsk"),
    ("pacific", "America/Los_Angeles"),
    ("pacific (mexico)", "America/Tijuana"),
    ("pacific sa", "America/Santiago"),
    ("pakistan", "Asia/Karachi"),
    ("paraguay", "America/Asuncion"),
    ("qyzylorda", "Asia/Qyzylorda"),
    ("romance", "Europe/Paris"),
    ("russia time zone 10", "Asia/Srednekolymsk"),
    ("russia time zone 11", "Asia/Kamchatka"),
    ("russia time zone 3", "Europe/Samara"),
    ("russian", "Europe/Moscow"),
    ("sa eastern", "America/Cayenne"),
    ("sa pacific", "America/Bogota"),
    ("sa western", "America/La_Paz"),
    ("saint pierre", "America/Miquelon"),
    ("sakhalin", "Asia/Sakhalin"),
    ("samoa", "Pacific/Apia"),
    ("sao tome", "Africa/Sao_Tome"),
    ("saratov", "Europe/Saratov"),
    ("se asia", "Asia/Bangkok"),
    ("singapore", "Asia/Singapore"),
    ("south africa", "Africa/Johannesburg"),
    ("south sudan", "Africa/Juba"),
    ("sri lanka", "Asia/Colombo"),
    ("sudan", "Africa/Khartoum"),
    ("syria", "Asia/Damascus"),
    ("taipei", "Asia/Taipei"),
    ("tasmania", "Australia/Hobart"),
    ("tocantins", "America/Araguaina"),
    ("tokyo", "Asia/Tokyo"),
    ("tomsk", "Asia/Tomsk"),
    ("tonga", "Pacific/Tongatapu"),
    ("transbaikal", "Asia/Chita"),
    ("turkey", "Europe/Istanbul"),
    ("turks and caicos", "America/Grand_Turk"),
    ("ulaanbaatar", "Asia/Ulaanbaatar"),
    ("us eastern", "America/Indiana/Indianapolis"),
    ("us mountain", "America/Phoenix"),
    ("utc", "UTC"),
    ("utc+12", "Etc/GMT-12"),
    ("utc+13", "Etc/GMT-13"),
    ("utc-02", "Etc/GMT+2"),
    ("utc-08", "Etc/GMT+8"),
    ("utc-09", "Etc/GMT+9"),
    ("utc-11", "Etc/GMT+11"),
    ("venezuela", "America/Caracas"),
    ("vladivostok", "Asia/Vladivostok"),
    ("volgograd", "Europe/Volgograd"),
    ("w. australia", "Australia/Perth"),
    ("w. central africa", "Africa/Lagos"),
    ("w. europe", "Europe/Berlin"),
    ("w. mongolia", "Asia/Hovd"),
    ("west asia", "Asia/Tashkent"),
    ("west bank", "Asia/Hebron"),
    ("west pacific", "Pacific/Port_Moresby"),
    ("yakutsk", "Asia/Yakutsk"),
    ("yukon", "America/Whitehorse"),
];

/// Returns the zone of a Windows name, with or without "Standard Time".
pub(super) fn zone(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_ascii_lowercase();
    // The standard name of a zone may have a place in parentheses: "Central Standard Time (Mexico)".
    let plain = lower.replace(" standard time", "").replace(" daylight time", "");
    ZONES.iter().find(|(known, _)| *known == plain).map(|(_, zone)| *zone)
}

/// Returns the zones of the table; of those with the same offset, the most populous first.
pub(super) fn usual_zones() -> impl Iterator<Item = &'static str> {
    const FIRST: [&str; 10] = [
        "Asia/Manila",
        "Asia/Singapore",
        "Asia/Tokyo",
        "Asia/Bangkok",
        "Asia/Riyadh",
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/Sao_Paulo",
        "Africa/Lagos",
    ];
    FIRST.into_iter().chain(ZONES.iter().map(|(_, zone)| *zone))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn every_zone_is_known() {
        for (name, zone) in ZONES {
            assert!(TimeZone::get(zone).is_ok(), "{name}: {zone}");
            assert_eq!(name, name.to_ascii_lowercase());
        }
    }

    #[test]
    fn windows_names_are_found() {
        assert_eq!(zone("Singapore Standard Time"), Some("Asia/Singapore"));
        assert_eq!(zone("Central Standard Time (Mexico)"), Some("America/Mexico_City"));
        assert_eq!(zone("Eastern"), Some("America/New_York"));
        assert_eq!(zone("Middle of Nowhere Standard Time"), None);
    }
}
