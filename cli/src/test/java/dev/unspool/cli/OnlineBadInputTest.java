// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream may hold that is no record, and what a command line may say that is no stream. */
final class OnlineBadInputTest {
  @TempDir Path folder;
  Path run = Path.of("");

  @BeforeEach
  void name() {
    run = folder.resolve("run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,b,3                            | found 3 fields, the stream's first line names 4
          2024-03-01T00:09:00Z,h0,4,5,6    | found 5 fields
          2024-03-01T00:09:00Z,h0,abc,5    | column 'load' is 'abc', expected a number
          2024-03-01T00:09:00Z,h0,1e999,5  | beyond what float64 holds
          2024-03-01T00:09:00Z,h0,'1,5',5  | found 5 fields
          2024-03-01T00:09:00Z,h0,"1,5",5  | --decimal ,
          2024-03-01T00:09:00Z,h0,"4,5     | field 3: its quotes do not match
          2024-03-01T00:09:00Z,h0,"4"x,5   | field 3: its quotes do not match
          2024-03-01T00:09:00Z,,4,5        | column 'host' is empty, expected the record's key
          yesterday,h0,4,5                 | time 'yesterday': it is no time
          ,h0,4,5                          | time '': it is empty
          2024-03-01T00:01:00Z,h0,4,5      | is before that of the record before it with the same key
          2024-03-01T00:09:00Z,h9,,5       | column 'load' is missing
          """)
  void aRecordThatCannotBeUsedIsAnsweredAndKept(String bad, String reason) throws IOException {
    List<String> good = StreamData.csv(20, 0);
    var with = new ArrayList<>(good);
    with.add(9, bad);
    Object[] keyed = {"--key", "host", "--time", "at"};
    StreamRun clean =
        StreamRun.succeeds(StreamData.text(good), StreamData.words(folder.resolve("clean"), keyed));
    StreamRun found = StreamRun.succeeds(StreamData.text(with), StreamData.words(run, keyed));

    JsonObject answer = found.json().get(8);
    CommandRun.says(answer.get("unusable").getAsString(), reason);
    assertEquals(9, answer.get("record").getAsLong());
    JsonObject letter = CommandRun.json(Files.readString(run.resolve("dead-letter.jsonl")));
    assertEquals(9, letter.get("record").getAsLong());
    assertEquals(10, letter.get("line").getAsLong());
    assertEquals(bad, letter.get("text").getAsString());
    assertEquals(answer.get("unusable"), letter.get("reason"));
    for (int i = 0; i < 20; i++) {
      JsonObject one = clean.json().get(i);
      JsonObject two = found.json().get(i < 8 ? i : i + 1);
      one.remove("record");
      two.remove("record");
      assertEquals(one, two);
    }
  }

  @Test
  void bytesThatAreNoTextAreNoRecord() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("load,temp,note\n1,2,a\n".getBytes(UTF_8));
    bytes.writeBytes(new byte[] {'1', ',', '2', ',', (byte) 0xc3, '\n'});
    bytes.writeBytes(new byte[] {'1', ',', '2', ',', 0, '\n'});
    bytes.writeBytes(new byte[] {'1', ',', '2', ',', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n'});
    bytes.writeBytes("1,2,äöü€𝄞\r\n1,2,b".getBytes(UTF_8));
    StreamRun found = StreamRun.of(bytes.toByteArray(), StreamData.words(run));
    assertEquals(0, found.status(), found::toString);
    assertEquals(
        List.of(false, true, true, true, false, false),
        found.json().stream().map(line -> line.has("unusable")).toList());
    CommandRun.says(found.json().get(1).get("unusable").getAsString(), "byte 5 is not UTF-8");
    CommandRun.says(found.json().get(2).get("unusable").getAsString(), "byte 5 is NUL");
    assertEquals(3, Files.readAllLines(run.resolve("dead-letter.jsonl")).size());
  }

  @Test
  void aLineOfAnyLengthTakesNoMemory() throws IOException {
    String huge = "9".repeat(3 << 20);
    StreamRun found =
        StreamRun.succeeds("load,temp\n1,2\n" + huge + "\n3,4\n", StreamData.words(run));
    assertEquals(3, found.lines().size());
    CommandRun.says(
        found.json().get(1).get("unusable").getAsString(),
        "has 3145728 bytes, a record at most 1048576");
    assertTrue(Files.size(run.resolve("dead-letter.jsonl")) < 5000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"load":"4","temp":5}      | 'load' is a text, expected a number
          {"load":4,"load":4}        | 'load' is there twice
          {"load":4,"temp":5         | expected a comma or the end of the object
          {"load":04,"temp":5}       | expected a value
          {"load":NaN,"temp":5}      | expected a value
          {"load":4,"temp":true}     | 'temp' is true, expected a number
          {"load":4,"temp":[1]}      | 'temp' is a list, expected a number
          {"load":4e400,"temp":5}    | beyond what float64 holds
          [4,5]                      | expected an object
          {"load":4,"temp":5} x      | expected the end of the line
          {"load":4,"x":"\\ud800"}   | expected both halves of a letter
          {"load":4,"x":"\\q"}       | expected an escape of JSON
          """)
  void linesThatAreNoObjectsAreNoRecords(String bad, String reason) {
    StreamRun found =
        StreamRun.succeeds(
            "{\"load\":4,\"temp\":5}\n" + bad + "\n{\"temp\":6,\"load\":null}\n",
            StreamData.words(run, "--format", "json"));
    CommandRun.says(found.json().get(1).get("unusable").getAsString(), reason);
    assertFalse(found.json().get(2).has("unusable"), found::toString);
  }

  @Test
  void namesAreFoundHoweverTheyAreWritten() {
    StreamRun found =
        StreamRun.succeeds(
            "{\"l\\u006fad\":4,\"temp\":5}\n{\"load\":7,\"temp\":5}\n",
            StreamData.words(run, "--format", "json"));
    assertEquals(
        3,
        found
            .json()
            .get(1)
            .getAsJsonObject("errors")
            .getAsJsonObject("load")
            .get("1")
            .getAsDouble());
  }

  @Test
  void columnsThatNoObjectHasAreMissed() throws IOException {
    String line = "{\"laod\":4,\"temp\":5}\n";
    StreamRun found = StreamRun.of(line.repeat(150), StreamData.words(run, "--format", "json"));
    assertEquals(2, found.status(), found::toString);
    CommandRun.says(found.err(), "record 1 has no 'load'", "no record of 100 has 'load'", "laod");
    assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
  }

  @Test
  void aRecordThatIsNotAnsweredDoesNotCount() throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      lines.add("{\"load\":%s}".formatted(i));
    }
    Object[] words = StreamData.words(run, "--format", "json", "--fill", "zero");
    var answers =
        new ArrayList<>(StreamRun.succeeds(StreamData.text(lines.subList(0, 50)), words).json());
    for (int i = 0; i < 2; i++) {
      StreamRun found = StreamRun.of(StreamData.text(lines.subList(50, 200)), "--out", run);
      assertEquals(1, found.status(), "it is missed again: " + found);
      CommandRun.says(found.err(), "no record of 100 has 'temp'");
      answers.addAll(found.json());
    }
    answers.addAll(StreamRun.succeeds("{\"load\":1,\"temp\":2}\n".repeat(10), "--out", run).json());
    for (int i = 0; i < 258; i++) {
      assertEquals(i + 1, answers.get(i).get("record").getAsLong());
    }
    assertEquals(258, answers.size());
  }

  @Test
  void aStreamThatCannotBeginIsNone() throws IOException {
    CommandRun.says(
        StreamRun.fails(1, "\u0000\u0001\n", StreamData.words(run)), "names no columns");
    assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
    StreamRun.succeeds("load,temp\n1,2\n", StreamData.words(run, "--hidden", 5));
  }

  @Test
  void columnsThatAreNotThereAreNamed() throws IOException {
    String said = StreamRun.fails(2, "load;temp\n1;2\n", StreamData.words(run));
    CommandRun.says(said, "no column 'load'", "load;temp", "--separator ';'");
    assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
    StreamRun.succeeds("load;temp\n1;2\n", StreamData.words(run, "--separator", ";"));
    CommandRun.says(
        StreamRun.fails(2, "load,temp,load\n", StreamData.words(folder.resolve("b"))),
        "fields 1 and 3 are both named 'load'");
  }

  /** Also by a call after the first, as long as nothing was read. */
  @Test
  void columnsThatAreNotThereCanBeCorrectedAfterACallThatReadNothing() throws IOException {
    StreamRun.succeeds("", StreamData.words(run));
    CommandRun.says(
        StreamRun.fails(2, "lod,temp\n1,2\n", StreamData.words(run)), "no column 'load'");
    assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
    StreamRun.succeeds("lod,temp\n1,2\n", "--target", "lod", "--hidden", 2, "--out", run);
  }

  /** Whatever newer snapshots held, one that could be restored is not deleted. */
  @Test
  void aStreamWhoseSnapshotsAreDamagedIsNotTakenForOneThatReadNothing() throws IOException {
    StreamRun.succeeds("", StreamData.words(run));
    StreamRun.succeeds("load,temp\n1,2\n", "--out", run);
    Path damaged = StreamRun.newest(run);
    Files.writeString(damaged, "x");
    StreamRun.fails(2, "lod,temp\n1,2\n", "--out", run);
    assertTrue(Files.exists(run.resolve("config.json")));
  }

  private static final String CELL =
      """
      import dev.unspool.step.*;

      final class Own {
        static Signal cell(Step s, Signal x, int hidden) {
          Signal h = s.state("h", hidden);
          return s.next(h, s.linear("w", "b", x, hidden).plus(s.linear("u", h, hidden)).tanh());
        }
      }
      """;

  @Test
  void aStreamThatCannotBeginDeletesNothingThatItHasNotMade() throws IOException {
    Path cell = Files.writeString(Files.createDirectories(run).resolve("cell.java"), CELL);
    Path note = Files.writeString(Files.createDirectory(run.resolve("snapshots")).resolve("x"), "");
    for (Object own : List.of(cell, "lstm")) {
      StreamRun.fails(2, "lod,temp\n1,2\n", StreamData.words(run, "--cell", own));
      assertEquals(CELL, Files.readString(cell));
      assertTrue(Files.exists(note));
      assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
    }
    Path other = Files.writeString(folder.resolve("Other.java"), CELL + "\n");
    String said = StreamRun.fails(1, "load,temp\n1,2\n", StreamData.words(run, "--cell", other));
    CommandRun.says(said, "cell.java is in the way", "not the cell Other.java");
    assertEquals(CELL, Files.readString(cell));

    StreamRun.succeeds("load,temp\n1,2\n", StreamData.words(run, "--cell", cell));
    assertEquals(CELL, Files.readString(cell));
    Path second = folder.resolve("second");
    StreamRun.fails(2, "lod,temp\n1,2\n", StreamData.words(second, "--cell", other));
    assertFalse(Files.exists(second.resolve("cell.java")), "which it has made itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--k1 0",
        "--k2 0",
        "--lr 0",
        "--lr x",
        "--keep 0",
        "--snapshot-every -1",
        "--band 1",
        "--keys 0",
        "--horizon 0",
        "--fill linear",
        "--zone Nowhere",
        "--time-format QQ",
        "--calendar hour",
        "--key load",
        "--time load",
        "--separator \"",
        "--decimal x",
        "--stop-after-bad 0",
        "--spike 1",
        "--on-spike jump",
        "--season 1",
        "--memory 1",
        "--dropout 0.5",
        "--report-every 0",
        "--season 600000000",
        "--k1 2147483647",
        "--k2 2147483647",
        "--gradient rtrl",
        "--format xml",
        "--cell nonsense",
        "--loss quantile",
        "--from nowhere"
      })
  void optionsThatMakeNoSenseAreRefused(String options) {
    Object[] words = TinyData.changed(StreamData.words(run), options);
    StreamRun found = StreamRun.of("load,temp\n1,2\n", words);
    assertTrue(found.status() == 2 || options.startsWith("--from"), () -> options + found);
    assertEquals(
        1,
        found.err().lines().filter(line -> line.startsWith("unspool: ")).count(),
        found::toString);
    assertEquals(List.of(), found.lines());
  }

  @Test
  void aStreamGoesOnAsItWasBegun() throws IOException {
    StreamRun.succeeds(StreamData.text(StreamData.csv(10, 0)), StreamData.words(run));
    for (String option :
        List.of(
            "--k2 6", "--target temp", "--hidden 5", "--horizon 2", "--format json", "--seed 2")) {
      String said = StreamRun.fails(2, "", TinyData.changed(new Object[] {"--out", run}, option));
      CommandRun.says(said, "was begun with", "choose another --out");
    }
    StreamRun changed = StreamRun.succeeds("", "--out", run, "--lr", "0.01", "--keep", 2);
    CommandRun.says(changed.err(), "learning.lr is 0.01 (was 0.001)", "upkeep.keep is 2");
    assertFalse(StreamRun.succeeds("", "--out", run).err().contains("From here on"));
  }

  @Test
  void somebodyElsesFolderIsLeftAlone() throws IOException {
    Files.createDirectories(run);
    Files.writeString(run.resolve("config.json"), "{}");
    CommandRun.says(StreamRun.fails(1, "", StreamData.words(run)), "config.json is in the way");
    assertEquals("{}", Files.readString(run.resolve("config.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "nonsense",
        "\"format\": 1|\"format\": 2",
        "\"k2\": 5|\"k2\": 7",
        "\"sweep\"|\"swept\""
      })
  void aDamagedConfigurationGetsOneLine(String damage) throws IOException {
    StreamRun.succeeds(StreamData.text(StreamData.csv(10, 0)), StreamData.words(run));
    Path config = run.resolve("config.json");
    String[] change = damage.split("\\|");
    String text = Files.readString(config);
    Files.writeString(config, change.length == 2 ? text.replace(change[0], change[1]) : damage);
    CommandRun.says(StreamRun.fails(1, "", "--out", run), "config.json", "another folder");
  }

  @Test
  void aDamagedSnapshotIsPassedOver() throws IOException {
    String all = StreamData.text(StreamData.csv(30, 0));
    List<String> whole = StreamRun.succeeds(all, StreamData.words(folder.resolve("w"))).lines();
    StreamRun.succeeds(
        StreamData.text(StreamData.csv(30, 0).subList(0, 11)), StreamData.words(run));
    StreamRun.succeeds(all, "--out", run, "--input-from-start");
    Path newest = StreamRun.newest(run);
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);

    StreamRun again = StreamRun.succeeds(all, "--out", run, "--input-from-start");
    assertEquals(whole.subList(10, 30), again.lines());
    CommandRun.says(
        again.err(),
        "snapshot-30.safetensors",
        "checksum",
        "going on from the one before, of record 10");
    StreamRun.assertSame(folder.resolve("w"), run, "");
  }

  @Test
  void tooManyBadOnesEndIt() throws IOException {
    String bad = "x,y\n";
    StreamRun found =
        StreamRun.of(
            "load,temp\n1,2\n" + bad.repeat(10), StreamData.words(run, "--stop-after-bad", 4));
    assertEquals(1, found.status(), found::toString);
    assertEquals(5, found.lines().size(), "each was answered");
    CommandRun.says(found.err(), "4 records in a row cannot be used", "--stop-after-bad");
    assertEquals(5, StreamRun.number(StreamRun.newest(run)));
    assertEquals(1, StreamRun.succeeds("3,4\n", "--out", run).lines().size());
  }

  /** Of two keys that are remembered, none is forgotten for one of which nothing can be made. */
  @Test
  void whatCannotBeUsedOfOtherKeysIsNotHeard() throws IOException {
    List<String> good = StreamData.csv(40, 2);
    var with = new ArrayList<>(good);
    with.add(20, "garbage,h7,1,1");
    with.add(30, "2024-03-01T00:00:00Z,h0,1,1");
    with.add(31, "garbage,h0,1,1");
    with.add(31, "garbage,h8,1,1");
    with.add(35, "2024-03-01T00:00:00Z,h9,,21");
    Object[] keyed = {"--key", "host", "--time", "at", "--keys", 2};
    StreamRun clean =
        StreamRun.succeeds(StreamData.text(good), StreamData.words(folder.resolve("clean"), keyed));
    StreamRun found = StreamRun.succeeds(StreamData.text(with), StreamData.words(run, keyed));
    assertEquals(5, unusable(found));
    assertEquals(withoutNumbers(clean), withoutNumbers(found));
  }

  private static long unusable(StreamRun run) {
    return run.json().stream().filter(line -> line.has("unusable")).count();
  }

  /** Answers to what could be used. */
  private static List<JsonObject> withoutNumbers(StreamRun run) {
    List<JsonObject> answers = run.json().stream().filter(line -> !line.has("unusable")).toList();
    answers.forEach(line -> line.remove("record"));
    return answers;
  }

  @Test
  void aTimeOfWhatCannotBeUsedIsNoTimeToGoOnFrom() {
    List<String> lines = StreamData.csv(30, 0).stream().map(l -> l.replace(",NA", ",21")).toList();
    var with = new ArrayList<>(lines);
    with.add(15, "2204-01-01T00:00:00Z,h0,1,");
    Object[] words = StreamData.words(run, "--time", "at", "--fill", "none");
    StreamRun found = StreamRun.succeeds(StreamData.text(with), words);
    assertTrue(found.json().get(14).has("unusable"), found::toString);
    for (String line : found.lines()) {
      assertFalse(line.contains("is before that of"), line);
    }
  }

  /** A stream that ends, and is begun again, as often as there are so many incidents. */
  @ParameterizedTest
  @CsvSource({"none, 1e9, 7", "last, 1.1, 3"})
  void whatIsOneTooManyIsARowAllTheSame(String fill, double spike, int most) throws IOException {
    var lines = new ArrayList<String>();
    for (String line : StreamData.csv(150, 0)) {
      boolean wrong = lines.size() >= 80 && lines.size() < 80 + 5 * most;
      String bad =
          fill.equals("none") ? ",h0,5," : ",h0,%s,21".formatted(1L << 2 * (lines.size() - 80));
      lines.add(wrong ? bad : line.replace(",NA", ",21"));
    }
    String all = StreamData.text(lines);
    Object[] options = {"--fill", fill, "--on-spike", "skip", "--spike", spike, "--stop-after-bad"};
    List<String> whole = StreamRun.succeeds(all, words("whole", options, 1_000_000)).lines();
    var parts = new ArrayList<String>();
    int ended = 0;
    StreamRun part = StreamRun.of(all, words("parts", options, most));
    while (part.status() == 1) {
      ended++;
      assertTrue(part.lines().size() >= most, part::toString);
      CommandRun.says(
          part.err(), most + (fill.equals("none") ? " records" : " sweeps"), "in a row");
      parts.addAll(part.lines());
      part = StreamRun.of(all, "--out", folder.resolve("parts"), "--input-from-start");
    }
    assertEquals(0, part.status(), part::toString);
    parts.addAll(part.lines());
    assertEquals(whole, parts);
    assertTrue(ended >= 4, "ended %s times".formatted(ended));
  }

  private Object[] words(String name, Object[] options, int most) {
    var words = new ArrayList<>(List.of(options));
    words.add(most);
    return StreamData.words(folder.resolve(name), words.toArray());
  }
}
