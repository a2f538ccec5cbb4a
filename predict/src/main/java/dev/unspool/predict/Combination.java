// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
   * @param rows with the columns that the line was fitted to: {@link ClockRows}
   * @param origin the newest row that is known
   * @param ahead how many rows after it
   * @param value that the model says
   * @return 0 where nothing was found, or the rows do not go back as far as the line reads
   */
  public double correction(String target, Rows rows, long origin, long ahead, double value) {
    int h = Collections.binarySearch(horizons, (int) Math.min(ahead, Integer.MAX_VALUE));
    List<@Nullable Part> parts = targets.get(target);
    Part part = h < 0 || parts == null ? null : parts.get(h);
    if (part == null || origin < part.line.reach()) {
      return 0;
    }
    double line = part.line.predict(rows, origin);
    return Double.isNaN(line) ? 0 : (1 - part.share) * (line - value);
  }

  /**
   * A prediction, moved: its values, and with them the quantiles.
   *
   * @param said by the model
   * @param names of its targets
   * @param rows with the columns that the lines were fitted to: {@link ClockRows}
   * @param origin the newest row that is known
   */
  public Prediction combine(Prediction said, List<String> names, Rows rows, long origin) {
    double[] values = said.values().clone();
    double[][] quantiles = new double[values.length][];
    for (int i = 0; i < values.length; i++) {
      double by = correction(names.get(i), rows, origin, said.row() - origin, values[i]);
      values[i] += by;
      quantiles[i] = Arrays.stream(said.quantiles()[i]).map(quantile -> quantile + by).toArray();
    }
    return new Prediction(
        said.row(), said.time(), said.ahead(), values, said.deviations(), quantiles);
  }

  /** How many rows before the newest one are read. */
  int reach() {
    int reach = 0;
    for (List<@Nullable Part> parts : targets.values()) {
      for (Part part : parts) {
        reach = Math.max(reach, part == null ? 0 : part.line.reach());
      }
    }
    return reach;
  }

  /** The content of the file. */
  public byte[] toJson() {
    return SignedJson.write(this);
  }

  /**
   * Reads the file.
   *
   * @throws ForecasterException if it is damaged
   */
  public static Combination read(Path file) throws IOException {
    return SignedJson.read(
        file,
        "'unspool evaluate' of the run finds it anew",
        text -> Records.read(Combination.class, SignedJson.parse(text, true)));
  }
}
