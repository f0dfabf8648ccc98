//! Puts files together, sound ones and others.

/// A pickle of protocol 2.
pub fn pickle(body: &[u8]) -> Vec<u8> {
    [b"\x80\x02", body, b"."].concat()
}

/// A file in PyTorch's legacy format around the pickle `body`, the keys `keys` and what follows.
pub fn legacy(body: &[u8], keys: &[u8], data: &[u8]) -> Vec<u8> {
    let parts = [
        pickle(b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"),
        pickle(b"M\xe9\x03"),
        pickle(b"}X\x0d\x00\x00\x00little_endian\x88s"),
        pickle(body),
        pickle(keys),
        data.to_vec(),
    ];
    parts.concat()
}

/// Text as a pickle holds it.
pub fn text(text: &str) -> Vec<u8> {
    let length = (text.len() as u32).to_le_bytes();
    [b"X", &length[..], text.as_bytes()].concat()
}

/// A whole number as a pickle holds it, in eight bytes.
pub fn int(value: i64) -> Vec<u8> {
    [b"\x8a\x08", &value.to_le_bytes()[..]].concat()
}

/// A tensor of f32 over the storage `key`, as a pickle holds it.
pub fn tensor(key: &str, elements: i64, offset: i64, size: &[i64], stride: &[i64]) -> Vec<u8> {
    let tuple = |values: &[i64]| {
        let items: Vec<u8> = values.iter().flat_map(|&v| int(v)).collect();
        [b"(", &items[..], b"t"].concat()
    };
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n((",
        &text("storage")[..],
        b"ctorch\nFloatStorage\n",
        &text(key),
        &text("cpu"),
        &int(elements),
        b"tQ",
        &int(offset),
        &tuple(size),
        &tuple(stride),
        b"\x89Nt",
        b"R",
    ]
    .concat()
}

/// A state dict with one tensor of that name.
pub fn state_dict(name: &str, tensor: &[u8]) -> Vec<u8> {
    [b"}", &text(name)[..], tensor, b"s"].concat()
}

/// An entry of a zip archive.
pub struct Entry<'a> {
    pub name: &'a str,
    pub data: &'a [u8],
    pub method: u16,
    /// The length that the directory claims.
    pub claims: u64,
    /// Where the directory says it is, if that's a lie.
    pub at: Option<u32>,
}

pub fn stored<'a>(name: &'a str, data: &'a [u8]) -> Entry<'a> {
    Entry {
        name,
        data,
        method: 0,
        claims: data.len() as u64,
        at: None,
    }
}

/// A zip archive; `count` is the number of entries that its end record claims.
pub fn zip(entries: &[Entry], count: Option<u16>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let at = entry.at.unwrap_or(file.len() as u32);
        let name = entry.name.as_bytes();
        let short = entry.claims.min(u32::MAX.into()) as u32;
        let long = short == u32::MAX;
        let extra: Vec<u8> = if long {
            let claims = entry.claims.to_le_bytes();
            [&[1, 0, 16, 0], &claims[..], &claims].concat()
        } else {
            Vec::new()
        };
        let sizes = [
            [0; 8].as_slice(),
            &short.to_le_bytes(),
            &short.to_le_bytes(),
        ]
        .concat();
        let fixed = [&entry.method.to_le_bytes()[..], &sizes].concat();
        let name_length = (name.len() as u16).to_le_bytes();
        file.extend(
            [
                b"PK\x03\x04\x14\0\0\0",
                &fixed[..],
                &name_length,
                &[0, 0],
                name,
            ]
            .concat(),
        );
        file.extend(entry.data);
        let extra_length = (extra.len() as u16).to_le_bytes();
        directory.extend([b"PK\x01\x02\x14\0\x14\0\0\0", &fixed[..]].concat());
        directory.extend([&name_length[..], &extra_length, &[0; 10], &at.to_le_bytes()].concat());
        directory.extend([name, &extra].concat());
    }
    let start = (file.len() as u32).to_le_bytes();
    let length = (directory.len() as u32).to_le_bytes();
    let count = count.unwrap_or(entries.len() as u16).to_le_bytes();
    file.extend(directory);
    file.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &length,
            &start,
            &[0, 0],
        ]
        .concat(),
    );
    file
}

/// A safetensors file with that header.
pub fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), data].concat()
}
