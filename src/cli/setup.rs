//! From settings to the pipeline: artifacts, lexicons, field mapping.

use anyhow::{Context, bail};

use crate::article::{Limits, Mapping, Reader};
use crate::config::{ArticleFields, Settings};
use crate::data;
use crate::enrich::Enricher;
use crate::text::Lexicons;
use crate::worker::Pipeline;

/// Opens the artifacts and makes the pipeline that `settings` describe.
///
/// # Errors
/// Where an artifact is missing or damaged, or a lexicon cannot be read; the error says how to mend it.
pub(super) fn pipeline(settings: &Settings) -> anyhow::Result<Pipeline> {
    let data_dir = data::default_dir(settings.enrichment.data_dir.as_deref());
    let gazetteer = data::open_gazetteer(&data_dir)?;
    let model = data::open_model(&data::model_path(&data_dir, &settings.enrichment.model))?;
    let enricher = Enricher::new(model, gazetteer, &lexicons(settings)?, settings.enrichment.numbers)?;
    Ok(Pipeline { reader: reader(&settings.article), enricher })
}

/// The reader of articles that `[article]` describes.
pub(super) fn reader(article: &ArticleFields) -> Reader {
    let mapping = Mapping {
        text: article.text.clone(),
        title: article.title.clone(),
        id: article.id.clone(),
        url: article.url.clone(),
        source: article.source.clone(),
        published_at: article.published_at.clone(),
        language: article.language.clone(),
        keep_extra: article.keep_extra,
    };
    let limits =
        Limits { max_bytes: article.max_bytes, max_depth: article.max_depth, max_text_chars: article.max_text_chars };
    Reader::new(mapping, limits)
}

/// The built-in lexicons, less those that a file of the same name in `enrichment.lexicons` replaces.
fn lexicons(settings: &Settings) -> anyhow::Result<Lexicons> {
    let mut lexicons = Lexicons::default();
    let Some(dir) = &settings.enrichment.lexicons else { return Ok(lexicons) };
    let names: Vec<&'static str> = lexicons.names().collect();
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("cannot read enrichment.lexicons = {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if !lexicons.replace(&name, text) {
            bail!("{}: there is no lexicon of that name; there are {}", path.display(), names.join(", "));
        }
    }
    Ok(lexicons)
}
