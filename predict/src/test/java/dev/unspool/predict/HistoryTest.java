// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistoryTest {
  /** Against a table that forgets nothing: what a model may still ask for is there. */
  @Test
  void theNewestRowsAndTheFutureAreKnown() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      double[][] table = new double[60][2];
      Arrays.stream(table).forEach(row -> Arrays.fill(row, Double.NaN));
      Rows all = (row, column) -> row < table.length ? table[(int) row][column] : Double.NaN;
      History history = new History(2);
      for (int row = 0; row < 50; row++) {
        for (int said = random.nextInt(4); said > 0; said--) {
          int of = row + random.nextInt(6);
          int column = random.nextInt(2);
          double value = random.nextBoolean() ? Double.NaN : random.nextDouble();
          history.put(of, column, value);
          table[of][column] = Double.isNaN(value) ? table[of][column] : value;
        }
        if (random.nextInt(5) == 0) {
          int of = row + random.nextInt(6);
          history.remove(of, 1);
          table[of][1] = Double.NaN;
        }
        for (int column = 0; column < 2; column++) {
          for (int of = row; of < row + 6; of++) {
            String what = "seed " + seed + ", row " + of + " seen from " + row;
            assertEquals(all.get(of, column), history.get(of, column), what);
            assertEquals(all.known(of, column), history.known(of, column), what);
          }
          assertEquals(all.known(row - 1, column), history.known(row - 1, column), "seed " + seed);
        }
        history.forget(row);
        history = random.nextBoolean() ? new History(history) : copied(history);
      }
    }
  }

  private static History copied(History history) throws IOException {
    var bytes = new ByteArrayOutputStream();
    history.write(new DataOutputStream(bytes));
    return History.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), 2);
  }
}
