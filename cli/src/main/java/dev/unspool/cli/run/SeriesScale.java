// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.Table;
import java.util.List;

/** How columns are brought to about −1 to 1; figures are of the training part. */
public enum SeriesScale {
  /** The mean is taken off, and what remains divided by the standard deviation. */
  STANDARD,
  /** The same with the median, and the distance of the quartiles: wild values do not matter. */
  ROBUST,
  /** Divided by the root mean square: 0, a plant at rest, stays 0. */
  RMS,
  /** Nothing. */
  NONE;

  /** Measures columns in some rows of a table. */
  public Normalisation of(Table table, List<String> columns, Range range) {
    return switch (this) {
      case STANDARD -> Normalisation.of(table, columns, range);
      case ROBUST -> Normalisation.robust(table, columns, range);
      case RMS -> Normalisation.rms(table, columns, range);
      case NONE -> Normalisation.none(columns);
    };
  }

  /** Where the columns are when the model sees 0. */
  public String rest() {
    return switch (this) {
      case STANDARD -> "the mean of its columns";
      case ROBUST -> "the median of its columns";
      case RMS, NONE -> "0";
    };
  }
}
