// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.Features;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** What goes in at a row, in float32. */
final class SeriesInputs {
  private final Table table;
  private final Features.Seen features;
  private final double[] seen;

  SeriesInputs(Table table, Features.Seen features) {
    this.table = table;
    this.features = features;
    this.seen = new double[features.count()];
  }

  int count() {
    return seen.length;
  }

  /** Whether a sequence begins anew with a row; not with −1. */
  boolean begins(long row) {
    return row >= 0 && features.begins(row);
  }

  /** Writes what is seen of a row, or zeros if the row is −1, to {@code into} from {@code at}. */
  void write(long row, float[] into, int at) {
    if (row < 0) {
      Arrays.fill(into, at, at + seen.length, 0);
      return;
    }
    features.write(row, seen, 0);
    for (int i = 0; i < seen.length; i++) {
      float value = (float) seen[i];
      if (!Float.isFinite(value)) {
        Features.Column column = features.features().columns().get(i);
        throw beyondFloat32(table, row + column.ahead(), column.column());
      }
      into[at + i] = value;
    }
  }

  /** Says which number of a table is out of range. */
  static UncheckedIOException beyondFloat32(Table table, long row, int column) {
    var found =
        new DataException(
            "row %s of column '%s' is %s, out of range for float32 (3.4e38), which a network computes in, also after normalisation; correct the number, or normalise the column"
                .formatted(row, table.columns().get(column), table.get(row, column)));
    return new UncheckedIOException(found.getMessage(), found);
  }
}
