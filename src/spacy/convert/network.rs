//! The networks: what the configuration calls for, found in the model files and packed.

use std::ops::Range;

use serde_json::Value as Json;

use super::super::artifact::Writer;
use super::super::lexeme::Attribute;
use super::super::spec::{
    Activation, EmbedSpec, EncodeSpec, InputSpec, Move, NerSpec, NormSpec, RecallSpec, UpperSpec, padded,
};
use super::ConvertError;
use super::config::Config;
use super::msgpack::{self, Value};
use super::pack::{self, Affine};
use super::thinc::{Floats, Layer, Network};
use super::vocab;

type Result<T> = std::result::Result<T, ConvertError>;

/// An encoder with a layer that looks at the whole document: see `spacy/recall.rs`, and `training/recall.py` for spaCy.
const RECALL: &str = "dateline.RecallTok2Vec.v1";

/// An embedding as configured.
struct Embed {
    width: usize,
    /// Attributes with their number of rows and seed.
    hashes: Vec<(Attribute, usize, u32)>,
    vectors: bool,
    /// The number of bytes of a character embedding.
    bytes: Option<usize>,
}

struct Encode {
    activation: Activation,
    width: usize,
    depth: usize,
    window: usize,
    /// The layers that come before what is recalled, where the pipeline does so.
    recall_after: Option<usize>,
}

/// Tokens of a passage in [`RECALL`].
const PASSAGE_TOKENS: usize = 32;

/// Settings below one section, for the messages about them.
struct Settings<'a> {
    config: &'a Config,
    component: &'a str,
    path: String,
}

impl Settings<'_> {
    fn section(&self, name: &str) -> Settings<'_> {
        Settings { config: self.config, component: self.component, path: format!("{}.{name}", self.path) }
    }

    fn get(&self, key: &str) -> Result<&Json> {
        let path = format!("{}.{key}", self.path);
        self.config.get(&path).ok_or_else(|| ConvertError::Config { path, message: "is missing".to_owned() })
    }

    fn error(&self, key: &str, message: &str) -> ConvertError {
        ConvertError::Config { path: format!("{}.{key}", self.path), message: message.to_owned() }
    }

    /// A size that keeps all products in range.
    fn size(&self, key: &str) -> Result<usize> {
        self.get(key)?
            .as_u64()
            .filter(|&size| size <= 1 << 20)
            .map(|size| size as usize)
            .ok_or_else(|| self.error(key, "is no size"))
    }

    fn flag(&self, key: &str) -> Result<bool> {
        match self.get(key)? {
            Json::Null => Ok(false),
            value => value.as_bool().ok_or_else(|| self.error(key, "is neither true nor false")),
        }
    }

    fn architecture(&self) -> Result<String> {
        self.get("@architectures")?
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| self.error("@architectures", "is no name"))
    }

    fn unsupported(&self, what: &str, hint: &str) -> ConvertError {
        ConvertError::Unsupported { component: self.component.to_owned(), what: what.to_owned(), hint: hint.to_owned() }
    }

    fn attribute(&self, value: &Json) -> Result<Attribute> {
        serde_json::from_value(value.clone()).map_err(|_| self.unsupported(&format!("the attribute {value}"), ""))
    }
}

/// Converts the networks of the pipeline's `ner` component.
pub(super) fn convert(
    config: &Config,
    read: &impl Fn(&str) -> Result<Vec<u8>>,
    writer: &mut Writer,
) -> Result<(EmbedSpec, EncodeSpec, NerSpec)> {
    let component = ner_component(config)?;
    let model = Settings { config, component: &component, path: format!("components.{component}.model") };
    let architecture = model.architecture()?;
    if architecture != "spacy.TransitionBasedParser.v2" {
        return Err(model.unsupported(&architecture, ""));
    }
    if model.get("state_type")?.as_str() != Some("ner") {
        return Err(model.error("state_type", "is not ner"));
    }
    check_greedy(&model, &read(&format!("{component}/cfg"))?)?;
    let slots = if model.flag("extra_state_tokens")? { 6 } else { 3 };
    let use_upper = model.flag("use_upper")?;

    let tok2vec = model.section("tok2vec");
    let listens = tok2vec.architecture()?.starts_with("spacy.Tok2VecListener");
    let upstream = match listens {
        true => match tok2vec.get("upstream")?.as_str() {
            Some("*") | None => upstream_of(config)?,
            Some(name) => name.to_owned(),
        },
        false => component.clone(),
    };
    let own = Settings { config, component: &upstream, path: format!("components.{upstream}.model") };
    let source = if listens { own } else { tok2vec };
    let (embed, encode) = tok2vec_settings(&source)?;
    let inner = tok2vec_tree(&embed, &encode);

    let head = if listens { Layer::plain("tok2vec-listener") } else { inner.clone() };
    let upper = if use_upper { Layer::role("linear", "upper".to_owned()) } else { Layer::plain("noop") };
    let tree = Layer::named(
        "parser_model",
        vec![
            Layer::chain(vec![head, Layer::plain("list2array"), Layer::role("linear", "project".to_owned())]),
            Layer::role("precomputable_affine", "lower".to_owned()),
            upper,
        ],
    );
    let ner_bytes = read(&format!("{component}/model"))?;
    let ner_model = msgpack::read(&ner_bytes)?;
    let ner = Network::fit(&component, &tree.with_role("root"), &ner_model)?;

    let upstream_bytes = if listens { read(&format!("{upstream}/model"))? } else { Vec::new() };
    let upstream_model = if listens { msgpack::read(&upstream_bytes)? } else { Value::Nil };
    let upstream_network;
    let network = match listens {
        true => {
            upstream_network = Network::fit(&upstream, &inner, &upstream_model)?;
            &upstream_network
        }
        false => &ner,
    };
    let embed_spec = pack_embed(&source, &embed, network, read, writer)?;
    let encode_spec = pack_encode(&encode, network, writer)?;
    let moves = vocab::moves(&read(&format!("{component}/moves"))?)?;
    let ner_spec = pack_ner(&ner, &moves, encode.width, slots, use_upper, writer)?;
    Ok((embed_spec, encode_spec, ner_spec))
}

fn components(config: &Config) -> Vec<&str> {
    let pipeline = config.get("nlp.pipeline").and_then(Json::as_array);
    pipeline.into_iter().flatten().filter_map(Json::as_str).collect()
}

fn factory<'a>(config: &'a Config, component: &str) -> Option<&'a str> {
    config.get(&format!("components.{component}.factory")).and_then(Json::as_str)
}

fn ner_component(config: &Config) -> Result<String> {
    let names = components(config);
    names.iter().find(|name| factory(config, name) == Some("ner")).map(|name| (*name).to_owned()).ok_or_else(|| {
        ConvertError::Unsupported {
            component: names.join(", "),
            what: "a pipeline without a component of the factory ner".to_owned(),
            hint: String::new(),
        }
    })
}

fn upstream_of(config: &Config) -> Result<String> {
    let names = components(config);
    let upstream = names.iter().find(|name| factory(config, name) == Some("tok2vec"));
    upstream.map(|name| (*name).to_owned()).ok_or_else(|| ConvertError::Config {
        path: "nlp.pipeline".to_owned(),
        message: "has no tok2vec for ner to listen to".to_owned(),
    })
}

fn check_greedy(model: &Settings<'_>, cfg: &[u8]) -> Result<()> {
    let cfg: Json = serde_json::from_slice(cfg).unwrap_or_default();
    match cfg.get("beam_width").and_then(Json::as_u64) {
        None | Some(1) => Ok(()),
        Some(_) => Err(model.unsupported("beam search", "; set beam_width to 1")),
    }
}

fn tok2vec_settings(settings: &Settings<'_>) -> Result<(Embed, Encode)> {
    let architecture = settings.architecture()?;
    match architecture.as_str() {
        "spacy.Tok2Vec.v1" | "spacy.Tok2Vec.v2" => {
            Ok((embed_settings(&settings.section("embed"))?, encode_settings(&settings.section("encode"))?))
        }
        RECALL => {
            let encode = encode_settings(&settings.section("encode"))?;
            let refine = encode_settings(&settings.section("refine"))?;
            if (encode.activation, encode.width, encode.window) != (refine.activation, refine.width, refine.window) {
                return Err(settings.error("refine", "has another form than encode"));
            }
            if encode.depth == 0 {
                return Err(settings.error("encode", "has no layers"));
            }
            let depth = encode.depth + refine.depth;
            let encode = Encode { depth, recall_after: Some(encode.depth), ..encode };
            Ok((embed_settings(&settings.section("embed"))?, encode))
        }
        "spacy.HashEmbedCNN.v1" | "spacy.HashEmbedCNN.v2" => {
            let (width, size) = (settings.size("width")?, settings.size("embed_size")?);
            if settings.size("maxout_pieces")? < 1 {
                return Err(settings.error("maxout_pieces", "is no size"));
            }
            let attributes: &[Attribute] = match settings.flag("subword_features")? {
                true => &[Attribute::Norm, Attribute::Prefix, Attribute::Suffix, Attribute::Shape],
                false => &[Attribute::Norm],
            };
            let rows = |i| if i == 0 { size } else { size / 2 };
            let hashes = (0..).zip(attributes).map(|(i, &attribute)| (attribute, rows(i), 8 + i)).collect();
            let embed = Embed { width, hashes, vectors: settings.flag("pretrained_vectors")?, bytes: None };
            let encode = Encode {
                activation: Activation::Maxout,
                width,
                depth: settings.size("depth")?,
                window: settings.size("window_size")?,
                recall_after: None,
            };
            Ok((embed, encode))
        }
        _ => Err(settings
            .unsupported(&architecture, "; the runtime knows CNN pipelines, no transformers or recurrent networks")),
    }
}

fn embed_settings(settings: &Settings<'_>) -> Result<Embed> {
    let architecture = settings.architecture()?;
    let width = settings.size("width")?;
    let vectors = settings.flag("include_static_vectors")?;
    match architecture.as_str() {
        "spacy.MultiHashEmbed.v2" => {
            let attributes = settings.get("attrs")?.as_array().ok_or_else(|| settings.error("attrs", "is no list"))?;
            let rows = settings.get("rows")?.as_array().ok_or_else(|| settings.error("rows", "is no list"))?;
            if attributes.len() != rows.len() || attributes.is_empty() {
                return Err(settings.error("rows", "is not as long as attrs"));
            }
            let mut hashes = Vec::new();
            for (i, (attribute, rows)) in (0u32..).zip(attributes.iter().zip(rows)) {
                let rows = rows
                    .as_u64()
                    .filter(|&rows| rows < 1 << 24)
                    .ok_or_else(|| settings.error("rows", "holds no size"))?;
                hashes.push((settings.attribute(attribute)?, rows as usize, 8 + i));
            }
            Ok(Embed { width, hashes, vectors, bytes: None })
        }
        "spacy.CharacterEmbed.v2" => {
            let feature = settings.get("feature").cloned().unwrap_or_else(|_| Json::from("LOWER"));
            let hashes = vec![(settings.attribute(&feature)?, settings.size("rows")?, 5)];
            Ok(Embed { width, hashes, vectors, bytes: Some(settings.size("nC")?) })
        }
        _ => Err(settings.unsupported(&architecture, "")),
    }
}

fn encode_settings(settings: &Settings<'_>) -> Result<Encode> {
    let architecture = settings.architecture()?;
    let activation = match architecture.as_str() {
        "spacy.MaxoutWindowEncoder.v2" => Activation::Maxout,
        "spacy.MishWindowEncoder.v2" => Activation::Mish,
        _ => return Err(settings.unsupported(&architecture, "")),
    };
    Ok(Encode {
        activation,
        width: settings.size("width")?,
        depth: settings.size("depth")?,
        window: settings.size("window_size")?,
        recall_after: None,
    })
}

/// A layer with activation, normalisation and dropout, as thinc nests them.
fn normalized(name: &str, role: &str) -> [Layer; 2] {
    let activation = Layer::role(name, format!("{role} activation"));
    let norm = Layer::role("layernorm", format!("{role} normalisation"));
    [Layer::chain(vec![activation, norm]), Layer::plain("dropout")]
}

fn tok2vec_tree(embed: &Embed, encode: &Encode) -> Layer {
    let hashes = embed.hashes.iter().enumerate().map(|(i, _)| {
        let hash = Layer::role("hashembed", format!("embedding {i}"));
        Layer::chain(vec![Layer::plain("ints-getitem"), hash])
    });
    let extract = Layer::plain("extract_features");
    let list2ragged = || Layer::plain("list2ragged");
    let vectors = || Layer::role("static_vectors", "static vectors".to_owned());
    let mix = Layer::wrap("with_array", Layer::chain(normalized("maxout", "mixing").into()));
    let ragged2list = Layer::plain("ragged2list");
    let embed_layers = match embed.bytes {
        None => {
            let features =
                vec![extract, list2ragged(), Layer::wrap("with_array", Layer::concatenate(hashes.collect()))];
            match embed.vectors {
                true => vec![Layer::concatenate(vec![Layer::chain(features), vectors()]), mix, ragged2list],
                false => [features, vec![mix, ragged2list]].concat(),
            }
        }
        Some(_) => {
            let bytes = Layer::chain(vec![Layer::role("charembed", "characters".to_owned()), list2ragged()]);
            let hash = hashes.map(|hash| Layer::wrap("with_array", hash));
            let features = Layer::chain([vec![extract, list2ragged()], hash.collect()].concat());
            let mut side_by_side = vec![bytes, features];
            if embed.vectors {
                side_by_side.push(vectors());
            }
            vec![Layer::concatenate(side_by_side), mix, ragged2list]
        }
    };
    let activation = if encode.activation == Activation::Maxout { "maxout" } else { "mish" };
    let encoder = |layers: Range<usize>| {
        let mut cnn: Vec<Layer> = layers
            .map(|i| {
                let [inner, dropout] = normalized(activation, &format!("encoder {i}"));
                let window = Layer::role("expand_window", format!("window {i}"));
                let layers = Layer::chain(vec![inner, dropout]);
                Layer::wrap("residual", Layer::chain(vec![window, layers]))
            })
            .collect();
        let encoder = match cnn.len() {
            0 => Layer::plain("noop"),
            1 => cnn.remove(0),
            _ => Layer::chain(cnn),
        };
        Layer::wrap("with_array", encoder)
    };
    let layers = match encode.recall_after {
        None => vec![encoder(0..encode.depth)],
        Some(after) => {
            let recall = Layer::role("recall", "recall".to_owned());
            vec![encoder(0..after), recall, encoder(after..encode.depth)]
        }
    };
    Layer::chain([vec![Layer::chain(embed_layers)], layers].concat())
}

fn pack_embed(
    settings: &Settings<'_>,
    embed: &Embed,
    network: &Network<'_>,
    read: &impl Fn(&str) -> Result<Vec<u8>>,
    writer: &mut Writer,
) -> Result<EmbedSpec> {
    let width = embed.width;
    let mut inputs = Vec::new();
    if let Some(count) = embed.bytes {
        let table = network.parameter("characters", "E", 3)?;
        if table.shape[..2] != [count, 256] {
            return Err(network.shape_error("characters"));
        }
        inputs.push(InputSpec::Bytes { count, width: table.shape[2], table: writer.tensor(&table.numbers) });
    }
    for (i, &(attribute, rows, seed)) in embed.hashes.iter().enumerate() {
        let role = format!("embedding {i}");
        let table = network.parameter(&role, "E", 2)?;
        if table.shape != [rows, width] || rows == 0 {
            return Err(network.shape_error(&role));
        }
        let stored =
            network.attribute(&role, "seed").and_then(|seed| seed.unsigned()).and_then(|seed| u32::try_from(seed).ok());
        inputs.push(InputSpec::Hash {
            attribute,
            seed: stored.unwrap_or(seed),
            rows,
            width,
            table: writer.tensor(&table.numbers),
        });
    }
    if embed.vectors {
        inputs.push(pack_vectors(settings, network, width, read, writer)?);
    }
    let weights = network.parameter("mixing activation", "W", 3)?;
    let bias = network.parameter("mixing activation", "b", 2)?;
    let columns = inputs.iter().map(InputSpec::columns).sum();
    let affine = affine(network, "mixing activation", &weights, &bias, width, columns)?;
    let mix = pack::dense(writer, &affine, columns.max(1), false);
    Ok(EmbedSpec { width, inputs, mix, norm: pack_norm(network, "mixing normalisation", width, writer)? })
}

fn pack_vectors(
    settings: &Settings<'_>,
    network: &Network<'_>,
    width: usize,
    read: &impl Fn(&str) -> Result<Vec<u8>>,
    writer: &mut Writer,
) -> Result<InputSpec> {
    let cfg: Json =
        read("vocab/vectors.cfg").ok().and_then(|cfg| serde_json::from_slice(&cfg).ok()).unwrap_or_default();
    match cfg.get("mode").and_then(Json::as_str) {
        None | Some("default") => {}
        Some(mode) => return Err(settings.unsupported(&format!("vectors of the mode {mode}"), "")),
    }
    let attribute = match cfg.get("attr") {
        None | Some(Json::Null) => Attribute::Orth,
        Some(attribute) => settings.attribute(attribute)?,
    };
    let vectors = vocab::vectors(&read("vocab/vectors")?, &read("vocab/key2row")?)?;
    let weights = network.parameter("static vectors", "W", 2)?;
    if weights.shape != [width, vectors.width] {
        return Err(network.shape_error("static vectors"));
    }
    // The projection of each vector, once and for all; in double precision, rounded at the end.
    let mut table = Vec::with_capacity(vectors.rows * width);
    for vector in vectors.numbers.chunks_exact(vectors.width.max(1)) {
        for row in weights.numbers.chunks_exact(vectors.width.max(1)) {
            table.push(row.iter().zip(vector).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32);
        }
    }
    let (keys, rows): (Vec<u64>, Vec<u32>) = vectors.keys.into_iter().unzip();
    Ok(InputSpec::Vectors {
        attribute,
        rows: vectors.rows,
        width,
        keys: writer.tensor(&keys),
        key_rows: writer.tensor(&rows),
        table: writer.tensor(&table),
    })
}

/// Checks a layer's shapes against what the layers around it need.
fn affine<'a>(
    network: &Network<'_>,
    role: &str,
    weights: &'a Floats,
    bias: &'a Floats,
    outputs: usize,
    inputs: usize,
) -> Result<Affine<'a>> {
    let pieces = if weights.shape.len() == 3 { weights.shape[1] } else { 1 };
    let fits = weights.shape[0] == outputs && weights.shape.last() == Some(&inputs) && (1..=64).contains(&pieces);
    if !fits || bias.numbers.len() != outputs * pieces {
        return Err(network.shape_error(role));
    }
    Ok(Affine { outputs, pieces, inputs, weights: &weights.numbers, bias: &bias.numbers })
}

fn pack_norm(network: &Network<'_>, role: &str, width: usize, writer: &mut Writer) -> Result<NormSpec> {
    let (gain, shift) = (network.parameter(role, "G", 1)?, network.parameter(role, "b", 1)?);
    if gain.shape != [width] || shift.shape != [width] {
        return Err(network.shape_error(role));
    }
    Ok(pack::norm(writer, &gain.numbers, &shift.numbers))
}

fn pack_encode(encode: &Encode, network: &Network<'_>, writer: &mut Writer) -> Result<EncodeSpec> {
    let &Encode { activation, width, depth, window, recall_after } = encode;
    let dimensions = if activation == Activation::Maxout { 3 } else { 2 };
    let mut layers = Vec::new();
    for i in 0..depth {
        let role = format!("encoder {i} activation");
        let stored = network.attribute(&format!("window {i}"), "window_size").and_then(|size| size.size());
        if stored.is_some_and(|stored| stored != window) {
            return Err(network.shape_error(&role));
        }
        let weights = network.parameter(&role, "W", dimensions)?;
        let bias = network.parameter(&role, "b", dimensions - 1)?;
        let affine = affine(network, &role, &weights, &bias, width, width * (2 * window + 1))?;
        let dense = pack::dense(writer, &affine, width, true);
        layers.push((dense, pack_norm(network, &format!("encoder {i} normalisation"), width, writer)?));
    }
    let recall = recall_after.map(|after| pack_recall(after, width, network, writer)).transpose()?;
    Ok(EncodeSpec { activation, window, padded: activation == Activation::Maxout, layers, recall })
}

fn pack_recall(after: usize, width: usize, network: &Network<'_>, writer: &mut Writer) -> Result<RecallSpec> {
    let no_bias = Floats { shape: vec![width], numbers: vec![0.0; width] };
    let mut dense = |name: &str| {
        let weights = network.parameter("recall", name, 2)?;
        Ok(pack::dense(writer, &affine(network, "recall", &weights, &no_bias, width, width)?, width, true))
    };
    let (memory, topic, passage) = (dense("memory")?, dense("topic")?, dense("passage")?);
    Ok(RecallSpec { after, memory, topic, passage, passage_tokens: PASSAGE_TOKENS })
}

fn pack_ner(
    network: &Network<'_>,
    moves: &[(u32, String)],
    width: usize,
    slots: usize,
    use_upper: bool,
    writer: &mut Writer,
) -> Result<NerSpec> {
    let project = network.parameter("project", "W", 2)?;
    let project_bias = network.parameter("project", "b", 1)?;
    let inputs = project.shape[0];
    let project = affine(network, "project", &project, &project_bias, inputs, width)?;
    let project = pack::dense(writer, &project, width, true);

    let lower = network.parameter("lower", "W", 4)?;
    let bias = network.parameter("lower", "b", 2)?;
    let padding = network.parameter("lower", "pad", 4)?;
    let &[_, hidden, pieces, _] = lower.shape.as_slice() else { return Err(network.shape_error("lower")) };
    let fits = lower.shape == [slots, hidden, pieces, inputs]
        && bias.shape == [hidden, pieces]
        && padding.shape == [1, slots, hidden, pieces];
    if !fits || pieces == 0 || hidden == 0 {
        return Err(network.shape_error("lower"));
    }
    let row = hidden * pieces;
    let slot_row = padded(hidden) * pieces;
    let by_piece = |numbers: &[f32], at: usize, stride: usize, packed: &mut [f32]| {
        for output in 0..hidden {
            for piece in 0..pieces {
                packed[piece * padded(hidden) + output] = numbers[at + (output * pieces + piece) * stride];
            }
        }
    };
    let mut slot_weights = vec![0f32; slots * padded(inputs) * slot_row];
    let mut slot_padding = vec![0f32; slots * slot_row];
    let mut slot_bias = vec![0f32; slot_row];
    by_piece(&bias.numbers, 0, 1, &mut slot_bias);
    for slot in 0..slots {
        by_piece(&padding.numbers, slot * row, 1, &mut slot_padding[slot * slot_row..][..slot_row]);
        for input in 0..inputs {
            let at = (slot * padded(inputs) + input) * slot_row;
            by_piece(&lower.numbers, slot * row * inputs + input, inputs, &mut slot_weights[at..at + slot_row]);
        }
    }
    let closed_bias: Vec<f32> = (0..row)
        .map(|i| (1..slots).map(|slot| padding.numbers[slot * row + i]).sum::<f32>() + bias.numbers[i])
        .collect();
    let closed =
        Affine { outputs: hidden, pieces, inputs, weights: &lower.numbers[..row * inputs], bias: &closed_bias };
    let closed = pack::dense(writer, &closed, inputs, true);

    let upper = if use_upper { Some(pack_upper(network, hidden, writer)?) } else { None };
    let classes = upper.as_ref().map_or(hidden, |upper| upper.dense.outputs);
    if classes != moves.len() {
        return Err(network.shape_error(if use_upper { "upper" } else { "lower" }));
    }
    let mut labels: Vec<String> = Vec::new();
    let mut named = Vec::new();
    for (action, label) in moves {
        let index = match labels.iter().position(|known| known == label) {
            _ if label.is_empty() => None,
            Some(known) => Some(known),
            None => {
                labels.push(label.clone());
                Some(labels.len() - 1)
            }
        };
        let action = match action {
            1 => Move::Begin,
            2 => Move::In,
            3 => Move::Last,
            4 => Move::Unit,
            5 => Move::Out,
            _ => return Err(network.shape_error("moves")),
        };
        named.push((action, index.and_then(|index| u16::try_from(index).ok())));
    }
    let unseen = network.attribute("root", "unseen_classes");
    let unseen = unseen.as_ref().and_then(Value::array).unwrap_or_default().iter().filter_map(Value::size);
    Ok(NerSpec {
        labels,
        moves: named,
        unseen: unseen.filter(|&class| class < classes).collect(),
        project,
        closed,
        slots,
        hidden,
        pieces,
        slot_weights: writer.tensor(&slot_weights),
        slot_padding: writer.tensor(&slot_padding),
        slot_bias: writer.tensor(&slot_bias),
        upper,
    })
}

fn pack_upper(network: &Network<'_>, hidden: usize, writer: &mut Writer) -> Result<UpperSpec> {
    let weights = network.parameter("upper", "W", 2)?;
    let bias = network.parameter("upper", "b", 1)?;
    let classes = weights.shape[0];
    let affine = affine(network, "upper", &weights, &bias, classes, hidden)?;
    let dense = pack::dense(writer, &affine, hidden, true);
    let mut rows = vec![0f32; classes * padded(hidden)];
    for (row, weights) in rows.chunks_exact_mut(padded(hidden)).zip(weights.numbers.chunks_exact(hidden)) {
        row[..hidden].copy_from_slice(weights);
    }
    Ok(UpperSpec { dense, rows: writer.tensor(&rows), bias: writer.tensor(&bias.numbers) })
}
