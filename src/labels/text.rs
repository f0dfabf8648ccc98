//! Class names in a text that is no JSON: a name a line, numbered or not, or what `program` and `table` read.

use std::collections::BTreeSet;

use super::program::in_program;
use super::table::{cells, colored, table};

/// A class as a list has it.
#[derive(Debug)]
pub struct Entry {
    /// Its id, where the list says so.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
}

/// Names by id, or in their order where there are no ids.
pub fn ordered(mut entries: Vec<Entry>) -> Vec<String> {
    if entries.iter().all(|entry| entry.id.is_some()) {
        entries.sort_by_key(|entry| entry.id);
    }
    entries.into_iter().map(|entry| entry.name).collect()
}

/// No line of a list is longer, and none that is is looked at any closer. Bytes.
const MOST_OF_LINE: usize = 3000;

/// The names; empty where there are none.
pub fn names_in_text(text: &str) -> Vec<String> {
    let lines = text.split(['\n', '\r']).map(trimmed);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    if lines.iter().any(|line| line.len() > MOST_OF_LINE) {
        return lines.into_iter().map(str::to_string).collect();
    }
    in_program(text, &lines)
        .or_else(|| colored(&lines))
        .or_else(|| table(&lines))
        .or_else(|| numbered(&lines))
        .unwrap_or_else(|| plain(&lines))
}

/// `0 name`, `1: name`, `name 0` …, with ids that run from 0 or 1.
fn numbered(lines: &[&str]) -> Option<Vec<String>> {
    // ImageNet's: `n01440764 tench, Tinca tinca`.
    let words = lines.iter().map(|line| {
        let (word, name) = line.split_once(char::is_whitespace)?;
        let digits = word.strip_prefix('n')?;
        let is_word = digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_word.then(|| name.trim().to_string())
    });
    if let Some(names) = words.collect::<Option<Vec<String>>>()
        && !names.is_empty()
    {
        return Some(names);
    }
    if lines.len() < 2 {
        return None;
    }
    [before as fn(&str) -> Option<Entry>, behind]
        .into_iter()
        .find_map(|form| {
            let entries = lines.iter().map(|line| form(line));
            let entries = entries.collect::<Option<Vec<Entry>>>()?;
            let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            let differ = names.len() == entries.len();
            (differ && runs(&entries)).then(|| ordered(entries))
        })
}

/// What parts a number and a name, where no space need be; the last two stand behind a number only.
const PARTING: [&str; 9] = ["->", "=>", ":", ",", ";", "=", "|", ")", "]"];
/// Where spaces must be around.
const DASHES: [&str; 3] = ["-", "–", "—"];

/// `0 name`, `0: name`.
fn before(line: &str) -> Option<Entry> {
    let digits = line.find(|letter: char| !letter.is_ascii_digit())?;
    let (id, rest) = line.split_at_checked(digits)?;
    let text = rest.trim_start();
    let is_apart = text.len() < rest.len();
    let is_space = |name: &&str| name.starts_with(char::is_whitespace);
    let parted = PARTING.iter().find_map(|sign| text.strip_prefix(sign));
    let dashed = || {
        let mut dashes = DASHES.iter().filter_map(|dash| text.strip_prefix(dash));
        dashes.find(is_space).filter(|_| is_apart)
    };
    let name = parted
        .or_else(dashed)
        .or_else(|| text.strip_prefix('.').filter(is_space))
        .or(is_apart.then_some(text))?;
    let (id, name) = (Some(id_of(id)?), unquoted(name));
    (!name.is_empty()).then_some(Entry { id, name })
}

/// `name 0`, `name: 0`.
fn behind(line: &str) -> Option<Entry> {
    let rest = line.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let id = line.get(rest.len()..)?;
    let text = rest.trim_end();
    let is_apart = text.len() < rest.len();
    let signs = PARTING.get(..7).unwrap_or(&PARTING);
    let parted = signs.iter().find_map(|sign| text.strip_suffix(sign));
    let dashed = || {
        let mut dashes = DASHES.iter().filter_map(|dash| text.strip_suffix(dash));
        dashes.find(|name| name.ends_with(' ')).filter(|_| is_apart)
    };
    let name = parted.or_else(dashed).or(is_apart.then_some(text))?;
    let (id, name) = (Some(id_of(id)?), unquoted(name));
    (!name.is_empty()).then_some(Entry { id, name })
}

/// Whether the ids are 0, 1, 2 … or 1, 2, 3 …, in any order.
fn runs(entries: &[Entry]) -> bool {
    let ids = || entries.iter().filter_map(|entry| entry.id);
    let first = ids().min().unwrap_or(2);
    let mut seen = vec![false; entries.len()];
    let mut is_new = |id: i64| {
        let place = usize::try_from(id - first).ok();
        let seen = place.and_then(|place| seen.get_mut(place));
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    first <= 1 && ids().all(&mut is_new)
}

fn plain(lines: &[&str]) -> Vec<String> {
    if let ["__ignore__", rest @ ..] = lines {
        // labelme counts from −1: its first line is what has no label.
        let name = |line: &&str| match *line {
            "_background_" => "background".to_string(),
            name => name.to_string(),
        };
        return rest.iter().map(name).collect();
    }
    let is_quoted = |line: &&str| {
        let bare = line.strip_suffix(',').unwrap_or(line);
        bare.len() > 1 && unquoted(bare) != bare
    };
    if lines.len() > 1 && lines.iter().all(is_quoted) {
        let bare = |line: &&str| unquoted(line.strip_suffix(',').unwrap_or(line));
        return lines.iter().map(bare).collect();
    }
    if let [only] = lines
        && let Some(comma) = [',', ';'].into_iter().find(|&comma| only.contains(comma))
    {
        let mut names = cells(only, comma);
        names.retain(|name| !name.is_empty());
        return names;
    }
    lines.iter().map(|line| line.to_string()).collect()
}

/// Without blanks at its ends, nor the mark that files begin with, which stays where they were joined.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// Without the quotes around it.
pub fn unquoted(text: &str) -> String {
    let text = text.trim();
    let bare = ['"', '\''].into_iter().find_map(|quote| {
        let bare = text.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(bare)
    });
    bare.unwrap_or(text).to_string()
}

/// A number of up to six digits.
pub fn id_of(text: &str) -> Option<i64> {
    let is_id = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_id)
}
