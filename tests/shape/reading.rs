//! How `shape.rs` reads sources and manifests: by the layout rustfmt guarantees, so that no parser is needed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// A function as it stands in its file.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) starts: usize,
    /// Lines of its body that are neither blank nor a comment, as clippy counts them.
    pub(crate) lines: usize,
}

/// The text up to its inline test module.
pub(crate) fn without_inline_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ").map_or(text, |end| &text[..end])
}

/// The middle of some lengths.
pub(crate) fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths[lengths.len() / 2]
}

/// Every function with a body that stands on lines of its own.
pub(crate) fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, function_name(line)?)));
    starts
        .filter_map(|(at, name)| measure(&lines, at, name))
        .collect()
}

fn function_name(line: &str) -> Option<String> {
    let before_name = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "unsafe",
        "extern",
        "\"C\"",
    ];
    let mut words = line
        .split_whitespace()
        .skip_while(|word| before_name.contains(word));
    (words.next()? == "fn").then_some(())?;
    Some(
        words
            .next()?
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect(),
    )
}

fn measure(lines: &[&str], at: usize, name: String) -> Option<Function> {
    let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
    let rest = &lines[at..];
    let opens = rest.iter().position(|line| line.ends_with(['{', ';', '}']))?;
    if !rest[opens].ends_with('{') {
        return None; // declared only, or whole on one line
    }
    let closing = format!("{indent}}}");
    let body = rest[opens + 1..].iter().take_while(|line| **line != closing);
    let counted = body.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
    Some(Function {
        name,
        starts: at + 1,
        lines: counted.count(),
    })
}

/// The names of the types a Rust or TypeScript text declares.
pub(crate) fn type_names(text: &str) -> Vec<String> {
    let declares = ["struct", "enum", "trait", "union", "type", "class", "interface"];
    let before = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "export",
        "default",
        "declare",
        "abstract",
        "unsafe",
    ];
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| before.contains(word));
        declares.contains(&words.next()?).then_some(())?;
        Some(
            words
                .next()?
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect(),
        )
    });
    named.collect()
}

/// The words of a name, in lower case: `KeyService`, `key_service` and `key-service` are all `key`, `service`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for c in name.chars() {
        if c.is_uppercase() || !c.is_alphanumeric() {
            found.push(String::new());
        }
        if c.is_alphanumeric() {
            found.last_mut().unwrap().extend(c.to_lowercase());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// What one package says it is built from; dev-dependencies are left out.
pub(crate) struct Manifest {
    pub(crate) package: String,
    /// Names as on crates.io, also where the workspace gives a dependency another name.
    pub(crate) libraries: BTreeSet<String>,
}

/// The manifests of the desktop package, the crates, the tests and xtask.
pub(crate) fn manifests(root: &Path) -> Vec<Manifest> {
    let top = table(&root.join("Cargo.toml"));
    let shared = top["workspace"]["dependencies"].as_table().unwrap();
    let crates = fs::read_dir(root.join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let others = crates
        .chain([root.join("tests"), root.join("xtask")])
        .map(|folder| table(&folder.join("Cargo.toml")));
    std::iter::once(top.clone())
        .chain(others)
        .map(|manifest| read(&manifest, shared))
        .collect()
}

fn table(file: &Path) -> Table {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn read(manifest: &Table, shared: &Table) -> Manifest {
    let package = manifest["package"]["name"].as_str().unwrap().to_owned();
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|all| all.values());
    let scopes = platforms.filter_map(Value::as_table).chain([manifest]);
    let sections = scopes.flat_map(|scope| [scope.get("dependencies"), scope.get("build-dependencies")]);
    let entries = sections.flatten().filter_map(Value::as_table).flatten();
    let libraries = entries
        .map(|(name, entry)| published_name(name, entry, shared))
        .collect();
    Manifest { package, libraries }
}

fn published_name(name: &str, entry: &Value, shared: &Table) -> String {
    let inherited = entry.get("workspace").is_some();
    let described = if inherited {
        shared.get(name).unwrap_or(entry)
    } else {
        entry
    };
    described
        .get("package")
        .and_then(Value::as_str)
        .unwrap_or(name)
        .to_owned()
}

#[test]
fn a_body_is_counted_without_blanks_comments_and_signature() {
    let text = "\
impl Thing {
    pub(crate) async fn long(
        &self,
    ) -> u8 {
        // why

        if true {
            1
        } else { 2 }
    }

    fn declared(&self);
    fn short() -> u8 { 3 }
}
";
    let found = functions(text);
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.name.as_str(), it.starts, it.lines))
        .collect();
    assert_eq!(found, [("long", 2, 3)]);
}

#[test]
fn inline_tests_do_not_count_and_test_helpers_elsewhere_do() {
    assert_eq!(without_inline_tests("a\n#[cfg(test)]\nmod tests {\n}\n"), "a");
    assert_eq!(
        without_inline_tests("a\n#[cfg(test)]\nfn b() {}\n"),
        "a\n#[cfg(test)]\nfn b() {}\n"
    );
}

#[test]
fn names_fall_into_their_words() {
    assert_eq!(words("KeyService"), ["key", "service"]);
    assert_eq!(words("key_utils"), ["key", "utils"]);
    assert_eq!(words("Serviceable"), ["serviceable"]);
    assert_eq!(
        type_names("pub(crate) struct Key<'a> {\nexport interface Row {\nlet type_x = 1;"),
        ["Key", "Row"]
    );
}

#[test]
fn a_renamed_dependency_is_known_by_its_published_name() {
    let shared: Table = "keyring = { package = \"keyring-core\", version = \"1\" }"
        .parse()
        .unwrap();
    let text = "[package]\nname = \"x\"\n[target.'cfg(unix)'.dependencies]\nkeyring.workspace = true\n";
    let manifest = read(&text.parse().unwrap(), &shared);
    assert!(
        manifest.libraries.contains("keyring-core"),
        "{:?}",
        manifest.libraries
    );
}
