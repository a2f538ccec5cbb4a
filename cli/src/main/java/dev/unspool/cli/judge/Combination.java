// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.baseline.Line;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Rows;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weighted means of what a model and a linear autoregression say, as of the end of the table:
 * {@code combined.json}. Bates and Granger 1969.
 *
 * @param horizons rows ahead, ascending
 * @param targets of each, by its name, what there is at each of the horizons; null where nothing
 *     was found
 * @param bands of the combined forecasts
 */
public record Combination(
    List<Integer> horizons, Map<String, List<@Nullable Part>> targets, Bands bands) {
  /**
   * What is combined with a model.
   *
   * @param share of the model, 0 to 1
   * @param line of which the rest is
   */
  public record Part(double share, Line line) {
    /** Checks the share. */
    public Part {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("a share is from 0 to 1, found " + share);
      }
    }
  }

  /** Checks the sizes. */
  public Combination {
    targets.forEach(
        (name, parts) -> {
          if (parts.size() != horizons.size()) {
            throw new IllegalArgumentException(
                "'%s' has %s lines for %s horizons".formatted(name, parts.size(), horizons.size()));
          }
        });
  }

  /**
   * What a forecast is to be moved by.
   *
   * @param rows with the columns that the line was fitted to
   * @param origin the newest row that is known
   * @param ahead how many rows after it
   * @param value that the model says
   * @return 0 where nothing was found
   */
  public double correction(String target, Rows rows, long origin, long ahead, double value) {
    int h = Collections.binarySearch(horizons, (int) ahead);
    List<@Nullable Part> parts = targets.get(target);
    Part part = h < 0 || parts == null ? null : parts.get(h);
    double line = part == null ? Double.NaN : part.line.predict(rows, origin);
    return part == null || Double.isNaN(line) ? 0 : (1 - part.share) * (line - value);
  }
}
