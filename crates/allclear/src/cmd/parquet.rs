//! Tables of reports as Parquet: one row group, every column optional, words as they were said. The same table gives the same bytes.

use chronicle::projection::{Cell, Column, Holds, Table};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::sync::Arc;

/// The bytes of a file.
pub fn bytes(table: &Table) -> Result<Vec<u8>> {
    let columns = table.columns.iter().map(|it| field(*it).map(Arc::new)).collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder(table.kind.name()).with_fields(columns).build()?);
    let properties = Arc::new(WriterProperties::builder().set_created_by("AllClear".to_owned()).build());
    let mut to = Vec::new();
    let mut file = SerializedFileWriter::new(&mut to, schema, properties)?;
    let mut group = file.next_row_group()?;
    let mut at = 0;
    while let Some(mut column) = group.next_column()? {
        let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.get(at)).collect();
        write(column.untyped(), &cells)?;
        column.close()?;
        at += 1;
    }
    group.close()?;
    file.close()?;
    Ok(to)
}

fn field(column: Column) -> Result<Type> {
    let whole = |signed| Some(LogicalType::integer(64, signed));
    let (physical, logical) = match column.holds {
        Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Holds::Whole => (Physical::INT64, whole(false)),
        Holds::Signed => (Physical::INT64, whole(true)),
        Holds::Truth => (Physical::BOOLEAN, None),
        Holds::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Holds::Day => (Physical::INT32, Some(LogicalType::Date)),
    };
    Type::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

/// The values that are said, and for every row whether there is one.
fn write(column: &mut ColumnWriter<'_>, cells: &[&Cell]) -> Result<()> {
    let levels: Vec<i16> = cells.iter().map(|it| i16::from(**it != Cell::None)).collect();
    let levels = Some(levels.as_slice());
    match column {
        ColumnWriter::ByteArrayColumnWriter(to) => {
            let text = |it: &&Cell| if let Cell::Text(text) = it { Some(ByteArray::from(text.as_str())) } else { None };
            to.write_batch(&cells.iter().filter_map(text).collect::<Vec<_>>(), levels, None)?;
        }
        ColumnWriter::Int64ColumnWriter(to) => {
            let number = |it: &&Cell| match it {
                // The column says that these bits have no sign.
                Cell::Whole(n) => Some(n.cast_signed()),
                Cell::Signed(n) => Some(*n),
                Cell::Instant(at) => Some(at.millis()),
                _ => None,
            };
            to.write_batch(&cells.iter().filter_map(number).collect::<Vec<_>>(), levels, None)?;
        }
        ColumnWriter::Int32ColumnWriter(to) => {
            let epoch = jiff::civil::Date::constant(1970, 1, 1);
            let day = |it: &&Cell| if let Cell::Day(day) = it { epoch.until(*day).ok() } else { None };
            to.write_batch(&cells.iter().filter_map(day).map(|it| it.get_days()).collect::<Vec<_>>(), levels, None)?;
        }
        ColumnWriter::BoolColumnWriter(to) => {
            let truth = |it: &&Cell| if let Cell::Truth(it) = it { Some(*it) } else { None };
            to.write_batch(&cells.iter().filter_map(truth).collect::<Vec<_>>(), levels, None)?;
        }
        _ => return Err(ParquetError::General("no table has such a column".to_owned())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chronicle::figures::{Claims, figures};
    use chronicle::projection::{Kind, table};
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    fn worked() -> Claims {
        let path = format!("{}/../../scenarios/chronicle/2025-03-20.toml", env!("CARGO_MANIFEST_DIR"));
        Claims::read(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn same(cell: &Cell, field: &Field) -> bool {
        match (cell, field) {
            (Cell::None, Field::Null) => true,
            (Cell::Text(a), Field::Str(b)) => a == b,
            (Cell::Whole(a), Field::ULong(b)) => a == b,
            (Cell::Signed(a), Field::Long(b)) => a == b,
            (Cell::Truth(a), Field::Bool(b)) => a == b,
            (Cell::Instant(a), Field::TimestampMillis(b)) => a.millis() == *b,
            (Cell::Day(a), Field::Date(b)) => {
                jiff::civil::Date::constant(1970, 1, 1).until(*a).unwrap().get_days() == *b
            }
            _ => false,
        }
    }

    /// By the reader of the crate that wrote it; `tests/tables/check.py` has one by another hand.
    #[test]
    fn what_is_written_is_read_back_cell_by_cell_and_twice_the_same() {
        let claims = worked();
        for kind in Kind::ALL {
            let table = table(kind, &figures(&claims, None));
            let written = bytes(&table).unwrap();
            assert_eq!(written, bytes(&table).unwrap());
            let reader = SerializedFileReader::new(axum::body::Bytes::from(written)).unwrap();
            let mut rows = 0;
            for (read, row) in reader.get_row_iter(None).unwrap().zip(&table.rows) {
                for ((name, field), (column, cell)) in
                    read.unwrap().get_column_iter().zip(table.columns.iter().zip(row))
                {
                    assert_eq!(name, column.name);
                    assert!(same(cell, field), "{name} of {}: {cell:?} {field:?}", kind.name());
                }
                rows += 1;
            }
            assert_eq!(rows, table.rows.len(), "{}", kind.name());
        }
    }

    #[test]
    fn the_largest_count_and_the_least_remainder_survive() {
        let columns = vec![Column { name: "n", holds: Holds::Whole }, Column { name: "m", holds: Holds::Signed }];
        let rows = vec![vec![Cell::Whole(u64::MAX), Cell::Signed(i64::MIN)], vec![Cell::None, Cell::None]];
        let table = Table { kind: Kind::Remainders, columns, rows };
        let reader = SerializedFileReader::new(axum::body::Bytes::from(bytes(&table).unwrap())).unwrap();
        let read: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        assert_eq!(read, [[Field::ULong(u64::MAX), Field::Long(i64::MIN)], [Field::Null, Field::Null]]);
    }
}
