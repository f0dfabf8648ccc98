//! Class names in columns: under a header, or beside three numbers that are a colour.

use super::text::{Entry, id_of, ordered, unquoted};

/// The label map of an annotation tool, `name:r,g,b::`, with a comment at its head.
pub fn colored(lines: &[&str]) -> Option<Vec<String>> {
    let entries = lines.iter().filter(|line| !line.starts_with('#'));
    let names = entries.map(|line| {
        let mut parts = line.split(':');
        let (name, color) = (parts.next()?, parts.next()?);
        let color = color.split(',').map(|part| part.trim().parse::<u8>().ok());
        let color = color.collect::<Option<Vec<u8>>>()?;
        (color.len() == 3 && !name.is_empty()).then(|| name.trim().to_string())
    });
    let names = names.collect::<Option<Vec<String>>>()?;
    (!names.is_empty()).then_some(names)
}

fn is_one_of(cell: &str, all: &[&str]) -> bool {
    let cell: String = cell
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '_'))
        .collect();
    all.contains(&cell.to_ascii_lowercase().as_str())
}

/// Whether a column of names may be headed so.
fn heads_names(cell: &str) -> bool {
    let heads = [
        "name",
        "names",
        "classname",
        "classnames",
        "class",
        "classes",
        "label",
        "labels",
        "labelname",
        "labelnames",
        "category",
        "categories",
        "displayname",
        "displaynames",
    ];
    is_one_of(cell, &heads)
}

/// Whether a column of ids, or of colours, may be.
fn heads_ids(cell: &str) -> bool {
    let all = ["id", "idx", "index", "no", "number"];
    let cell = cell.to_ascii_lowercase();
    let bare = ["class", "label"]
        .iter()
        .find_map(|of| cell.strip_prefix(of));
    is_one_of(&cell, &all) || bare.is_some_and(|bare| is_one_of(bare, &all))
}

fn heads_colours(cell: &str) -> bool {
    let all = [
        "r", "g", "b", "red", "green", "blue", "color", "colour", "hex", "rgb",
    ];
    is_one_of(cell, &all)
}

/// Columns: with a header, or of which three are colours.
pub fn table(lines: &[&str]) -> Option<Vec<String>> {
    if lines.len() < 2 {
        return None;
    }
    for comma in [',', '\t', ';'] {
        let rows: Vec<Vec<String>> = lines.iter().map(|line| cells(line, comma)).collect();
        let (head, rest) = rows.split_first()?;
        if head.len() < 2 || rest.iter().any(|row| row.len() != head.len()) {
            continue;
        }
        if let Some(named) = head.iter().position(|cell| heads_names(cell)) {
            let others = head
                .iter()
                .enumerate()
                .filter(|(at, cell)| *at != named && !heads_ids(cell) && !heads_colours(cell));
            let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
            let is_name = cell(head, named).to_ascii_lowercase();
            let is_name = is_name.trim_end_matches('s').ends_with("name");
            // A list whose first class is called "class" has no such neighbours.
            if is_name || others.count() < head.len() - 1 || head.len() > 2 {
                let by = head.iter().position(|cell| heads_ids(cell));
                let entry = |row: &Vec<String>| Entry {
                    id: by.and_then(|by| id_of(&cell(row, by))),
                    name: cell(row, named),
                };
                return Some(ordered(rest.iter().map(entry).collect()));
            }
        }
        if let Some(names) = with_colours(&rows) {
            return Some(names);
        }
    }
    if let Some(names) = behind_colours(lines) {
        return Some(names);
    }
    // A column by itself.
    let (first, rest) = lines.split_first()?;
    let heads = [
        "name",
        "names",
        "classname",
        "classnames",
        "labelname",
        "labelnames",
    ];
    is_one_of(first, &heads).then(|| rest.iter().map(|line| unquoted(line)).collect())
}

/// Three numbers of 0–255 beside a name, with an id or without.
fn with_colours(rows: &[Vec<String>]) -> Option<Vec<String>> {
    let is_byte = |cell: &String| cell.len() <= 3 && id_of(cell).is_some();
    let columns = rows.first()?.len();
    let numeric = |column: usize| rows.iter().all(|row| row.get(column).is_some_and(is_byte));
    let names: Vec<usize> = (0..columns).filter(|&column| !numeric(column)).collect();
    let [named] = names.as_slice() else {
        return None;
    };
    let count = columns - 1;
    if !(3..=4).contains(&count) {
        return None;
    }
    let by_id = count == 4 && *named > 0;
    let entry = |row: &Vec<String>| {
        Some(Entry {
            id: row.first().filter(|_| by_id).and_then(|id| id_of(id)),
            name: row.get(*named)?.clone(),
        })
    };
    Some(ordered(rows.iter().map(entry).collect::<Option<_>>()?))
}

/// CamVid's: `64 128 64   Animal`.
fn behind_colours(lines: &[&str]) -> Option<Vec<String>> {
    let names = lines.iter().map(|line| {
        let mut rest = *line;
        for _ in 0..3 {
            let (number, after) = rest.split_once(char::is_whitespace)?;
            id_of(number).filter(|_| number.len() <= 3)?;
            rest = after.trim_start();
        }
        let is_name = rest.starts_with(|first: char| !first.is_ascii_digit());
        is_name.then(|| rest.to_string())
    });
    names.collect()
}

/// A line's cells; between quotes a comma is a letter.
pub fn cells(line: &str, comma: char) -> Vec<String> {
    let mut is_quoted = false;
    let cells = line.split(move |letter| {
        if letter == '"' {
            is_quoted = !is_quoted;
        }
        letter == comma && !is_quoted
    });
    cells
        .map(|cell| cell.replace('"', "").trim().to_string())
        .collect()
}
