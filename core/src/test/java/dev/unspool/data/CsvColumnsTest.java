// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of columns, and what separates them. */
final class CsvColumnsTest extends CsvOnDisk {
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
  void aHeaderInTheSecondLineIsTold() throws IOException {
    write("station A,station A,station B\ntime,load,load,z\n1,2,3\n");
    Refusal.of(
        IllegalArgumentException.class,
        path
            + ": there is no column 'time'; there are 'station A', 'station B'; line 2 has it: the"
            + " line of column names must be the first",
        () -> file.read(List.of("time", "load")));
    Refusal.of(
        IllegalArgumentException.class,
        path + ": there is no column 'wind'; there are 'station A', 'station B'",
        () -> file.read(List.of("wind")));
    write("x\n");
    Refusal.containing(
        IllegalArgumentException.class, "there are 'x'", () -> file.read(List.of("wind")));
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
}
