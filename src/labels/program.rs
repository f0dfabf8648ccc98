//! Class names as programs write them: Python's and YAML's lists, the Object Detection API's .pbtxt.

use super::literal::list_in;
use super::text::{Entry, id_of, ordered, unquoted};

/// Keys under which files keep the names.
pub const KEYS: [&str; 6] = [
    "id2label",
    "names",
    "classes",
    "class_names",
    "labels",
    "categories",
];

/// A file has one of them, or a few; after each what is below is looked through.
const MOST_KEYS: usize = 8;

/// As a program writes them; `None` where this is none.
pub fn in_program(text: &str, lines: &[&str]) -> Option<Vec<String>> {
    let items: Vec<&str> = items(text);
    if !items.is_empty() {
        let entry = |item: &&str| Entry {
            id: field(item, "id").and_then(|id| id_of(&id)),
            name: field(item, "display_name")
                .or_else(|| field(item, "name"))
                .unwrap_or_default(),
        };
        return Some(ordered(items.iter().map(entry).collect()));
    }
    // `names: […]`, `classes = (…)`, `names:` and an entry a line below it.
    let keyed = lines.iter().enumerate().filter_map(|(at, line)| {
        let (key, rest) = assigned(line)?;
        let is_key = KEYS.contains(&key.to_ascii_lowercase().as_str());
        is_key.then_some((at, rest))
    });
    for (at, rest) in keyed.take(MOST_KEYS) {
        let below = lines.get(at + 1..).unwrap_or(&[]);
        let found = match rest {
            rest if bare(rest).is_empty() => block(below).unwrap_or_default(),
            rest if rest.starts_with(OPEN) => listed(rest, below, false),
            _ => Vec::new(),
        };
        if !found.is_empty() {
            return Some(found);
        }
    }
    // `VOC = (…)` and no more.
    let (first, below) = lines.split_first()?;
    if let Some((_, rest)) = assigned(first)
        && rest.starts_with(OPEN)
    {
        let only = listed(rest, below, true);
        if !only.is_empty() {
            return Some(only);
        }
    }
    match lines.iter().all(|line| line.starts_with("- ")) {
        true => block(lines),
        false => None,
    }
}

const OPEN: [char; 3] = ['[', '(', '{'];

/// The list that begins with `rest`.
fn listed(rest: &str, below: &[&str], is_all: bool) -> Vec<String> {
    list_in(&format!("{rest}\n{}", below.join("\n")), is_all)
}

/// `name: rest`, `name = rest`.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once([':', '='])?;
    let key = key.trim_end();
    let is_first = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_name = key.starts_with(is_first) && key.chars().all(is_word);
    is_name.then(|| (key, rest.trim()))
}

/// Whether an entry has a key of its own: `id: 3`, `1: a`.
fn is_keyed(entry: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let key = entry.split_once(':').map(|(key, _)| key.trim_end());
    key.is_some_and(|key| !key.is_empty() && key.chars().all(is_word))
}

/// Without YAML's comment at its end.
fn bare(text: &str) -> &str {
    let mut before = ' ';
    let comment = text.char_indices().find(|&(_, letter)| {
        let is_comment = letter == '#' && before.is_whitespace();
        before = letter;
        is_comment
    });
    let end = comment.map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text).trim()
}

/// An item is short: none that is longer is looked through. Bytes.
const MOST_OF_ITEM: usize = 2000;

/// What is between the braces of each `item { … }`.
fn items(text: &str) -> Vec<&str> {
    let items = text.match_indices("item").filter_map(|(at, word)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let rest = text.get(at + word.len()..)?.trim_start();
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        let rest = rest.strip_prefix('{')?;
        let mut letters = rest.bytes().take(MOST_OF_ITEM);
        let end = letters.position(|letter| letter == b'}')?;
        rest.get(..end).filter(|item| !item.contains('{'))
    });
    items.collect()
}

/// A field of such an item: what is between quotes, or a number.
fn field(item: &str, key: &str) -> Option<String> {
    let ends = item.match_indices(key).filter_map(|(at, _)| {
        let before = item.get(..at)?.chars().next_back();
        let is_alone = before.is_none_or(|before| before.is_whitespace() || ",;".contains(before));
        item.get(at + key.len()..).filter(|_| is_alone)
    });
    ends.filter_map(|rest| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        let quoted = ['"', '\''].into_iter().find_map(|quote| {
            let (text, _) = value.strip_prefix(quote)?.split_once(quote)?;
            Some(text)
        });
        let digits = value.find(|letter: char| !letter.is_ascii_digit());
        let digits = value.get(..digits.unwrap_or(value.len()));
        let value = quoted.or(digits).unwrap_or("");
        (!value.is_empty()).then(|| value.to_string())
    })
    .next()
}

/// YAML's entries, up to what is none; `None`: there is none. Of records (`- name: cat`) the names.
fn block(lines: &[&str]) -> Option<Vec<String>> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines {
        let text = bare(line);
        if text.is_empty() {
            continue;
        }
        let dash = text
            .strip_prefix('-')
            .filter(|rest| rest.starts_with(char::is_whitespace));
        if let Some(said) = dash {
            let said = said.trim_start();
            let name = match assigned(said) {
                Some(("name", name)) => name,
                _ if is_keyed(said) => return None,
                _ => said,
            };
            let name = unquoted(name);
            entries.push(Entry { id: None, name });
            continue;
        }
        let numbered = text
            .split_once(':')
            .and_then(|(id, name)| Some((id_of(id.trim())?, name)));
        if let Some((id, name)) = numbered {
            let name = unquoted(name);
            entries.push(Entry { id: Some(id), name });
            continue;
        }
        // A record's other fields.
        let others = ["id", "color", "colour", "index", "supercategory"];
        let is_other = assigned(text).is_some_and(|(key, _)| others.contains(&key));
        if !is_other || entries.is_empty() {
            break;
        }
    }
    (!entries.is_empty()).then(|| ordered(entries))
}
