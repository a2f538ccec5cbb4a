// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows a table has. */
final class CsvFileTest extends CsvOnDisk {
  @Test
  void readsTheColumnsThatAreAskedFor() throws IOException {
    write("date,y,x\n2020-01,1.5,-2e3\n2020-02, 7 ,.25\n2020-03,+0,1.\n");
    assertEquals(List.of("date", "y", "x"), file.header());
    try (var table = file.read(List.of("x", "y"))) {
      assertEquals(List.of("x", "y"), table.columns());
      assertEquals(3, table.rows());
      assertArrayEquals(new double[] {-2000, 1.5}, row(table, 0));
      assertArrayEquals(new double[] {0.25, 7}, row(table, 1));
      assertArrayEquals(new double[] {1, 0}, row(table, 2));
      assertEquals(0, table.skippedRows());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x,y\n1,2\n3,4\n",
        "x,y\n1,2\n3,4",
        "x,y\r\n1,2\r\n3,4\r\n",
        "x,y\r1,2\r3,4\r",
        "\ufeffx,y\n1,2\n3,4\n",
        "\ufeff\"x\",\"y\"\r\n\"1\",\"2\"\r\n3,4",
        " x , y\n1 ,\t2\n 3,4\n",
        "\n\nx,y\n\n1,2\n\n\n3,4\n\n",
      })
  void toleratesWhatProgramsWrite(String text) throws IOException {
    write(text);
    try (var table = file.read(List.of("x", "y"))) {
      assertEquals(2, table.rows());
      assertArrayEquals(new double[] {1, 2}, row(table, 0));
      assertArrayEquals(new double[] {3, 4}, row(table, 1));
    }
  }

  @Test
  void countsLinesInsideOfQuotedFields() throws IOException {
    write("x,note,y\n1,\"two\nlines, and a \"\"quote\"\"\",2\r\n3,\"\r\n\r\n\",4\n5,,z\n");
    bad(7, "column 'y' is 'z', expected a number");
    try (var table = file.skippingBadRows().read(List.of("x", "y"))) {
      assertEquals(2, table.rows());
      assertArrayEquals(new double[] {1, 2}, row(table, 0));
      assertArrayEquals(new double[] {3, 4}, row(table, 1));
      assertEquals(1, table.skippedRows());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "3,        | column 'y' is empty, expected a number",
        "3,\"\"    | column 'y' is empty, expected a number",
        ",4        | column 'x' is empty, expected a number",
        "a,b       | column 'x' is 'a', expected a number",
        "3         | found 1 field, the first line names 2",
        "3,4,5     | found 3 fields, the first line names 2",
      })
  void refusesBadRows(String row, String message) throws IOException {
    write("x,y\n1,2\n" + row + "\n5,6\n");
    bad(3, message);
    try (var table = file.skippingBadRows().read(List.of("x", "y"))) {
      assertEquals(2, table.rows());
      assertEquals(1, table.skippedRows());
      assertArrayEquals(new double[] {5, 6}, row(table, 1));
    }
  }

  @Test
  void columnsNobodyAskedForMayHoldAnything() throws IOException {
    write("x,y\n1,\n2,NaN\n3,text\n");
    try (var table = file.read(X)) {
      assertEquals(3, table.rows());
    }
  }

  @Test
  void blankLineInASingleColumnIsAMissingNumber() throws IOException {
    write("x\n1\n\n3\n\n\n");
    Refusal.of(
        DataException.class,
        path + ":3: the line is blank, expected a number; fix it",
        () -> file.read(X));
    try (var table = file.skippingBadRows().read(X)) {
      assertEquals(2, table.rows());
      assertEquals(1, table.skippedRows());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"   ", "\t", ",", " , ", ",\n,\n\n ,"})
  void blanksBelowTheTableAreNoRows(String end) throws IOException {
    write("x,y\n1,2\n3,4\n" + end);
    try (var table = file.read(List.of("x", "y"))) {
      assertEquals(2, table.rows());
      assertEquals(0, table.skippedRows());
    }
    write("x,y\n1,2\n,\n,\n3,4\n" + end);
    bad(3, "column 'x' is empty, expected a number");
    try (var table = file.skippingBadRows().read(List.of("x", "y"))) {
      assertEquals(2, table.rows());
      assertEquals(2, table.skippedRows());
    }
  }

  @Test
  void readsTheNewestRowsOnly() throws IOException {
    var text = new StringBuilder("x,y\n");
    for (int i = 0; i < 10; i++) {
      text.append(i).append(',').append(100 + i).append('\n');
    }
    write(text + "bad,1\n");
    for (int rows = 1; rows < 13; rows++) {
      try (var table = file.skippingBadRows().readNewest(List.of("y", "x"), rows)) {
        int expected = Math.min(rows, 10);
        assertEquals(expected, table.rows());
        assertEquals(1, table.skippedRows());
        for (int i = 0; i < expected; i++) {
          int value = 10 - expected + i;
          assertArrayEquals(new double[] {100 + value, value}, row(table, i));
        }
      }
    }
    Refusal.containing(IllegalArgumentException.class, "found 0", () -> file.readNewest(X, 0));
    Refusal.containing(DataException.class, ":12: column 'x'", () -> file.readNewest(X, 2));
  }

  @Test
  void tableOfAFileIsTheSameOnTheHeapAndMapped() throws IOException {
    var text = new StringBuilder("x,y,z\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append(",0,").append(i * 0.37f).append('\n');
    }
    write(text.toString());
    try (var heap = file.read(List.of("z", "x"));
        var mapped = file.withHeapLimit(100_000).read(List.of("z", "x"))) {
      assertEquals(20_000, mapped.rows());
      for (int i = 0; i < 20_000; i++) {
        assertEquals(i, mapped.get(i, 1));
        assertEquals(heap.get(i, 0), mapped.get(i, 0));
      }
    }
  }

  @Test
  void threeRowsMakeATable() throws IOException {
    write("x\n1\n2\n3\n");
    try (var table = file.read(X)) {
      assertEquals(3, table.rows());
      assertThrows(IndexOutOfBoundsException.class, () -> table.get(3, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> table.get(-1, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> table.get(0, 1));
    }
  }
}
