//! Lists and dictionaries of names as Python and YAML write them, where JSON would be stricter.

/// More of them is no list of classes.
const MOST: usize = 20_000;

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
        let pairs = entries.iter().map(|entry| match entry.as_slice() {
            [first, second] if id == 0 => Some((first.parse::<u32>().ok()?, second.clone())),
            [first, second] => Some((second.parse::<u32>().ok()?, first.clone())),
            _ => None,
        });
        pairs.collect::<Option<Vec<_>>>()
    };
    let mut found = pairs(0).or_else(|| pairs(1)).unwrap_or_default();
    found.sort_by_key(|(id, _)| *id);
    found.into_iter().map(|(_, name)| name).collect()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if tokens.len() > MOST {
            break;
        }
        match letter {
            '[' | ']' | '(' | ')' | '{' | '}' | ',' | ':' => tokens.push(Token::Sign(letter)),
            '#' => while letters.next_if(|&letter| letter != '\n').is_some() {},
            '"' | '\'' => {
                let mut said = String::new();
                loop {
                    match letters.next() {
                        Some('\\') => said.extend(letters.next()),
                        Some(end) if end == letter => break,
                        Some(other) => said.push(other),
                        None => return tokens,
                    }
                }
                tokens.push(Token::Text(said));
            }
            letter if letter.is_whitespace() => {}
            letter => {
                let mut word = String::from(letter);
                let goes_on = |&letter: &char| !"[](){},:\n".contains(letter);
                while let Some(letter) = letters.next_if(goes_on) {
                    word.push(letter);
                }
                tokens.push(Token::Text(word.trim().to_string()));
            }
        }
    }
    tokens
}
