//! Class names in a text that is no JSON: a name a line, numbered or not, tables with a header, label maps with
//! colours, lists as programs write them (Python, YAML, the Object Detection API's .pbtxt).

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
    pub id: Option<u64>,
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

/// The names; empty where there are none.
pub fn names_in_text(text: &str) -> Vec<String> {
    let lines = text.split(['\n', '\r']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
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
    // `names: […]`, `CLASSES = (…)`, `names:` and an entry a line below it.
    for (at, line) in lines.iter().enumerate() {
        let Some((key, rest)) = line.split_once([':', '=']) else {
            continue;
        };
        let (key, rest) = (key.trim(), rest.trim());
        let is_word = key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let is_key = KEYS.contains(&key.to_ascii_lowercase().as_str());
        let below = lines.get(at + 1..).unwrap_or(&[]);
        if rest.starts_with(['[', '(', '{']) && (is_key || at == 0 && is_word) {
            return Some(list_in(&format!("{rest}\n{}", below.join("\n"))));
        }
        if is_key
            && rest.is_empty()
            && let Some(names) = block(below)
        {
            return Some(names);
        }
    }
    match lines.iter().all(|line| line.starts_with("- ")) {
        true => block(lines),
        false => None,
    }
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

/// A field of such an item.
fn field(item: &str, key: &str) -> Option<String> {
    item.lines()
        .flat_map(|line| line.split(','))
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let value = unquoted(value);
            (name.trim() == key && !value.is_empty()).then_some(value)
        })
}

/// YAML's entries, up to what is none; `None`: there is none.
fn block(lines: &[&str]) -> Option<Vec<String>> {
    let entries = lines.iter().map_while(|line| {
        if let Some(name) = line.strip_prefix("- ") {
            let name = unquoted(name);
            return Some(Entry { id: None, name });
        }
        let (id, name) = line.split_once(':')?;
        let (id, name) = (Some(id_of(id.trim())?), unquoted(name));
        Some(Entry { id, name })
    });
    let entries: Vec<Entry> = entries.collect();
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
            runs(&entries).then(|| ordered(entries))
        })
}

const ARROWS: [&str; 2] = ["->", "=>"];

fn before(line: &str) -> Option<Entry> {
    let digits = line.find(|letter: char| !letter.is_ascii_digit())?;
    let (id, rest) = line.split_at_checked(digits)?;
    let bare = rest.trim_start();
    let arrow = ARROWS.iter().find_map(|arrow| bare.strip_prefix(arrow));
    let parted = arrow.or_else(|| bare.strip_prefix([':', '.', ')', ']', ',', ';', '=', '|']));
    let name = match parted {
        Some(name) => name,
        None if bare.len() < rest.len() => bare,
        None => return None,
    };
    let (id, name) = (Some(id_of(id)?), unquoted(name));
    (!name.is_empty()).then_some(Entry { id, name })
}

fn behind(line: &str) -> Option<Entry> {
    let rest = line.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let id = line.get(rest.len()..)?;
    let bare = rest.trim_end();
    let arrow = ARROWS.iter().find_map(|arrow| bare.strip_suffix(arrow));
    let parted = arrow.or_else(|| bare.strip_suffix([':', ',', ';', '=', '|']));
    let name = match parted {
        Some(name) => name,
        None if bare.len() < rest.len() => bare,
        None => return None,
    };
    let (id, name) = (Some(id_of(id)?), unquoted(name));
    (!name.is_empty()).then_some(Entry { id, name })
}

/// Whether the ids are 0, 1, 2 … or 1, 2, 3 …, in any order.
fn runs(entries: &[Entry]) -> bool {
    let mut ids: Vec<u64> = entries.iter().filter_map(|entry| entry.id).collect();
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

fn id_of(text: &str) -> Option<u64> {
    let is_id = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_id)
}
