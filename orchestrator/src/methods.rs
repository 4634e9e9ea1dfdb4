//! The methods section of a sweep: what was simulated, with what, and what became of it.

use crate::report::listed;

mod facts;
mod latex;
mod measurements;
mod reference;
mod simulations;

pub(crate) use facts::Facts;
use facts::{Group, Hardware, Model, Range};
pub(crate) use latex::latex;
use measurements::measurements;
use reference::Reference;
use simulations::{simulations, training};

/// A paragraph and what it cites at its end.
pub(crate) struct Paragraph {
    pub heading: &'static str,
    pub text: String,
    pub cites: Vec<&'static Reference>,
}

/// The section, in the order of a paper.
pub(crate) fn paragraphs(facts: &Facts) -> Vec<Paragraph> {
    let paragraph = |heading, text: String, cites| Paragraph {
        heading,
        text,
        cites,
    };
    let mut science = vec![&reference::PAPER];
    if facts.uses("similarity_matching") {
        science.push(&reference::SIMILARITY_MATCHING);
    }
    vec![
        paragraph("Simulations", simulations(facts), science),
        paragraph("Parameters", parameters(facts), Vec::new()),
        paragraph("Measurements", measurements(facts), Vec::new()),
        paragraph("Randomness", randomness(facts), Vec::new()),
        paragraph("Attrition", attrition(facts), Vec::new()),
        paragraph(
            "Software and hardware",
            hardware(facts),
            vec![&reference::DRIFTSWEEP],
        ),
    ]
}

/// The section as plain text.
pub(crate) fn text(facts: &Facts) -> String {
    let paragraphs = paragraphs(facts);
    let mut text = String::new();
    for paragraph in &paragraphs {
        let cited: Vec<&str> = paragraph.cites.iter().map(|cite| cite.short).collect();
        let cited = match cited.is_empty() {
            true => String::new(),
            false => format!(" ({})", cited.join("; ")),
        };
        let body = paragraph.text.trim_end_matches('.');
        text.push_str(&format!("{}. {body}{cited}.\n\n", paragraph.heading));
    }
    text.push_str("References\n");
    for cite in reference::cited(&paragraphs) {
        text.push_str(&format!("{}\n", cite.full));
    }
    text
}

fn parameters(facts: &Facts) -> String {
    let of_group = |group: &Group| {
        let named = |range: &Range, one: &str| format!("{one} {}", shown(range));
        let choices = facts.choices(group.model);
        let mut parts = Vec::new();
        if group.model == Model::Network {
            parts.extend([
                named(&group.n_samples, "samples"),
                named(&group.input_dim, "inputs"),
                named(&group.output_dim, "outputs"),
            ]);
        }
        if group.model != Model::Valley {
            parts.push(named(&group.hidden_units, "hidden units"));
        }
        parts.push(named(&group.learning_rate, "learning rate"));
        for (range, name) in [
            (&group.update_noise, choices.update_noise_name(group.model)),
            (&group.label_noise, choices.label_noise_name()),
            (
                &group.input_noise,
                "standard deviation of the noise on the inputs",
            ),
        ] {
            if range.max > 0.0 {
                parts.push(named(range, name));
            }
        }
        parts.push(named(&group.steps, "steps"));
        format!(
            "{} {}: {}",
            capital(&training(group)),
            counted_in(group.jobs),
            parts.join(", ")
        )
    };
    let groups: Vec<String> = facts.groups.iter().map(of_group).collect();
    groups.join(". ")
}

fn randomness(facts: &Facts) -> String {
    let mut text = format!(
        "Every random number derives from the seed of its run, and these seeds from the sweep's seed {}: {} for \
         {}, {} of every combination of parameters",
        facts.seed,
        counted(facts.seeds, "seed"),
        counted(facts.planned, "run"),
        counted(facts.replicates, "replicate"),
    );
    for (count, what) in [
        (facts.data_seeds, "data"),
        (facts.weights_seeds, "initial weights"),
    ] {
        if count > 0 {
            text.push_str(&format!(
                "; {} of their own for {what}",
                counted(count, "seed")
            ));
        }
    }
    if facts.jobs(Model::Valley) < facts.planned {
        text.push_str(". Data, initial weights and noise draw from separate streams");
    }
    text.push_str(". Equal parameters give equal bits on any machine");
    if facts.precisions.iter().any(|precision| precision == "f32") {
        text.push_str("; training used single precision");
    }
    text
}

fn attrition(facts: &Facts) -> String {
    let some = |parts: &[(usize, String)]| -> String {
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        listed(&parts)
    };
    let a = &facts.attrition;
    let states = [
        (a.completed, "completed all their steps".to_owned()),
        (a.diverged, "diverged".to_owned()),
        (a.silent, "fell silent".to_owned()),
        (a.truncated, "were cut short".to_owned()),
        (a.dead, "failed".to_owned()),
        (a.cancelled, "were cancelled".to_owned()),
        (a.unfinished, "are not finished yet".to_owned()),
    ];
    let rules: Vec<(usize, String)> = a
        .excluded
        .iter()
        .map(|(rule, runs)| (*runs, format!("by the rule {rule}")))
        .collect();
    let excluded: usize = a.excluded.iter().map(|(_, runs)| runs).sum();
    let mut text = format!(
        "Of {} planned, {}",
        counted(facts.planned, "run"),
        some(&states)
    );
    if excluded > 0 {
        text.push_str(&format!(". {} excluded: {}", were(excluded), some(&rules)));
    }
    text.push_str(&format!(". {} analysed", were(a.analysed)));
    text
}

fn were(count: usize) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{} {verb}", grouped(count as f64))
}

fn hardware(facts: &Facts) -> String {
    let models: Vec<String> = facts.model_versions.iter().map(i64::to_string).collect();
    let versions = match facts.code_versions.is_empty() {
        true => format!("model {}", listed(&models)),
        false => listed(&facts.code_versions),
    };
    let on = |machine: &Hardware| {
        let cpu = machine.cpu.as_deref().unwrap_or("unknown processor");
        let slots = machine
            .slots
            .map(|slots| format!(", {}", counted(slots, "slot")))
            .unwrap_or_default();
        format!(
            "{} on {} ({cpu}{slots}; {} core-hours)",
            counted(machine.runs, "run"),
            machine.host,
            hours(machine.seconds),
        )
    };
    let machines: Vec<String> = facts.hardware.iter().map(on).collect();
    let seconds: f64 = facts.hardware.iter().map(|machine| machine.seconds).sum();
    let mut text = format!("Simulations were planned and run by driftsweep {versions}");
    if !machines.is_empty() {
        text.push_str(&format!(
            ": {}. Recorded runs took {} core-hours in all",
            listed(&machines),
            hours(seconds)
        ));
    }
    text
}

/// `1 run`, `1,200 runs`.
fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(count as f64))
}

fn counted_in(count: usize) -> String {
    format!("({})", grouped(count as f64))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn shown(range: &Range) -> String {
    if range.min == range.max {
        grouped(range.min)
    } else {
        format!("{} to {}", grouped(range.min), grouped(range.max))
    }
}

fn hours(seconds: f64) -> String {
    let hours = seconds / 3_600.0;
    if hours >= 0.01 || hours == 0.0 {
        format!("{hours:.2}")
    } else {
        "less than 0.01".to_owned()
    }
}

/// Four significant digits at most; thousands apart.
fn grouped(number: f64) -> String {
    if number.fract() != 0.0 || number.abs() >= 1e15 {
        let rounded: f64 = format!("{number:.3e}")
            .parse()
            .expect("a number just printed");
        return rounded.to_string();
    }
    let digits = format!("{}", number.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests;
