//! Names and positions of the people of the demo. Any resemblance of a combination to a real person is accidental.

/// Position in the office.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Title of the position.
    pub title: &'static str,
    /// Name of its team, empty for the head of the office.
    pub team: &'static str,
    /// Role of its holder.
    pub role: &'static str,
    /// Salary grade.
    pub salary_grade: i64,
    /// Minimum number of such positions in an office.
    pub count: usize,
}

const fn position(
    title: &'static str,
    team: &'static str,
    role: &'static str,
    salary_grade: i64,
    count: usize,
) -> Position {
    Position { title, team, role, salary_grade, count }
}

/// Given names of women.
#[rustfmt::skip]
pub const GIVEN_NAMES_OF_WOMEN: &[&str] = &[
    "Aisha", "Alia", "Alma", "Amina", "Amira", "Aniza", "Anisah", "Asnaira", "Asnia", "Ayesha",
    "Babylyn", "Bai Ali", "Bainot", "Bairon", "Baisarip", "Bolkisa", "Camila", "Dalia", "Emraida", "Fahima",
    "Faiza", "Farhana", "Farida", "Fatima", "Fatmah", "Fauzia", "Hafsa", "Halima", "Hanifa", "Hasmin",
    "Haydee", "Inshirah", "Jamela", "Jannah", "Jasmin", "Johaira", "Johanna", "Kadiguia", "Khadija", "Laila",
    "Latifa", "Mariam", "Maisara", "Monaliza", "Monera", "Nabila", "Nadia", "Najma", "Nashiba", "Noraida",
    "Noraisa", "Norhaya", "Norjana", "Normina", "Nurhaliza", "Omaima", "Potri", "Raida", "Raihana", "Rahima",
    "Rasmia", "Rohaina", "Rosalinda", "Saada", "Sahara", "Saida", "Saliha", "Samira", "Sarah", "Sittie",
    "Sitti Nur", "Sohaila", "Sumaya", "Tarhata", "Warda", "Yasmin", "Zahra", "Zainab", "Zenaida", "Zuraida",
];

/// Given names of men.
#[rustfmt::skip]
pub const GIVEN_NAMES_OF_MEN: &[&str] = &[
    "Abdulhamid", "Abdulrahman", "Abdulwahid", "Abubakar", "Adzhar", "Ahmad", "Akmad", "Alimudin", "Alinor", "Alnasser",
    "Amiril", "Amroding", "Anwar", "Asnawi", "Badrudin", "Basit", "Bensali", "Bensar", "Datuan", "Daud",
    "Esmael", "Fahad", "Faisal", "Farouk", "Guiamal", "Hakim", "Halil", "Hamid", "Hamsa", "Harun",
    "Hashim", "Ibrahim", "Idris", "Ismael", "Jabar", "Jaafar", "Jainal", "Jamal", "Jehad", "Kamarudin",
    "Kalim", "Khalid", "Luqman", "Mahmod", "Mohaimen", "Mohamad", "Montaser", "Mujahid", "Mursid", "Musa",
    "Mustapha", "Nasrudin", "Nassif", "Noor", "Norodin", "Omar", "Oting", "Rahib", "Rasul", "Rahman",
    "Ridzwan", "Sahid", "Said", "Salahudin", "Salik", "Sammy", "Saudi", "Shariff", "Sukarno", "Sulaiman",
    "Taha", "Tahir", "Tarik", "Teng", "Usman", "Wahid", "Yahya", "Yusop", "Zaldy", "Zulkifli",
];

/// Family names.
#[rustfmt::skip]
pub const FAMILY_NAMES: &[&str] = &[
    "Abas", "Abdul", "Abdulgani", "Abdulkarim", "Abdulla", "Abpi", "Adam", "Adil", "Akob", "Alamada",
    "Ali", "Alilaya", "Amad", "Ambal", "Amil", "Amilasan", "Andig", "Angas", "Ansao", "Antao",
    "Asgali", "Asim", "Asula", "Awal", "Bagul", "Balayman", "Balading", "Bansil", "Bansuan", "Bantas",
    "Bayan", "Benito", "Birang", "Buat", "Bulalakao", "Cadir", "Calim", "Camsa", "Casan", "Dalandag",
    "Dalgan", "Daliling", "Dalus", "Damada", "Dandan", "Datukan", "Daud", "Dialo", "Diamla", "Dimacaling",
    "Dimalen", "Dimasar", "Ebus", "Edris", "Elias", "Endaila", "Esmail", "Galmak", "Gampong", "Gani",
    "Guiabar", "Guiamadin", "Guiani", "Guinaid", "Gumander", "Hadjirul", "Hajid", "Halipa", "Hamja", "Hassan",
    "Ibad", "Idsla", "Ilian", "Imlan", "Indal", "Isahac", "Ismail", "Jaiyari", "Jilani", "Jumdain",
    "Kabagani", "Kadatuan", "Kadir", "Kagui", "Kali", "Kamid", "Kasan", "Katog", "Kusain", "Lakim",
    "Lamalan", "Latip", "Linog", "Lumabao", "Lumanggal", "Macalangan", "Macapaar", "Madidis", "Magon", "Malang",
    "Malambut", "Maliga", "Mamalo", "Mamasabulod", "Mamintal", "Manalao", "Manan", "Mangulamas", "Manibpel", "Mascud",
    "Minalang", "Mokamad", "Musa", "Naga", "Nawal", "Omar", "Pagayao", "Panda", "Pangilan", "Panolong",
    "Patadon", "Pidtucasan", "Pusaka", "Radzak", "Ramos", "Sabdulla", "Sahibul", "Sahirin", "Salendab", "Salik",
    "Salilaguia", "Samama", "Sandigan", "Sanday", "Saripada", "Sarip", "Solaiman", "Sumagka", "Sulog", "Tagitican",
    "Talib", "Tambungalan", "Tanggol", "Tato", "Tayuan", "Tiboron", "Tuan", "Ugalingan", "Undong", "Upam",
    "Usop", "Utto", "Wahab", "Watamama", "Yasin", "Yusoph", "Zacaria", "Zailon", "Zulkarnain", "Zumba",
];

/// Titles of people in a community, placed before the name.
pub const HONORIFICS: &[&str] = &["Datu", "Bai", "Ustadz", "Ustadza", "Hadji", "Hadja", "Kagawad", "Timuay"];

/// Positions in the office, from the head down.
#[rustfmt::skip]
pub const POSITIONS: &[Position] = &[
    position("Executive Director", "", "executive", 27, 1),
    position("Deputy Executive Director", "", "executive", 26, 1),
    position("Administrative Officer V", "", "admin", 18, 1),
    position("Information Systems Analyst II", "M&E Unit", "admin", 16, 1),
    position("Development Management Officer IV", "MANA Team", "coordinator", 22, 1),
    position("Development Management Officer IV", "Coordination Unit", "coordinator", 22, 1),
    position("Development Management Officer III", "Community Development Unit", "coordinator", 18, 1),
    position("Planning Officer III", "Planning and Budgeting Unit", "coordinator", 18, 1),
    position("Budget Officer III", "Planning and Budgeting Unit", "budget_officer", 18, 1),
    position("Budget Officer II", "Planning and Budgeting Unit", "budget_officer", 15, 1),
    position("Planning Officer II", "Planning and Budgeting Unit", "staff", 15, 1),
    position("Development Management Officer II", "MANA Team", "staff", 15, 3),
    position("Development Management Officer I", "MANA Team", "staff", 11, 3),
    position("Geographic Information System Specialist", "MANA Team", "staff", 15, 1),
    position("Community Development Officer II", "Community Development Unit", "staff", 15, 2),
    position("Community Development Officer I", "Community Development Unit", "staff", 11, 4),
    position("Community Facilitator", "Community Development Unit", "staff", 8, 4),
    position("Project Evaluation Officer II", "M&E Unit", "staff", 15, 2),
    position("Statistician I", "M&E Unit", "staff", 11, 1),
    position("Liaison Officer II", "Coordination Unit", "staff", 11, 2),
    position("Information Officer I", "Coordination Unit", "staff", 11, 1),
    position("Research Officer II", "Research Unit", "staff", 15, 2),
    position("Research Assistant", "Research Unit", "staff", 9, 2),
    position("Legal Assistant II", "Research Unit", "staff", 12, 1),
    position("Administrative Assistant III", "", "staff", 9, 2),
    position("Driver II", "", "staff", 4, 2),
];

/// Positions of people in ministries, local governments and communities that the office works with.
pub const PARTNER_POSITIONS: &[&str] = &[
    "Focal Person for Other Bangsamoro Communities",
    "Alternate Focal Person",
    "Municipal Planning and Development Coordinator",
    "Provincial Planning and Development Coordinator",
    "Municipal Social Welfare and Development Officer",
    "Municipal Agriculturist",
    "Municipal Health Officer",
    "Municipal Disaster Risk Reduction and Management Officer",
    "Local Government Operations Officer",
    "Muslim Affairs Desk Officer",
    "Division Coordinator for Madrasah Education",
    "Programme Manager",
    "Extension Services Director",
    "Punong Barangay",
    "Barangay Kagawad for Muslim Affairs",
    "Sangguniang Kabataan Chairperson",
    "Council of Elders Representative",
    "Chairperson of the Fisherfolk Association",
    "Chairperson of the Farmers' Cooperative",
    "President of the Women's Organization",
    "Madrasah Administrator",
    "Barangay Health Worker",
];

/// Trainings of the staff: title, category, days.
#[rustfmt::skip]
pub const TRAININGS: &[(&str, &str, i64)] = &[
    ("Results-based monitoring and evaluation", "Technical", 3),
    ("Participatory rural appraisal for facilitators", "Technical", 5),
    ("Geographic information systems with open tools", "Technical", 5),
    ("Planning and budgeting linkage", "Technical", 3),
    ("Government procurement: what end users must know", "Administrative", 2),
    ("Gender analysis and gender budget tagging", "Technical", 2),
    ("Conflict-sensitive programming", "Technical", 3),
    ("Data privacy for field enumerators", "Administrative", 1),
    ("Minutes, memoranda and completed staff work", "Administrative", 2),
    ("Supervisory development course", "Leadership", 5),
    ("Moral governance and public service values", "Leadership", 2),
    ("Policy brief writing", "Technical", 3),
    ("First aid and field safety", "Administrative", 2),
    ("Survey design and tablet-based collection", "Technical", 3),
];
