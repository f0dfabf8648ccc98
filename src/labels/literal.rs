//! Lists and dictionaries of names as Python and YAML write them, where JSON would be stricter.

use super::text::{Entry, id_of, ordered};

/// More of them is no list of classes.
const MOST: usize = 20_000;

/// What is between quotes is no longer, in characters.
const MOST_OF_NAME: usize = 2000;

/// A string or a word, or a sign between them.
#[derive(Debug, PartialEq)]
enum Token {
    Text(String),
    Sign(char),
}

/// The first list or dictionary of a text, `['a', 'b']`, `("a", "b",)`, `[a, b]`, `{0: 'a', 1: 'b'}`, `{'a': 0}`, in the
/// order of the ids; empty where it is none, or where more comes after it although it `is_all`.
pub fn list_in(text: &str, is_all: bool) -> Vec<String> {
    let mut tokens = tokens(text).into_iter();
    if !matches!(tokens.next(), Some(Token::Sign('[' | '(' | '{'))) {
        return Vec::new();
    }
    let mut entries: Vec<Vec<String>> = vec![Vec::new()];
    let mut is_closed = false;
    for token in tokens.by_ref() {
        match token {
            Token::Sign(']' | ')' | '}') => {
                is_closed = true;
                break;
            }
            Token::Sign(',') => entries.push(Vec::new()),
            Token::Sign(':') => {}
            // Lists within lists are no names.
            Token::Sign(_) => return Vec::new(),
            Token::Text(text) => {
                if let Some(last) = entries.last_mut() {
                    last.push(text);
                }
            }
        }
    }
    entries.retain(|entry| !entry.is_empty());
    if !is_closed || is_all && tokens.next().is_some() {
        return Vec::new();
    }
    if entries.iter().all(|entry| entry.len() == 1) {
        return entries.into_iter().flatten().collect();
    }
    let pairs = |id: usize| {
        let pairs = entries.iter().map(|entry| {
            let [first, second] = entry.as_slice() else {
                return None;
            };
            let (id, name) = if id == 0 {
                (first, second)
            } else {
                (second, first)
            };
            Some(Entry {
                id: Some(id_of(id)?),
                name: name.clone(),
            })
        });
        pairs.collect::<Option<Vec<_>>>()
    };
    ordered(pairs(0).or_else(|| pairs(1)).unwrap_or_default())
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if tokens.len() > MOST {
            break;
        }
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = match letter {
            '[' | ']' | '(' | ')' | '{' | '}' | ',' | ':' => {
                tokens.push(Token::Sign(letter));
                after
            }
            '#' => after.trim_start_matches(|letter| letter != '\n'),
            letter if letter.is_whitespace() => after,
            letter => {
                let quoted = match letter {
                    '"' | '\'' => quoted(after, letter),
                    _ => None,
                };
                let (said, after) = quoted.unwrap_or_else(|| {
                    let end = after.find(['[', ']', '(', ')', '{', '}', ',', ':', '\n']);
                    let end = letter.len_utf8() + end.unwrap_or(after.len());
                    let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                    (word.trim().to_string(), after)
                });
                tokens.push(Token::Text(said));
                after
            }
        };
    }
    tokens
}

/// What comes before the next `quote`, and what after it; `None` where there is none within a name's length.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut letters = text.char_indices().take(MOST_OF_NAME);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => said.extend(letters.next().map(|(_, letter)| letter)),
            letter if letter == quote => return Some((said, text.get(at + 1..)?)),
            letter => said.push(letter),
        }
    }
    None
}
