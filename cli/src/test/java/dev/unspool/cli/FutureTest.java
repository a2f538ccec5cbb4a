// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of the future counts the same, whichever file says it. */
final class FutureTest {
  /** Rows with a target; those behind them are the future. */
  private static final int PAST = 120;

  private static final int ROWS = PAST + 10;

  @TempDir Path folder;

  /** Writes rows of a target and of what drives it, which is given where that is said. */
  private Path table(String name, boolean timed, IntPredicate given) throws IOException {
    var lines = new ArrayList<String>(List.of(timed ? "when,y,u" : "y,u"));
    for (int row = 0; row < ROWS; row++) {
      String y = row < PAST ? Double.toString(5 + 3 * u(row)) : "";
      lines.add(
          "%s%s,%s".formatted(timed ? time(row) + "," : "", y, given.test(row) ? u(row) : "NA"));
    }
    return Files.write(folder.resolve(name), lines);
  }

  /** Writes what drives it alone, from a row to before another. */
  private Path future(boolean timed, int from, int to, IntPredicate given) throws IOException {
    var lines = new ArrayList<String>(List.of(timed ? "when,u" : "u"));
    for (int row = from; row < to; row++) {
      lines.add("%s%s".formatted(timed ? time(row) + "," : "", given.test(row) ? u(row) : "NA"));
    }
    return Files.write(folder.resolve("future.csv"), lines);
  }

  private static double u(int row) {
    return Math.sin(row * row);
  }

  private static LocalDateTime time(int row) {
    return LocalDateTime.of(2024, 1, 1, 0, 0).plusHours(row);
  }

  private Path train(Path table, Object... more) {
    Path run = folder.resolve(table.getFileName() + "-run");
    Object[] words = quick("train", "--csv", table, "--target", "y", "--known", "u", "--out", run);
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    succeeds(all.toArray());
    return run;
  }

  private static String forecast(Path run, Object... more) {
    var all = new ArrayList<Object>(List.of("forecast", run, "--steps", 8));
    all.addAll(List.of(more));
    return succeeds(all.toArray()).out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"last", "linear", "zero"})
  void aFileCountsWhereTheTableSaysNothing(String fill) throws IOException {
    IntPredicate holed = row -> row != PAST + 3 && row != PAST + 9;
    Path full = train(table("full.csv", true, holed), "--fill", fill);
    Path open = train(table("open.csv", true, row -> row < PAST), "--fill", fill);
    Path part =
        train(table("part.csv", true, row -> row < PAST + 6 && row != PAST + 3), "--fill", fill);
    String expected = forecast(full);
    says(
        fails(2, "forecast", open, "--steps", 8),
        "give their next 8 rows, from 2024-01-06 00:00 on, with --future FILE");
    says(fails(2, "forecast", part, "--steps", 8), "next 2 rows, from 2024-01-06 06:00 on, with");
    Path future = future(true, PAST, ROWS + 5, holed);
    assertEquals(expected, forecast(open, "--future", future));
    assertEquals(expected, forecast(part, "--future", future));
    assertEquals(expected, forecast(full, "--future", future), "what the table says stays");
    future = future(true, PAST - 20, PAST + 8, holed);
    if (!fill.equals("linear")) { // which would look at the row behind these
      assertEquals(expected, forecast(open, "--future", future));
    }
    future(true, PAST + 1, ROWS, holed);
    says(
        fails(1, "forecast", open, "--steps", 8, "--future", future),
        "has the rows 2024-01-06 01:00 to",
        "the next one is needed, of 2024-01-06 00:00");
    future(true, PAST + 6, ROWS, _ -> true);
    assertEquals(expected, forecast(part, "--future", future), "the table has those before");
    future(true, PAST, PAST + 7, _ -> true);
    says(
        fails(1, "forecast", open, "--steps", 8, "--future", future),
        "needs 8 future rows of u, from 2024-01-06 00:00 on, found 7");
  }

  @Test
  void aGapIsFilledByWhatEndsItBehindTheForecast() throws IOException {
    IntPredicate holed = row -> row != PAST + 7 && row != PAST + 8;
    Path full = train(table("full.csv", true, holed), "--fill", "linear");
    Path open = train(table("open.csv", true, row -> row < PAST), "--fill", "linear");
    Path future = future(true, PAST - 10, ROWS, holed);
    assertEquals(forecast(full), forecast(open, "--future", future));
  }

  @Test
  void withoutATimeTheFileBeginsWhereTheTableEndsToSay() throws IOException {
    Path full = train(table("full.csv", false, _ -> true));
    Path open = train(table("open.csv", false, row -> row < PAST));
    Path part = train(table("part.csv", false, row -> row < PAST + 5));
    String expected = forecast(full);
    says(
        fails(2, "forecast", part, "--steps", 8),
        "give their next 3 rows, from row 125 on, with --future FILE");
    Path future = future(false, PAST + 5, PAST + 8, _ -> true);
    assertEquals(expected, forecast(part, "--future", future));
    future(false, PAST + 5, PAST + 7, _ -> true);
    says(
        fails(1, "forecast", part, "--steps", 8, "--future", future),
        "needs 3 future rows of u, from row 125 on, found 2");
    future(false, PAST, PAST + 8, _ -> true);
    assertEquals(expected, forecast(open, "--future", future));
    says(fails(2, "forecast", full, "--steps", 12), "give their next 2 rows with --future FILE");
    future(false, ROWS, ROWS + 2, _ -> true);
    assertEquals(
        13, succeeds("forecast", full, "--steps", 12, "--future", future).out().lines().count());
  }

  /** Writes a target and an input that end together, and what is known for longer. */
  private Path mixed() throws IOException {
    var lines = new ArrayList<String>(List.of("y,u,v"));
    for (int row = 0; row < ROWS; row++) {
      String past = row < PAST ? "%s,%s".formatted(5 + 3 * u(row), u(row)) : ",";
      lines.add("%s,%s".formatted(past, u(row + 1)));
    }
    return Files.write(folder.resolve("mixed.csv"), lines);
  }

  @Test
  void anInputThatEndsWithTheTargetsDoesNotSayWhereAFileBegins() throws IOException {
    Path run = folder.resolve("mixed-run");
    Object[] train = quick("train", "--csv", mixed(), "--target", "y", "--out", run);
    succeeds(changed(train, "--input u --known v --horizon 1-12"));
    var lines = new ArrayList<String>(List.of("v,u"));
    for (int row = ROWS; row < ROWS + 4; row++) {
      lines.add("%s,%s".formatted(u(row + 1), u(row)));
    }
    Path future = Files.write(folder.resolve("future.csv"), lines);
    says(fails(2, "forecast", run, "--steps", 12), "give their next 2 rows with --future FILE");
    CommandRun behind = succeeds("forecast", run, "--steps", 12, "--future", future);
    assertFalse(behind.err().contains("is taken for"), behind.err());
    Path whole = folder.resolve("whole.csv");
    var all = new ArrayList<String>(Files.readAllLines(folder.resolve("mixed.csv")));
    lines.stream().skip(1).forEach(line -> all.add(",," + line.replaceFirst(",.*", "")));
    Files.write(whole, all);
    assertEquals(
        succeeds("forecast", run, "--steps", 12, "--csv", whole).out(), behind.out(), "as a table");
    says(
        fails(2, "forecast", run, "--steps", 14),
        "next 4 rows with --future FILE; before them,",
        "mixed.csv itself has no number of u from row 120 to row 121");
    says(
        fails(1, "forecast", run, "--steps", 14, "--future", future),
        "mixed.csv has no number of u from row 120 to row 121");
  }

  @Test
  void whereAFileWithoutTimesBeginsIsSaid() throws IOException {
    Path run = train(table("part.csv", false, row -> row < PAST + 5));
    Path future = future(false, PAST + 5, PAST + 8, _ -> true);
    says(
        succeeds("forecast", run, "--steps", 8, "--future", future).err(),
        "future.csv is taken for row 125, the first in which",
        "part.csv does not have all of u");
  }

  @Test
  void aFileThatBeginsMuchLaterIsRefused() throws IOException {
    Path run = train(table("full.csv", true, _ -> true));
    for (int years : new int[] {10, 3000}) {
      Path future = future(true, 24 * 365 * years, 24 * 365 * years + 10, _ -> true);
      says(
          fails(1, "forecast", run, "--steps", 5, "--future", future),
          "the next one is needed, of 2024-01-06 10:00");
    }
    String expected = succeeds("forecast", run, "--steps", 5).out();
    Path future = future(true, ROWS, ROWS + 10, _ -> true);
    assertEquals(expected, succeeds("forecast", run, "--steps", 5, "--future", future).out());
  }

  @Test
  void numbersThatAreMissingInTheFileAreSaid() throws IOException {
    Path run = train(table("open.csv", true, row -> row < PAST));
    Path future = future(true, PAST, PAST + 8, row -> row < PAST + 2 || row > PAST + 3);
    CommandRun some = succeeds("forecast", run, "--steps", 8, "--future", future);
    says(some.err(), "future.csv has no number of u in 2 of the 8 rows");
    future(true, PAST, PAST + 8, _ -> false);
    says(
        fails(1, "forecast", run, "--steps", 8, "--future", future),
        "future.csv has no number of u from 2024-01-06 00:00 to 2024-01-06 07:00");
    future(true, PAST, PAST + 8, _ -> true);
    CommandRun all = succeeds("forecast", run, "--steps", 8, "--future", future);
    assertFalse(all.err().contains("has no number"), all.err());
  }

  @Test
  void aSimulationNamesTheRowsThatLackAnInput() throws IOException {
    Path run = train(table("full.csv", true, _ -> true));
    Path lacking = table("lacking.csv", true, row -> row < PAST + 7);
    String line = fails(1, "simulate", "--model", run, "--csv", lacking);
    says(line, "lacking.csv has no number of u from 2024-01-06 07:00 to 2024-01-06 09:00");
    assertFalse(line.contains("--future"), line);
    succeeds("simulate", "--model", run, "--csv", table("holed.csv", true, row -> row != 50));
  }
}
