//! How a time becomes a height in a picture, and where its marks stand.

/// The least rows between two marks, where there is room.
const APART: u16 = 3;

/// How a time becomes a height: the marks stand at round numbers, as many rows apart from each other each.
#[derive(Debug, PartialEq)]
pub(super) struct Scale {
    /// Seconds from mark to mark.
    pub(super) step: f64,
    /// Rows from mark to mark.
    pub(super) rows: u16,
    /// The half rows of the picture.
    halves: u16,
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows of a picture: few, not negative, and rounded"
)]
impl Scale {
    /// The one for waits of up to so many seconds in so many rows that has the most marks.
    pub(super) fn of(most: f64, rows: u16) -> Self {
        let halves = 2 * rows.max(1);
        // Steps of 1, 2 or 2.5, and 5, whichever is whole in its unit; and a 2 where there is room for no more than that.
        let least = 10_f64.powf(most.log10().floor() - 2.0);
        let steps = [1.0, 10.0, 100.0].into_iter().flat_map(|more| {
            let power = least * more;
            let unit = if power < 1.0 { power * 1e3 } else { power };
            let second = if unit < 10.0 || more > 99.0 { 2.0 } else { 2.5 };
            [1.0, second, 5.0].map(|digit| digit * power)
        });
        let scales = steps.filter(|step| *step <= most).map(|step| {
            let apart = (f64::from(halves - 1) / 2.0 * step / most).floor();
            Self {
                step,
                rows: apart as u16,
                halves,
            }
        });
        let mut coarsest = Self {
            step: most,
            rows: rows.max(1),
            halves,
        };
        for scale in scales {
            if scale.rows >= APART {
                return scale;
            }
            coarsest = scale;
        }
        coarsest.rows = coarsest.rows.max(1);
        coarsest
    }

    /// The half row of a time, from the bottom.
    pub(super) fn level(&self, seconds: f64) -> u16 {
        let level = (seconds / self.step * f64::from(self.rows) * 2.0).round();
        (level as u16).min(self.halves - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn marks_stand_at_round_numbers_as_many_rows_apart() {
        for (most, rows, step, apart) in [
            (106.0, 32, 25.0, 7),
            (106.0, 9, 50.0, 4),
            (106.0, 3, 100.0, 2),
            (10.6, 12, 5.0, 5),
            (10.6, 20, 2.0, 3),
            (1.06, 32, 0.25, 7),
            (0.01, 3, 0.01, 2),
            (0.212, 4, 0.2, 3),
            (0.27, 9, 0.1, 3),
        ] {
            let scale = Scale::of(most, rows);
            assert!((scale.step - step).abs() < 1e-9, "{most} in {rows}: {scale:?}");
            assert_eq!(scale.rows, apart, "{most} in {rows}: {scale:?}");
        }
    }

    #[test]
    fn a_time_stands_at_its_mark() {
        let scale = Scale::of(106.0, 9);
        assert_eq!([0.0, 50.0, 99.0, 100.0].map(|time| scale.level(time)), [0, 8, 16, 16]);
        assert_eq!(scale.level(1e9), 17, "in the picture, whatever comes");
    }
}
