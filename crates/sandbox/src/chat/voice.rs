//! The sentences the sandbox speaks in, in both of its languages; only words here, no decisions.

use crate::tokens;

/// How people say hello.
pub(crate) const GREETINGS: &[&str] = &["hello", "hi", "hey", "你好", "您好", "嗨"];

/// One language's words. `{…}` are filled in where they are used.
pub(crate) struct Voice {
    pub(crate) openings: &'static [&'static str],
    pub(crate) greeting: &'static str,
    pub(crate) count: &'static str,
    pub(crate) about: &'static str,
    pub(crate) tries: &'static str,
    pub(crate) code: &'static str,
    pub(crate) table: &'static str,
    pub(crate) maths: &'static str,
    pub(crate) poems: &'static [&'static str],
    pub(crate) reasoning: &'static str,
    pub(crate) picture: &'static str,
    pub(crate) tool_result: &'static str,
    pub(crate) no_tools: &'static str,
    pub(crate) chapters: &'static [&'static str],
    pub(crate) sentences: &'static [&'static str],
}

/// The voice for a question.
pub(crate) fn of(question: &str) -> &'static Voice {
    if tokens::mostly_chinese(question) {
        &CHINESE
    } else {
        &ENGLISH
    }
}

const ENGLISH: Voice = Voice {
    openings: &[
        "Hello from the sandbox",
        "A note from the offline sandbox",
        "The sandbox at your service",
    ],
    greeting: "Nice to meet you. I am the **offline sandbox**: I live inside this program, cost nothing and need no \
               network. Ask me anything and watch the answer stream, or try “write a haiku”, “table”, “code”, \
               “maths” or “long”.",
    count: "That is **{words} words** in {characters} characters, about {tokens} tokens.",
    about: "I am the *offline sandbox*. Nothing you wrote has left this computer, and nothing was charged. I cannot \
            know facts, so I do not pretend to; but the streaming, the token counts and the usage you see are real. \
            Add a key of your own to talk to a real model in this very place.",
    tries: "### Things to try\n\n\
            - **haiku**: three short lines\n\
            - **code**, **table** or **maths**: only that part\n\
            - **long**: about three thousand tokens, to see how scrolling feels\n\
            - ask in Chinese: 我会用中文回答",
    code: "### Code\n\n\
           ```rust\n\
           /// Counts words the way the sandbox counted yours.\n\
           fn words(text: &str) -> usize {\n    \
               text.split_whitespace().count()\n\
           }\n\
           ```",
    table: "### Table\n\n\
            | What | Here | At a real gateway |\n\
            |:-----|:----:|------------------:|\n\
            | Network | none | yes |\n\
            | Price | free | by the token |\n\
            | Streaming | real | real |",
    maths: "### Maths\n\n\
            Inline, as in $e^{i\\pi} + 1 = 0$, and in a block:\n\n\
            $$\n\
            \\text{cost} = \\frac{p \\cdot r + c \\cdot r \\cdot k}{10^6}\n\
            $$",
    poems: &[
        "Warm stone, idle wire,\na small voice counts to seven.\nNo cloud in the sky.",
        "Packets never leave.\nThe tide comes in, word by word,\nand draws the same line.",
        "Sand keeps every step\nuntil the evening water\nasks for it again.",
    ],
    reasoning: "The user wrote {words} words, about {tokens} tokens. I should be honest that I am the offline sandbox. \
                First I will quote what was asked, so that nothing is misread. Then I will show the forms an answer \
                can take. I should not claim to know facts. That is enough thought; now the answer.",
    picture: "Here is a small landscape for “{question}”. I drew it offline from your words.",
    tool_result: "The tool answered:\n\n```\n{result}\n```\n\nThat is all I know about it; I added nothing of my own.",
    no_tools: "I was given no tool I may call, so I call none. Send `tools` with this request and I will call the first.",
    chapters: &["The tide", "The shore", "The boats", "The light", "The harbour"],
    sentences: &[
        "The water came in slowly and covered the first of the stones. ",
        "Somebody had drawn a long line in the sand and forgotten it. ",
        "Between two waves there is always time for one more word. ",
        "The harbour counted its boats twice and got the same number. ",
        "A lamp on the pier was lit although it was still day. ",
        "Every path along the shore is a little longer than it looks. ",
        "The wind turned the pages faster than anyone could read them. ",
        "By evening the line was gone and the sand was new. ",
    ],
};

const CHINESE: Voice = Voice {
    openings: &["来自沙盒的问候", "离线沙盒的回信", "沙盒为您服务"],
    greeting: "很高兴认识您。我是**离线沙盒**：住在这个程序里，不花钱，也不需要网络。随便问点什么，看回答一个词一个词地出现；\
               也可以试试“写一首俳句”“表格”“代码”“公式”或“长文”。",
    count: "一共 **{words} 个词**、{characters} 个字符，大约 {tokens} 个 token。",
    about: "我是*离线沙盒*。您写的内容没有离开这台电脑，也没有产生任何费用。我不了解事实，所以不会假装知道；\
            但您看到的流式输出、token 计数和用量都是真的。添加自己的密钥，就能在这里与真正的模型对话。",
    tries: "### 可以试试\n\n\
            - **俳句**：三行短诗\n\
            - **代码**、**表格**或**公式**：只看那一部分\n\
            - **长文**：大约三千个 token，看看滚动是否顺畅\n\
            - 用英文提问：I will answer in English",
    code: "### 代码\n\n\
           ```python\n\
           def 字数(文本: str) -> int:\n    \
               \"\"\"数一数有多少个字。\"\"\"\n    \
               return len(文本)\n\
           ```",
    table: "### 表格\n\n\
            | 项目 | 这里 | 真正的网关 |\n\
            |:-----|:----:|-----------:|\n\
            | 网络 | 不需要 | 需要 |\n\
            | 价格 | 免费 | 按 token 计费 |\n\
            | 流式输出 | 真的 | 真的 |",
    maths: "### 公式\n\n\
            行内公式 $e^{i\\pi} + 1 = 0$，以及独立公式：\n\n\
            $$\n\
            \\text{费用} = \\frac{p \\cdot r + c \\cdot r \\cdot k}{10^6}\n\
            $$",
    poems: &[
        "潮水漫旧沙\n一词一词到岸边\n天上没有云",
        "小舟不出港\n灯下数着同样的\n七朵白浪花",
    ],
    reasoning: "用户写了 {words} 个词，大约 {tokens} 个 token。我应该说明自己是离线沙盒。先引用问题，以免误解；\
                再展示回答可以有的各种形式。不应该声称知道事实。想到这里就够了，现在回答。",
    picture: "这是为“{question}”画的一幅小风景，完全离线，依您的文字而成。",
    tool_result: "工具的回答是：\n\n```\n{result}\n```\n\n我知道的就这些，没有添加任何内容。",
    no_tools: "没有可以调用的工具，所以我什么也没有调用。请在请求里附上 `tools`，我会调用第一个。",
    chapters: &["潮水", "海岸", "小船", "灯光", "港口"],
    sentences: &[
        "潮水慢慢涨上来，盖住了第一块石头。",
        "有人在沙上画了一条长长的线，后来忘记了。",
        "两个浪头之间，总还来得及说一个词。",
        "港口把小船数了两遍，数目是一样的。",
        "天还亮着，码头上的灯已经点起来了。",
        "沿着海岸的每一条路，都比看上去要长一点。",
        "风翻书页，比谁读得都快。",
        "到了傍晚，那条线不见了，沙滩又是新的。",
    ],
};
