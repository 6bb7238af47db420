use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::records::transfer::Table;

const NAMES: &str = "http://schemas.openxmlformats.org";

/// Returns a workbook with these parts added to the required ones.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let related = format!("{NAMES}/officeDocument/2006/relationships");
    let fixed = [
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships><Relationship Id='r' Type='{related}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            "<workbook xmlns:r='x'><sheets><sheet name='S' sheetId='1' r:id='s'/></sheets></workbook>"
                .to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "<Relationships><Relationship Id='s' Type='{related}/worksheet' Target='worksheets/sheet1.xml'/>\
                 <Relationship Id='t' Type='{related}/sharedStrings' Target='/xl/sharedStrings.xml'/></Relationships>"
            ),
        ),
    ];
    let given = parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    for (name, text) in fixed.into_iter().chain(given) {
        writer.start_file(name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(text.as_bytes()).expect("its text");
    }
    writer.finish().expect("an archive").into_inner()
}

fn sheet(cells: &str) -> String {
    format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")
}

fn refusal(bytes: &[u8]) -> String {
    match Table::read(bytes) {
        Err(AppError::BadRequest(message)) => message.english(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn claimed_sizes_allocate_nothing() {
    let rows = sheet(
        "<row r='1'><c r='A1' t='s'><v>0</v></c></row><row r='2'><c r='A2'><f t='shared' si='4294967295'>1</f><v>2</v></c></row>",
    );
    let strings = |count: &str| format!("<sst count='1' uniqueCount='{count}'><si><t>name</t></si></sst>");
    for count in ["4294967295", "18446744073709551615", "99999999999999999999999"] {
        let bytes =
            archive(&[("xl/worksheets/sheet1.xml", &rows), ("xl/sharedStrings.xml", &strings(count))]);
        assert!(refusal(&bytes).contains("claims more"), "{count}");
    }
    let strings = &strings("900000");
    let wide = rows.replace("<sheetData>", "<dimension ref='A1:XFD1048576'/><sheetData>");
    let table =
        Table::read(&archive(&[("xl/worksheets/sheet1.xml", &wide), ("xl/sharedStrings.xml", strings)]));
    let table = table.expect("a table");
    assert_eq!((table.head, table.rows), (vec!["name".to_owned()], vec![(2, vec!["2".to_owned()])]));
}

#[test]
fn repeated_long_strings_are_refused() {
    let cells = |count: usize| {
        let cell = |number| format!("<row r='{number}'><c r='A{number}' t='s'><v>0</v></c></row>");
        sheet(&(1..=count).map(cell).collect::<String>())
    };
    let long = |length: usize| format!("<sst><si><t>{}</t></si></sst>", "x".repeat(length));
    let bytes = archive(&[
        ("xl/worksheets/sheet1.xml", &cells(1_000)),
        ("xl/sharedStrings.xml", &long(LONGEST_CELL)),
    ]);
    assert!(refusal(&bytes).contains("too much text"), "{}", refusal(&bytes));
    let bytes =
        archive(&[("xl/worksheets/sheet1.xml", &cells(1)), ("xl/sharedStrings.xml", &long(1_200_000))]);
    assert!(refusal(&bytes).contains("at most 32767 characters"), "{}", refusal(&bytes));
    let many = "<si><t>x</t></si>".repeat(700_000);
    let bytes = archive(&[
        ("xl/worksheets/sheet1.xml", &cells(1)),
        ("xl/sharedStrings.xml", &format!("<sst>{many}</sst>")),
    ]);
    assert!(refusal(&bytes).contains("too much text"), "{}", refusal(&bytes));
}

#[test]
fn too_large_unpacked_size_is_refused() {
    let blank = " ".repeat(40 * 1024 * 1024);
    let bytes = archive(&[("xl/worksheets/sheet1.xml", &sheet(&blank))]);
    assert!(bytes.len() < 100_000 && refusal(&bytes).contains("too large when unpacked"));
    let deep = "<a>".repeat(1_000_000);
    assert!(refusal(&archive(&[("xl/worksheets/sheet1.xml", &sheet(&deep))])).contains("nested too deeply"));
    let far = sheet("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>");
    assert!(refusal(&archive(&[("xl/worksheets/sheet1.xml", &far)])).contains("rows"));
    let parts: Vec<String> = (0..=MAXIMUM_PARTS).map(|number| format!("p{number}")).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|name| (name.as_str(), "")).collect();
    assert!(refusal(&archive(&parts)).contains("too many parts"));
}

#[test]
fn entities_and_broken_parts_are_refused() {
    for text in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><worksheet/>",
        "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>7</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='ABCD99'><v>7</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='A1'><v>7",
        "",
    ] {
        refusal(&archive(&[("xl/worksheets/sheet1.xml", text)]));
    }
    refusal(&archive(&[]));
}

#[test]
fn texts_numbers_and_dates_are_read_as_shown() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let day = Style::new().set_num_format("dd mmm yyyy");
    let moment = Style::new().set_num_format("yyyy-mm-dd hh:mm");
    let pesos = Style::new().set_num_format("[$PHP] #,##0.00;[Red]-#,##0.00");
    page.write_string(0, 0, "title & <name>").expect("a cell");
    page.write_string(0, 2, "  kept  ").expect("a cell");
    page.write_number_with_format(1, 0, 1_250_000.5, &pesos).expect("a cell");
    let when = ExcelDateTime::from_ymd(2027, 3, 15).expect("a day");
    page.write_datetime_with_format(1, 1, &when, &day).expect("a cell");
    let when = when.and_hms(14, 30, 0).expect("a time");
    page.write_datetime_with_format(1, 2, &when, &moment).expect("a cell");
    page.write_boolean(1, 3, true).expect("a cell");
    let table = Table::read(&book.save_to_buffer().expect("a file")).expect("a table");
    assert_eq!(table.head, ["title & <name>", "", "kept"]);
    assert_eq!(
        table.rows,
        [(2, ["1250000.5", "2027-03-15", "2027-03-15T14:30:00", "true"].map(str::to_owned).to_vec())]
    );
    for (number, since_1904, shown) in
        [(1.0, false, "1900-01-01"), (61.0, false, "1900-03-01"), (0.0, true, "1904-01-01")]
    {
        assert_eq!(super::moment(number, since_1904).as_deref(), Some(shown));
    }
    assert_eq!(super::moment(-1.0, false), None);
    for (code, is_date) in [
        ("0.00", false),
        ("[h]:mm", false),
        ("#,##0 \"days\"", false),
        ("m/d/yy", true),
        ("General", false),
        ("[$-409]d mmm", true),
    ] {
        assert_eq!(shows_date(code), is_date, "{code}");
    }
    assert_eq!(unescaped("a_x000D_b_xyz_"), "a\rb_xyz_");
}

#[test]
fn merged_areas_and_open_formulas_are_noticed() {
    let cells = "<row r='1'><c r='A1' t='inlineStr'><is><t>title</t></is></c></row>\
                 <row r='2'><c r='A2'><f>B2</f><v/></c><c r='B2' t='str'><f>C2</f><v></v></c><c r='C2' t='e'><f>D2</f>\
                 <v>#N/A</v></c></row>";
    let merges = "<mergeCells><mergeCell ref='A2:B4'/><mergeCell ref='nonsense'/></mergeCells>";
    let page = format!("<worksheet><sheetData>{cells}</sheetData>{merges}</worksheet>");
    let table = Table::read(&archive(&[("xl/worksheets/sheet1.xml", &page)])).expect("a table");
    let row = [NOT_CALCULATED, "", "#N/A"].map(str::to_owned).to_vec();
    assert_eq!(table.rows, [(2, row)]);
    assert_eq!(table.merged, [Merged { first: "A2".to_owned(), rows: 2..=4, columns: 0..=1 }]);
    assert!(table.merged[0].is_first(2, 0) && !table.merged[0].is_first(3, 0));

    let many = "<mergeCell ref='A2:B4'/>".repeat(MAXIMUM_MERGED + 1);
    let page =
        format!("<worksheet><sheetData>{cells}</sheetData><mergeCells>{many}</mergeCells></worksheet>");
    assert!(refusal(&archive(&[("xl/worksheets/sheet1.xml", &page)])).contains("too many merged cells"));
}
