//! Which language a text is written in, by its name, for the fence around it.

/// Endings and the word that Markdown knows the language by.
const LANGUAGES: &[(&str, &str)] = &[
    ("bash sh zsh ksh", "bash"),
    ("bat cmd", "bat"),
    ("c h", "c"),
    ("cc cpp cxx hpp hh hxx", "cpp"),
    ("clj cljs edn", "clojure"),
    ("cs", "csharp"),
    ("css", "css"),
    ("csv", "csv"),
    ("dart", "dart"),
    ("diff patch", "diff"),
    ("ex exs", "elixir"),
    ("erl hrl", "erlang"),
    ("fish", "fish"),
    ("fs fsx", "fsharp"),
    ("go", "go"),
    ("gql graphql", "graphql"),
    ("gradle groovy", "groovy"),
    ("hs", "haskell"),
    ("htm html xhtml", "html"),
    ("ini cfg conf properties env", "ini"),
    ("java", "java"),
    ("js mjs cjs", "javascript"),
    ("json ipynb geojson webmanifest", "json"),
    ("json5 jsonc", "json5"),
    ("jsonl ndjson", "json"),
    ("jsx", "jsx"),
    ("jl", "julia"),
    ("kt kts", "kotlin"),
    ("less", "less"),
    ("lua", "lua"),
    ("m mm", "objectivec"),
    ("md markdown mdx", "markdown"),
    ("ml mli", "ocaml"),
    ("nix", "nix"),
    ("php", "php"),
    ("pl pm", "perl"),
    ("proto", "protobuf"),
    ("ps1 psm1", "powershell"),
    ("py pyi pyw", "python"),
    ("r", "r"),
    ("rb", "ruby"),
    ("rs", "rust"),
    ("sass scss", "scss"),
    ("scala sc", "scala"),
    ("sol", "solidity"),
    ("sql", "sql"),
    ("svelte", "svelte"),
    ("swift", "swift"),
    ("tex sty bib", "latex"),
    ("tf hcl", "hcl"),
    ("toml", "toml"),
    ("ts mts cts", "typescript"),
    ("tsv tab", "tsv"),
    ("tsx", "tsx"),
    ("vb", "vbnet"),
    ("vue", "vue"),
    ("xml xsd xsl xslt plist rss atom svg", "xml"),
    ("yaml yml", "yaml"),
    ("zig", "zig"),
];

/// Files that are known by their whole name.
const NAMES: &[(&str, &str)] = &[
    ("cmakelists.txt", "cmake"),
    ("dockerfile", "dockerfile"),
    ("gemfile", "ruby"),
    ("makefile", "makefile"),
    ("rakefile", "ruby"),
];

/// The word for the fence; empty for plain text and for what we do not know.
pub(crate) fn of_name(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let base = name.rsplit(['/', '\\']).next().unwrap_or(&name);
    let whole = NAMES.iter().find(|(known, _)| *known == base);
    let ending = ending(base);
    let by_ending = || {
        LANGUAGES
            .iter()
            .find(|(endings, _)| endings.split(' ').any(|known| known == ending))
    };
    whole.or_else(by_ending).map_or("", |(_, language)| language)
}

/// What stands after the last dot, in small letters already.
pub(crate) fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}
