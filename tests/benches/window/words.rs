//! What the models of this bench say: everything an answer can hold, the same in each run.

const SENTENCE: &str = "The lighthouse keeper counts the waves, writes **the number** down and begins again, because the sea has no `memory` for sums. ";
const CHINESE: &str = "守塔人数着海浪，把数字写下来，然后重新开始，因为大海记不住账。";

/// Parts of every kind, one after another, until there are so many characters.
pub(crate) fn answer(characters: usize) -> String {
    let mut text = String::new();
    let mut counted = 0;
    for part in 0.. {
        let piece = format!("{}\n\n", piece(part));
        counted += piece.chars().count();
        text.push_str(&piece);
        if counted >= characters {
            break;
        }
    }
    text.chars().take(characters).collect()
}

/// Answers of one to three thousand characters, as conversations are; each begins with a whole part.
pub(crate) fn short_answers(count: usize) -> Vec<String> {
    let whole: Vec<char> = answer(40_000).chars().collect();
    let begins: Vec<usize> = (2..30_000)
        .filter(|at| whole[at - 2..*at] == ['\n', '\n'])
        .collect();
    (0..count)
        .map(|number| {
            let from = begins[number * 977 % begins.len()];
            let length = 1_000 + number * 631 % 2_000;
            let words: String = whole[from..].iter().take(length).collect();
            format!("Answer {}.\n\n{words}", number + 1)
        })
        .collect()
}

fn piece(index: usize) -> String {
    let lines = |count, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
    match index % 9 {
        0 => format!("## Part {index}"),
        1 => SENTENCE.repeat(4),
        2 => CHINESE.repeat(6),
        3 => lines(8, &|row| format!("{}. {SENTENCE}", row + 1)),
        4 => {
            let code = lines(24, &|line| {
                format!(r#"const value{line} = await stream.read({index}, "{line}"); // and so it goes on"#)
            });
            format!("```ts\n{code}\n```")
        }
        5 => {
            let rows = lines(10, &|row| format!("| {row} | {} ms | some *reason* |", row * 12));
            format!("| step | takes | because |\n|---|---:|---|\n{rows}")
        }
        6 => format!(
            "The mean is $\\bar{{x}}_{index} = \\frac{{1}}{{n}} \\sum_i x_i$ and so\n\n$$\n\\int_0^\\infty e^{{-{}x^2}}\\,dx = \\frac{{\\sqrt{{\\pi}}}}{{2}}\n$$",
            index + 1
        ),
        7 => format!("> {}\n> {SENTENCE}", SENTENCE.repeat(2)),
        _ => "- [x] done\n- [ ] open\n- nested\n  - deeper, with a [link](https://example.com/path)\n  - and ~~another~~".into(),
    }
}
