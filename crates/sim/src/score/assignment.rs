//! The cheapest one-to-one assignment, for scoring: dense, exact, in components.

/// The cheapest assignment of rows to columns, each row to one column at most or to none at cost 0. `cost` is negative
/// where a pair is worth more than leaving both alone; other pairs are never made. Hungarian method with potentials
/// (Kuhn 1955, in Jonker's form), O(rows² · columns).
pub(super) fn cheapest(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<Option<usize>> {
    // Columns from `columns` on are nobody, one for each row.
    let width = columns + rows;
    let entry = |row: usize, column: usize| if column < columns { cost(row, column).min(0.0) } else { 0.0 };
    let (mut row_dual, mut column_dual) = (vec![0.0; rows + 1], vec![0.0; width + 1]);
    let mut row_of = vec![0_usize; width + 1];
    let mut before = vec![0_usize; width + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut here = 0;
        let mut least = vec![f64::INFINITY; width + 1];
        let mut used = vec![false; width + 1];
        loop {
            used[here] = true;
            let (from, mut step, mut next) = (row_of[here], f64::INFINITY, 0);
            for column in 1..=width {
                if used[column] {
                    continue;
                }
                let reduced = entry(from - 1, column - 1) - row_dual[from] - column_dual[column];
                if reduced < least[column] {
                    (least[column], before[column]) = (reduced, here);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=width {
                if used[column] {
                    row_dual[row_of[column]] += step;
                    column_dual[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            here = next;
            if row_of[here] == 0 {
                break;
            }
        }
        while here != 0 {
            row_of[here] = row_of[before[here]];
            here = before[here];
        }
    }
    let mut taken = vec![None; rows];
    for (column, &row) in row_of[1..=columns].iter().enumerate() {
        if row > 0 && cost(row - 1, column) < 0.0 {
            taken[row - 1] = Some(column);
        }
    }
    taken
}

/// Connected components of rows and columns under some pairs: the rows and columns of each, sorted.
pub(super) fn components(
    rows: usize,
    columns: usize,
    pairs: impl Iterator<Item = (usize, usize)>,
) -> Vec<(Vec<usize>, Vec<usize>)> {
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut parent: Vec<usize> = (0..rows + columns).collect();
    for (row, column) in pairs {
        let (a, b) = (root(&mut parent, row), root(&mut parent, rows + column));
        parent[a.max(b)] = a.min(b);
    }
    let mut parts: std::collections::BTreeMap<usize, (Vec<usize>, Vec<usize>)> = std::collections::BTreeMap::new();
    for at in 0..rows + columns {
        let part = parts.entry(root(&mut parent, at)).or_default();
        if at < rows { part.0.push(at) } else { part.1.push(at - rows) }
    }
    parts.into_values().collect()
}
