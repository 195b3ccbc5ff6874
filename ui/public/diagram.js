// Draws one diagram after another for the window it stands in, from a frame that belongs to nobody.
(() => {
  const colours = {
    light: { background: "#ffffff", primaryColor: "#eef0fb", primaryTextColor: "#1d2129", primaryBorderColor: "#8d93d6", lineColor: "#666c78", secondaryColor: "#f1f3f6", tertiaryColor: "#fafbfc" },
    dark: { background: "#15181e", primaryColor: "#272a4a", primaryTextColor: "#eceef2", primaryBorderColor: "#8f93e8", lineColor: "#a9afba", secondaryColor: "#22262e", tertiaryColor: "#1a1d23" },
  };
  let loading = null;

  function load(address) {
    loading ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => fail(new Error("Mermaid did not load"));
      document.head.append(script);
    });
    return loading;
  }

  async function draw({ id, source, dark, script }) {
    await load(script);
    globalThis.mermaid.initialize({
      startOnLoad: false, securityLevel: "strict", theme: "base", darkMode: dark, themeVariables: colours[dark ? "dark" : "light"],
      fontFamily: "sans-serif", htmlLabels: false, flowchart: { htmlLabels: false }, class: { htmlLabels: false }, state: { htmlLabels: false },
      maxTextSize: 20000, maxEdges: 300, suppressErrorRendering: true, deterministicIds: true,
      // A diagram's own directives may not touch these.
      secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering", "htmlLabels", "flowchart", "class", "state", "themeCSS", "fontFamily", "dompurifyConfig"],
    });
    const place = document.createElement("div");
    document.body.replaceChildren(place);
    const { svg } = await globalThis.mermaid.render(`d${id}`, source, place);
    place.innerHTML = svg;
    const drawn = place.querySelector("svg");
    if (!drawn) throw new Error("nothing was drawn");
    const text = new XMLSerializer().serializeToString(drawn);
    document.body.replaceChildren();
    return text;
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    draw(data).then(
      (svg) => parent.postMessage({ nexdesk: "drawn", id: data.id, svg }, "*"),
      (error) => parent.postMessage({ nexdesk: "refused", id: data.id, why: String(error?.message ?? error) }, "*"),
    );
  });
  parent.postMessage({ nexdesk: "ready" }, "*");
})();
