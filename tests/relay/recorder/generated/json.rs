//! JSON as nobody would write it: odd spacing, every escape, numbers that no float holds, depth, and strings that look
//! like fields.

use super::dice::Dice;

const SPACES: [&str; 8] = ["", "", "", " ", "\n", "\t", "\r\n", "  \n\t"];
const STRINGS: [&str; 16] = [
    "",
    "plain",
    "caf\\u00e9",
    "\\/\\b\\f\\n\\r\\t\\\\",
    "\\\"model\\\": \\\"not me\\\"",
    "{\\\"stream\\\":true}",
    "灯塔与纸船",
    "\\ud83d\\udea3\\uD83C\\uDFFD",
    "🚣🏽",
    "\\u0000\\u001f\u{7f}",
    "data: [DONE]\\n\\n",
    "\\\\\\\"",
    "]}",
    HALF,
    "\u{2028}\u{2029}\u{feff}",
    "m",
];
/// Half of a character, which is no text.
const HALF: &str = "\\ud800";
/// More than a float can say.
const BEYOND: &str = "1.7976931348623159e309";
const NUMBERS: [&str; 12] = [
    "0",
    "-0",
    "1.0",
    "1e3",
    "1E+2",
    "-12.50e-07",
    "12345678901234567890123",
    "0.1000000000000000055511151231257827",
    BEYOND,
    "18446744073709551616",
    "-1",
    "100",
];

/// Requests are only looked at where they matter, and may hold anything. Answers are read for the books, now and then
/// by serde: a hundred levels are enough for those, text must be text, and numbers must be such.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Ask,
    Answer,
}

/// A request for `m`. A stream asks for its usage where it shall not be written into.
pub(super) fn ask(dice: &mut Dice, interface: &str, stream: bool, asks_usage: bool) -> Vec<u8> {
    let mut members = Vec::new();
    // In the path, and nowhere else.
    if interface != "generate" {
        members.push(member(dice, "model", "\"m\""));
    }
    if stream && interface == "speech" {
        members.push(member(dice, "stream_format", "\"sse\""));
    } else if stream && interface != "generate" {
        members.push(member(dice, "stream", "true"));
    }
    if asks_usage && matches!(interface, "chat" | "completions") {
        members.push(member(dice, "stream_options", "{ \"include_usage\" :true}"));
    }
    let words = format!("\"{}\"", dice.one_of(&STRINGS).replace(HALF, "x"));
    let messages = format!("[{{\"role\":\"user\",\"content\":{words}}}]");
    let prompt = match interface {
        "chat" | "messages" => ("messages", messages),
        "generate" => ("contents", format!("[{{\"parts\":[{{\"text\":{words}}}]}}]")),
        "images" | "completions" => ("prompt", words),
        _ => ("input", words),
    };
    members.push(member(dice, prompt.0, &prompt.1));
    object(dice, members, Side::Ask).into_bytes()
}

/// What is taken for an answer to that.
pub(super) fn answer(dice: &mut Dice, interface: &str) -> Vec<u8> {
    let said = match interface {
        "chat" => (
            "choices",
            "[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]",
        ),
        "completions" => ("choices", "[ {\"text\":\"hi\" ,\"finish_reason\":\"length\"}]"),
        "responses" => ("output", "[{\"content\":[{\"text\":\"hi\"}]}]"),
        "messages" => ("content", "[{\"type\":\"text\",\"text\":\"hi\"}]"),
        "generate" => (
            "candidates",
            "[{\"content\":{\"parts\":[{\"text\":\"hi\"}]},\"finishReason\":\"STOP\"}]",
        ),
        "rerank" | "moderations" => ("results", "[ ]"),
        "transcription" => ("text", "\"hi\""),
        _ => ("data", "[1]"),
    };
    let mut members = vec![member(dice, said.0, said.1)];
    if dice.chance(2) {
        members.push(member(
            dice,
            "usage",
            "{\"prompt_tokens\":3,\"completion_tokens\":1,\"input_tokens\":3,\"x\":1.0}",
        ));
    }
    let mut body = object(dice, members, Side::Answer);
    if dice.chance(200) {
        // Too large to be held: it passes, and its end is read.
        let long = dice.word(1_000).repeat(1_200);
        body = body.replacen('{', &format!("{{\"x_long\":\"{long}\","), 1);
    }
    let behind = *dice.one_of(&SPACES);
    (body + behind).into_bytes()
}

/// The members that are needed among others that are not.
fn object(dice: &mut Dice, mut members: Vec<String>, side: Side) -> String {
    for _ in 0..dice.below(6) {
        let name = format!(
            "x_{}{}",
            dice.word(3),
            dice.one_of(&["", "\\u00e9", "\\\"", "灯"])
        );
        let value = value(dice, 0, side);
        let at = usize::try_from(dice.below(members.len() as u64 + 1)).unwrap();
        let member = member(dice, &name, &value);
        members.insert(at, member);
    }
    let (before, behind) = (*dice.one_of(&SPACES), *dice.one_of(&SPACES));
    format!("{before}{{{}}}{behind}", members.join(","))
}

fn member(dice: &mut Dice, name: &str, value: &str) -> String {
    let [a, b, c, d] = [(); 4].map(|()| *dice.one_of(&SPACES));
    format!("{a}\"{name}\"{b}:{c}{value}{d}")
}

fn value(dice: &mut Dice, depth: u64, side: Side) -> String {
    let kinds = if depth > 5 { 4 } else { 7 };
    match dice.below(kinds) {
        0 => (*dice.one_of(&["true", "false", "null"])).to_owned(),
        1 => match (*dice.one_of(&NUMBERS), side) {
            (BEYOND, Side::Answer) => "1".to_owned(),
            (number, _) => number.to_owned(),
        },
        2 | 3 => match (*dice.one_of(&STRINGS), side) {
            (HALF, Side::Answer) => "\"\"".to_owned(),
            (text, _) => format!("\"{text}\""),
        },
        4 if dice.chance(40) => {
            let deepest = if side == Side::Ask { 600 } else { 100 };
            let deep = usize::try_from(1 + dice.below(deepest)).unwrap();
            format!("{}{}", "[".repeat(deep), "]".repeat(deep))
        }
        4 | 5 => {
            let space = *dice.one_of(&SPACES);
            let items: Vec<String> = (0..dice.below(4)).map(|_| value(dice, depth + 1, side)).collect();
            format!("[{space}{}{space}]", items.join(&format!("{space},")))
        }
        _ => {
            let members: Vec<String> = (0..dice.below(4))
                .map(|_| {
                    // Inside, every name may stand, even one of ours, and even twice.
                    let name = *dice.one_of(&["model", "stream", "error", "a", "mod\\u0065l", "", "usage"]);
                    let value = value(dice, depth + 1, side);
                    member(dice, name, &value)
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}
