//! A row of an answer, as the server sent it: in binary form to a prepared statement, as text to a script.
//! Out: asking (`ask`), what rows mean. Called by all parts of the reader.

use tokio_postgres::SimpleQueryRow;
use tokio_postgres::types::FromSql;

/// A row in either form.
pub(super) enum Row {
    Binary(tokio_postgres::Row),
    Text(SimpleQueryRow),
}

/// What a column can be taken as, from either form.
pub(super) trait Value<'r>: FromSql<'r> {
    /// From PostgreSQL's text of it.
    fn of_text(text: &'r str) -> Option<Self>;

    /// From NULL.
    fn of_null() -> Option<Self> {
        None
    }
}

impl Row {
    /// A column.
    ///
    /// # Panics
    /// There is no such column, or it can't be taken so: the query and its reader contradict each other.
    pub fn get<'r, T: Value<'r>>(&'r self, column: usize) -> T {
        match self {
            Row::Binary(row) => row.get(column),
            Row::Text(row) => match row.get(column) {
                Some(text) => T::of_text(text),
                None => T::of_null(),
            }
            .unwrap_or_else(|| panic!("column {column} of a catalog's row is not as it is read")),
        }
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        match self {
            Row::Binary(row) => row.len(),
            Row::Text(row) => row.len(),
        }
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Row::Binary(row) => row.columns().iter().map(tokio_postgres::Column::name).collect(),
            Row::Text(row) => row.columns().iter().map(tokio_postgres::SimpleColumn::name).collect(),
        }
    }

    /// A column of type "char"; its zero byte, which PostgreSQL prints as nothing, is `'\0'`.
    pub fn character(&self, column: usize) -> char {
        char::from(self.get::<i8>(column).cast_unsigned())
    }
}

impl<'r> Value<'r> for &'r str {
    fn of_text(text: &'r str) -> Option<Self> {
        Some(text)
    }
}

impl<'r> Value<'r> for String {
    fn of_text(text: &'r str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<'r> Value<'r> for bool {
    fn of_text(text: &'r str) -> Option<Self> {
        Some(text == "t")
    }
}

/// A "char".
impl<'r> Value<'r> for i8 {
    fn of_text(text: &'r str) -> Option<Self> {
        Some(text.bytes().next().unwrap_or_default().cast_signed())
    }
}

impl<'r, T: Value<'r>> Value<'r> for Option<T> {
    fn of_text(text: &'r str) -> Option<Self> {
        T::of_text(text).map(Some)
    }

    fn of_null() -> Option<Self> {
        Some(None)
    }
}

/// Numbers, and arrays and vectors of them.
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl<'r> Value<'r> for $number {
            fn of_text(text: &'r str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

numbers! { i16 i32 u32 i64 }

/// Arrays and vectors of what has no separators in its text.
macro_rules! lists {
    ($($element:ty)*) => {$(
        impl<'r> Value<'r> for Vec<$element> {
            fn of_text(text: &'r str) -> Option<Self> {
                let elements = text.trim_matches(['{', '}']);
                let elements = elements.split([',', ' ']).filter(|element| !element.is_empty());
                elements.map(<$element>::of_text).collect()
            }
        }
    )*};
}

lists! { bool i16 u32 }

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn reads_what_postgresql_writes() {
        assert_eq!(Vec::<i16>::of_text("{1,-2}"), Some(vec![1, -2]));
        assert_eq!(Vec::<u32>::of_text("0 1978"), Some(vec![0, 1978]));
        assert_eq!(Vec::<u32>::of_text(""), Some(Vec::new()));
        assert_eq!(Vec::<bool>::of_text("{t,f}"), Some(vec![true, false]));
        assert_eq!(Vec::<i16>::of_text("{1,NULL}"), None);
        assert_eq!(i8::of_text(""), Some(0));
        assert_eq!(<Option<i32> as Value<'_>>::of_null(), Some(None));
        assert_eq!(<i32 as Value<'_>>::of_null(), None);
    }
}
