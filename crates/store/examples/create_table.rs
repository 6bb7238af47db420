//! Prints the migration of a kind: `cargo run -p obcms-store --example create_table KIND…`, or of all kinds.

use obcms_domain::kinds;
use obcms_store::records::schema;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for kind in kinds::REGISTRY {
        if wanted.is_empty() || wanted.iter().any(|name| name == kind.name) {
            println!("{}", schema::create_table(kind));
        }
    }
}
