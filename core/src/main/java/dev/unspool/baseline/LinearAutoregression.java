// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.data.Range;
import dev.unspool.predict.Line;
import dev.unspool.predict.Regressor;
import dev.unspool.predict.Rows;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A linear model of a target some rows ahead, fitted for that horizon alone (direct forecasts), by
 * least squares with a ridge. What it predicts is how far the target moves from its newest value:
 * with a ridge without end it is persistence. The ridge is the one that does best on the validation
 * part; without one, on the newest fifth of the training part.
 *
 * <p>It is fitted to rows in which nothing is missing, as long as there are ten for each regressor;
 * else, and whenever it predicts, a missing number is the newest one before it.
 */
public final class LinearAutoregression {
  private static final int MOST_ROWS = 50_000;
  private static final double MOST_PRODUCTS = 1e9;
  private static final int ROWS_PER_REGRESSOR = 10;

  /** Ridges that are tried, from 10⁻⁸ to 10 of a column's variance. */
  private static final int DECADES = 10;

  private final Rows rows;
  private final Line line;
  private final int fitted;
  private final double ridge;

  private LinearAutoregression(Rows rows, Line line, int fitted, double ridge) {
    this.rows = rows;
    this.line = line;
    this.fitted = fitted;
    this.ridge = ridge;
  }

  /**
   * Where a target is looked at to predict it: the newest rows, the rows around the predicted one a
   * season before, and the newest one a season before. A horizon of 1 and seasons of 24 and 168
   * give the lags 1–3, 23–25 and 167–169.
   *
   * @param newest how many of the newest rows
   * @param seasons in rows
   * @param horizon how many rows ahead is predicted
   * @return rows after the newest known one, at most 0
   */
  public static List<Integer> places(int newest, List<Integer> seasons, int horizon) {
    Set<Integer> places = new LinkedHashSet<>();
    for (int lag = 0; lag < newest; lag++) {
      places.add(-lag);
    }
    for (int season : seasons) {
      int same = horizon - season * Math.ceilDiv(horizon, season);
      for (int place = same - 1; place <= Math.min(0, same + 1); place++) {
        places.add(place);
      }
      places.add(-season);
    }
    return List.copyOf(places);
  }

  /**
   * Fits a model.
   *
   * @param rows kept, and read when it predicts
   * @param target column that is predicted
   * @param moves whether its newest value is known where it is predicted
   * @param horizon how many rows ahead, at least 0 (0 only of a target that is not known)
   * @param regressors what is read
   * @param train rows of the target that are learned; beyond 50 000 the newest of them
   * @param valid rows of the target that choose the ridge; may be empty
   * @return null where there are not two rows more than regressors
   */
  public static @Nullable LinearAutoregression fit(
      Rows rows,
      int target,
      boolean moves,
      int horizon,
      List<Regressor> regressors,
      Range train,
      Range valid) {
    return new Fit(rows, target, moves, horizon, List.copyOf(regressors)).of(train, valid);
  }

  /**
   * A prediction of the row {@code horizon} after the newest known one.
   *
   * @param origin the newest row that may be looked at
   * @return in the target's own units; NaN where no value of the target is known yet
   */
  public double predict(long origin) {
    return line.predict(rows, origin);
  }

  /** What was fitted, without the rows. */
  public Line line() {
    return line;
  }

  /** How many rows ahead. */
  public int horizon() {
    return line.horizon();
  }

  /** The ridge that was chosen, relative to a column's variance. */
  public double ridge() {
    return ridge;
  }

  /** Number of rows that it was fitted to. */
  public int fitted() {
    return fitted;
  }

  /** The weight of each regressor, in the target's units per its own. */
  public double[] weights() {
    return line.weights().clone();
  }

  /** What is to be fitted. */
  private record Fit(
      Rows rows, int target, boolean moves, int horizon, List<Regressor> regressors) {

    @Nullable LinearAutoregression of(Range train, Range valid) {
      boolean held = !valid.isEmpty();
      long cut = held ? train.to() : train.to() - train.length() / 5;
      Range fitted = new Range(train.from(), cut);
      Range choosing = held ? valid : new Range(cut, train.to());
      LinearAutoregression chosen = path(fitted, choosing);
      return held || chosen == null ? chosen : refit(train, chosen.ridge());
    }

    private @Nullable LinearAutoregression path(Range train, Range valid) {
      long[] origins = origins(train);
      if (origins.length < regressors.size() + 2) {
        return null;
      }
      RidgePath path = path(origins);
      LinearAutoregression best = null;
      double least = Double.POSITIVE_INFINITY;
      for (int decade = 0; decade < DECADES; decade++) {
        LinearAutoregression model = model(path, origins.length, Math.pow(10, 1 - decade));
        double error = model.error(valid);
        if (best == null || error < least) {
          best = model;
          least = error;
        }
      }
      return best;
    }

    private @Nullable LinearAutoregression refit(Range train, double ridge) {
      long[] origins = origins(train);
      return model(path(origins), origins.length, ridge);
    }

    private LinearAutoregression model(RidgePath path, int count, double ridge) {
      var line =
          new Line(
              target,
              moves,
              horizon,
              regressors,
              path.weights(ridge),
              path.mean(),
              path.targetMean());
      return new LinearAutoregression(rows, line, count, ridge);
    }

    private RidgePath path(long[] origins) {
      return new RidgePath(
          origins.length,
          regressors.size(),
          (row, x) -> {
            Line.read(rows, regressors, origins[row], true, x);
            return move(origins[row]);
          });
    }

    /** How far the target moves; NaN where that is not known. */
    private double move(long origin) {
      double truth = rows.get(origin + horizon, target);
      return moves ? truth - rows.newest(origin, target) : truth;
    }

    /** Newest rows known where something can be learned, the oldest first. */
    private long[] origins(Range range) {
      double square = (double) regressors.size() * regressors.size();
      int most = (int) Math.clamp(MOST_PRODUCTS / square, 2_000, MOST_ROWS);
      long[] whole = origins(range, most, false);
      return whole.length >= ROWS_PER_REGRESSOR * regressors.size()
          ? whole
          : origins(range, most, true);
    }

    private long[] origins(Range range, int most, boolean filled) {
      long[] found = new long[(int) Math.min(most, range.length())];
      double[] x = new double[regressors.size()];
      int count = 0;
      for (long row = range.to() - 1; row >= range.from() && count < found.length; row--) {
        long origin = row - horizon;
        if (origin >= 0
            && Line.read(rows, regressors, origin, filled, x)
            && !Double.isNaN(move(origin))) {
          found[found.length - ++count] = origin;
        }
      }
      return Arrays.copyOfRange(found, found.length - count, found.length);
    }
  }

  /** Mean squared error on some rows. */
  private double error(Range valid) {
    double sum = 0;
    long count = 0;
    for (long row = Math.max(valid.from(), valid.to() - MOST_ROWS); row < valid.to(); row++) {
      double truth = rows.get(row, line.target());
      double error = row < line.horizon() ? Double.NaN : predict(row - line.horizon()) - truth;
      if (!Double.isNaN(error)) {
        sum += error * error;
        count++;
      }
    }
    return count == 0 ? Double.POSITIVE_INFINITY : sum / count;
  }
}
