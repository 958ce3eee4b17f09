pub(crate) fn render(_e: &crate::Evidence) -> groundline_core::Result<String> { Ok(String::new()) }
