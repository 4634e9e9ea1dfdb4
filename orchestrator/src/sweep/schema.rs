//! JSON Schema of the sweep file, for editors and other programs.

use serde_json::{Map, Value, json};
use simulation::Parameters;

use super::file::{Documented, POINT_KEYS, TOP_KEYS};
use super::key::{Key, Kind};

/// JSON Schema (2020-12) of the sweep file: every key with its description, every parameter with
/// its type, names and default.
pub fn schema() -> Value {
    let parameters = schemars::schema_for!(Parameters).to_value();
    let mut definitions = Map::new();
    for &key in Key::ALL {
        definitions.insert(key.name().into(), value(key, &parameters));
        definitions.insert(format!("{}_list", key.name()), list(key));
    }
    for (name, definition) in parts() {
        definitions.insert(name.into(), definition);
    }
    let mut properties = keys(&TOP_KEYS, top_key);
    properties.extend(keys(&POINT_KEYS, point_key));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "driftsweep sweep file",
        "type": "object",
        "required": ["name"],
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

/// Schemas of documented keys, each with its description.
fn keys(documented: &[Documented], schema: fn(&str) -> Value) -> Map<String, Value> {
    let described = |(name, description): &Documented| {
        let mut schema = schema(name);
        schema["description"] = json!(description);
        ((*name).to_owned(), schema)
    };
    documented.iter().map(described).collect()
}

fn top_key(name: &str) -> Value {
    match name {
        "name" => json!({"$ref": "#/$defs/sweep_name"}),
        "description" => json!({"type": "string"}),
        "seeds" => json!({"enum": ["independent", "common"]}),
        "max_job_hours" => json!({"type": "number", "exclusiveMinimum": 0}),
        "blocks" => json!({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/block"}}),
        "analysis" => analysis(),
        "seed" => whole(0),
        _ => whole(1),
    }
}

/// Named conditions over parameters and results; `false` switches a default rule off.
fn analysis() -> Value {
    let compared = object(&keys(
        &[
            ("above", ""),
            ("below", ""),
            ("at_least", ""),
            ("at_most", ""),
        ],
        |_| number(),
    ));
    let scalar = json!({"type": ["number", "string", "boolean", "null"]});
    let test =
        json!({"anyOf": [scalar, {"type": "array", "minItems": 1, "items": scalar}, compared]});
    let columns = super::analysis::columns().map(|name| (name.to_owned(), test.clone()));
    let mut rule = object(&columns.collect());
    rule["minProperties"] = json!(1);
    let rule = json!({"anyOf": [rule, {"const": false}]});
    let exclude = json!({"type": "object", "additionalProperties": rule});
    json!({"type": "object", "additionalProperties": false, "properties": {"exclude": exclude}})
}

fn point_key(name: &str) -> Value {
    match name {
        "replicates" => whole(1),
        "fixed" => json!({"$ref": "#/$defs/values"}),
        "grid" | "zip" => json!({"$ref": "#/$defs/lists"}),
        "random" => json!({
            "type": "object",
            "required": ["draws", "axes"],
            "additionalProperties": false,
            "properties": {"draws": whole(1), "axes": {"$ref": "#/$defs/distributions"}},
        }),
        "rows" => json!({"type": "string"}),
        "when" => json!({"type": "array", "items": {
            "type": "object",
            "required": ["if", "set"],
            "additionalProperties": false,
            "properties": {
                "if": {"$ref": "#/$defs/condition"},
                "set": {"$ref": "#/$defs/values"},
            },
        }}),
        _ => json!({"type": "array", "items": {"$ref": "#/$defs/condition"}}),
    }
}

/// Definitions that several keys share.
fn parts() -> [(&'static str, Value); 7] {
    let ends = json!({
        "type": "object",
        "required": ["from", "to", "count"],
        "additionalProperties": false,
        "properties": {"from": number(), "to": number(), "count": whole(1)},
    });
    let pair = json!({"type": "array", "items": number(), "minItems": 2, "maxItems": 2});
    let mut block = keys(&POINT_KEYS, point_key);
    block.insert("name".into(), json!({"$ref": "#/$defs/sweep_name"}));
    let distribution = one_of(&json!({
        "int_uniform": pair, "uniform": pair, "log_uniform": pair,
        "choice": {"type": "array", "minItems": 1},
        "log_spaced": ends, "linear_spaced": ends,
    }));
    [
        (
            "sweep_name",
            json!({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}),
        ),
        ("block", object(&block)),
        (
            "spread",
            one_of(&json!({"log_spaced": ends, "linear_spaced": ends})),
        ),
        (
            "values",
            per_key(|name| json!({"$ref": format!("#/$defs/{name}")})),
        ),
        (
            "lists",
            per_key(|name| json!({"$ref": format!("#/$defs/{name}_list")})),
        ),
        ("distributions", per_key(|_| distribution.clone())),
        (
            "condition",
            per_key(|name| {
                let one = json!({"$ref": format!("#/$defs/{name}")});
                json!({"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]})
            }),
        ),
    ]
}

/// A map with exactly one of the given keys.
fn one_of(properties: &Value) -> Value {
    json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn object(properties: &Map<String, Value>) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn per_key(schema: impl Fn(&str) -> Value) -> Value {
    let named = |key: &Key| (key.name().to_owned(), schema(key.name()));
    object(&Key::ALL.iter().map(named).collect())
}

/// Numbers in plain form, or with underscores (which other readers of YAML take for text).
fn number() -> Value {
    json!({"type": ["number", "string"], "pattern": r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?$"})
}

fn whole(minimum: u64) -> Value {
    let mut schema = number();
    schema["minimum"] = json!(minimum);
    schema
}

/// The value of one key: type and names from the key's kind, words from the parameter's docs.
fn value(key: Key, parameters: &Value) -> Value {
    let mut schema = match key.kind() {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Choice(names) => json!({"enum": names}),
        Kind::Data => json!({"type": "string"}),
        Kind::Whole { .. } | Kind::Real { .. } => number(),
    };
    let documented = &parameters["properties"][key.name()];
    let description = match key {
        Key::NoiseType => {
            "Which noise a point is meant to carry: must agree with update_noise and label_noise."
        }
        Key::Dataset => {
            "The user's own data: path of an .npz file with X [n_samples, input_dim] and y [n_samples, output_dim], relative to the sweep file."
        }
        _ => documented["description"].as_str().unwrap_or_default(),
    };
    schema["description"] = json!(format!("{description} ({}.)", key.expected()));
    if let Some(default) = documented
        .get("default")
        .filter(|default| !default.is_null())
    {
        schema["default"] = default.clone();
    }
    schema
}

/// The values of one key as an axis.
fn list(key: Key) -> Value {
    let items = json!({"$ref": format!("#/$defs/{}", key.name())});
    let listed = json!({"type": "array", "minItems": 1, "items": items});
    match key.kind() {
        Kind::Whole { .. } | Kind::Real { .. } => {
            json!({"anyOf": [listed, {"$ref": "#/$defs/spread"}]})
        }
        _ => listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_described_with_its_default() {
        let schema = schema();
        let steps = &schema["$defs"]["steps"];
        assert_eq!(
            steps["description"],
            "Length of the run, in full-batch updates. (give a whole number from 1 to 1000000000000.)"
        );
        assert_eq!(steps["default"], 1_000_000);
        assert_eq!(
            schema["$defs"]["algorithm"]["enum"],
            json!(["sgd", "adam", "sed", "similarity_matching"])
        );
        for &key in Key::ALL {
            let description = schema["$defs"][key.name()]["description"].as_str().unwrap();
            assert!(description.len() > 40, "{}: {description}", key.name());
        }
    }

    #[test]
    fn every_reference_has_its_definition() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let schema = schema();
        let mut found = Vec::new();
        references(&schema, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(schema.pointer(pointer).is_some(), "{reference}");
        }
    }
}
