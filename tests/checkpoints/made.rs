//! Checkpoints put together here, opcode by opcode.

use super::files;

/// A value of a checkpoint, as [`saved`] writes it.
pub enum Node {
    /// A tensor of zeros.
    Tensor(Vec<i64>),
    Dict(Vec<(String, Node)>),
    List(Vec<Node>),
    /// Opcodes of one value.
    Raw(Vec<u8>),
}

impl Node {
    /// Opcodes; each tensor has a storage of its own, whose length is put into `storages`.
    fn pickled(&self, storages: &mut Vec<i64>) -> Vec<u8> {
        match self {
            Self::Tensor(shape) => {
                let count: i64 = shape.iter().product();
                let mut strides = vec![1; shape.len()];
                for axis in (1..shape.len()).rev() {
                    strides[axis - 1] = strides[axis] * shape[axis];
                }
                storages.push(count);
                let key = (storages.len() - 1).to_string();
                files::tensor(&key, count, 0, shape, &strides)
            }
            Self::Dict(items) => {
                let items = items.iter();
                let items = items.map(|(key, value)| {
                    [files::text(key), value.pickled(storages), b"s".to_vec()].concat()
                });
                [b"}".to_vec(), items.collect::<Vec<_>>().concat()].concat()
            }
            Self::List(items) => {
                let items = items.iter();
                let items = items.map(|value| [value.pickled(storages), b"a".to_vec()].concat());
                [b"]".to_vec(), items.collect::<Vec<_>>().concat()].concat()
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A file as `torch.save` writes it since 1.6.
pub fn saved(root: &Node) -> Vec<u8> {
    let mut storages = Vec::new();
    let pickle = files::pickle(&root.pickled(&mut storages));
    let named = storages.iter().enumerate();
    let named = named.map(|(i, &count)| (format!("a/data/{i}"), vec![0; 4 * count as usize]));
    let named: Vec<_> = named.collect();
    let mut entries = vec![files::stored("a/data.pkl", &pickle)];
    entries.extend(named.iter().map(|(name, data)| files::stored(name, data)));
    files::zip(&entries, None)
}

pub fn dict<const N: usize>(items: [(&str, Node); N]) -> Node {
    Node::Dict(items.map(|(key, value)| (key.to_string(), value)).into())
}

/// Opcodes as Python's pickler writes them, which remembers each thing that it writes.
pub struct Pickler {
    pub bytes: Vec<u8>,
    remembered: u32,
}

impl Pickler {
    pub fn put(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.extend(bytes);
        self.bytes.push(b'r');
        self.bytes.extend(self.remembered.to_le_bytes());
        self.remembered += 1;
        self.remembered - 1
    }

    pub fn text(&mut self, text: &str) -> u32 {
        let length = (text.len() as u32).to_le_bytes();
        self.put(&[b"X", &length[..], text.as_bytes()].concat())
    }

    pub fn get(&mut self, key: u32) {
        self.bytes.push(b'j');
        self.bytes.extend(key.to_le_bytes());
    }

    pub fn float(&mut self, value: f64) {
        self.bytes.push(b'G');
        self.bytes.extend(value.to_be_bytes());
    }

    pub fn int(&mut self, value: i32) {
        self.bytes.push(b'J');
        self.bytes.extend(value.to_le_bytes());
    }

    /// A list of `count` things.
    pub fn list(count: i32, mut one: impl FnMut(&mut Self, i32)) -> Vec<u8> {
        let (bytes, remembered) = (Vec::new(), 500);
        let mut pickler = Self { bytes, remembered };
        pickler.put(b"]");
        for from in (0..count).step_by(1000) {
            pickler.bytes.push(b'(');
            for i in from..count.min(from + 1000) {
                one(&mut pickler, i);
            }
            pickler.bytes.push(b'e');
        }
        pickler.bytes
    }
}
