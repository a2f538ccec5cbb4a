// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that say when their rows are, and miss some. */
final class TimeTest {
  @TempDir Path folder;

  /** What is changed of the lines of an hourly table. */
  private interface Change {
    void in(List<String> lines);
  }

  private Path hourly(String name, int rows, Change change) throws IOException {
    var lines = new ArrayList<String>(List.of("when,load,temp"));
    LocalDateTime start = LocalDateTime.of(2024, 3, 1, 0, 0);
    for (int i = 0; i < rows; i++) {
      lines.add(
          "%s,%s,%s"
              .formatted(
                  start.plusHours(i).toString().replace('T', ' '),
                  10 + 3 * Math.sin(i / 4.0) + Math.cos(i / 7.0),
                  Math.cos(i / 7.0)));
    }
    change.in(lines);
    return Files.write(folder.resolve(name), lines);
  }

  private Object[] train(Path csv, String out, Object... more) {
    var words = new ArrayList<Object>(List.of("train", "--csv", csv, "--target", "load"));
    words.addAll(List.of("--out", folder.resolve(out)));
    words.addAll(TinyData.QUICK);
    words.addAll(List.of(more));
    return words.toArray();
  }

  private CommandRun trains(Path csv, String out, Object... more) {
    return CommandRun.succeeds(train(csv, out, more));
  }

  private String refuses(Path csv, Object... more) {
    return CommandRun.fails(2, train(csv, "refused", more));
  }

  private byte[] weights(String run) throws IOException {
    byte[] file = Files.readAllBytes(folder.resolve(run).resolve("best.safetensors"));
    // Behind the header, which names the run.
    int header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return Arrays.copyOfRange(file, 8 + header, file.length);
  }

  private static String last(CommandRun run) {
    return run.out().lines().toList().getLast();
  }

  @Test
  void aSeriesWithoutGapsIsLearnedAsWithoutItsTime() throws IOException {
    Path table = hourly("table.csv", 200, _ -> {});
    CommandRun timed = trains(table, "timed");
    CommandRun plain = trains(table, "plain", "--time", "none");
    assertEquals(plain.out(), timed.out());
    CommandRun.says(
        timed.err(), "Time is when: every hour, from 2024-03-01 00:00 to 2024-03-09 07:00");
    CommandRun.says(timed.err(), "With --calendar hour,weekday the network would");
    assertFalse(plain.err().contains("Time is"));
    CommandRun forecast = CommandRun.succeeds("forecast", folder.resolve("timed"), "--steps", 3);
    assertEquals("row,time,load", forecast.out().lines().findFirst().orElseThrow());
    assertTrue(last(forecast).startsWith("202,2024-03-09 10:00,"), forecast.out());
    CommandRun.says(forecast.err(), "The forecast begins at 2024-03-09 08:00");
    assertEquals(
        last(CommandRun.succeeds("forecast", folder.resolve("plain"), "--steps", 3)),
        last(forecast).replace("2024-03-09 10:00,", ""));
  }

  @Test
  void missingRowsAndNumbersKeepTheirPlace() throws IOException {
    Path holed =
        hourly(
            "holed.csv",
            300,
            lines -> {
              lines.set(31, lines.get(31).replaceFirst(",.*,", ",,"));
              lines.set(50, lines.get(50).replaceFirst(",.*,", ",NaN,"));
              lines.subList(101, 111).clear();
              lines.remove(290 - 10);
            });
    CommandRun run = trains(holed, "holed", "--known", "temp", "--calendar", "hour");
    CommandRun.says(
        run.err(),
        "11 rows of 300 are not in the file; the longest gap is 10 rows, from 2024-03-05 04:00 on",
        "13 of load, 11 of temp",
        "Rows to be trained on 2024-03-01 00:00 to",
        "gru 10→8");
    JsonObject json = CommandRun.succeeds("evaluate", folder.resolve("holed"), "--json").json();
    // Of 60 test rows, one is not there.
    assertEquals(59, json.getAsJsonObject("test").get("rows").getAsInt());
    assertEquals(last(run), last(CommandRun.succeeds("evaluate", folder.resolve("holed"))));
    JsonObject simulated =
        CommandRun.succeeds(
                "simulate", "--model", folder.resolve("holed"), "--csv", holed, "--json")
            .json();
    assertTrue(simulated.get("rmse").getAsDouble() > 0, "what is missing is not compared");
    for (String fill : List.of("linear", "zero")) {
      trains(holed, fill, "--fill", fill, "--gap", 3);
      assertFalse(Arrays.equals(weights("holed"), weights(fill)));
    }
  }

  @Test
  void theNewestRowsWithoutATargetAreTheFuture() throws IOException {
    Change future =
        lines -> {
          for (int i = 291; i <= 300; i++) {
            lines.set(i, lines.get(i).replaceFirst(",[^,]*,", ",,"));
          }
        };
    Path open = hourly("open.csv", 300, future);
    Path closed = hourly("closed.csv", 290, _ -> {});
    CommandRun run = trains(open, "open", "--known", "temp");
    CommandRun.says(
        run.err(),
        "The newest 10 rows have no target: what is learned ends at 2024-03-13 01:00, and a forecast begins at 2024-03-13 02:00");
    assertEquals(run.out(), trains(closed, "closed", "--known", "temp").out());
    assertArrayEquals(weights("open"), weights("closed"));
    CommandRun ten = CommandRun.succeeds("forecast", folder.resolve("open"), "--steps", 10);
    assertEquals(11, ten.out().lines().count());
    assertTrue(last(ten).startsWith("299,2024-03-13 11:00,"), ten.out());
    CommandRun.says(
        ten.err(), "begins at 2024-03-13 02:00: of the newest 10 rows no target is known");
    CommandRun.says(
        CommandRun.fails(2, "forecast", folder.resolve("open"), "--steps", 11),
        "the model also reads temp, which it does not predict; give their next 1 row with --future FILE");
    CommandRun.says(
        CommandRun.fails(2, "forecast", folder.resolve("closed"), "--steps", 1),
        "give their next 1 row with --future FILE");

    // What the table says of the future, another file may say, from any time on.
    Path known = Files.write(folder.resolve("known.csv"), Files.readAllLines(open, UTF_8));
    List<String> lines = Files.readAllLines(known, UTF_8);
    lines.subList(1, 281).clear();
    Files.write(known, lines);
    CommandRun other =
        CommandRun.succeeds("forecast", folder.resolve("closed"), "--steps", 10, "--future", known);
    assertEquals(ten.out(), other.out());
    lines.subList(1, 13).clear();
    Files.write(known, lines);
    CommandRun.says(
        CommandRun.fails(1, "forecast", folder.resolve("closed"), "--steps", 5, "--future", known),
        "has the rows 2024-03-13 04:00 to 2024-03-13 11:00, and the next one is needed, of 2024-03-13 02:00");
    Files.write(known, lines.subList(0, 1));
    CommandRun.says(
        CommandRun.fails(1, "forecast", folder.resolve("closed"), "--steps", 5, "--future", known),
        "there is nothing below the line of column names");
  }

  @Test
  void whatIsKnownInAdvanceIsReadInTheRowThatIsPredicted() throws IOException {
    // The target is yesterday's value of the column that is known for tomorrow: only that tells it.
    var lines = new ArrayList<String>(List.of("date,y,plan"));
    var random = new Random(5);
    for (int i = 0; i < 400; i++) {
      double plan = random.nextGaussian();
      lines.add("%s,%s,%s".formatted(LocalDate.of(2020, 1, 1).plusDays(i), 5 + plan, plan));
    }
    Path table = Files.write(folder.resolve("plan.csv"), lines);
    Object[] words = {
      "train",
      "--csv",
      table,
      "--target",
      "y",
      "--known",
      "plan",
      "--epochs",
      30,
      "--hidden",
      8,
      "--predict",
      "level",
      "--out",
      folder.resolve("plan"),
      "--json"
    };
    JsonObject test = CommandRun.succeeds(words).json().getAsJsonObject("test");
    assertTrue(test.get("rmse").getAsDouble() < 0.6, test.toString());
  }

  @Test
  void localHoursGoThroughTheChangeOfClocks() throws IOException {
    var lines = new ArrayList<String>(List.of("when,load,temp"));
    var zone = ZoneId.of("Europe/Berlin");
    var start = ZonedDateTime.of(2024, 10, 20, 0, 0, 0, 0, zone);
    for (int i = 0; i < 200; i++) {
      lines.add("%s,%s,1".formatted(start.plusHours(i).toLocalDateTime(), Math.sin(i / 4.0)));
    }
    Path local = Files.write(folder.resolve("local.csv"), lines);
    CommandRun.says(
        CommandRun.fails(1, train(local, "local")),
        "local.csv:173: the time '2024-10-27T02:00' occurs a second time",
        "--zone Europe/Berlin");
    CommandRun run = trains(local, "local", "--zone", "Europe/Berlin");
    CommandRun.says(run.err(), "every hour, from 2024-10-20 00:00+02:00 to 2024-10-28 06:00+01:00");
    JsonObject json =
        CommandRun.succeeds("forecast", folder.resolve("local"), "--steps", 2, "--json").json();
    assertEquals(
        "[\"2024-10-28 07:00+01:00\",\"2024-10-28 08:00+01:00\"]", json.get("times").toString());
  }

  @Test
  void aMissingHourInSpringIsToldWithTheZoneThatWouldExplainIt() throws IOException {
    Path spring = hourly("spring.csv", 800, lines -> lines.remove(1 + 30 * 24 + 2));
    CommandRun run = trains(spring, "spring");
    String line = "2024-03-31 02:00 is not in the file, as where clocks are put forward";
    CommandRun.says(run.err(), "1 row of 800 is not in the file", line, "--zone Europe/Berlin");
    assertEquals(2, run.err().split(line.substring(11), -1).length, "said once");
    CommandRun zoned = trains(spring, "zoned", "--zone", "Europe/Berlin");
    assertFalse(zoned.err().contains("not in the file"), zoned.err());
    CommandRun other = trains(hourly("other.csv", 800, lines -> lines.remove(700)), "other");
    assertFalse(other.err().contains("put forward"), other.err());
    CommandRun.says(
        CommandRun.fails(
            1, train(hourly("whole.csv", 800, _ -> {}), "whole", "--zone", "Europe/Berlin")),
        "whole.csv:724: time '2024-03-31 02:00': that time never was in --zone Europe/Berlin",
        "if the times are of other clocks, name their zone");
  }

  @Test
  void aTimeInAnotherFormIsNotPassedOverInSilence() throws IOException {
    Path german =
        hourly(
            "german.csv",
            100,
            lines -> lines.replaceAll(line -> line.replaceFirst("^(2024)-(..)-(..)", "$3.$2.$1")));
    CommandRun run = trains(german, "plain");
    CommandRun.says(
        run.err(),
        "'when' has '01.03.2024 00:00', which --time-format 'dd.MM.yyyy HH:mm' reads",
        "--time none");
    assertFalse(trains(german, "none", "--time", "none").err().contains("'when' has"));
    CommandRun.says(
        refuses(german, "--time-format", "yyyy/MM/dd HH:mm"),
        "--time-format 'yyyy/MM/dd HH:mm' reads no column: 'when' has '01.03.2024 00:00', which"
            + " --time-format 'dd.MM.yyyy HH:mm' reads");
    CommandRun.says(
        trains(german, "timed", "--time-format", "dd.MM.yyyy HH:mm").err(), "Time is when");
    CommandRun.says(
        refuses(german, "--zone", "Europe/Berlin"),
        "--zone needs a column that says when a row is; name it with --time: 'when' has '01.03.2024"
            + " 00:00', which --time-format 'dd.MM.yyyy HH:mm' reads");
    List<String> lines = Files.readAllLines(german, UTF_8);
    lines.set(0, lines.getFirst() + ",°C");
    Files.write(german, lines, ISO_8859_1);
    for (String option : List.of("--time-format=dd.MM.yyyy HH:mm", "--zone=Europe/Berlin")) {
      CommandRun.says(
          CommandRun.fails(1, train(german, "refused", option)),
          "german.csv:1: found the byte 0xb0, which is not UTF-8; convert the file to UTF-8");
    }
  }

  @Test
  void aCalendarOfOffsetsThatChangeIsToldWhoseHoursItHas() throws IOException {
    var lines = new ArrayList<String>(List.of("when,load"));
    var start = ZonedDateTime.of(2024, 3, 28, 0, 0, 0, 0, ZoneId.of("Europe/Berlin"));
    for (int i = 0; i < 200; i++) {
      lines.add(
          "%s,%s".formatted(start.plusHours(i).toOffsetDateTime().toString(), Math.sin(i / 4.0)));
    }
    Path table = Files.write(folder.resolve("offsets.csv"), lines);
    String told = "Offsets change from +01:00 to +02:00, and the calendar has the hours of UTC";
    CommandRun run = trains(table, "utc", "--calendar", "hour");
    CommandRun.says(run.err(), told, "--zone Europe/Berlin");
    for (List<String> options :
        List.of(List.of("--calendar", "hour", "--zone", "Europe/Berlin"), List.<String>of())) {
      CommandRun other = trains(table, "other", options.toArray());
      assertFalse(other.err().contains("Offsets change"), other.err());
      FolderContent.delete(folder.resolve("other"));
    }
  }

  @Test
  void aDateAndATimeOfDayInTwoColumnsAreToldAndRead() throws IOException {
    Path table =
        hourly(
            "table.csv",
            200,
            lines -> lines.replaceAll(line -> line.replace(' ', ',').replace("when", "date,time")));
    CommandRun.says(
        CommandRun.fails(1, train(table, "none")),
        "table.csv:3: the time '2024-03-01' occurs a second time, and 'time' has '00:00', a time"
            + " of day: give both with --time date,time");
    CommandRun run = trains(table, "iso", "--time", "date,time");
    CommandRun.says(run.err(), "Time is date, time: every hour, from 2024-03-01 00:00 to");
    Path german =
        hourly(
            "german.csv",
            200,
            lines ->
                lines.replaceAll(
                    line ->
                        line.replaceFirst("^(2024)-(..)-(..) ", "$3.$2.$1,")
                            .replace("when", "Tag,Uhrzeit")));
    String advice = "give both with --time Tag,Uhrzeit --time-format 'dd.MM.yyyy HH:mm'";
    CommandRun.says(
        CommandRun.fails(1, train(german, "none", "--time-format", "dd.MM.yyyy")), advice);
    // The second was the only one that was read, and runs keep it.
    for (String format : List.of("dd.MM.yyyy HH:mm", "dd.MM.yyyy-HH:mm")) {
      trains(german, "german", "--time", "Tag,Uhrzeit", "--time-format", format);
      assertArrayEquals(weights("iso"), weights("german"));
      CommandRun forecast = CommandRun.succeeds("forecast", folder.resolve("german"), "--steps", 1);
      assertTrue(last(forecast).startsWith("200,2024-03-09 08:00,"), forecast.out());
      FolderContent.delete(folder.resolve("german"));
    }
  }

  @Test
  void rowsOutOfOrderAreRefusedOrSorted() throws IOException {
    Path table = hourly("table.csv", 100, _ -> {});
    Path mixed =
        hourly(
            "mixed.csv",
            100,
            lines -> {
              lines.add(10, lines.remove(50));
              lines.add(70, lines.remove(80));
            });
    CommandRun.says(
        CommandRun.fails(1, train(mixed, "mixed")),
        "mixed.csv:12: time '2024-03-01 09:00' stands after '2024-03-03 01:00'",
        "use --sort ascending");
    CommandRun run = trains(mixed, "mixed", "--sort", "ascending");
    CommandRun.says(run.err(), "Rows were not in the order of time, and were sorted");
    trains(table, "table");
    assertArrayEquals(weights("table"), weights("mixed"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "--time load ; load cannot both say the time and be an input or a target",
        "--time nowhere ; there is no column 'nowhere'",
        "--time none --calendar hour ; --calendar needs a column that says when a row is",
        "--time none --sort ascending ; --sort needs a column that says when a row is",
        "--time temp ; no time in the form",
        "--time-format { ; --time-format '{'",
        "--time-format yyyy/MM ; --time-format 'yyyy/MM' reads no column; name the one",
        "--zone Atlantis ; --zone 'Atlantis' is none that is known",
        "--sort down ; 'down' is none of refuse, ascending",
        "--duplicates all ; 'all' is none of refuse, first, last, mean",
        "--calendar decade ; 'decade' is none of minute, hour, weekday, month, yearday",
        "--calendar hour,hour ; --calendar names a part twice: hour, hour",
        "--calendar minute ; --calendar minute says nothing: there is a row every hour",
        "--known load ; 'load' is to be predicted, so it is not known in advance",
        "--known nowhere ; there is no column 'nowhere'",
        "--known temp,temp ; --known names a column twice",
        "--fill none ; 'none' is none of last, linear, zero",
        "--fill guess ; 'guess' is none of",
        "--gap -2 ; --gap must be at least 0 rows, found -2",
        "--gap many ; 'many' is not a whole number",
      })
  void refusesWhatCannotBe(String options, String words) throws IOException {
    Path table = hourly("table.csv", 100, _ -> {});
    CommandRun run = CommandRun.of(train(table, "refused", (Object[]) options.split(" ")));
    assertTrue(run.status() == 1 || run.status() == 2, run.toString());
    List<String> said = run.err().lines().filter(line -> line.startsWith("unspool: ")).toList();
    assertEquals(1, said.size(), run.toString());
    CommandRun.says(said.getFirst(), words);
    assertFalse(Files.exists(folder.resolve("refused")));
  }

  @Test
  void aTextKnowsNoTime() throws IOException {
    CommandRun.says(
        CommandRun.fails(2, "train", "--text", TinyData.text(folder), "--calendar", "hour"),
        "--calendar does not go with --text");
  }

  @Test
  void missingNumbersOfATableWithoutTimeAreRefusedUnlessSomebodySaysWhatTheyAre()
      throws IOException {
    Path table =
        hourly("table.csv", 120, lines -> lines.set(31, lines.get(31).replaceFirst(",.*,", ",,")));
    CommandRun.says(
        CommandRun.fails(1, train(table, "none", "--time", "none")),
        "table.csv:32: column 'load' is empty, expected a number; --fill last keeps the row and"
            + " flags the number; --skip-bad-rows leaves the row out");
    CommandRun run = trains(table, "none", "--time", "none", "--fill", "last");
    CommandRun.says(run.err(), "are seen as the last known one, with a flag: 1 of load");
    CommandRun.succeeds("forecast", folder.resolve("none"), "--steps", 2);
  }

  @Test
  void unitsBelowTheNamesAreSkippedAndTheTimeIsFound() throws IOException {
    Path table = hourly("table.csv", 120, lines -> lines.add(1, ",MW,degC"));
    CommandRun.says(
        CommandRun.fails(1, train(table, "none")), "table.csv:2: column 'load' is 'MW'");
    CommandRun run = trains(table, "run", "--skip-bad-rows");
    CommandRun.says(run.err(), "Time is when: every hour, from 2024-03-01 00:00");
  }

  @Test
  void severalTimesAreNone() throws IOException {
    var lines = new ArrayList<String>(List.of("begin,end,load"));
    for (int i = 0; i < 100; i++) {
      LocalDate day = LocalDate.of(2024, 1, 1).plusDays(i);
      lines.add("%s,%s,%s".formatted(day, day.plusDays(1), Math.sin(i)));
    }
    CommandRun run = trains(Files.write(folder.resolve("two.csv"), lines), "two");
    CommandRun.says(run.err(), "begin, end could each say when a row is, so none does");
  }

  @Test
  void anotherTableMaySayItsTimesInAnotherWay() throws IOException {
    trains(hourly("table.csv", 200, _ -> {}), "run");
    Path other =
        hourly(
            "other.csv",
            100,
            lines -> {
              for (int i = 1; i < lines.size(); i++) {
                lines.set(i, lines.get(i).replaceFirst("2024-(..)-(..)", "$2.$1.2024"));
              }
              lines.set(0, "zeit,load,temp");
            });
    Path run = folder.resolve("run");
    CommandRun.says(
        CommandRun.fails(2, "evaluate", run, "--csv", other), "there is no column 'when'");
    Object[] options = {"--time", "zeit", "--time-format", "dd.MM.yyyy HH:mm"};
    CommandRun.succeeds(
        "evaluate", run, "--csv", other, options[0], options[1], options[2], options[3]);
    CommandRun forecast =
        CommandRun.succeeds(
            "forecast",
            run,
            "--csv",
            other,
            "--steps",
            1,
            options[0],
            options[1],
            options[2],
            options[3]);
    assertTrue(last(forecast).startsWith("100,2024-03-05 04:00,"), forecast.out());
    CommandRun.says(
        CommandRun.fails(2, "evaluate", run, "--sort", "ascending"),
        "are for another table than the run's own");
    trains(folder.resolve("table.csv"), "plain", "--time", "none");
    CommandRun.says(
        CommandRun.fails(
            2, "evaluate", folder.resolve("plain"), "--csv", other, "--sort", "ascending"),
        "this one was trained without");
  }
}
