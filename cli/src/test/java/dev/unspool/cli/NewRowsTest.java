// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that go on from the one that a run has learned from. */
final class NewRowsTest {
  private static final List<String> HOW =
      List.of(
          "--hidden",
          "6",
          "--k1",
          "5",
          "--k2",
          "10",
          "--lanes",
          "2",
          "--epochs",
          "2",
          "--schedule",
          "constant",
          "--report-every",
          "1000");

  @TempDir Path folder;
  private Path run;

  /** Days from one on, up to another. */
  private static List<String> days(int from, int to) {
    var lines = new ArrayList<String>(List.of("date,y,u"));
    for (int i = from; i < to; i++) {
      lines.add(
          "%s,%s,%s"
              .formatted(
                  LocalDate.of(2020, 1, 1).plusDays(i), 5 + Math.sin(i / 3.0), Math.cos(i / 5.0)));
    }
    return lines;
  }

  private Path table(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }

  private static List<Object> words(Object... words) {
    return new ArrayList<>(List.of(words));
  }

  private void train(Path out, Path csv, Object... more) {
    List<Object> words = words("train", "--csv", csv, "--target", "y", "--out", out);
    words.addAll(HOW);
    words.addAll(List.of(more));
    CommandRun.succeeds(words.toArray());
  }

  @BeforeEach
  void train() throws IOException {
    run = folder.resolve("run");
    train(run, table("old.csv", days(0, 200)));
  }

  /** The numbers of the newest weights, without the header. */
  private static byte[] newest(Path run) throws IOException {
    try (var files = Files.list(run.resolve("checkpoint"))) {
      Path weights =
          files
              .filter(file -> file.getFileName().toString().startsWith("weights-"))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(weights);
      int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
      return Arrays.copyOfRange(bytes, 8 + header, bytes.length);
    }
  }

  private static JsonObject facts(Path run) throws IOException {
    return new Gson()
        .fromJson(Files.readString(run.resolve("config.json"), UTF_8), JsonObject.class)
        .getAsJsonObject("csv")
        .getAsJsonObject("facts");
  }

  private CommandRun forecast(Path csv) {
    return CommandRun.succeeds("forecast", run, "--csv", csv, "--steps", 5);
  }

  @Test
  void aForecastGoesOnFromBothTables() throws IOException {
    CommandRun whole = forecast(table("whole.csv", days(0, 230)));
    CommandRun.says(
        whole.err(), "does not begin later than the run's own table, and is read alone");
    assertTrue(whole.out().contains("\n230,2020-08-18,"), whole.out());

    CommandRun behind = forecast(table("behind.csv", days(200, 230)));
    CommandRun.says(behind.err(), "goes on from the run's own table, which ends at 2020-07-18");
    assertEquals(whole.out(), behind.out());

    CommandRun over = forecast(table("over.csv", days(150, 230)));
    CommandRun.says(
        over.err(),
        "has 50 rows that the run's own table has too, from 2020-05-30 on; its own count");
    assertEquals(whole.out(), over.out());

    CommandRun gap = forecast(table("gap.csv", days(203, 230)));
    CommandRun.says(
        gap.err(), "Between the run's own table, which ends at 2020-07-18, and", "a gap of 3 rows");
    List<String> holed = days(0, 230);
    holed.subList(201, 204).clear();
    assertEquals(forecast(table("holed.csv", holed)).out(), gap.out());

    Files.write(folder.resolve("old.csv"), days(0, 190));
    CommandRun.says(
        forecast(folder.resolve("behind.csv")).err(),
        "has changed since training began: the model knows nothing before 2020-07-19");
    Files.delete(folder.resolve("old.csv"));
    CommandRun.says(
        forecast(folder.resolve("behind.csv")).err(),
        "the run's own table, is not there: the model knows nothing before 2020-07-19");
  }

  @Test
  void localTimesAndTimesWithAnOffsetAreNotOfOneRun() throws IOException {
    Path offset = table("offset.csv", withOffset(days(200, 230)));
    Path longer = table("long.csv", withOffset(days(0, 230)));
    String[] words = {
      ".csv says whose clocks its times are of, and the run's own table does not",
      "give local times in the form of that table"
    };
    CommandRun.says(CommandRun.fails(1, "forecast", run, "--csv", offset), words);
    CommandRun.says(CommandRun.fails(1, "forecast", run, "--csv", longer), words);
    CommandRun.says(CommandRun.fails(1, "evaluate", run, "--csv", offset), words);
    CommandRun.says(CommandRun.fails(1, "resume", run, "--csv", longer), words);
    Path from = folder.resolve("from");
    CommandRun.says(
        CommandRun.fails(1, "train", "--from", run, "--csv", longer, "--out", from), words);
    assertFalse(Files.exists(from));
    Path local = table("local.csv", days(200, 230));
    CommandRun.says(
        CommandRun.fails(1, "forecast", run, "--csv", local, "--zone", "Europe/Berlin"), words);
    CommandRun.succeeds("forecast", run, "--csv", local, "--steps", 2);
  }

  @Test
  void whatIsKnownOfTheFutureIsOfTheSameClocks() throws IOException {
    Path known = folder.resolve("known");
    train(known, folder.resolve("old.csv"), "--known", "u");
    List<String> next = days(200, 230);
    Path local = table("next.csv", next);
    Object[] forecast = {"forecast", known, "--steps", 2, "--future", local};
    CommandRun.succeeds(forecast);
    Path german = table("german.csv", next);
    Files.write(
        german,
        next.stream().map(line -> line.replaceFirst("^(2020)-(..)-(..)", "$3.$2.$1")).toList());
    assertEquals(
        CommandRun.succeeds(forecast).out(),
        CommandRun.succeeds(
                "forecast", known, "--steps", 2, "--future", german, "--time-format", "dd.MM.yyyy")
            .out(),
        "what is said of times is said of the future, too");
    CommandRun.says(
        CommandRun.fails(1, "forecast", known, "--future", table("z.csv", withOffset(next))),
        "z.csv says whose clocks its times are of");

    Path said = folder.resolve("said");
    train(said, table("said.csv", withOffset(days(0, 200))), "--known", "u");
    CommandRun.says(
        CommandRun.fails(1, "forecast", said, "--future", local),
        "next.csv does not say whose clocks its times are of, and the run's own table does",
        "--zone Europe/Berlin");
    CommandRun.succeeds("forecast", said, "--steps", 2, "--future", local, "--zone", "UTC");
  }

  private static List<String> withOffset(List<String> days) {
    days.replaceAll(line -> line.replaceFirst("^(2020[^,]*),", "$1T00:00Z,"));
    return days;
  }

  @Test
  void aZoneSaysWhoseHoursCountInARunThatGoesOnFromAnother() throws IOException {
    var utc = new ArrayList<String>(List.of("when,y"));
    var local = new ArrayList<String>(List.of("when,y"));
    for (int i = 0; i < 200; i++) {
      Instant at = Instant.parse("2024-06-01T00:00:00Z").plus(i, ChronoUnit.HOURS);
      utc.add("%s,%s".formatted(at, Math.sin(i / 4.0)));
      local.add(
          "%s,%s"
              .formatted(
                  at.atZone(ZoneId.of("Europe/Berlin")).toLocalDateTime(), Math.sin(i / 4.0)));
    }
    Path first = folder.resolve("first");
    train(first, table("utc.csv", utc), "--calendar", "hour");
    Path on = folder.resolve("on");
    Path other = table("here.csv", local);
    List<Object> words = words("train", "--from", first, "--csv", other, "--out", on, "--force");
    words.addAll(HOW.subList(2, HOW.size()));
    CommandRun.says(
        CommandRun.fails(1, words.toArray()), "here.csv does not say whose clocks", "--zone");
    words.addAll(List.of("--zone", "Europe/Berlin"));
    CommandRun.says(
        CommandRun.succeeds(words.toArray()).err(),
        "from 2024-06-01 02:00+02:00 to 2024-06-09 09:00+02:00 (Europe/Berlin)");
    JsonObject clock = facts(on).getAsJsonObject("extent").getAsJsonObject("clock");
    assertEquals("Europe/Berlin", clock.get("zone").getAsString());

    List<String> days = days(0, 200);
    days.set(0, "when,y,u");
    Path coarse = table("days.csv", days);
    CommandRun.says(
        CommandRun.fails(
            1,
            "train",
            "--from",
            first,
            "--csv",
            coarse,
            "--zone",
            "Europe/Berlin",
            "--out",
            folder.resolve("no")),
        "days.csv has a row every day, and the run one every hour");
  }

  @Test
  void aTableWithoutAnyTargetIsNothingToGoOnFrom() throws IOException {
    List<String> empty = days(0, 30);
    empty.replaceAll(line -> line.replaceFirst(",[^,]*[0-9],", ",,"));
    CommandRun.says(
        CommandRun.fails(1, "forecast", run, "--csv", table("empty.csv", empty)),
        "empty.csv: no row has a number in y");
  }

  @Test
  void learningGoesOnOverTheLongerTable() throws IOException {
    Path longer = table("longer.csv", days(0, 260));
    JsonObject before = facts(run);
    CommandRun resumed = CommandRun.succeeds("resume", run, "--csv", longer);
    CommandRun.says(
        resumed.err(),
        "60 new rows behind the 200 that were learned from, up to 2020-09-16",
        "Its epochs are over: 1 epoch more",
        "Going on after update");
    JsonObject after = facts(run);
    assertEquals(before.get("mean"), after.get("mean"));
    assertEquals(260, after.get("rows").getAsInt());
    assertEquals(200, after.get("before").getAsInt());
    assertEquals(
        52,
        CommandRun.succeeds("evaluate", run, "--json")
            .json()
            .getAsJsonObject("test")
            .get("rows")
            .getAsInt());
    assertTrue(
        CommandRun.succeeds("forecast", run, "--steps", 1).out().contains("\n260,2020-09-17,"));

    // And once more, by the scales of the longer training part.
    CommandRun.succeeds(
        "resume", run, "--csv", table("longest.csv", days(0, 300)), "--renormalise", "--epochs", 4);
    assertNotEquals(before.get("mean"), facts(run).get("mean"));
    assertEquals(260, facts(run).get("before").getAsInt());
  }

  @Test
  void aRunThatIsStoppedOverTheLongerTableGoesOnBitForBit() throws IOException {
    Path longer = table("longer.csv", days(0, 260));
    Path other = folder.resolve("other");
    train(other, folder.resolve("old.csv"));
    assertArrayEquals(newest(run), newest(other));
    CommandRun.succeeds("resume", run, "--csv", longer, "--epochs", 5);
    CommandRun.succeeds("resume", other, "--csv", longer, "--epochs", 5, "--max-updates", 40);
    assertFalse(Arrays.equals(newest(run), newest(other)));
    CommandRun.succeeds("resume", other, "--max-updates", 55);
    CommandRun.succeeds("resume", other, "--max-updates", 0);
    assertArrayEquals(newest(run), newest(other));
  }

  @Test
  void aTableThatDoesNotGoOnFromTheOldOneIsRefused() throws IOException {
    List<String> changed = days(0, 260);
    changed.set(17, changed.get(17).replaceFirst(",.*,", ",5.5,"));
    byte[] config = Files.readAllBytes(run.resolve("config.json"));
    CommandRun.says(
        CommandRun.fails(1, "resume", run, "--csv", table("changed.csv", changed)),
        "does not begin with the 200 rows that were learned from",
        "train --from RUN --csv FILE");
    CommandRun.says(
        CommandRun.fails(1, "resume", run, "--csv", table("later.csv", days(200, 260))),
        "does not begin with the 200 rows");
    CommandRun.says(
        CommandRun.fails(1, "resume", run, "--csv", table("same.csv", days(0, 200))),
        "has no row behind the 200 that were learned from");
    CommandRun.says(
        CommandRun.fails(1, "resume", run, "--csv", folder.resolve("none.csv")), "none.csv");
    CommandRun.says(
        CommandRun.fails(2, "resume", run, "--renormalise"), "--renormalise is for --csv FILE");
    CommandRun.says(
        CommandRun.fails(
            2, "resume", run, "--csv", folder.resolve("same.csv"), "--data", "old.csv"),
        "excludes a longer one");
    assertArrayEquals(config, Files.readAllBytes(run.resolve("config.json")));
    // What is not read may change, and what was the future is known now.
    List<String> other = days(0, 260);
    other.replaceAll(line -> line.replaceFirst(",[^,]*$", line.startsWith("date") ? ",u" : ",7"));
    CommandRun.succeeds("resume", run, "--csv", table("other.csv", other));
  }

  @Test
  void whatWasTheFutureIsLearnedWhenItIsKnown() throws IOException {
    List<String> open = days(0, 210);
    for (int i = 201; i <= 210; i++) {
      open.set(i, open.get(i).replaceFirst(",.*,", ",,"));
    }
    Path future = folder.resolve("future");
    train(future, table("open.csv", open), "--known", "u");
    List<String> known = days(0, 215);
    for (int i = 201; i <= 215; i++) { // the weather was not what had been said
      known.set(i, known.get(i).replaceFirst(",[^,]*$", ",0.25"));
    }
    CommandRun resumed = CommandRun.succeeds("resume", future, "--csv", table("known.csv", known));
    CommandRun.says(resumed.err(), "15 new rows behind the 200 that were learned from");
  }

  @Test
  void aNewRunFromOldWeightsMayMeasureItsScales() throws IOException {
    Path longer = table("longer.csv", days(0, 260));
    for (String option : List.of("", "--renormalise")) {
      List<Object> words =
          words(
              "train",
              "--from",
              run,
              "--csv",
              longer,
              "--out",
              folder.resolve("on" + option),
              "--epochs",
              1);
      words.addAll(option.isEmpty() ? List.of() : List.of(option));
      CommandRun.succeeds(words.toArray());
      assertEquals(
          option.isEmpty(),
          facts(run).get("mean").equals(facts(folder.resolve("on" + option)).get("mean")));
    }
    CommandRun.says(
        CommandRun.fails(2, "train", "--csv", longer, "--target", "y", "--renormalise"),
        "--renormalise is for --from");
  }

  @Test
  void aTableWithoutTimeGrowsToo() throws IOException {
    Path plain = folder.resolve("plain");
    train(plain, folder.resolve("old.csv"), "--time", "none");
    assertTrue(facts(plain).get("extent") == null || facts(plain).get("extent").isJsonNull());
    CommandRun resumed =
        CommandRun.succeeds("resume", plain, "--csv", table("longer.csv", days(0, 230)));
    CommandRun.says(
        resumed.err(), "30 new rows behind the 200 that were learned from, up to row 229");
    CommandRun.says(
        CommandRun.fails(1, "resume", plain, "--csv", table("later.csv", days(1, 260))),
        "does not begin with the 230 rows");
  }

  @Test
  void aTextDoesNotGrow() throws IOException {
    Path text = folder.resolve("text-run");
    CommandRun.succeeds(
        "train",
        "--text",
        TinyData.text(folder),
        "--out",
        text,
        "--hidden",
        4,
        "--epochs",
        1,
        "--k1",
        10,
        "--k2",
        10,
        "--lanes",
        2);
    CommandRun.says(
        CommandRun.fails(2, "resume", text, "--csv", folder.resolve("old.csv")),
        "--csv is for networks that were trained on a table");
  }
}
