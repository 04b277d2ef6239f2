/// The style sheet of the report: the system's letters, both themes, one column on a phone.
enum ReportStyle {
    static let css = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1f26;--faint:#5b6673;--line:#dde2e8;--bar:#2f6fdb;--bar1:#c2570c;--bar2:#3a7d44;--bar3:#8447b5;
        --good:#1a7f45;--bad:#b3261e}
        @media (prefers-color-scheme:dark){:root{--page:#12161b;--card:#1b2128;--ink:#e6eaef;--faint:#9aa6b2;--line:#2e3741;
        --bar:#6aa1f5;--bar1:#f0975a;--bar2:#7cc48a;--bar3:#c39be8;--good:#58c98a;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
        h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0;overflow-wrap:anywhere}
        h2{font-size:1.1rem;margin:0 0 .6rem}
        h3{font-size:1rem;margin:1rem 0 .2rem}
        .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:0 1.5rem}
        .columns>*{min-width:0}
        p{margin:.4rem 0 .8rem}
        .faint,caption{color:var(--faint)}
        section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem;margin-top:1rem}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin-top:1rem}
        .tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
        .tile b{display:block;font-size:1.3rem;overflow-wrap:anywhere;font-variant-numeric:tabular-nums;line-height:1.3}
        .tile span{color:var(--faint);font-size:.85rem}
        .scroll{overflow-x:auto;background:linear-gradient(90deg,var(--card) 40%,transparent),linear-gradient(270deg,var(--card) 40%,transparent) 100% 0,
        linear-gradient(90deg,var(--line),transparent) 0 0,linear-gradient(270deg,var(--line),transparent) 100% 0;background-repeat:no-repeat;
        background-size:2.5rem 100%,2.5rem 100%,1rem 100%,1rem 100%;background-attachment:local,local,scroll,scroll}
        .scroll:focus-visible{outline:2px solid var(--bar)}
        table{border-collapse:collapse;width:100%;font-size:.92rem}
        th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
        th{font-weight:600;color:var(--faint);vertical-align:bottom}
        td{overflow-wrap:break-word}
        td:first-child{min-width:6.5rem}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        th.n{white-space:normal}
        tfoot td{font-weight:600;border-bottom:0}
        svg.bars{display:block;max-width:44rem;margin:.4rem 0;overflow:visible}
        svg.bars rect,.key svg{fill:var(--bar)}
        svg rect.s1{fill:var(--bar1)}svg rect.s2{fill:var(--bar2)}svg rect.s3{fill:var(--bar3)}
        .key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.2rem 0 .6rem;padding:0;font-size:.92rem}
        .key svg{width:.8em;height:.8em;margin-right:.45em}.key li{overflow-wrap:anywhere}
        svg.bars text{fill:var(--ink);font-size:13px;font-variant-numeric:tabular-nums}
        svg.bars .label{text-anchor:end;fill:var(--faint)}
        svg.curve{display:block;max-width:44rem;margin:.4rem 0}
        svg.curve polyline{fill:none;stroke:var(--bar);stroke-width:2.5;vector-effect:non-scaling-stroke}
        svg.curve line{stroke:var(--line)}
        svg.curve text{fill:var(--faint);font-size:13px;font-variant-numeric:tabular-nums}
        svg.curve .title{fill:var(--ink)}
        svg.curve .end{text-anchor:end}svg.curve .middle{text-anchor:middle}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.4rem 0;font-size:.92rem}
        dt{color:var(--faint)}
        dd{margin:0;overflow-wrap:anywhere}
        .good{color:var(--good);font-weight:600}
        .bad{color:var(--bad);font-weight:600}
        @media (max-width:30rem){main{padding:1rem .6rem 2rem}th,td{padding:.3rem .35rem;font-size:.85rem}td:first-child{min-width:5.5rem}section{padding:.8rem}dl{grid-template-columns:1fr;gap:0}
        dd{margin-bottom:.5rem}svg.bars text{font-size:11px}}
        @media print{body{background:#fff}section,.tile{break-inside:avoid}}
        """
}
