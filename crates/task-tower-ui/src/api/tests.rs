//! The document says of every address what the table says, and of no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::DOCUMENT;
use super::table;

type Line = (String, String, String);

fn documented() -> BTreeSet<Line> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let lines = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(|(method, what)| (path.clone(), method.clone(), what["x-permission"].as_str().unwrap().to_owned()))
    });
    lines.collect()
}

fn real() -> BTreeSet<Line> {
    let line =
        |route: super::Route| (route.path.to_owned(), route.method.to_owned(), route.permission.as_str().to_owned());
    table().into_iter().map(line).collect()
}

#[test]
fn the_document_and_the_routes_are_the_same() {
    let (documented, real) = (documented(), real());

    assert_eq!(documented.difference(&real).collect::<Vec<_>>(), Vec::<&Line>::new(), "no route for these");
    assert_eq!(real.difference(&documented).collect::<Vec<_>>(), Vec::<&Line>::new(), "openapi.json lacks these");
    assert!(real.len() > 20);
}

#[test]
fn nothing_changes_by_asking() {
    for (path, method, permission) in real() {
        assert_eq!(method == "get", permission == "view", "{method} {path}");
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let pieces = DOCUMENT.split("\"$ref\": \"#").skip(1).map(|piece| piece.split('"').next().unwrap());

    let broken: Vec<&str> = pieces.filter(|pointer| document.pointer(pointer).is_none()).collect();

    assert_eq!(broken, Vec::<&str>::new());
}
