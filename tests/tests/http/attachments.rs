//! Files of records: types by content, limits, visibility, headers, history, undo, and their end.
#![allow(clippy::unwrap_used)] // A panic fails the test.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use jiff::SignedDuration;
use obcms_app::{App, AppError, HANDLERS};
use obcms_domain::attachments::MOST_BYTES;
use obcms_store::attachments::Blobs;
use obcms_store::{Database, Location, backup};
use obcms_tests::approval::{complete_ppa, step};
use obcms_tests::{Answer, Browser, Client, Server, TestDatabase, make, on_both_engines, sample};
use serde_json::{Value, json};
use ureq::http::Method;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n";
const BOUNDARY: &str = "XbX";

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// Body of a form with files, as (name, content).
fn body(token: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    if !token.is_empty() {
        write!(
            body,
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n"
        )
        .unwrap();
    }
    for (name, content) in files {
        let name = name.replace('"', "%22");
        let head = format!("content-disposition: form-data; name=\"file\"; filename=\"{name}\"");
        write!(body, "--{BOUNDARY}\r\n{head}\r\ncontent-type: image/png\r\n\r\n").unwrap();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    body
}

fn send(client: &Client, path: &str, body: Vec<u8>) -> Answer {
    client.send(Method::POST, path, Some((&format!("multipart/form-data; boundary={BOUNDARY}"), body)))
}

fn upload(client: &Client, path: &str, name: &str, content: &[u8]) -> Answer {
    send(client, &format!("/api/v1{path}/files"), body("", &[(name, content)]))
}

fn attached(client: &Client, path: &str, name: &str, content: &[u8]) -> Value {
    upload(client, path, name, content).expect_status(201).json
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    let list = client.get(&format!("/api/v1{path}/files")).expect_status(200).json;
    list["items"].as_array().unwrap().clone()
}

fn task(client: &Client) -> String {
    format!("/tasks/{}", id(&make(client, "tasks", json!({ "title": "Survey" }))))
}

/// Archive with stored parts (APPNOTE 4.3), enough for readers of its directory.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let offset = u32::try_from(out.len()).unwrap();
        let crc = content.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
            )
        });
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &(!crc).to_le_bytes(), &size, &size].concat();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        out.extend([b"PK\x03\x04", &common[..], &length, &[0, 0], name.as_bytes(), content].concat());
        let rest = [&[0; 10][..], &[0; 2], &offset.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &length, &rest[..], name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let (size, start) = (u32::try_from(directory.len()).unwrap(), u32::try_from(out.len()).unwrap());
    out.extend(&directory);
    out.extend(
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size.to_le_bytes(), &start.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    out
}

/// Runs the nightly job.
fn clean_up(app: &App) -> String {
    let handler = HANDLERS.iter().find(|handler| handler.kind == "clean_up_files").unwrap();
    (handler.run)(app, &Value::Null).unwrap().summary
}

fn contents(server: &Server) -> Vec<String> {
    Blobs::new(server.files()).all().unwrap().into_iter().map(|(hash, _)| hash).collect()
}

on_both_engines! {
    fn type_is_told_by_content_and_not_by_name(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        let word = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
        let sheet = archive(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>")]);
        let open = archive(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<w/>")]);
        let old: Vec<u8> = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[1; 600], b"W\0o\0r\0k\0b\0o\0o\0k\0\0\0"].concat();
        // An archive that claims more parts than it has is not looked into.
        let mut many = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<many/>")]);
        let end = many.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
        many.splice(end..end, [&b"PK\x06\x07"[..], &[0xff; 16]].concat());
        for (name, content, media_type, stored) in [
            ("many.docx", &many[..], "application/zip", "many.zip"),
            ("map.png", PNG, "image/png", "map.png"),
            ("memo.png", PDF, "application/pdf", "memo.pdf"),
            ("photo", &b"\xff\xd8\xff\xe0 JFIF"[..], "image/jpeg", "photo.jpg"),
            ("list.CSV", "name,place\nPeña,Cotabato\n".as_bytes(), "text/csv", "list.CSV"),
            ("notes.html.txt", b"plain words", "text/plain", "notes.html.txt"),
            ("notes.pdf", b"just words", "text/plain", "notes.txt"),
            ("plan.zip", &word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "plan.docx"),
            ("budget.xlsx", &sheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "budget.xlsx"),
            ("open.odt", &open, "application/vnd.oasis.opendocument.text", "open.odt"),
            ("old.xls", &old, "application/vnd.ms-excel", "old.xls"),
            ("all.zip", &archive(&[("a.txt", b"a")]), "application/zip", "all.zip"),
            // A picture that is also markup is served as a picture.
            ("poly.gif", b"GIF89a/*<script>alert(1)</script>*/", "image/gif", "poly.gif"),
        ] {
            let file = attached(&staff, &task, name, content);
            assert_eq!((file["content_type"].as_str(), file["name"].as_str()), (Some(media_type), Some(stored)));
            assert_eq!(file["size_bytes"], json!(content.len()));
            assert!(Blobs::new(server.files()).is_whole(file["sha256"].as_str().unwrap()).unwrap());
        }
        let count = items(&staff, &task).len();
        for (name, content) in [
            ("page.png", &b"<!DOCTYPE html><script>alert(1)</script>"[..]),
            ("drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("drawing.txt", b"\xef\xbb\xbf\n <?xml version=\"1.0\"?><svg/>"),
            ("page.html", b"words without a mark"),
            ("run.bat", b"del *.*"),
            ("run.txt", b"#!/bin/sh\nrm"),
            ("setup.pdf", b"MZ\x90\0\x03"),
            ("tool.png", b"\x7fELF\x02\x01"),
            ("app.zip", &archive(&[("META-INF/MANIFEST.MF", b"Main-Class: X")])),
            ("macro.docx", &archive(&[("[Content_Types].xml", b"<T/>"), ("word/document.xml", b""), ("word/vbaProject.bin", b"x")])),
            ("half.zip", b"PK\x03\x04 cut off"),
            ("setup.msi", &[&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[1; 600]].concat()),
            ("data.csv", b"a\0b"),
            ("old.csv", b"Pe\xf1a"),
            ("film.jpg", b"\0\0\0\x18ftypisom\0\0\0\0isommp41"),
        ] {
            let refused = upload(&staff, &task, name, content).expect_status(415);
            let detail = refused.json["detail"].as_str().unwrap();
            assert!(detail.starts_with("This file is ") && detail.contains("Allowed are pictures"), "{name}: {detail}");
        }
        assert_eq!(items(&staff, &task).len(), count);
        let left = fs::read_dir(server.files().join("incoming")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "refused uploads leave nothing");
    }

    fn hostile_names_are_stored_as_plain_ones(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        for (number, (given, stored)) in [
            ("../../x.pdf", "x.pdf"), ("C:\\temp\\y.pdf", "y.pdf"), ("in\u{202e}fdp.exe", "infdp.exe.pdf"),
            ("say \"hi\".pdf", "say _hi_.pdf"), ("..", "file.pdf"), ("ملف.pdf", "ملف.pdf"),
        ].into_iter().enumerate() {
            let content = [PDF, &[b'%', u8::try_from(number).unwrap() + b'0']].concat();
            // Browsers send a quotation mark as %22, which stays as it is.
            let stored = if given.contains('"') { "say %22hi%22.pdf" } else { stored };
            assert_eq!(attached(&staff, &task, given, &content)["name"], json!(stored), "{given:?}");
        }
        let name = format!("{}.pdf", "ñ".repeat(300));
        let file = attached(&staff, &task, &name, PDF);
        assert!(file["name"].as_str().unwrap().len() <= 200);
        let answer = staff.get(file["url"].as_str().unwrap()).expect_status(200);
        assert!(answer.header("content-disposition").contains("filename*=UTF-8''%C3%B1"));
    }

    fn limits_are_named(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        let empty = upload(&staff, &task, "a.txt", b"").expect_status(422);
        assert_eq!((empty.errors("field"), empty.errors("code")), (vec!["file"], vec!["empty"]));
        let path = format!("/api/v1{task}/files");
        assert_eq!(send(&staff, &path, body("", &[])).expect_status(422).errors("code"), ["required"]);
        send(&staff, &path, body("", &[("a.txt", b"a"), ("b.txt", b"b")])).expect_status(400);
        staff.post(&path, &json!({})).expect_status(415);
        send(&staff, &format!("{path}?round=1"), body("", &[("a.txt", b"a")])).expect_status(400);

        let most = usize::try_from(MOST_BYTES).unwrap();
        let mut large = PDF.to_vec();
        large.resize(most, b'\n');
        assert_eq!(attached(&staff, &task, "a.pdf", &large)["size_bytes"], json!(MOST_BYTES));
        large.push(b'\n');
        let refused = upload(&staff, &task, "b.pdf", &large).expect_status(413);
        assert_eq!(refused.json["detail"], "The file must be at most 25 MB.");
        // The quota of the harness takes two of them. The same content again takes no more room.
        large.truncate(most);
        large[100] = b'2';
        attached(&staff, &task, "b.pdf", &large);
        large[100] = b'3';
        let refused = upload(&staff, &task, "c.pdf", &large).expect_status(422);
        assert_eq!(refused.errors("code"), ["quota"]);
        assert!(refused.text.contains("quota of 60 MB"), "{}", refused.text);
        large[100] = b'2';
        let other = self::task(&staff);
        attached(&staff, &other, "same.pdf", &large);
        let health = server.app().file_health().unwrap();
        assert!(!health.is_nearly_full() && health.bytes == 2 * MOST_BYTES, "{health:?}");
    }

    fn quota_holds_for_uploads_at_the_same_time(server: &Server) {
        let staff = server.as_role("staff");
        let most = usize::try_from(MOST_BYTES).unwrap();
        let large = |mark: u8| {
            let mut content = PDF.to_vec();
            content.resize(most, mark);
            content
        };
        let tasks: Vec<String> = (0..3).map(|_| task(&staff)).collect();
        attached(&staff, &tasks[0], "a.pdf", &large(b'a'));
        let mut answers: Vec<u16> = std::thread::scope(|scope| {
            let sent: Vec<_> = [(1, b'b'), (2, b'c')]
                .into_iter()
                .map(|(place, mark)| {
                    let (staff, path, content) = (&staff, &tasks[place], large(mark));
                    scope.spawn(move || upload(staff, path, "large.pdf", &content).status)
                })
                .collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        answers.sort_unstable();
        // Each of them fits alone.
        assert_eq!(answers, [201, 422]);
        assert_eq!(server.app().file_health().unwrap().bytes, 2 * MOST_BYTES);
    }

    fn each_kind_with_files_has_the_panel(server: &Server) {
        let admin = Browser::of(server, "admin");
        let kinds = obcms_domain::kinds::REGISTRY.into_iter().filter(|kind| kind.has_attachments && kind.is_changeable());
        let mut names = Vec::new();
        for (number, kind) in kinds.enumerate() {
            let record = sample::make(server, kind, u32::try_from(number).unwrap() + 1, None);
            let (path, tab) = (kind.url(record.id), if kind.name == "ppa" { "?tab=files" } else { "" });
            let page = admin.page(&format!("{path}{tab}"));
            assert!(page.contains(&format!("data-upload=\"/api/v1{path}/files\"")), "{path}");
            let client = admin.client.with_header("x-csrf-token", &admin.token);
            attached(&client, &path, "map.png", PNG);
            let page = admin.page(&format!("{path}{tab}"));
            assert!(page.contains("map.png") && page.contains("?inline=true"), "{path}");
            names.push(kind.name);
        }
        assert_eq!(names, ["event", "task", "ppa", "project", "measurement", "update", "assessment", "policy"]);
    }

    fn equal_contents_are_stored_once(server: &Server) {
        let staff = server.as_role("staff");
        let (one, two) = (task(&staff), task(&staff));
        let first = attached(&staff, &one, "map.png", PNG);
        // The same again on the same record is the same file.
        assert_eq!(upload(&staff, &one, "copy.png", PNG).expect_status(200).json["id"], first["id"]);
        let second = attached(&staff, &two, "copy.png", PNG);
        assert_eq!((&first["sha256"], second["name"].as_str()), (&second["sha256"], Some("copy.png")));
        assert_eq!(contents(server), [first["sha256"].as_str().unwrap()]);
        // Many at once: one file for each record, one content.
        let tasks: Vec<String> = (0..6).map(|_| task(&staff)).collect();
        std::thread::scope(|scope| {
            for path in tasks.iter().chain(&tasks) {
                let staff = &staff;
                scope.spawn(move || {
                    let status = upload(staff, path, "notes.txt", b"the same words").status;
                    assert!(status == 201 || status == 200, "{status}");
                });
            }
        });
        assert!(tasks.iter().all(|path| items(&staff, path).len() == 1));
        assert_eq!(contents(server).len(), 2);
    }

    fn partners_remove_only_their_own_files(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let organization = make(&coordinator, "organizations", json!({ "name": "Ministry" }));
        let members = json!({ "roles": ["partner"], "organization": organization["id"] });
        let partner = server.person_with(members).client;
        let ppa = json!({ "title": "Wells", "category": "moa_ppa", "lead_organization": organization["id"] });
        let path = format!("/ppas/{}", id(&make(&coordinator, "ppas", ppa)));
        let of_office = attached(&coordinator, &path, "map.png", PNG);
        let own = attached(&partner, &path, "report.txt", b"Two wells are dug.");
        partner.delete(of_office["url"].as_str().unwrap()).expect_status(403);
        partner.delete(own["url"].as_str().unwrap()).expect_status(204);
        assert_eq!(items(&partner, &path).len(), 1);
    }

    fn who_sees_the_record_sees_its_files(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let organization = make(&coordinator, "organizations", json!({ "name": "Ministry" }));
        let members = json!({ "roles": ["partner"], "organization": organization["id"] });
        let (partner, stranger) = (server.person_with(members), server.person(&["partner"]).client);
        let own = make(&coordinator, "tasks", json!({ "title": "Own", "assignees": [partner.id] }));
        let own = format!("/tasks/{}", id(&own));
        let hidden = task(&coordinator);
        let file = attached(&coordinator, &own, "map.png", PNG);
        let secret = attached(&coordinator, &hidden, "map.png", PNG);
        let partner = partner.client;
        let url = file["url"].as_str().unwrap();
        assert_eq!(items(&partner, &own).len(), 1);
        partner.get(url).expect_status(200);
        for (reader, address) in [(&partner, secret["url"].as_str().unwrap()), (&stranger, url)] {
            reader.get(address).expect_status(404);
            reader.get(&format!("{address}?inline=true")).expect_status(404);
            reader.delete(address).expect_status(404);
            reader.post(&format!("{address}/restore"), &json!({})).expect_status(404);
        }
        stranger.get(&format!("/api/v1{own}/files")).expect_status(404);
        upload(&stranger, &own, "a.txt", b"a").expect_status(404);
        // The id of a file opens nothing below another record.
        let crossed = format!("/api/v1{own}/files/{}", id(&secret));
        for reader in [&partner, &coordinator] {
            reader.get(&crossed).expect_status(404);
            reader.delete(&crossed).expect_status(404);
        }
        server.anonymous().get(url).expect_status(401);
        // Access that ends, ends at once.
        let task = own.trim_start_matches("/tasks/");
        coordinator.patch(&format!("/api/v1/tasks/{task}"), &json!({ "assignees": [] })).expect_status(200);
        partner.get(url).expect_status(404);
        // Kinds without files have no such address.
        let community = coordinator.get("/api/v1/communities?limit=1").json["items"][0]["id"].clone();
        let community = community.as_str().unwrap_or("01890000-0000-7000-8000-000000000000").to_owned();
        coordinator.get(&format!("/api/v1/communities/{community}/files")).expect_status(404);
    }

    fn who_may_change_the_record_attaches_and_removes(server: &Server) {
        let (coordinator, officer) = (server.as_role("coordinator"), server.as_role("budget_officer"));
        let executive = server.as_role("executive");
        let ppa = make(&coordinator, "ppas", json!({ "title": "Clinics", "category": "moa_ppa" }));
        let path = format!("/ppas/{}", id(&ppa));
        let file = attached(&coordinator, &path, "memo.pdf", PDF);
        let url = file["url"].as_str().unwrap();
        executive.get(url).expect_status(200);
        upload(&executive, &path, "a.txt", b"a").expect_status(403);
        executive.delete(url).expect_status(403);
        assert_eq!(executive.get(&format!("/api/v1{path}/files")).json["may_add"], false);
        coordinator.post(&format!("/api/v1{path}/restore"), &json!({})).expect_status(200);
        // Nobody changes a ledger entry; whoever may enter one attaches its document.
        let ppa = complete_ppa(&coordinator, "Wells", 1_000_00);
        let ppa = obcms_tests::approval::enact(server, &coordinator, &ppa);
        let entry = make(&officer, "tranches", json!({
            "ppa": ppa["id"], "kind": "allocation", "amount_centavos": 500_00, "date": "2027-01-10", "document": "SARO 1",
        }));
        let entry = format!("/tranches/{}", id(&entry));
        let page = Browser::of(server, "budget_officer").page(&entry);
        assert!(page.contains(&format!("data-upload=\"/api/v1{entry}/files\"")), "{page}");
        let file = attached(&officer, &entry, "saro.pdf", PDF);
        let page = Browser::of(server, "staff").page(&entry);
        assert!(page.contains("saro.pdf") && !page.contains("data-upload"));
        upload(&server.as_role("staff"), &entry, "a.txt", b"a").expect_status(403);
        officer.delete(file["url"].as_str().unwrap()).expect_status(204);
        officer.post(&format!("{}/restore", file["url"].as_str().unwrap()), &json!({})).expect_status(200);
        assert_eq!(items(&officer, &entry).len(), 1);
        // An archived record keeps its files as they are.
        let task = task(&coordinator);
        let file = attached(&coordinator, &task, "a.txt", b"a");
        coordinator.delete(&format!("/api/v1{task}")).expect_status(204);
        let actor = server.app().actor_of(server.person(&["coordinator"]).id).unwrap().unwrap();
        let (token, _) = server.app().create_token(&actor, "reader", "read", None).unwrap();
        let reader = server.anonymous().with_token(&token);
        reader.get(file["url"].as_str().unwrap()).expect_status(200);
        upload(&reader, &path, "b.txt", b"b").expect_status(403);
        upload(&coordinator, &task, "b.txt", b"b").expect_status(409);
        coordinator.delete(file["url"].as_str().unwrap()).expect_status(409);
        coordinator.get(file["url"].as_str().unwrap()).expect_status(200);
    }

    fn files_of_a_round_stay_when_it_is_decided(server: &Server) {
        let maker = server.as_role("coordinator");
        let ppa = complete_ppa(&maker, "Clinics", 1_000_00);
        let path = format!("/ppas/{}", id(&ppa));
        let of_round = format!("/api/v1{path}/files?round=1");
        send(&maker, &of_round, body("", &[("early.txt", b"early")])).expect_status(409);
        step(&maker, &ppa, "submit", "").expect_status(200);
        // The executive may not change PPAs, but decides one stage of this round.
        let executive = Browser::of(server, "executive");
        let attach = |words: &[u8]| {
            let client = executive.client.with_header("x-csrf-token", &executive.token);
            send(&client, &of_round, body("", &[("note.txt", words)]))
        };
        attach(b"not yet").expect_status(403);
        let deciders = ["coordinator", "budget_officer", "coordinator"];
        for role in deciders {
            step(&server.person(&[role]).client, &ppa, "approve", "Good").expect_status(200);
        }
        let file = attach(b"considered").expect_status(201).json;
        assert_eq!(file["round"], 1);
        let url = file["url"].as_str().unwrap();
        assert!(executive.page(&format!("{path}?tab=approval")).contains("Files of round 1"));
        // The sheet to sign names them with the beginning of their digest.
        let sheet = executive.page(&format!("{path}/approval/sheet"));
        let digest = file["sha256"].as_str().unwrap();
        assert!(sheet.contains("note.txt") && sheet.contains(&digest[..16]), "{sheet}");
        assert!(executive.page(&format!("{path}?tab=files")).contains("Approval round 1"));
        // Nobody else takes it away, and after the decision nobody does.
        maker.delete(url).expect_status(403);
        let client = executive.client.with_header("x-csrf-token", &executive.token);
        client.delete(url).expect_status(204);
        client.post(&format!("{url}/restore"), &json!({})).expect_status(200);
        step(&server.person(&["executive"]).client, &ppa, "return", "More").expect_status(200);
        client.delete(url).expect_status(409);
        attach(b"too late").expect_status(409);
        maker.get(url).expect_status(200);
    }

    fn content_is_served_without_active_content(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        let png = attached(&staff, &task, "Peña map.png", PNG);
        let url = png["url"].as_str().unwrap();
        let answer = staff.get(url).expect_status(200);
        for (name, value) in [
            ("content-type", "image/png"),
            ("content-disposition", "attachment; filename=\"Pe_a map.png\"; filename*=UTF-8''Pe%C3%B1a%20map.png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
            ("cache-control", "private, no-cache"),
            ("cross-origin-resource-policy", "same-origin"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert_eq!(answer.header("content-length"), PNG.len().to_string());
        let tag = answer.header("etag").to_owned();
        assert_eq!(tag, format!("\"{}\"", png["sha256"].as_str().unwrap()));
        staff.with_header("if-none-match", &tag).get(url).expect_status(304);
        staff.with_header("if-none-match", "\"other\"").get(url).expect_status(200);
        // Shown in place only what runs nothing.
        let inline = |client: &Client, file: &Value| {
            let answer = client.get(&format!("{}?inline=true", file["url"].as_str().unwrap())).expect_status(200);
            let word = answer.header("content-disposition").split(';').next().unwrap().to_owned();
            (word, answer.header("content-security-policy").starts_with("sandbox"))
        };
        assert_eq!(inline(&staff, &png), ("inline".to_owned(), true));
        assert_eq!(inline(&staff, &attached(&staff, &task, "a.pdf", PDF)), ("inline".to_owned(), false));
        let text = attached(&staff, &task, "words.txt", b"0123456789");
        assert_eq!(inline(&staff, &text), ("attachment".to_owned(), true));
        staff.get(&format!("{url}?inline=perhaps")).expect_status(400);
        staff.get(&format!("{url}?round=1")).expect_status(400);
        let long = "line of a long list\n".repeat(40_000);
        let list = attached(&staff, &task, "list.txt", long.as_bytes());
        let answer = staff.get(list["url"].as_str().unwrap()).expect_status(200);
        assert_eq!((answer.header("content-length"), answer.text == long), (long.len().to_string().as_str(), true));
        // Parts of it, without compression even for those who take it.
        let url = text["url"].as_str().unwrap();
        let part = |range: &str| staff.with_header("range", range).with_header("accept-encoding", "gzip, br").get(url);
        let answer = part("bytes=2-4").expect_status(206);
        assert_eq!((answer.text.as_str(), answer.header("content-range")), ("234", "bytes 2-4/10"));
        assert_eq!(part("bytes=-3").expect_status(206).text, "789");
        assert_eq!(part("bytes=20-").expect_status(416).header("content-range"), "bytes */10");
        assert_eq!(part("bytes=0-1,4-5").expect_status(200).text, "0123456789");
        let stale = staff.with_header("range", "bytes=2-4").with_header("if-range", "\"old\"").get(url);
        assert_eq!(stale.expect_status(200).text, "0123456789");
    }

    fn files_are_in_the_history_and_undo_takes_them_back(server: &Server) {
        let person = server.person(&["staff"]);
        let staff = person.client.clone();
        let task = task(&staff);
        let version = staff.get(&format!("/api/v1{task}")).json["version"].clone();
        let file = attached(&staff, &task, "map.png", PNG);
        let url = file["url"].as_str().unwrap().to_owned();
        assert_eq!(staff.get(&format!("/api/v1{task}")).json["version"], version, "nobody's edit is stale");
        let last = |client: &Client| client.get(&format!("/api/v1{task}/history")).json["items"][0].clone();
        assert_eq!(last(&staff)["fields"]["attachment"], json!({ "from": null, "to": "map.png" }));
        let undo = |client: &Client, status| client.post(&format!("/api/v1{task}/undo"), &json!({})).expect_status(status);
        undo(&server.as_role("coordinator"), 403);
        undo(&staff, 200);
        assert!(items(&staff, &task).is_empty());
        staff.get(&url).expect_status(404);
        undo(&staff, 409);
        // A removal is taken back too, also after the record was changed.
        staff.post(&format!("{url}/restore"), &json!({})).expect_status(200);
        staff.delete(&url).expect_status(204);
        staff.delete(&url).expect_status(204);
        let set = last(&staff)["change_set"].as_str().unwrap().to_owned();
        staff.patch(&format!("/api/v1{task}"), &json!({ "title": "Survey of wells" })).expect_status(200);
        staff.post(&format!("/api/v1{task}/undo?change_set={set}"), &json!({})).expect_status(200);
        assert_eq!(items(&staff, &task).len(), 1);
        staff.post(&format!("/api/v1{task}/undo?change_set={set}"), &json!({})).expect_status(409);
        let browser = Browser::sign_in(server, &person);
        let page = browser.page(&task);
        for words in ["added a file", "restored a file", "removed a file", "map.png"] {
            assert!(page.contains(words), "{words}");
        }
        // An edit is undone past an upload, and the creation of a record with files is undone as a whole.
        attached(&staff, &task, "b.txt", b"b");
        staff.post(&format!("/api/v1{task}/undo"), &json!({})).expect_status(200);
        staff.post(&format!("/api/v1{task}/undo"), &json!({})).expect_status(200);
        assert_eq!(staff.get(&format!("/api/v1{task}")).json["title"], "Survey");
    }

    fn folder_that_cannot_be_written_is_no_fault_of_the_sender(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        fs::create_dir_all(server.files().parent().unwrap()).unwrap();
        fs::write(server.files(), "in the way").unwrap();
        let answer = upload(&staff, &task, "a.txt", b"a").expect_status(503);
        assert!(answer.text.contains("cannot read or write its files") && answer.headers.contains_key("retry-after"));
        fs::remove_file(server.files()).unwrap();
        attached(&staff, &task, "a.txt", b"a");
    }

    fn forms_work_without_scripts(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let made = browser.client.with_header("x-csrf-token", &browser.token);
        let event = make(&made, "events", json!({ "title": "Talk", "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" }));
        let page = format!("/events/{}", id(&event));
        let form = format!("{page}/files");
        let text = browser.page(&page);
        assert!(text.contains("enctype=\"multipart/form-data\"") && text.contains("capture=\"environment\""), "{text}");
        send(&browser.client, &form, body("", &[("a.txt", b"a")])).expect_status(403);
        send(&browser.client, &form, body("wrong", &[("a.txt", b"a")])).expect_status(403);
        assert!(items(&browser.client, &page).is_empty());
        // An empty second input, as of the camera, is no file.
        let sent = body(&browser.token, &[("a.txt", b"a"), ("map.png", PNG), ("", b"")]);
        let answer = send(&browser.client, &form, sent).expect_status(303);
        assert_eq!(answer.header("location"), format!("{page}#files"));
        let files = items(&browser.client, &page);
        assert_eq!(files.len(), 2);
        // The good one of two is attached, the other one named with its reason.
        let answer = send(&browser.client, &form, body(&browser.token, &[("page.png", b"<html>"), ("b.txt", b"b")]));
        let answer = answer.expect_status(415);
        assert!(answer.text.contains("page.png") && answer.text.contains("HTML, SVG or XML"), "{}", answer.text);
        assert_eq!(items(&browser.client, &page).len(), 3);
        send(&browser.client, &form, body(&browser.token, &[("", b"")])).expect_status(422);
        let remove = format!("{form}/{}/remove", id(&files[0]));
        browser.client.post_form(&remove, &[]).expect_status(403);
        browser.send(&remove, &[]).expect_status(303);
        let text = browser.page(&page);
        assert!(text.contains("Removed files") && text.contains("map.png"));
        browser.send(&format!("{form}/{}/restore", id(&files[0])), &[]).expect_status(303);
        assert!(!browser.page(&page).contains("Removed files"));
    }

    fn nightly_job_deletes_what_nothing_uses(server: &Server) {
        let staff = server.as_role("staff");
        let (one, two) = (task(&staff), task(&staff));
        let kept = attached(&staff, &one, "kept.txt", b"kept");
        let removed = attached(&staff, &one, "removed.txt", b"removed");
        let shared = attached(&staff, &two, "kept.txt", b"kept");
        staff.delete(removed["url"].as_str().unwrap()).expect_status(204);
        staff.delete(shared["url"].as_str().unwrap()).expect_status(204);
        // What an upload left whose transaction failed.
        let blobs = Blobs::new(server.files());
        let mut orphan = blobs.stage("orphan").unwrap();
        orphan.write(b"orphan").unwrap();
        let hash = orphan.sync().unwrap();
        blobs.keep(&orphan.sealed(&hash)).unwrap();
        let hours = |count: i64| server.app().now() + SignedDuration::from_hours(count);

        let (app, clock) = server.app_at(hours(1));
        assert_eq!(clean_up(&app), "0 files and 0 contents deleted");
        assert_eq!(contents(server).len(), 3);
        clock.set(hours(24));
        assert_eq!(clean_up(&app), "0 files and 1 contents deleted");
        staff.post(&format!("{}/restore", removed["url"].as_str().unwrap()), &json!({})).expect_status(200);
        staff.delete(removed["url"].as_str().unwrap()).expect_status(204);
        clock.set(hours(31 * 24));
        // The files go first, their contents a night later: a backup may be reading them.
        assert_eq!(clean_up(&app), "2 files and 0 contents deleted");
        staff.post(&format!("{}/restore", removed["url"].as_str().unwrap()), &json!({})).expect_status(404);
        let again = attached(&staff, &two, "again.txt", b"removed");
        clock.set(hours(32 * 24));
        assert_eq!(clean_up(&app), "0 files and 0 contents deleted");
        staff.get(again["url"].as_str().unwrap()).expect_status(200);
        assert_eq!(staff.get(kept["url"].as_str().unwrap()).expect_status(200).text, "kept");
        // A record that is gone takes its files with it.
        server.app().write(&obcms_app::Actor::program(), |work| {
            work.tx.execute("DELETE FROM records WHERE id = $1", &[two[7..].parse::<obcms_domain::core::id::Id>().unwrap().into()])?;
            Ok::<_, AppError>(())
        }).unwrap();
        clock.set(hours(33 * 24));
        assert_eq!(clean_up(&app), "1 files and 0 contents deleted");
        clock.set(hours(34 * 24));
        assert_eq!(clean_up(&app), "0 files and 1 contents deleted");
        assert_eq!(contents(server), [kept["sha256"].as_str().unwrap()]);
    }

    fn backup_has_the_contents_and_restores_them_into_either_engine(server: &Server) {
        let staff = server.as_role("staff");
        let task = task(&staff);
        let file = attached(&staff, &task, "map.png", PNG);
        let mut large = PDF.to_vec();
        large.resize(700_000, b'\n');
        let pdf = attached(&staff, &task, "plan.pdf", &large);
        let lost = attached(&staff, &task, "lost.txt", b"lost");
        let blobs = Blobs::new(server.files());
        blobs.remove(lost["sha256"].as_str().unwrap()).unwrap();
        let fault = server.app().file_health().unwrap().verdict().unwrap_err();
        assert!(fault.contains("lost.txt") && fault.contains("missing"), "{fault}");

        let folder = Temporary::new();
        let (path, now) = (folder.0.join("backup"), server.app().now());
        let database = server.app().database();
        backup::write(database, "1.0.0", now, &[], &blobs, fs::File::create(&path).unwrap()).unwrap();
        let (_, summary, _) = backup::check(&path).unwrap();
        assert_eq!((summary.contents.count, summary.contents.missing.len()), (2, 1));
        assert_eq!(summary.contents.bytes, (PNG.len() + large.len()) as u64);

        let on_server = TestDatabase::empty_on_server();
        for url in [format!("sqlite:{}", folder.0.join("new.db").display()), on_server.url().to_owned()] {
            let location = Location::parse(&url, &folder.0).unwrap();
            let database = Database::open(&location).unwrap();
            let restored = Blobs::new(folder.0.join(if url.starts_with("sqlite") { "one" } else { "two" }));
            // A damaged content that lies there already is replaced.
            let place = restored.folder().join(&file["sha256"].as_str().unwrap()[..2]);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join(&file["sha256"].as_str().unwrap()[2..]), vec![0; PNG.len()]).unwrap();
            if url.starts_with("sqlite") {
                backup::load_into_empty(&database, &path, &restored, 0, now).unwrap();
            } else {
                backup::replace(&database, &path, &restored, now).unwrap();
            }
            for (file, size) in [(&file, PNG.len()), (&pdf, large.len())] {
                let hash = file["sha256"].as_str().unwrap();
                assert!(restored.is_whole(hash).unwrap());
                assert_eq!(restored.size(hash).unwrap(), Some(size as u64));
            }
            let rows: i64 = database.read(|tx| tx.one("SELECT count(*) FROM attachments", &[])?.get(0)).unwrap();
            assert_eq!(rows, 3);
        }
    }
}

/// Folder that is removed with it.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        let name = format!("obcms-attachments-{}-{:?}", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name.replace(['(', ')'], ""));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
