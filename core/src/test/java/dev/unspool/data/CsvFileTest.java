// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvFileTest {
  private static final List<String> X = List.of("x");

  @TempDir private Path folder;
  private Path path;
  private CsvFile file;

  @BeforeEach
  void name() {
    path = folder.resolve("data.csv");
    file = CsvFile.of(path);
  }

  private void write(String text) throws IOException {
    Files.writeString(path, text);
  }

  private static double[] row(Table table, long row) {
    var values = new double[table.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.get(row, i);
    }
    return values;
  }

  /** Expects an error at a line of the file. */
  private void bad(int line, String message) {
    Refusal.of(
        DataException.class,
        "%s:%s: %s; fix it or use --skip-bad-rows".formatted(path, line, message),
        () -> file.read(List.of("x", "y")));
  }

  /** Expects an error about the whole file. */
  private void unusable(String message) {
    Refusal.of(DataException.class, path + ": " + message, () -> file.header());
    Refusal.of(DataException.class, path + ": " + message, () -> file.read(X));
    Refusal.of(DataException.class, path + ": " + message, () -> file.skippingBadRows().read(X));
  }

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
  void readsOtherSeparators() throws IOException {
    write("x;y\n1;2\n");
    try (var table = file.withSeparator(';').read(List.of("y"))) {
      assertEquals(2, table.get(0, 0));
    }
    write("x\ty\n1\t2\n");
    try (var table = file.withSeparator('\t').read(List.of("y"))) {
      assertEquals(2, table.get(0, 0));
    }
    Refusal.of(
        IllegalArgumentException.class,
        path
            + ": there is no column 'y'; there are 'x\ty'; fields are separated by tabulators: use --separator tab",
        () -> file.read(List.of("y")));
    Refusal.containing(IllegalArgumentException.class, "U+000A", () -> file.withSeparator('\n'));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "3,        | column 'y' is empty, expected a number",
        "3,\"\"    | column 'y' is empty, expected a number",
        ",4        | column 'x' is empty, expected a number",
        "a,b       | column 'x' is 'a', expected a number",
        "3         | found 1 fields, the first line names 2",
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
  void longAndBrokenCellsStayOnOneLine() throws IOException {
    write("x,y\n1,\"" + "ab\n".repeat(100) + "\"\n");
    bad(2, "column 'y' is '" + "ab ".repeat(14).substring(0, 40) + "…', expected a number");
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
        path + ":3: the line is blank, expected a number; fix it or use --skip-bad-rows",
        () -> file.read(X));
    try (var table = file.skippingBadRows().read(X)) {
      assertEquals(2, table.rows());
      assertEquals(1, table.skippedRows());
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
  void saysWhatIsWrongWithTheFile() throws IOException {
    unusable("file not found; check the path");
    write("");
    unusable("the file is empty");
    write("\n\n");
    unusable("the file is empty, expected a line of column names");
    write("\ufeff");
    unusable("the file is empty, expected a line of column names");
    Files.delete(path);
    Files.createDirectory(path);
    unusable("is a directory, expected a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x,y", "x,y\n", "x,y\r\n\r\n"})
  void headerAloneIsNotEnough(String text) throws IOException {
    write(text);
    assertEquals(List.of("x", "y"), file.header());
    Refusal.of(
        DataException.class,
        path + ": there is nothing below the line of column names, expected rows of numbers",
        () -> file.read(X));
  }

  @Test
  void onlyBadRowsAreNotEnough() throws IOException {
    write("x\na\nb\n");
    Refusal.of(
        DataException.class,
        path + ": all 2 rows are bad; read it without --skip-bad-rows to see why",
        () -> file.skippingBadRows().read(X));
  }

  @Test
  void listsTheColumnsThereAre() throws IOException {
    write("date,sunspots\n1,2\n");
    Refusal.of(
        IllegalArgumentException.class,
        path + ": there is no column 'spots'; there are 'date', 'sunspots'",
        () -> file.read(List.of("date", "spots")));
    Refusal.of(
        IllegalArgumentException.class,
        "at least one column is needed, found none",
        () -> file.read(List.of()));
    Refusal.of(
        IllegalArgumentException.class,
        "column 'date' is named twice in 'date', 'date'",
        () -> file.read(List.of("date", "date")));
  }

  @Test
  void refusesTwoColumnsOfOneNameOnlyWhereTheyAreAskedFor() throws IOException {
    write("\nx,y, x,,\n1,2,3,a,b\n");
    assertEquals(List.of("x", "y", "x", "", ""), file.header());
    String message = path + ":2: fields 1 and 3 are both named 'x'; rename one";
    Refusal.of(DataException.class, message, () -> file.read(List.of("y", "x")));
    Refusal.of(DataException.class, message, () -> file.requireColumns(X));
    try (var table = file.read(List.of("y"))) {
      assertEquals(2, table.get(0, 0));
    }
    Refusal.of(
        IllegalArgumentException.class,
        path + ": there is no column 'z'; there are 'x', 'y'",
        () -> file.requireColumns(List.of("z")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {"time;x;y! ';' ! ';'", "time~x~y! tabulators ! tab", "time|x|y! '|' ! '|'"})
  void suggestsTheSeparatorThatTheFileHas(String header, String name, String option)
      throws IOException {
    write(header.replace("~", "\t") + "\n1;2;3\n");
    Refusal.containing(
        IllegalArgumentException.class,
        "; fields are separated by %s: use --separator %s".formatted(name, option),
        () -> file.read(List.of("y", "x")));
    Refusal.containing(
        IllegalArgumentException.class,
        "; if these are several, they are separated by %s: use --separator %s"
            .formatted(name, option),
        () -> file.read(List.of("z")));
  }

  @Test
  void suggestsCommasToo() throws IOException {
    write("x,\"y;z\"\n1,2\n");
    Refusal.containing(
        IllegalArgumentException.class,
        "; fields are separated by ',': use --separator ','",
        () -> file.withSeparator('\t').read(List.of("y;z", "x")));
  }

  @Test
  void namesMayHoldWhatSeparates() throws IOException {
    write("time,\"temp, °C\",\"say \"\"hi\"\"\"\n1,2,3\n");
    try (var table = file.read(List.of("temp, °C", "say \"hi\""))) {
      assertArrayEquals(new double[] {2, 3}, row(table, 0));
    }
    Refusal.containing(
        IllegalArgumentException.class,
        "there are 'time', 'temp, °C', 'say \"hi\"' (in --target and --input, a name with a comma"
            + " stands in double quotes)",
        () -> file.read(List.of("temp")));
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
            + " use --decimal ,; fix it or use --skip-bad-rows",
        () -> file.withSeparator(';').read(X));
    write("x,y\n\"1,5\",2\n1.5,2\n");
    Refusal.containing(
        DataException.class,
        ":3: column 'x' is '1.5', expected a number with a decimal comma",
        () -> file.withDecimal(',').read(X));
    write("x;y\n1.234,5;2\n");
    Refusal.containing(
        DataException.class,
        ":2: column 'x' is '1.234,5', expected a number; fix",
        () -> file.withSeparator(';').withDecimal(',').read(X));
    Refusal.containing(IllegalArgumentException.class, "found '!'", () -> file.withDecimal('!'));
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
  void saysWhichNumbersAreOutOfRange() throws IOException {
    write("x,y\n1e39,-1e308\n3,-1e309\n");
    try (var table = file.read(X)) {
      assertEquals(1e39, table.get(0, 0));
    }
    bad(3, "column 'y' is '-1e309', beyond what float64 holds (1.8e308)");
  }

  private static void gzip(Path to, byte[] content) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(to))) {
      out.write(content);
    }
  }

  @Test
  void readsWhatGzipCompressed() throws IOException {
    gzip(path, "x,y\n1,2\n3,4\n".getBytes(StandardCharsets.UTF_8));
    try (var table = file.read(List.of("y"))) {
      assertEquals(2, table.rows());
      assertEquals(4, table.get(1, 0));
    }
    gzip(path, "x,y\n1,2\n3,é\n".getBytes(StandardCharsets.ISO_8859_1));
    Refusal.containing(DataException.class, path + ":3: found the byte 0xe9", () -> file.read(X));
    gzip(path, ("x,y\n" + "1,2\n".repeat(1000)).getBytes(StandardCharsets.UTF_8));
    byte[] all = Files.readAllBytes(path);
    for (int length : new int[] {5, all.length / 2, all.length - 1}) {
      Files.write(path, Arrays.copyOf(all, length));
      Refusal.containing(
          DataException.class,
          path + ": the gzip data are damaged or cut off",
          () -> file.skippingBadRows().read(X));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "504b030414, spreadsheet (xlsx",
    "d0cf11e0a1b11ae1, spreadsheet (xls)",
    "fd377a585a00, xz",
    "425a6839314159265359, bzip2",
    "28b52ffd, Zstandard",
    "fffe7800, UTF-16",
    "feff0078, UTF-16",
  })
  void saysWhatAFileIsThatHoldsNoText(String bytes, String kind) throws IOException {
    Files.write(path, HexFormat.of().parseHex(bytes));
    Refusal.containing(DataException.class, kind, () -> file.read(X));
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    Files.write(path, "x,y\n1,2\n3,é\n".getBytes(StandardCharsets.ISO_8859_1));
    unusable(":3: found the byte 0xe9, which is not UTF-8; convert the file to UTF-8", "");
    Files.write(
        path, ("x,y\n" + "1,2\n".repeat(50_000) + "é").getBytes(StandardCharsets.ISO_8859_1));
    Refusal.of(
        DataException.class,
        path + ":50002: found the byte 0xe9, which is not UTF-8; convert the file to UTF-8",
        () -> file.read(X));
  }

  private void unusable(String rest, String separator) {
    Refusal.of(DataException.class, path + separator + rest, () -> file.read(X));
    Refusal.of(DataException.class, path + separator + rest, () -> file.header());
  }

  @Test
  void refusesBrokenQuotes() throws IOException {
    write("x,y\n1,2\n3,\"4\n5,6\n");
    Refusal.containing(DataException.class, "record starting at line 3", () -> file.read(X));
    Refusal.containing(
        DataException.class,
        "a quote inside of a quoted field is written twice",
        () -> file.skippingBadRows().read(X));
    write("x,y\n1,\"2\"3\n");
    Refusal.containing(DataException.class, path + ": ", () -> file.read(X));
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
