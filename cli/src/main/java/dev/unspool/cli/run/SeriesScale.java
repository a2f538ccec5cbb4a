// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.Table;
import java.util.List;

/** How columns are brought to about −1 to 1; figures are of the training part. */
public enum SeriesScale {
  /** Mean and standard deviation. */
  STANDARD,
  /** Median and distance of the quartiles: a few wild values do not matter. */
  ROBUST;

  Normalisation of(Table table, List<String> columns, Range range) {
    return switch (this) {
      case STANDARD -> Normalisation.of(table, columns, range);
      case ROBUST -> Normalisation.robust(table, columns, range);
    };
  }
}
