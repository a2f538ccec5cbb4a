// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How bands are made of what a model says, as of the end of its table: {@code bands.json}. A band
 * is {@code lower − offset · scale} to {@code upper + offset · scale}. Lower and upper are the
 * quantiles named, or else both the forecast itself; the scale is the deviation that the model
 * says, or else 1 in the target's units.
 *
 * @param horizons rows ahead, ascending
 * @param scaled whether the scale is the deviation
 * @param levels bands to choose from
 */
public record Bands(List<Integer> horizons, boolean scaled, List<Level> levels) {
  /**
   * Bands of one level.
   *
   * @param level share of truths that shall lie within
   * @param lower probability of the quantile that a band begins with; null for the forecast itself
   * @param upper probability of the quantile that it ends with; null likewise
   * @param offsets of each target, by its name, at each of the horizons; null where there was
   *     nothing to calibrate with
   */
  public record Level(
      double level,
      @Nullable Double lower,
      @Nullable Double upper,
      Map<String, List<@Nullable Double>> offsets) {}

  /**
   * Around a prediction; NaN where nothing is known of how far ahead it is.
   *
   * @param lower end, one for each target
   * @param upper end
   */
  public record Band(double[] lower, double[] upper) {
    /** Whether everything in it is equal, the numbers of arrays too. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Band that
          && Arrays.equals(lower, that.lower)
          && Arrays.equals(upper, that.upper);
    }

    @Override
    public int hashCode() {
      return Objects.hash(Arrays.hashCode(lower), Arrays.hashCode(upper));
    }

    @Override
    public String toString() {
      return "Band[lower=%s, upper=%s]".formatted(Arrays.toString(lower), Arrays.toString(upper));
    }
  }

  /** Copies the lists. */
  public Bands {
    horizons = List.copyOf(horizons);
    levels = List.copyOf(levels);
  }

  /** Shares of truths that bands were calibrated to hold. */
  public List<Double> shares() {
    return levels.stream().map(Level::level).toList();
  }

  /**
   * The band around a prediction.
   *
   * @param outputs of the model that said it
   * @param level one of {@link #shares}
   */
  public Band around(Prediction prediction, Outputs outputs, double level) {
    Level of =
        levels.stream()
            .filter(each -> each.level() == level)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "a band of %s was not calibrated, only %s were"
                            .formatted(level, shares())));
    int horizon = horizons.indexOf(prediction.ahead());
    int targets = outputs.targets().size();
    double[] lower = new double[targets];
    double[] upper = new double[targets];
    for (int i = 0; i < targets; i++) {
      List<@Nullable Double> offsets = of.offsets().get(outputs.targets().get(i).name());
      Double offset =
          horizon < 0 || offsets == null || horizon >= offsets.size() ? null : offsets.get(horizon);
      double[] deviations = prediction.deviations();
      double scale = scaled && deviations != null ? deviations[i] : 1;
      double widening = offset == null ? Double.NaN : offset * scale;
      double below = end(prediction, outputs, i, of.lower()) - widening;
      double above = end(prediction, outputs, i, of.upper()) + widening;
      lower[i] = Math.min(below, above);
      upper[i] = Math.max(below, above);
    }
    return new Band(lower, upper);
  }

  private static double end(
      Prediction prediction, Outputs outputs, int target, @Nullable Double quantile) {
    int index = quantile == null ? -1 : outputs.quantiles().indexOf(quantile);
    return index < 0 ? prediction.values()[target] : prediction.quantiles()[target][index];
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
  public static Bands read(Path file) throws IOException {
    return SignedJson.read(
        file,
        "'unspool evaluate' of the run calibrates anew",
        text -> {
          // The first ones were written without a checksum.
          Map<?, ?> members = SignedJson.parse(text, false);
          return Records.read(Bands.class, members);
        });
  }
}
