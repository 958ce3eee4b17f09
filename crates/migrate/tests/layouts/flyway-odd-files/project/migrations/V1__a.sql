select '${schema}';
