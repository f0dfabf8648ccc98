//! Class names in a text that is no JSON: a name a line, numbered or not, tables with a header, label maps with
//! colours, lists as programs write them (Python, YAML, the Object Detection API's .pbtxt).

use std::collections::BTreeSet;

use super::literal::list_in;

/// Keys under which files keep the names.
pub const KEYS: [&str; 6] = [
    "id2label",
    "names",
    "classes",
    "class_names",
    "labels",
    "categories",
];

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
    let lines = text.split(['\n', '\r']).map(str::trim);
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

/// As a program writes them; `None` where this is none.
fn in_program(text: &str, lines: &[&str]) -> Option<Vec<String>> {
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
    for (at, line) in lines.iter().enumerate() {
        let Some((key, rest)) = assigned(line) else {
            continue;
        };
        if !KEYS.contains(&key.to_ascii_lowercase().as_str()) {
            continue;
        }
        let below = lines.get(at + 1..).unwrap_or(&[]);
        let found = match rest {
            "" => block(below).unwrap_or_default(),
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
    is_name.then(|| (key, bare(rest)))
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

/// What is between the braces of each `item { … }`.
fn items(text: &str) -> Vec<&str> {
    let parts = text.split("item").skip(1).filter_map(|part| {
        let part = part.trim_start().trim_start_matches(':').trim_start();
        let (item, _) = part.strip_prefix('{')?.split_once('}')?;
        Some(item)
    });
    parts.collect()
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
                Some(_) if said.contains(':') => return None,
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

/// The label map of an annotation tool, `name:r,g,b::`, with a comment at its head.
fn colored(lines: &[&str]) -> Option<Vec<String>> {
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
        "category",
        "categories",
        "displayname",
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
fn table(lines: &[&str]) -> Option<Vec<String>> {
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
    let mut ids: Vec<i64> = entries.iter().filter_map(|entry| entry.id).collect();
    ids.sort_unstable();
    let first = ids.first().copied().unwrap_or(2);
    first <= 1 && ids.iter().zip(first..).all(|(id, wanted)| *id == wanted)
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

/// A line's cells; between quotes a comma is a letter.
fn cells(line: &str, comma: char) -> Vec<String> {
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

/// Without the quotes around it.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let bare = ['"', '\''].into_iter().find_map(|quote| {
        let bare = text.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(bare)
    });
    bare.unwrap_or(text).to_string()
}

fn id_of(text: &str) -> Option<i64> {
    let is_id = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_id)
}
