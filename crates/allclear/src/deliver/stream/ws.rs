//! WebSocket, RFC 6455, as a server that speaks and hardly listens.
//!
//! Section 4.2 is the handshake, section 5 the frames. A client may ping, answer pings, close, and say words of at most 4 KiB,
//! which are checked and mean nothing. What breaks the protocol is answered by a close with its code (section 7.4).

use base64::Engine as _;
use sha1::{Digest as _, Sha1};

/// Longest message a client may send, in bytes.
const MESSAGE_BYTES_MAX: usize = 4096;
/// Longest payload of a control frame (section 5.5).
const CONTROL_BYTES_MAX: usize = 125;
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// `Sec-WebSocket-Accept` for a key (section 4.2.2).
pub fn accept(key: &str) -> String {
    let digest = Sha1::digest(format!("{key}{GUID}"));
    base64::engine::general_purpose::STANDARD.encode(digest)
}

/// Appends a text frame of these parts, unmasked and whole (section 5.2).
pub fn text(bytes: &mut Vec<u8>, parts: &[&[u8]]) {
    frame(bytes, 0x1, parts);
}

fn frame(bytes: &mut Vec<u8>, opcode: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    bytes.push(0x80 | opcode);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if length <= CONTROL_BYTES_MAX => bytes.push(short),
        (_, Ok(medium)) => {
            bytes.push(126);
            bytes.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            bytes.push(127);
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
}

/// What a client has said so far.
#[derive(Debug, Default)]
pub struct Listener {
    /// Bytes of a frame that is not whole.
    partial: Vec<u8>,
    /// A message in parts: its opcode, and what came of it.
    message: Option<(u8, Vec<u8>)>,
}

/// What the server has to do about what a client said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Frames to send.
    pub bytes: Vec<u8>,
    /// The connection ends after them.
    pub close: bool,
}

/// A frame of a client, unmasked.
struct Heard {
    fin: bool,
    opcode: u8,
    payload: Vec<u8>,
}

impl Listener {
    /// Whether nothing is kept of this client.
    pub fn is_idle(&self) -> bool {
        self.partial.is_empty() && self.message.is_none()
    }

    /// Takes what came.
    pub fn hear(&mut self, bytes: &[u8]) -> Answer {
        self.partial.extend_from_slice(bytes);
        let mut answer = Answer::default();
        while !answer.close {
            match next(&mut self.partial) {
                Ok(None) => break,
                Ok(Some(heard)) => {
                    if let Err(code) = self.one(heard, &mut answer) {
                        close(&mut answer, code);
                    }
                }
                Err(code) => close(&mut answer, code),
            }
        }
        if answer.close {
            *self = Self::default();
        }
        answer
    }

    fn one(&mut self, heard: Heard, answer: &mut Answer) -> Result<(), u16> {
        let Heard { fin, opcode, payload } = heard;
        match (opcode, self.message.take()) {
            (0x8, _) => {
                let code = match payload.as_slice() {
                    [] => None,
                    [_] => return Err(1002),
                    [a, b, reason @ ..] => {
                        std::str::from_utf8(reason).map_err(|_| 1007_u16)?;
                        let code = u16::from_be_bytes([*a, *b]);
                        let known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                        Some(if known { code } else { return Err(1002) })
                    }
                };
                let code = code.map(u16::to_be_bytes);
                frame(&mut answer.bytes, 0x8, &[code.as_ref().map_or(&[][..], |code| code)]);
                answer.close = true;
            }
            (0x9, message) => {
                self.message = message;
                frame(&mut answer.bytes, 0xA, &[&payload]);
            }
            (0xA, message) => self.message = message,
            (0x0, Some((kind, mut said))) => {
                said.extend_from_slice(&payload);
                self.said(fin, kind, said)?;
            }
            (0x1 | 0x2, None) => self.said(fin, opcode, payload)?,
            // A continuation of nothing, or another message in the midst of one.
            _ => return Err(1002),
        }
        Ok(())
    }

    fn said(&mut self, fin: bool, kind: u8, said: Vec<u8>) -> Result<(), u16> {
        if said.len() > MESSAGE_BYTES_MAX {
            return Err(1009);
        }
        if !fin {
            self.message = Some((kind, said));
        } else if kind == 0x1 {
            std::str::from_utf8(&said).map_err(|_| 1007_u16)?;
        }
        Ok(())
    }
}

fn close(answer: &mut Answer, code: u16) {
    frame(&mut answer.bytes, 0x8, &[&code.to_be_bytes()]);
    answer.close = true;
}

/// Takes the first frame off; `None` while it is not whole; the code of a close when it breaks the protocol.
fn next(partial: &mut Vec<u8>) -> Result<Option<Heard>, u16> {
    let [first, second, rest @ ..] = partial.as_slice() else { return Ok(None) };
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
    let control = opcode >= 0x8;
    let known = matches!(opcode, 0x0..=0x2 | 0x8..=0xA);
    // No extension was agreed on: reserved bits are 0. What a client sends is masked (section 5.1).
    if first & 0x70 != 0 || !known || second & 0x80 == 0 || (control && !fin) {
        return Err(1002);
    }
    let (length, rest) = match (second & 0x7F, rest) {
        (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
        (127, rest) if rest.len() >= 8 => {
            let (length, rest) = rest.split_at(8);
            (length.iter().fold(0, |length, &byte| (length << 8) | u64::from(byte)), rest)
        }
        (126 | 127, _) if control => return Err(1002),
        (126 | 127, _) => return Ok(None),
        (short, rest) => (u64::from(short), rest),
    };
    if control && length > CONTROL_BYTES_MAX as u64 {
        return Err(1002);
    }
    let length = usize::try_from(length).ok().filter(|length| *length <= MESSAGE_BYTES_MAX).ok_or(1009_u16)?;
    let [m0, m1, m2, m3, rest @ ..] = rest else { return Ok(None) };
    let mask = [*m0, *m1, *m2, *m3];
    let Some(masked) = rest.get(..length) else { return Ok(None) };
    let payload: Vec<u8> = masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    let left = rest.len() - length;
    partial.drain(..partial.len() - left);
    if partial.is_empty() {
        *partial = Vec::new();
    }
    Ok(Some(Heard { fin, opcode, payload }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's frame with an easy mask.
    fn client(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..=125 => bytes.push(0x80 | u8::try_from(short).unwrap()),
            medium @ 126..=65_535 => {
                bytes.push(0x80 | 0x7E);
                bytes.extend_from_slice(&u16::try_from(medium).unwrap().to_be_bytes());
            }
            long => {
                bytes.push(0x80 | 0x7F);
                bytes.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn told(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame(&mut bytes, opcode, &[payload]);
        bytes
    }

    /// The answer to these frames, whole and byte by byte: both must be the same.
    fn check(frames: &[Vec<u8>], expected: &[u8], close: bool) {
        let bytes = frames.concat();
        let whole = Listener::default().hear(&bytes);
        let mut listener = Listener::default();
        let mut single = Answer::default();
        for byte in &bytes {
            if single.close {
                break;
            }
            let answer = listener.hear(&[*byte]);
            single.bytes.extend(answer.bytes);
            single.close |= answer.close;
        }
        assert_eq!(whole, Answer { bytes: expected.to_vec(), close }, "{frames:02x?}");
        assert_eq!(single, whole, "{frames:02x?}");
        assert!(close || listener.is_idle() || !frames.is_empty());
    }

    fn closes(code: u16) -> Vec<u8> {
        told(0x8, &code.to_be_bytes())
    }

    #[test]
    fn the_handshake_is_the_one_of_rfc_6455() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn lengths_take_the_shortest_form() {
        for (length, head) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut bytes = Vec::new();
            text(&mut bytes, &[&vec![b'x'; length]]);
            assert_eq!(bytes.len(), head + length);
            assert_eq!(bytes[0], 0x81);
        }
    }

    #[test]
    fn pings_pongs_and_words() {
        check(&[client(0x89, b"")], &told(0xA, b""), false);
        check(&[client(0x89, &[0xFF; 125])], &told(0xA, &[0xFF; 125]), false);
        check(&[client(0x89, b"a"), client(0x89, b"b")], &[told(0xA, b"a"), told(0xA, b"b")].concat(), false);
        check(&[client(0x8A, b"unasked")], b"", false);
        check(&[client(0x81, "привіт".as_bytes()), client(0x82, &[0xFF])], b"", false);
        // A ping in the midst of a message in parts, which ends in the middle of a letter.
        let letters = "ї".as_bytes();
        check(&[client(0x01, &letters[..1]), client(0x89, b"p"), client(0x80, &letters[1..])], &told(0xA, b"p"), false);
        check(&[client(0x81, &[b'x'; MESSAGE_BYTES_MAX])], b"", false);
    }

    #[test]
    fn what_breaks_the_protocol_is_closed_with_its_code() {
        let unmasked = vec![0x81, 0x01, b'x'];
        check(&[unmasked], &closes(1002), true);
        for first in [0xC1, 0xA1, 0x91, 0x83, 0x87, 0x8B, 0x8F, 0x09, 0x08, 0x80, 0x00] {
            check(&[client(first, b"x")], &closes(1002), true);
        }
        check(&[client(0x89, &[0; 126])], &closes(1002), true);
        check(&[client(0x01, b"a"), client(0x81, b"b")], &closes(1002), true);
        check(&[client(0x81, &[0xC3, 0x28])], &closes(1007), true);
        check(&[client(0x01, &[0xD1]), client(0x80, b"x")], &closes(1007), true);
        check(&[client(0x82, &[0; MESSAGE_BYTES_MAX + 1])], &closes(1009), true);
        check(&[client(0x02, &[0; 4000]), client(0x80, &[0; 4000])], &closes(1009), true);
        let endless = vec![0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        check(&[endless], &closes(1009), true);
    }

    #[test]
    fn a_close_is_answered_in_kind() {
        check(&[client(0x88, b"")], &told(0x8, b""), true);
        check(&[client(0x88, &1000_u16.to_be_bytes())], &closes(1000), true);
        check(&[client(0x88, b"\x0f\xa0bye")], &closes(4000), true);
        check(&[client(0x88, &[3])], &closes(1002), true);
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000] {
            check(&[client(0x88, &code.to_be_bytes())], &closes(1002), true);
        }
        check(&[client(0x88, b"\x03\xe8\xff")], &closes(1007), true);
    }
}
