//! Byte count and SHA-256 of a weights file against its manifest.
//!
//! The digest is computed here rather than with the browser's `crypto.subtle`, which is missing on
//! plain http, as in a class room that serves the page from a teacher's laptop.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::foreign;
use crate::FcnError;

/// The SHA-256 digest of `bytes`, as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Two hexadecimal digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Checks a file against the size in bytes and the digest that its manifest promises.
///
/// # Errors
/// [`FcnError::WeightsInvalid`] for what stands where the file should be (a pointer of Git LFS, a web page),
/// [`FcnError::WeightsSizeMismatch`] for a file cut short or grown, else [`FcnError::HashMismatch`].
pub fn check_file(
    bytes: &[u8],
    expected_bytes: u64,
    expected_sha256: &str,
) -> Result<(), FcnError> {
    let got = bytes.len() as u64;
    if got != expected_bytes {
        if let Some(error) = foreign::placeholder(bytes) {
            return Err(error);
        }
        return Err(FcnError::WeightsSizeMismatch {
            expected: expected_bytes,
            got,
        });
    }
    let digest = sha256_hex(bytes);
    if !digest.eq_ignore_ascii_case(expected_sha256) {
        return Err(FcnError::HashMismatch {
            expected: expected_sha256.to_string(),
            got: digest,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_fips_180s() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
        assert_eq!(check_file(b"abc", 3, abc), Ok(()));
    }

    #[test]
    fn what_stands_in_a_files_place_is_named() {
        let pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:0d71\nsize 19332096\n";
        let page = "<!doctype html><title>Quota exceeded</title>";
        for (text, said) in [(pointer, "19,332,096"), (page, "Quota exceeded")] {
            let error = check_file(text.as_bytes(), 19332096, "").expect_err(said);
            assert_eq!(error.code(), "weights_invalid");
            assert!(error.to_string().contains(said), "{error}");
        }
    }

    #[test]
    fn a_file_cut_short_is_told_from_a_changed_one() {
        let abc = sha256_hex(b"abc");
        assert_eq!(
            check_file(b"ab", 3, &abc).map_err(|e| e.code()),
            Err("weights_size_mismatch")
        );
        assert_eq!(
            check_file(b"abd", 3, &abc).map_err(|e| e.code()),
            Err("hash_mismatch")
        );
    }
}
