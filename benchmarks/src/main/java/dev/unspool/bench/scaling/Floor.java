// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import dev.unspool.bench.Row;
import dev.unspool.bench.Shape;
import dev.unspool.model.ParameterLayout.Slice;
import dev.unspool.network.Network;

/**
 * What a shape takes at least, in the unit of its row: the longer of the two, since a processor
 * loads while it computes.
 *
 * @param arithmetic microseconds for the operations, all at the peak
 * @param traffic microseconds for reading weights and for reading and writing gradients, at the
 *     speed that arrays of that size are read with
 */
public record Floor(double arithmetic, double traffic) {
  /**
   * The floor of what was measured.
   *
   * <p>Steps follow one another, so recurrent weights go by once for each step forwards and once
   * for each step backwards but the last. Everything else is needed once for an update: other
   * weights to be read, the gradient to be read and written. What the tape holds is left out; it is
   * small beside these, or the operations on it are many. Of several threads only the operations
   * are counted: which of them reads what is a choice.
   *
   * @param bandwidth of one thread
   */
  public static Floor of(Row row, int threads, Bandwidth bandwidth) {
    Shape shape = row.shape();
    double arithmetic = row.micros() * row.peakFraction();
    if (threads > 1) {
      return new Floor(arithmetic, 0);
    }
    double all = 0;
    double recurrent = 0;
    for (Slice slice : new Network(shape.network()).parameters().slices()) {
      double bytes = (double) slice.size() * Float.BYTES;
      all += bytes;
      recurrent += slice.name().startsWith("weight_hh") ? bytes : 0;
    }
    double steps = shape.k1() + shape.k2() - 1;
    double micros =
        recurrent * steps / bandwidth.at(recurrent) / 1e3
            + (all - recurrent + 2 * all) / bandwidth.at(all) / 1e3;
    return new Floor(arithmetic, shape.perStep() ? micros / shape.k1() : micros);
  }

  /** The longer one. */
  public double micros() {
    return Math.max(arithmetic, traffic);
  }
}
