// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of a row.
 *
 * @param row counted from 0 with the first row that the forecaster was given
 * @param time of the row; null where the model or its caller knows no time
 * @param ahead how many rows after the newest one that was measured it is: a horizon of the model,
 *     or more where it went on with its own predictions
 * @param values one for each target, in its own units
 * @param deviations one for each target: how sure each value is of itself, where the network was
 *     trained to say so; else null
 * @param quantiles for each target one for each of {@link Outputs#quantiles}; of none where the
 *     network says none
 */
public record Prediction(
    long row,
    @Nullable Instant time,
    int ahead,
    double[] values,
    double @Nullable [] deviations,
    double[][] quantiles) {
  /** The first target's value, in its own units. */
  public double value() {
    return values[0];
  }

  /** Whether everything in it is equal, the numbers of arrays too. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prediction that
        && row == that.row
        && Objects.equals(time, that.time)
        && ahead == that.ahead
        && Arrays.equals(values, that.values)
        && Arrays.equals(deviations, that.deviations)
        && Arrays.deepEquals(quantiles, that.quantiles);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        row,
        time,
        ahead,
        Arrays.hashCode(values),
        Arrays.hashCode(deviations),
        Arrays.deepHashCode(quantiles));
  }

  @Override
  public String toString() {
    return "Prediction[row=%s, time=%s, ahead=%s, values=%s, deviations=%s, quantiles=%s]"
        .formatted(
            row,
            time,
            ahead,
            Arrays.toString(values),
            Arrays.toString(deviations),
            Arrays.deepToString(quantiles));
  }
}
