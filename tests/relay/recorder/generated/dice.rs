//! Chance that can be repeated: everything follows from one number.

use bytes::Bytes;

/// Splitmix64.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(number: u64) -> Self {
        let mut dice = Self(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        dice.roll();
        dice
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// True once in so many times.
    pub(super) fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    pub(super) fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap();
        &of[at]
    }

    /// Letters, digits and what a boundary may have besides.
    pub(super) fn word(&mut self, length: u64) -> String {
        let letters: Vec<char> = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-.".chars().collect();
        (0..length).map(|_| *self.one_of(&letters)).collect()
    }

    /// Any bytes at all; seldom many.
    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let most = *self.one_of(&[1, 10, 1_000, 1_000, 20_000, 100_000]);
        let length = 1 + self.below(most);
        (0..length).map(|_| self.roll().to_le_bytes()[0]).collect()
    }

    /// The same bytes in pieces, now and then one by one.
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Vec<Bytes> {
        let most = *self.one_of(&[8, 40, 300, 2_000, 2_000, 1 << 30]);
        let most = if bytes.len() > 5_000 {
            most.max(2_000)
        } else {
            most
        };
        let mut pieces = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = usize::try_from(1 + self.below(most)).unwrap().min(rest.len());
            pieces.push(Bytes::copy_from_slice(&rest[..length]));
            rest = &rest[length..];
        }
        pieces
    }

    /// A form with files and fields in any order, the model among them.
    pub(super) fn form(&mut self, boundary: &str) -> Vec<u8> {
        let parts = 1 + self.below(5);
        let model = self.below(parts);
        let mut form = Vec::new();
        for part in 0..parts {
            form.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            if part == model {
                let head = *self.one_of(&[
                    "Content-Disposition: form-data; name=\"model\"",
                    "content-disposition: form-data; name=model",
                    "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition:form-data;name=\"model\"",
                ]);
                form.extend_from_slice(format!("{head}\r\n\r\nm\r\n").as_bytes());
                continue;
            }
            let name = self.word(8);
            let head = format!(
                "Content-Disposition: form-data; name=\"x{name}[]\"; filename=\"灯; name=\\\"model\\\"\"\r\n\
                Content-Type: application/octet-stream\r\n\r\n"
            );
            form.extend_from_slice(head.as_bytes());
            let mut file = self.bytes();
            // A boundary in the middle of a file would end it; its beginning does not.
            file.extend_from_slice(format!("\r\n--{}", &boundary[..boundary.len() - 1]).as_bytes());
            if boundary.len() > 3 {
                form.extend_from_slice(&file);
            }
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(format!("--{boundary}--").as_bytes());
        form.extend_from_slice(self.one_of(&["", "\r\n", "\r\nepilogue"]).as_bytes());
        form
    }
}
