//! The cheapest assignment by shortest augmenting paths over reduced costs.

/// Rows with their gated columns and costs, in compressed rows. "None" costs zero and is always open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problem {
    begins: Vec<u32>,
    columns: Vec<u32>,
    costs: Vec<f64>,
    width: usize,
    /// Memory of [`Problem::each`]: the least that the rows from each on can cost, and what is taken.
    least: Vec<f64>,
    taken: Vec<u32>,
}

/// "No column": the row takes none.
pub(crate) const NONE: u32 = u32::MAX;

/// An assignment with the duals that prove it cheapest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solution {
    /// Column of each row; [`Solution::of`] reads it.
    pub(super) column_of: Vec<u32>,
    /// Row of each column.
    pub(super) row_of: Vec<u32>,
    /// Dual of each column, at most zero.
    column_dual: Vec<f64>,
    pub(super) cost: f64,
}

/// Scratch of one search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    /// Length of the shortest path to each column.
    distance: Vec<f64>,
    /// The row before each column on it; [`NONE`] when it is the sink.
    from_row: Vec<u32>,
    state: Vec<State>,
    open: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unseen,
    Open,
    Settled,
}

/// What a row that looks for a column may not do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bans<'a> {
    /// Rows before this one keep what they have.
    pub(super) first: usize,
    /// Columns the row may not take.
    pub(super) columns: &'a [u32],
    /// The row must take one.
    pub(super) none: bool,
    /// The column that was taken from the row; its dual is that of a column in use.
    pub(super) hole: Option<u32>,
}

impl Problem {
    /// Empties it for columns `0..width`.
    pub(crate) fn clear(&mut self, width: usize) {
        self.begins.clear();
        self.begins.push(0);
        self.columns.clear();
        self.costs.clear();
        self.width = width;
    }

    /// Adds a row with these columns; costs must be finite.
    #[allow(clippy::cast_possible_truncation)] // Clusters are small.
    pub(crate) fn row(&mut self, edges: impl Iterator<Item = (u32, f64)>) {
        for (column, cost) in edges {
            debug_assert!(
                (column as usize) < self.width && cost.is_finite(),
                "a column of this problem at a finite cost"
            );
            self.columns.push(column);
            self.costs.push(cost);
        }
        self.begins.push(self.columns.len() as u32);
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    fn edges(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let (from, to) = (self.begins[row] as usize, self.begins[row + 1] as usize);
        self.columns[from..to].iter().copied().zip(self.costs[from..to].iter().copied())
    }

    /// Whether there are at most `most` ways to give every row a column or none, columns shared or not.
    pub(crate) fn ways(&self, most: usize) -> bool {
        let mut ways = 1_usize;
        for row in 0..self.rows() {
            ways = ways.saturating_mul((self.begins[row + 1] - self.begins[row]) as usize + 1);
            if ways > most {
                return false;
            }
        }
        true
    }

    /// Calls `each` with the cost, upon `base`, and the columns ([`NONE`] for none) of every assignment that is at most
    /// `slack` dearer than the cheapest found so far, here or before, and at most what `each` gave back as the limit of
    /// what it still wants; `limit` carries that from problem to problem.
    ///
    /// Depth first, each row's columns cheapest first, cut where even the rows' cheapest columns would be too dear.
    pub(crate) fn each(&mut self, base: f64, slack: f64, limit: &mut f64, mut each: impl FnMut(f64, &[u32]) -> f64) {
        let rows = self.rows();
        self.least.clear();
        self.least.resize(rows + 1, 0.0);
        for row in (0..rows).rev() {
            let (from, to) = (self.begins[row] as usize, self.begins[row + 1] as usize);
            // Insertion sort: a row has a handful of columns.
            for at in from + 1..to {
                let mut here = at;
                while here > from && self.costs[here] < self.costs[here - 1] {
                    self.costs.swap(here, here - 1);
                    self.columns.swap(here, here - 1);
                    here -= 1;
                }
            }
            let cheapest = self.costs[from..to].first().map_or(0.0, |cost| cost.min(0.0));
            self.least[row] = self.least[row + 1] + cheapest;
        }
        let mut taken = std::mem::take(&mut self.taken);
        taken.clear();
        self.extend(base, slack, limit, &mut taken, &mut each);
        self.taken = taken;
    }

    fn extend<E>(&self, cost: f64, slack: f64, limit: &mut f64, taken: &mut Vec<u32>, each: &mut E)
    where
        E: FnMut(f64, &[u32]) -> f64,
    {
        let row = taken.len();
        if cost + self.least[row] > *limit {
            return;
        }
        if row == self.rows() {
            *limit = limit.min(cost + slack).min(each(cost, taken));
            return;
        }
        let mut none = true;
        for (column, more) in self.edges(row).chain(std::iter::once((NONE, 0.0))) {
            // None costs nothing: it comes before what costs something.
            if none && (more >= 0.0 || column == NONE) {
                none = false;
                taken.push(NONE);
                self.extend(cost, slack, limit, taken, each);
                taken.pop();
            }
            if column != NONE && !taken.contains(&column) {
                taken.push(column);
                self.extend(cost + more, slack, limit, taken, each);
                taken.pop();
            }
        }
    }

    /// The cheapest assignment. "None" is always open, so there is one.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn solve(&self, scratch: &mut Scratch) -> Solution {
        let mut solution = Solution {
            column_of: vec![NONE; self.rows()],
            row_of: vec![NONE; self.width],
            column_dual: vec![0.0; self.width],
            cost: 0.0,
        };
        for row in 0..self.rows() {
            let placed = self.place(&mut solution, row, Bans::default(), scratch);
            debug_assert!(placed, "none is always open");
        }
        solution
    }

    /// Gives `row` the best column by one shortest path; `false` when nothing is open to it.
    ///
    /// Dijkstra over reduced costs `cost - row dual - column dual`, none of which is negative; a row's dual is read off
    /// its own match, where the reduced cost is zero. The sink stands for "nobody": free columns and rows that take none
    /// lead to it at no cost, and from it any column may be left to nobody at minus its dual. Without a hole the path
    /// ends in the sink; with one it ends where the hole is taken again or left to nobody.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn place(&self, solution: &mut Solution, row: usize, bans: Bans<'_>, scratch: &mut Scratch) -> bool {
        scratch.reset(self.width);
        let hole = bans.hole.unwrap_or(NONE);
        // The sink's distance, and how it is reached: the row that takes none, or the free column.
        let (mut sink, mut sink_row, mut sink_column, mut sunk) = (f64::INFINITY, NONE, NONE, false);
        let (mut here, mut length) = (row, 0.0);
        let end = loop {
            let dual = if here == row { 0.0 } else { self.dual(solution, here) };
            if length - dual < sink && !sunk && !(here == row && bans.none) {
                (sink, sink_row, sink_column) = (length - dual, here as u32, NONE);
            }
            for (column, cost) in self.edges(here) {
                let at = column as usize;
                if scratch.state[at] == State::Settled || (here == row && bans.columns.contains(&column)) {
                    continue;
                }
                let holder = solution.row_of[at];
                if holder != NONE && (holder as usize) < bans.first {
                    continue;
                }
                let distance = length + cost - dual - solution.column_dual[at];
                if holder == NONE && column != hole {
                    if distance < sink && !sunk {
                        (sink, sink_row, sink_column) = (distance, here as u32, column);
                    }
                } else {
                    scratch.reach(column, distance, here as u32);
                }
            }
            let (nearest, distance) = scratch.nearest();
            if !sunk && sink <= distance {
                if sink.is_infinite() {
                    return false;
                }
                if hole == NONE {
                    break sink;
                }
                sunk = true;
                for column in 0..self.width {
                    let holder = solution.row_of[column];
                    let held = holder != NONE && (holder as usize) >= bans.first;
                    if (held || column as u32 == hole) && scratch.state[column] != State::Settled {
                        scratch.reach(column as u32, sink - solution.column_dual[column], NONE);
                    }
                }
                // A row that takes none may be sent for a column, and nobody takes its place.
                for idle in (bans.first..self.rows()).filter(|&idle| idle != row && solution.column_of[idle] == NONE) {
                    for (column, cost) in self.edges(idle) {
                        let at = column as usize;
                        let holder = solution.row_of[at];
                        let held = holder != NONE && (holder as usize) >= bans.first;
                        if (held || column == hole) && scratch.state[at] != State::Settled {
                            scratch.reach(column, sink + cost - solution.column_dual[at], idle as u32);
                        }
                    }
                }
            }
            let (nearest, distance) = if sunk { scratch.nearest() } else { (nearest, distance) };
            let Some(n) = nearest else { return false };
            let column = scratch.open.swap_remove(n);
            scratch.state[column as usize] = State::Settled;
            if column == hole {
                break distance;
            }
            (here, length) = (solution.row_of[column as usize] as usize, distance);
        };
        let back = sink.min(end);
        for column in 0..self.width {
            let holder = solution.row_of[column];
            if (holder != NONE && (holder as usize) >= bans.first) || column as u32 == hole {
                solution.column_dual[column] += scratch.distance[column].min(end) - back;
            }
        }
        // Flip the path from its end; where the sink stands on it, the column after it is left to nobody.
        let mut column = hole;
        loop {
            let taker = if column == NONE { NONE } else { scratch.from_row[column as usize] };
            if taker == NONE {
                if column != NONE {
                    solution.row_of[column as usize] = NONE;
                }
                let left = solution.column_of[sink_row as usize];
                solution.column_of[sink_row as usize] = sink_column;
                if sink_column != NONE {
                    solution.row_of[sink_column as usize] = sink_row;
                }
                if sink_row as usize == row {
                    break;
                }
                column = left;
                continue;
            }
            let left = solution.column_of[taker as usize];
            solution.column_of[taker as usize] = column;
            solution.row_of[column as usize] = taker;
            if taker as usize == row {
                break;
            }
            column = left;
        }
        solution.cost = (0..self.rows()).map(|row| self.cost(solution, row)).sum();
        true
    }

    /// Dual of a matched row: the reduced cost of its own column is zero.
    fn dual(&self, solution: &Solution, row: usize) -> f64 {
        match solution.column_of[row] {
            NONE => 0.0,
            column => self.cost(solution, row) - solution.column_dual[column as usize],
        }
    }

    fn cost(&self, solution: &Solution, row: usize) -> f64 {
        let column = solution.column_of[row];
        if column == NONE {
            return 0.0;
        }
        self.edges(row).find(|edge| edge.0 == column).map_or(f64::INFINITY, |edge| edge.1)
    }
}

impl Solution {
    /// The column of a row; [`NONE`] where it takes none.
    pub(crate) fn of(&self, row: usize) -> u32 {
        self.column_of[row]
    }

    /// Frees the row's column and gives it back.
    pub(super) fn free(&mut self, row: usize) -> Option<u32> {
        let column = self.column_of[row];
        self.column_of[row] = NONE;
        if column == NONE {
            return None;
        }
        self.row_of[column as usize] = NONE;
        Some(column)
    }
}

impl Scratch {
    fn reset(&mut self, width: usize) {
        self.distance.clear();
        self.distance.resize(width, f64::INFINITY);
        self.from_row.clear();
        self.from_row.resize(width, NONE);
        self.state.clear();
        self.state.resize(width, State::Unseen);
        self.open.clear();
    }

    fn reach(&mut self, column: u32, distance: f64, from: u32) {
        let at = column as usize;
        if distance < self.distance[at] {
            self.distance[at] = distance;
            self.from_row[at] = from;
            if self.state[at] == State::Unseen {
                self.state[at] = State::Open;
                self.open.push(column);
            }
        }
    }

    /// Where in `open` the nearest column stands, and how far it is.
    fn nearest(&self) -> (Option<usize>, f64) {
        let mut nearest = (None, f64::INFINITY);
        for (n, &column) in self.open.iter().enumerate() {
            let distance = self.distance[column as usize];
            if distance < nearest.1 {
                nearest = (Some(n), distance);
            }
        }
        nearest
    }
}
