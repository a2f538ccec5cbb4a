// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.model.SweepObserver;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far back the gradient reaches: the root mean square of ‖∂L/∂s‖ by lag over the sweeps that it
 * has seen, all arrays of the state together. Where it has become small beside lag 0, a larger k2
 * buys nothing; where it grows, clip the gradient (Bengio, Simard and Frasconi, "Learning long-term
 * dependencies with gradient descent is difficult", 1994).
 *
 * <pre>{@code
 * var reach = new GradientReach(truncation.k2());
 * engine.observe(reach);        // and engine.observe(null) when it has seen enough
 * …
 * System.out.println(reach);
 * }</pre>
 */
public final class GradientReach implements SweepObserver {
  private final double[] squares;
  private @Nullable String first;
  private long sweeps;

  /** Has seen nothing yet; of sweeps deeper than {@code depth} it sees the newest steps. */
  public GradientReach(int depth) {
    this.squares = new double[depth];
  }

  @Override
  public void passed(int lag, String array, double norm) {
    if (first == null) {
      first = array;
    }
    if (lag == 0 && array.equals(first)) {
      sweeps++;
    }
    if (lag < squares.length) {
      squares[lag] += norm * norm;
    }
  }

  /** Number of sweeps seen. */
  public long sweeps() {
    return sweeps;
  }

  /** ‖∂L/∂s‖ by lag, from 0; 0 where no sweep has reached. */
  public double[] norms() {
    return Arrays.stream(squares).map(sum -> Math.sqrt(sum / Math.max(1, sweeps))).toArray();
  }

  /** A line for each lag, with its share of lag 0. */
  @Override
  public String toString() {
    var text = new StringBuilder("lag   |dL/ds|   of lag 0");
    double[] norms = norms();
    for (int lag = 0; lag < norms.length; lag++) {
      text.append(
          String.format(
              Locale.ROOT, "%n%3d  %8.2e  %8.2e", lag, norms[lag], norms[lag] / norms[0]));
    }
    return text.toString();
  }
}
