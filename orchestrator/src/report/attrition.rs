//! From planned to analysed: where every job of the sweeps went.

use shared::{Answer, Value};

use super::rows::Column;

/// One stage of the flow, and what is lost on the way to the next.
#[derive(Debug, PartialEq)]
pub(crate) struct Stage {
    pub name: &'static str,
    pub jobs: usize,
    pub lost: Vec<Loss>,
}

/// Jobs that go no further.
#[derive(Debug, PartialEq)]
pub(crate) struct Loss {
    pub name: String,
    pub jobs: usize,
}

/// The flow of all named sweeps together.
pub(crate) struct Attrition {
    pub stages: Vec<Stage>,
    /// Jobs that may still come.
    pub running: usize,
    pub queued: usize,
    pub sql: String,
}

impl Attrition {
    pub fn of(answer: &Answer) -> Self {
        let column = |name| Column::of(&answer.table, name);
        let [state, excluded, runs] = ["state", "excluded", "runs"].map(column);
        let rows = &answer.table.rows;
        let count = |wanted: &dyn Fn(&[Value]) -> bool| -> usize {
            let counted = rows.iter().filter(|row| wanted(row));
            counted.map(|row| runs.count(row)).sum()
        };
        let in_state = |name: &str| count(&|row| state.text(row) == name);
        let mut rules: Vec<&str> = rows.iter().map(|row| excluded.text(row)).collect();
        rules.sort_unstable();
        rules.dedup();
        let not_run = ["queued", "running", "dead", "cancelled"].map(|name| Loss {
            name: name.to_owned(),
            jobs: in_state(name),
        });
        let by_rule = rules
            .into_iter()
            .filter(|rule| !rule.is_empty())
            .map(|rule| Loss {
                name: format!("excluded: {rule}"),
                jobs: count(&|row| excluded.text(row) == rule),
            });
        let by_rule: Vec<Loss> = by_rule.collect();
        let finished = in_state("done");
        let stages = vec![
            Stage {
                name: "planned",
                jobs: count(&|_| true),
                lost: not_run.into_iter().filter(|loss| loss.jobs > 0).collect(),
            },
            Stage {
                name: "finished",
                jobs: finished,
                lost: by_rule,
            },
            Stage {
                name: "analysed",
                jobs: count(&|row| state.text(row) == "done" && excluded.text(row).is_empty()),
                lost: Vec::new(),
            },
        ];
        Self {
            stages,
            running: in_state("running"),
            queued: in_state("queued"),
            sql: answer.sql.clone(),
        }
    }

    /// Whether results may still be added.
    pub fn is_unfinished(&self) -> bool {
        self.running + self.queued > 0
    }

    pub fn planned(&self) -> usize {
        self.stages.first().map_or(0, |stage| stage.jobs)
    }

    /// Jobs that figures are drawn from.
    pub fn analysed(&self) -> usize {
        self.stages.last().map_or(0, |stage| stage.jobs)
    }
}

#[cfg(test)]
mod tests {
    use shared::Table;

    use super::*;

    fn answer(rows: &[(&str, Option<&str>, i64)]) -> Answer {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = rows.iter().map(|(state, excluded, runs)| {
            vec![
                text(state),
                excluded.map_or(Value::Null, text),
                Value::Integer(*runs),
            ]
        });
        Answer {
            sql: String::new(),
            table: Table {
                columns: ["state", "excluded", "runs"].map(str::to_owned).to_vec(),
                rows: rows.collect(),
            },
        }
    }

    #[test]
    fn every_stage_is_the_one_before_less_its_losses() {
        let flow = Attrition::of(&answer(&[
            ("queued", None, 3),
            ("running", None, 2),
            ("dead", None, 1),
            ("done", None, 10),
            ("done", Some("diverged"), 3),
            ("done", Some("poor"), 1),
        ]));
        assert_eq!(flow.planned(), 20);
        assert!(flow.is_unfinished());
        for pair in flow.stages.windows(2) {
            let lost: usize = pair[0].lost.iter().map(|loss| loss.jobs).sum();
            assert_eq!(pair[0].jobs - lost, pair[1].jobs, "{pair:?}");
        }
        assert_eq!(flow.analysed(), 10);
    }
}
