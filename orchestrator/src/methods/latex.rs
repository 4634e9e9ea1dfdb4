//! The methods section as LaTeX that needs no package.

use super::{Facts, paragraphs, reference};

/// Paragraphs and bibliography, to be pasted between `\begin{document}` and `\end{document}`.
pub(crate) fn latex(facts: &Facts) -> String {
    let paragraphs = paragraphs(facts);
    let mut text = String::new();
    for paragraph in &paragraphs {
        let keys: Vec<&str> = paragraph.cites.iter().map(|cite| cite.key).collect();
        let cited = match keys.is_empty() {
            true => String::new(),
            false => format!("~\\cite{{{}}}", keys.join(",")),
        };
        let body = escaped(paragraph.text.trim_end_matches('.'));
        text.push_str(&format!(
            "\\paragraph{{{}.}} {body}{cited}.\n\n",
            escaped(paragraph.heading)
        ));
    }
    text.push_str("\\begin{thebibliography}{9}\n");
    for cite in reference::cited(&paragraphs) {
        let full = escaped(cite.full);
        text.push_str(&format!("\\bibitem{{{}}} {full}\n", cite.key));
    }
    text.push_str("\\end{thebibliography}\n");
    text
}

/// Text in which no character means anything to LaTeX.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '"' => escaped.push_str("''"),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
