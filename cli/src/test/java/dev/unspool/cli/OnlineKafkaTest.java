// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.cli.run.Stop;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are topics of a real broker. */
final class OnlineKafkaTest {
  private static final int PARTITIONS = 3;
  private static final int KILLS = 3;

  @TempDir static Path brokers;
  private static @Nullable KafkaBroker started;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    started = new KafkaBroker(brokers);
  }

  @AfterAll
  static void stop() {
    broker().close();
  }

  private static KafkaBroker broker() {
    return Objects.requireNonNull(started);
  }

  private static List<String> lines(int records) {
    return StreamData.json(StreamData.csv(records, 4));
  }

  /** A minute after another, in the order of the lines. */
  private static long time(int line) {
    return Instant.parse("2024-03-01T00:00:00Z").toEpochMilli() + line * 60_000L;
  }

  private static List<ProducerRecord<byte[], byte[]>> messages(
      String topic, List<String> lines, int from) {
    var messages = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (int i = 0; i < lines.size(); i++) {
      String key = CommandRun.json(lines.get(i)).get("host").getAsString();
      messages.add(
          new ProducerRecord<>(
              topic,
              Math.floorMod(key.hashCode(), PARTITIONS),
              time(from + i),
              key.getBytes(UTF_8),
              lines.get(i).getBytes(UTF_8)));
    }
    return messages;
  }

  private static Object[] words(Path folder, String name, Object... more) {
    return StreamData.words(
        folder,
        Stream.concat(
                Stream.of(
                    "--from-kafka",
                    broker().address(),
                    "--topic",
                    name,
                    "--to-topic",
                    name + "-said"),
                Stream.of(more))
            .toArray());
  }

  private static void create(String name) throws Exception {
    broker().create(name, PARTITIONS);
    broker().create(name + "-said", 2);
  }

  /** Answers by the message that they answer; those that came twice must be the same. */
  private static Map<String, String> distinct(List<ConsumerRecord<byte[], byte[]>> said) {
    var distinct = new TreeMap<String, String>();
    for (ConsumerRecord<byte[], byte[]> each : said) {
      String text = new String(each.value(), UTF_8);
      JsonObject answer = CommandRun.json(text);
      String of = answer.get("partition").getAsInt() + ":" + answer.get("offset").getAsLong();
      String before = distinct.put(of, text);
      assertTrue(before == null || before.equals(text), () -> before + " became " + text);
    }
    return distinct;
  }

  /** Runs it until so many messages are answered. */
  private static StreamRun until(int answered, String name, Object... words) throws Exception {
    Stop stop = Stop.onRequest();
    var problem = new AtomicReference<@Nullable Throwable>();
    Thread watcher =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    broker().read(name + "-said", said -> distinct(said).size() >= answered);
                  } catch (Throwable e) {
                    problem.set(e);
                  } finally {
                    stop.ask();
                  }
                });
    StreamRun run = between(stop, words);
    watcher.join();
    assertNull(problem.get(), () -> problem.get() + " " + run);
    assertEquals(0, run.status(), run::toString);
    return run;
  }

  private static StreamRun between(Stop stop, Object... words) {
    return StreamRun.with(
        InputStream.nullInputStream(), new ByteArrayOutputStream(), () -> stop, words);
  }

  private static Map<String, String> said(String name, int answered) {
    return distinct(broker().read(name + "-said", said -> distinct(said).size() >= answered));
  }

  @Test
  void saysWhatThePipeSays() throws Exception {
    create("same");
    List<String> lines = lines(200);
    broker().send(messages("same", lines, 0));
    until(lines.size(), "same", words(folder.resolve("kafka"), "same"));

    var timed = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      timed.add(
          lines
              .get(i)
              .replaceFirst(
                  "\"at\":\"[^\"]*\"", "\"at\":\"" + Instant.ofEpochMilli(time(i)) + '"'));
    }
    StreamRun pipe =
        StreamRun.succeeds(
            StreamData.text(timed),
            StreamData.words(
                folder.resolve("pipe"), "--format", "json", "--key", "host", "--time", "at"));
    List<String> kafka =
        said("same", lines.size()).values().stream()
            .map(
                line ->
                    line.replaceFirst("\"topic\":\"same\",\"partition\":\\d+,\"offset\":\\d+,", ""))
            .sorted()
            .toList();
    assertEquals(pipe.lines().stream().sorted().toList(), kafka);

    ConsumerRecord<byte[], byte[]> first =
        broker().read("same-said", said -> !said.isEmpty()).getFirst();
    JsonObject answer = CommandRun.json(new String(first.value(), UTF_8));
    assertEquals(answer.get("key").getAsString(), new String(first.key(), UTF_8));
    for (String each : List.of("topic", "partition", "offset")) {
      assertEquals(
          answer.get(each).getAsString(),
          new String(first.headers().lastHeader("unspool." + each).value(), UTF_8));
    }
  }

  @Test
  void goesOnBehindTheOffsetsOfItsSnapshot() throws Exception {
    create("stopped");
    create("whole");
    List<String> lines = lines(120);
    broker().send(messages("stopped", lines, 0));
    broker().send(messages("whole", lines, 0));
    Path run = folder.resolve("run");
    until(1, "stopped", words(run, "stopped"));
    until(50, "stopped", words(run, "stopped"));
    until(51, "stopped", words(run, "stopped"));
    until(lines.size(), "stopped", words(run, "stopped"));
    until(lines.size(), "whole", words(folder.resolve("whole"), "whole"));
    StreamRun.assertSame(folder.resolve("whole"), run, "stopped and gone on with");
    assertEquals(
        said("whole", lines.size()).values().stream()
            .map(s -> s.replace("whole", "stopped"))
            .toList(),
        List.copyOf(said("stopped", lines.size()).values()));
  }

  @Test
  void trainsOnNothingTwiceWhenItIsKilled() throws Exception {
    long seed = Long.getLong("unspool.seed", System.nanoTime() % 1_000_000);
    System.out.println("OnlineKafkaTest: -Dunspool.seed=" + seed);
    var random = new Random(seed);
    create("killed");
    create("calm");
    List<String> lines = lines(KILLS * 400);
    Path run = folder.resolve("run");
    for (int kill = 0; kill < KILLS; kill++) {
      int from = kill * 400;
      List<String> some = lines.subList(from, from + 400);
      broker().send(messages("killed", some, from));
      broker().send(messages("calm", some, from));
      int answered = from + 1 + random.nextInt(400);
      Process process =
          CommandProcess.start(
              TinyData.joined("online", words(run, "killed", "--snapshot-every", 40)));
      try {
        said("killed", answered);
      } finally {
        process.destroyForcibly();
      }
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertNotEquals(0, process.exitValue());
    }
    until(lines.size(), "killed", words(run, "killed"));
    until(lines.size(), "calm", words(folder.resolve("calm"), "calm", "--snapshot-every", 40));
    StreamRun.assertSame(folder.resolve("calm"), run, "seed " + seed);
    assertEquals(
        said("calm", lines.size()).values().stream().map(s -> s.replace("calm", "killed")).toList(),
        List.copyOf(said("killed", lines.size()).values()),
        "seed " + seed);
  }

  /**
   * What came late was read behind what is later; it is so again, though both are there by then.
   */
  @Test
  void readsPartitionsInTheSameOrderAgain() throws Exception {
    create("late");
    byte @Nullable [] none = null;
    byte[] value = "{\"load\":1,\"temp\":2}".getBytes(UTF_8);
    Process process =
        CommandProcess.start(
            TinyData.joined("online", words(folder, "late", "--snapshot-seconds", 0)));
    try {
      for (int partition = PARTITIONS - 1; partition >= 0; partition--) {
        broker()
            .send(List.of(new ProducerRecord<>("late", partition, 1L + partition, none, value)));
        said("late", PARTITIONS - partition);
      }
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, StreamRun.number(StreamRun.newest(folder)), "all of it is to be read again");
    broker().send(List.of(new ProducerRecord<>("late", 0, 0L, none, value)));
    until(PARTITIONS + 1, "late", words(folder, "late"));
    assertEquals(
        List.of("0:0", "0:1", "1:0", "2:0"), List.copyOf(said("late", PARTITIONS + 1).keySet()));
    for (int partition = 0; partition < PARTITIONS; partition++) {
      CommandRun.says(
          String.valueOf(said("late", PARTITIONS + 1).get(partition + ":0")),
          "\"record\":" + (PARTITIONS - partition) + ",");
    }
  }

  @Test
  void keepsWhatCannotBeReadWithItsOffset() throws Exception {
    create("bad");
    byte[] good = "{\"load\":1,\"temp\":2}".getBytes(UTF_8);
    byte @Nullable [] none = null;
    broker()
        .send(
            List.of(
                new ProducerRecord<>("bad", 1, 1L, none, good),
                new ProducerRecord<>("bad", 1, 2L, none, none),
                new ProducerRecord<>("bad", 1, 3L, new byte[] {(byte) 0xff}, good),
                new ProducerRecord<>("bad", 1, 4L, none, "{\"load\":".getBytes(UTF_8)),
                new ProducerRecord<>("bad", 1, 5L, none, good)));
    until(5, "bad", words(folder, "bad"));
    List<JsonObject> said = said("bad", 5).values().stream().map(CommandRun::json).toList();
    assertEquals(
        List.of(false, true, true, true, false),
        said.stream().map(each -> each.has("unusable")).toList(),
        said::toString);
    List<JsonObject> letters =
        Files.readAllLines(folder.resolve("dead-letter.jsonl")).stream()
            .map(CommandRun::json)
            .toList();
    assertEquals(
        List.of(1L, 2L, 3L), letters.stream().map(each -> each.get("offset").getAsLong()).toList());
    assertEquals(1, letters.getFirst().get("partition").getAsInt());
    CommandRun.says(letters.getFirst().get("reason").getAsString(), "no value");
    CommandRun.says(letters.get(1).get("reason").getAsString(), "key", "not UTF-8");
  }

  @Test
  void readsCsvByTheNamesThatAreGiven() throws Exception {
    create("csv");
    broker()
        .send(
            List.of(
                new ProducerRecord<>("csv", "3,4".getBytes(UTF_8)),
                new ProducerRecord<>("csv", "5,6\n".getBytes(UTF_8))));
    CommandRun.says(
        StreamRun.fails(2, "", words(folder.resolve("none"), "csv", "--format", "csv")),
        "--columns");
    until(2, "csv", words(folder, "csv", "--format", "csv", "--columns", "temp,load"));
    broker().send(List.of(new ProducerRecord<>("csv", "7,8".getBytes(UTF_8))));
    until(3, "csv", words(folder, "csv"));
    assertFalse(said("csv", 3).toString().contains("unusable"));
  }

  @Test
  void saysWhatWasDeletedBeforeItWasRead() throws Exception {
    create("short");
    List<String> lines = lines(40);
    broker().send(messages("short", lines, 0));
    until(lines.size(), "short", words(folder, "short"));
    List<ProducerRecord<byte[], byte[]>> later = messages("short", lines, lines.size());
    broker().send(later);
    int partition = later.getFirst().partition();
    long before = later.stream().filter(each -> each.partition() == partition).count();
    broker().forget("short", partition, before + 2);
    CommandRun.says(
        StreamRun.fails(1, "", words(folder, "short")),
        "offsets %s to %s of partition %s".formatted(before, before + 1, partition),
        "were deleted before they were read",
        "--from-earliest-left");
    StreamRun on =
        until(2 * lines.size() - 2, "short", words(folder, "short", "--from-earliest-left"));
    CommandRun.says(on.err(), "going on with what is left");
  }

  @Test
  void readsAPartitionThatIsNew() throws Exception {
    create("grown");
    List<String> lines = lines(20);
    broker().send(messages("grown", lines, 0));
    until(lines.size(), "grown", words(folder, "grown"));
    broker().grow("grown", PARTITIONS + 1);
    byte[] good = "{\"load\":1,\"temp\":2}".getBytes(UTF_8);
    byte @Nullable [] none = null;
    broker().send(List.of(new ProducerRecord<>("grown", PARTITIONS, 1L, none, good)));
    StreamRun on = until(lines.size() + 1, "grown", words(folder, "grown"));
    CommandRun.says(on.err(), "new partition 3", "from its beginning");
  }

  /** The next line that the command says itself; empty if there is none. */
  private static String complaint(BufferedReader err) {
    return err.lines().filter(line -> line.startsWith("unspool: ")).findFirst().orElse("");
  }

  @Test
  void keepsAnswersThatNobodyTakes() throws Exception {
    broker().create("unheard", PARTITIONS);
    List<String> lines = lines(30);
    broker().send(messages("unheard", lines, 0));
    Process process = CommandProcess.start(TinyData.joined("online", words(folder, "unheard")));
    try (var err = process.errorReader(UTF_8)) {
      CommandRun.says(complaint(err), "unheard-said", "waiting until it can");
      process.destroy();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(143, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
    long records = StreamRun.number(StreamRun.newest(folder));
    assertTrue(records > 0);
    broker().create("unheard-said", 2);
    until(lines.size(), "unheard", words(folder, "unheard"));
  }

  /** Asks it to end, which it has to do by itself before the JVM gives it up. */
  private static void endsByItself(Process process, BufferedReader err) throws Exception {
    process.toHandle().destroy(); // that of the process itself also closes what it says
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(143, process.exitValue());
    assertEquals("", complaint(err), "nothing more is said");
  }

  /** At a port where nobody is, and at one where somebody says nothing. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitsForABroker(boolean mute) throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (var socket = new ServerSocket(0, 50, here)) {
      if (!mute) {
        socket.close();
      }
      Process process =
          CommandProcess.start(
              TinyData.joined(
                  "online",
                  StreamData.words(
                      folder,
                      "--from-kafka",
                      "127.0.0.1:" + socket.getLocalPort(),
                      "--topic",
                      "any",
                      "--to-topic",
                      "said")));
      try (var err = process.errorReader(UTF_8)) {
        CommandRun.says(complaint(err), "does not answer; waiting");
        endsByItself(process, err);
      } finally {
        process.destroyForcibly();
      }
    }
    assertEquals(0, StreamRun.number(StreamRun.newest(folder)));
  }

  @Test
  void endsWhileItsBrokerIsAway(@TempDir Path other) throws Exception {
    List<String> lines = lines(60);
    Path run = folder.resolve("run");
    var away = new KafkaBroker(other);
    away.create("left", PARTITIONS);
    away.create("left-said", 2);
    Process process =
        CommandProcess.start(
            TinyData.joined(
                "online",
                StreamData.words(
                    run,
                    "--from-kafka",
                    away.address(),
                    "--topic",
                    "left",
                    "--to-topic",
                    "left-said",
                    "--snapshot-seconds",
                    0)));
    try (var err = process.errorReader(UTF_8)) {
      try (away) {
        away.send(messages("left", lines, 0));
        away.read("left-said", said -> distinct(said).size() == lines.size());
      }
      CommandRun.says(complaint(err), "does not answer; waiting");
      endsByItself(process, err);
    } finally {
      process.destroyForcibly();
    }
    assertEquals(lines.size(), StreamRun.number(StreamRun.newest(run)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 --from-kafka HOST: say with --topic",
        "2 --from-kafka HOST --topic a --to-topic a: the same, found a",
        "2 --from-kafka HOST --topic a --follow b: --follow and --input-from-start",
        "2 --topic a: are for --from-kafka",
        "2 --from-kafka HOST --topic a --columns b: --columns is for --format csv",
        "2 --from-kafka nowhere --topic a: cannot be reached as asked",
        "1 --from-kafka HOST --topic nothing: there is no topic 'nothing'",
      })
  void refuses(String words) {
    int colon = words.indexOf(": ");
    Object[] more = words.substring(2, colon).replace("HOST", broker().address()).split(" ");
    CommandRun.says(
        StreamRun.fails(words.charAt(0) - '0', "", StreamData.words(folder, more)),
        words.substring(colon + 2));
  }

  /** Which is no reason to forget a stream, even one that has read nothing so far. */
  @Test
  void aBrokerThatCannotBeReachedDeletesNoStream() throws Exception {
    create("quiet");
    Path run = folder.resolve("run");
    Stop stop = Stop.onRequest();
    stop.ask();
    assertEquals(0, between(stop, words(run, "quiet")).status());
    StreamRun.fails(2, "", "--out", run, "--from-kafka", "nowhere", "--topic", "quiet");
    assertTrue(Files.exists(run.resolve("config.json")));
  }

  @Test
  void takesSettingsOfItsClientsButNotThoseThatItsGuaranteesDependOn() throws Exception {
    create("set");
    Path file = folder.resolve("kafka.properties");
    Files.writeString(file, "acks=0\n");
    CommandRun.says(
        StreamRun.fails(2, "", words(folder.resolve("run"), "set", "--kafka-config", file)),
        "sets 'acks'");
    Files.writeString(file, "group.id=watched\ncompression.type=zstd\nfetch.max.wait.ms=50\n");
    List<String> lines = lines(10);
    broker().send(messages("set", lines, 0));
    until(lines.size(), "set", words(folder.resolve("run"), "set", "--kafka-config", file));
    broker().create("other", 1);
    CommandRun.says(
        StreamRun.fails(1, "", words(folder.resolve("run"), "other")),
        "has read topic 'set', found --topic other");
  }
}
