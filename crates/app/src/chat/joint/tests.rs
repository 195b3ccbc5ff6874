//! Joints over a table of cut points: what goes on exactly passes unchanged, what is said again is dropped.

use super::*;

const TEXT: &str = "The lighthouse keeper's log, in short:\n\n\
    - The lamp was lit at dusk.\n- The lamp was trimmed at midnight.\n\n\
    | night | lamps | oil |\n| ----- | ----- | --- |\n| first | 2 | 3 l |\n| first | 2 | 4 l |\n\n\
    ```python\nfor night in range(7):\n    light(night)\n    light(night)\nprint(\"done\")\n```\n\n\
    灯塔在夜里发光，海上的船都看得见。灯塔守护人每天夜里点灯。\n\nThat that is, is. Ha ha ha ha!\n";

/// The rest in pieces of so many letters, as a stream would bring it.
fn joined_in_pieces(before: &str, rest: &str, size: usize) -> String {
    let mut joint = Joint::behind(before);
    let letters: Vec<char> = rest.chars().collect();
    let mut whole = before.to_owned();
    for piece in letters.chunks(size) {
        whole.push_str(&joint.pass(piece.iter().collect()));
    }
    whole.push_str(&joint.end());
    whole
}

#[test]
fn a_rest_that_goes_on_exactly_passes_unchanged_wherever_the_break_was() {
    for (cut, _) in TEXT.char_indices() {
        let (before, rest) = TEXT.split_at(cut);
        for size in [1, 3, 50] {
            assert_eq!(
                joined_in_pieces(before, rest, size),
                TEXT,
                "cut at {cut}: …{:?} | {:?}…",
                &before[before.ceil_char_boundary(cut.saturating_sub(12))..],
                &rest[..rest.floor_char_boundary(12)]
            );
        }
    }
}

#[test]
fn what_is_said_again_at_the_joint_is_dropped() {
    let table = [
        // Inside a word.
        (
            "The keeper climbed to the light",
            "lighthouse and lit it.",
            "The keeper climbed to the lighthouse and lit it.",
        ),
        // A sentence once more.
        (
            "He climbed. Nobody had seen him on the stairs",
            "Nobody had seen him on the stairs that night.",
            "He climbed. Nobody had seen him on the stairs that night.",
        ),
        // A list item and a row of a table begun again.
        ("- oil\n- wi", "- wicks\n- glass", "- oil\n- wicks\n- glass"),
        (
            "| a | b |\n| - | - |\n| one | t",
            "| one | two |\n",
            "| a | b |\n| - | - |\n| one | two |\n",
        ),
        // A code block opened anew, with and without the line it broke in.
        (
            "```python\nfor x in y:\n    pri",
            "```python\n    print(x)\n```\n",
            "```python\nfor x in y:\n    print(x)\n```\n",
        ),
        (
            "```python\nfor x in y:\n",
            "```python\n    print(x)\n```\n",
            "```python\nfor x in y:\n    print(x)\n```\n",
        ),
        // Chinese.
        (
            "守护人点灯。灯塔在夜里",
            "灯塔在夜里发光。",
            "守护人点灯。灯塔在夜里发光。",
        ),
        // The space between two words, twice.
        ("She lit the ", " lamp.", "She lit the lamp."),
    ];
    for (before, rest, whole) in table {
        for size in [1, 4, 500] {
            assert_eq!(
                joined_in_pieces(before, rest, size),
                whole,
                "{before:?} + {rest:?}"
            );
        }
    }
}

#[test]
fn a_block_opened_long_before_the_break_is_still_known_to_be_open() {
    let before = format!("```rust\n{}", "let lamp = Lamp::new(7, \"oil\");\n".repeat(200));
    let whole = joined_in_pieces(&before, "```rust\nlamp.light();\n```\n", 5);
    assert!(whole.ends_with("\nlamp.light();\n```\n") && whole.matches("```rust").count() == 1);
    let closed = format!("{before}```\n\nThat was it.\n\n");
    let whole = joined_in_pieces(&closed, "```rust\nlamp.out();\n```\n", 5);
    assert_eq!(
        whole.matches("```rust").count(),
        2,
        "and one that was closed to be closed"
    );
}

#[test]
fn what_cannot_be_a_repetition_is_shown_at_once() {
    let mut joint = Joint::behind("The lamp was");
    assert_eq!(joint.pass(" lit".into()), " lit");
    assert_eq!(joint.pass(" at dusk".into()), " at dusk");
}
