// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a number in a CSV file. */
final class CsvNumbersTest extends CsvOnDisk {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1f",
        "2d",
        "0x1p3",
        "1 2",
        "-",
        "1.2.3",
        "."
      })
  void refusesWhatIsNotANumber(String cell) throws IOException {
    write("x,y\n1,2\n3," + cell + "\n");
    bad(3, "column 'y' is '" + cell + "', expected a number");
  }

  @Test
  void longAndBrokenCellsStayOnOneLine() throws IOException {
    write("x,y\n1,\"" + "ab\n".repeat(100) + "\"\n");
    bad(2, "column 'y' is '" + "ab ".repeat(14).substring(0, 40) + "…', expected a number");
  }

  @Test
  void readsDecimalCommas() throws IOException {
    write("x;y\n1,5;-2e3\n,25;7\n");
    try (var table = file.withSeparator(';').withDecimal(',').read(List.of("x", "y"))) {
      assertArrayEquals(new double[] {1.5, -2000}, row(table, 0));
      assertArrayEquals(new double[] {0.25, 7}, row(table, 1));
    }
    Refusal.of(
        DataException.class,
        path
            + ":2: column 'x' is '1,5', expected a number with a decimal point; for a decimal comma"
            + " use --decimal ,; fix it",
        () -> file.withSeparator(';').read(X));
    write("x,y\n\"1,5\",2\n1.5,2\n");
    Refusal.containing(
        DataException.class,
        ":3: column 'x' is '1.5', expected a number with a decimal comma",
        () -> file.withDecimal(',').read(X));
    write("x;y\n1.234,5;2\n");
    Refusal.containing(
        DataException.class,
        ":2: column 'x' is '1.234,5', expected a number; leave out the thousands separators; fix",
        () -> file.withSeparator(';').withDecimal(',').read(X));
    Refusal.containing(IllegalArgumentException.class, "found '!'", () -> file.withDecimal('!'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", | 51.531,5 | expected a number; leave out the thousands separators",
        ", | -1.051.531 | expected a number; leave out the thousands separators",
        ", | 51.531 | expected a number with a decimal comma; for a decimal point use --decimal ., or if it separates thousands, leave it out",
        ", | 51.53 | expected a number with a decimal comma; for a decimal point use --decimal .",
        ". | 51,531.5 | expected a number; leave out the thousands separators",
        ". | 51,531 | expected a number with a decimal point; for a decimal comma use --decimal ,, or if it separates thousands, leave it out",
        ". | 51.531,5 | expected a number with a decimal point; for a decimal comma use --decimal , and leave out the thousands separators",
        ". | 51 531.5 | expected a number; leave out the thousands separators",
        ". | 5153,1.5 | expected a number",
        ". | 192.168.100.200 | expected a number",
      })
  void thousandsAreNotSeparated(char decimal, String text, String problem) {
    double value = NumberText.parse(text, decimal);
    assertEquals(
        "column 'x' is '%s', %s".formatted(text, problem),
        NumberText.problem("x", text, value, decimal));
  }

  @Test
  void anErrorAdvisesWhatItsProgramCanDo() throws IOException {
    write("x,y\n1,\n");
    bad(2, "column 'y' is empty, expected a number");
    CsvFile advising = file.withAdvice("fix it or use --skip", "say what it is with --fill");
    List<String> columns = List.of("x", "y");
    for (String missing : List.of("", "NA", "null", ",")) {
      write("x,y\n1," + missing + "\n2,3\n");
      boolean oneMore = missing.equals(",");
      Refusal.containing(
          DataException.class,
          oneMore ? "; fix it or use --skip" : "expected a number; say what it is with --fill",
          () -> advising.read(columns));
    }
    write("x,y\n1,oops\n");
    Refusal.containing(
        DataException.class,
        "expected a number; fix it or use --skip",
        () -> advising.read(columns));
    write("x,y\n1,2\n,\n3,4\n");
    Refusal.containing(
        DataException.class, "say what it is with --fill", () -> advising.read(columns));
    write("x\n1\n\n3\n");
    Refusal.containing(DataException.class, "say what it is with --fill", () -> advising.read(X));
  }

  @Test
  void saysWhichNumbersAreOutOfRange() throws IOException {
    write("x,y\n1e39,-1e308\n3,-1e309\n");
    try (var table = file.read(X)) {
      assertEquals(1e39, table.get(0, 0));
    }
    bad(3, "column 'y' is '-1e309', beyond what float64 holds (1.8e308)");
  }

  @Test
  void largeNumbersAreNotRounded() throws IOException {
    write("x\n1700000001.25\n100000000.841\n");
    for (long limit : new long[] {0, 1 << 20}) {
      try (var table = file.withHeapLimit(limit).read(X)) {
        assertEquals(1_700_000_001.25, table.get(0, 0));
        assertEquals(100_000_000.841, table.get(1, 0));
      }
    }
  }
}
