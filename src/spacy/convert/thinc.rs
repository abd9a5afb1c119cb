//! thinc's model files: the layers of a network in breadth-first order, with their parameters.
//!
//! A file does not say how its layers nest. The configuration does: from it the expected tree is built, the
//! two are compared layer by layer, and each parameter is found by its layer's role.

use std::collections::{HashMap, VecDeque};

use super::ConvertError;
use super::msgpack::Value;

/// A layer that the configuration calls for.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    name: String,
    role: Option<String>,
    children: Vec<Layer>,
}

impl Layer {
    /// A layer without parameters of interest.
    pub(super) fn plain(name: &str) -> Layer {
        Layer { name: name.to_owned(), role: None, children: Vec::new() }
    }

    /// A layer whose parameters are asked for as `role`.
    pub(super) fn role(name: &str, role: String) -> Layer {
        Layer { name: name.to_owned(), role: Some(role), children: Vec::new() }
    }

    fn of(name: String, children: Vec<Layer>) -> Layer {
        Layer { name, role: None, children }
    }

    pub(super) fn named(name: &str, children: Vec<Layer>) -> Layer {
        Layer::of(name.to_owned(), children)
    }

    fn joined(children: &[Layer], separator: &str) -> String {
        children.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(separator)
    }

    /// `chain`: one after the other.
    pub(super) fn chain(children: Vec<Layer>) -> Layer {
        Layer::of(Layer::joined(&children, ">>"), children)
    }

    /// `concatenate`: side by side.
    pub(super) fn concatenate(children: Vec<Layer>) -> Layer {
        Layer::of(Layer::joined(&children, "|"), children)
    }

    /// The same layer, asked for as `role`.
    pub(super) fn with_role(self, role: &str) -> Layer {
        Layer { role: Some(role.to_owned()), ..self }
    }

    /// `with_array(…)`, `residual(…)`.
    pub(super) fn wrap(wrapper: &str, child: Layer) -> Layer {
        Layer::of(format!("{wrapper}({})", child.name), vec![child])
    }
}

/// A tensor of a model file; what lies there in half precision is widened.
#[derive(Debug)]
pub(super) struct Floats {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

/// A component's network: its layers' values by role.
#[derive(Debug)]
pub(super) struct Network<'a> {
    component: String,
    roles: HashMap<String, usize>,
    model: &'a Value<'a>,
}

impl<'a> Network<'a> {
    /// Fits the layers of `model` to the tree that the configuration of `component` calls for.
    pub(super) fn fit(component: &str, tree: &Layer, model: &'a Value<'a>) -> Result<Network<'a>, ConvertError> {
        let mismatch = |layer: usize, found: &str, expected: &str| ConvertError::Layer {
            component: component.to_owned(),
            layer,
            found: found.chars().take(120).collect(),
            expected: expected.chars().take(120).collect(),
        };
        let nodes =
            model.get("nodes").and_then(Value::array).ok_or_else(|| mismatch(0, "no list of layers", &tree.name))?;
        let mut roles = HashMap::new();
        let mut queue = VecDeque::from([tree]);
        let mut count = 0;
        while let Some(layer) = queue.pop_front() {
            let name = nodes.get(count).and_then(|node| node.get("name")).and_then(Value::text).unwrap_or("nothing");
            // Parent layers are named after their children: the leaves say enough, and parents can be renamed.
            if layer.children.is_empty() && name != layer.name {
                return Err(mismatch(count, name, &layer.name));
            }
            if let Some(role) = &layer.role {
                roles.insert(role.clone(), count);
            }
            queue.extend(&layer.children);
            count += 1;
        }
        if nodes.len() != count {
            return Err(mismatch(count, &format!("{} layers", nodes.len()), &format!("{count} layers")));
        }
        Ok(Network { component: component.to_owned(), roles, model })
    }

    fn entry(&self, list: &str, role: &str, name: &str) -> Option<&'a Value<'a>> {
        self.model.get(list)?.array()?.get(*self.roles.get(role)?)?.get(name)
    }

    /// An attribute of the layer with `role`, which is MessagePack within MessagePack.
    pub(super) fn attribute(&self, role: &str, name: &str) -> Option<Value<'a>> {
        super::msgpack::read(self.entry("attrs", role, name)?.binary()?).ok()
    }

    /// The parameter `name` of the layer with `role`, which must have `dimensions` dimensions.
    pub(super) fn parameter(&self, role: &str, name: &str, dimensions: usize) -> Result<Floats, ConvertError> {
        let error = |message: &str| ConvertError::Parameter {
            component: self.component.clone(),
            layer: role.to_owned(),
            parameter: name.to_owned(),
            message: message.to_owned(),
        };
        let value = self.entry("params", role, name).ok_or_else(|| error("is missing"))?;
        if value.get("nd").is_none() {
            return Err(error("is no array"));
        }
        let size = match value.get("type").and_then(Value::text) {
            Some("<f4") => 4,
            Some("<f2") => 2,
            _ => return Err(error("is not made of floats of 32 or 16 bits")),
        };
        let shape: Option<Vec<usize>> =
            value.get("shape").and_then(Value::array).and_then(|sizes| sizes.iter().map(Value::size).collect());
        let shape = shape.ok_or_else(|| error("has no shape"))?;
        let data = value.get("data").and_then(Value::binary).ok_or_else(|| error("has no data"))?;
        let count = shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
        if shape.len() != dimensions || count.and_then(|count| count.checked_mul(size)) != Some(data.len()) {
            return Err(error("has another shape than its layer"));
        }
        let numbers: Vec<f32> = match size {
            2 => data.chunks_exact(2).map(|b| half_to_single(u16::from_le_bytes([b[0], b[1]]))).collect(),
            _ => data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        };
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(error("holds numbers that are not finite"));
        }
        Ok(Floats { shape, numbers })
    }

    /// An error about the shape of a layer.
    pub(super) fn shape_error(&self, role: &str) -> ConvertError {
        ConvertError::Parameter {
            component: self.component.clone(),
            layer: role.to_owned(),
            parameter: "W".to_owned(),
            message: "does not fit the layers around it".to_owned(),
        }
    }
}

/// The number that IEEE 754's binary16 `bits` stand for; every one has an exact `f32`.
fn half_to_single(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1024.0 + fraction) * 2f32.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::half_to_single;

    #[test]
    fn halves_are_widened_exactly() {
        // IEEE 754-2008, binary16: 1, -2, the largest, the smallest normal and subnormal numbers, a third.
        for (bits, number) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 2f32.powi(-14)),
            (0x0001, 2f32.powi(-24)),
            (0x3555, 1365.0 / 4096.0),
            (0x0000, 0.0),
        ] {
            assert_eq!(half_to_single(bits), number, "{bits:#06x}");
        }
        assert!(half_to_single(0x7c00).is_infinite() && half_to_single(0x7e00).is_nan());
    }
}
