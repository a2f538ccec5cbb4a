// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A stream of messages whose process is killed at random moments and gone on with, while messages
 * come into three partitions whose clocks differ. It makes two topics of its own in the cluster,
 * and deletes them.
 *
 * <pre>./unspool run reliability/KafkaKills.java HOST:PORT [KILLS] [SEED]</pre>
 */
public final class KafkaKills {
  private static final int EVERY = 40;
  private static final int SENT_BEFORE = 60;
  private static final int SENT_AT_ONCE = 5;
  private static final int MOST_ANSWERS = 200;
  private static final long PAUSE_NANOS = 10_000_000;
  private static final long PATIENCE_NANOS = 600_000_000_000L;

  private final String brokers;
  private final String topic;
  private final Random random;
  private final Commands commands = new Commands();
  private final KafkaTopic messages;
  private final KafkaTopic said;

  /** Answers by the number of their record, and those that came more than once. */
  private final TreeMap<Integer, String> answers = new TreeMap<>();

  private int again;
  private int repeated;
  private int most;

  private KafkaKills(String brokers, String topic, Random random) throws IOException {
    this.brokers = brokers;
    this.topic = topic;
    this.random = random;
    this.messages = new KafkaTopic(brokers, topic);
    this.said = new KafkaTopic(brokers, topic + "-said");
  }

  public static void main(String[] args) throws Exception {
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    System.out.printf("seed %s%n", seed);
    String topic = "unspool-kills-%s-%s".formatted(seed, ProcessHandle.current().pid());
    List<String> topics = List.of(topic, topic + "-said");
    try (var admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
      admin
          .createTopics(
              topics.stream()
                  .map(name -> new NewTopic(name, KafkaTopic.PARTITIONS, (short) 1))
                  .toList())
          .all()
          .get();
      try {
        var kills = new KafkaKills(args[0], topic, new Random(seed));
        kills.run(count);
        kills.commands.close();
      } finally {
        admin.deleteTopics(topics).all().get();
      }
    }
  }

  private void run(int count) throws Exception {
    for (int kill = 1; kill <= count; kill++) {
      messages.send(SENT_BEFORE, random);
      long begun = System.nanoTime();
      Process process = commands.start(words());
      int wanted = answers.size() + random.nextInt(MOST_ANSWERS);
      long until = begun + (long) (3e9 * random.nextDouble());
      boolean byTime = random.nextInt(4) == 0;
      while (byTime ? System.nanoTime() < until : answers.size() < wanted) {
        goOn(process, begun);
      }
      process.toHandle().destroyForcibly();
      commands.requireEnd(Commands.KILLED, process, "the process of kill " + kill);
      takeIn();
      repeated += again;
      most = Math.max(most, again);
      again = 0;
      if (kill % 10 == 0) {
        System.out.printf("%s records are answered after kill %s%n", answers.size(), kill);
      }
    }
    long begun = System.nanoTime();
    Process process = commands.start(words());
    while (answers.size() < messages.sent()) {
      LockSupport.parkNanos(PAUSE_NANOS);
      requireGoing(process, begun);
      takeIn();
    }
    Commands.signal("TERM", process);
    commands.requireEnd(Commands.TERMINATED, process, "the stream that was asked to end");
    requireSame();
    System.out.printf(
        "%s kills while %s messages came, with a snapshot every %s: each is in the weights once, to the"
            + " same bits as from a pipe; %s answers came again, at most %s after a kill%n",
        count, messages.sent(), EVERY, repeated + again, Math.max(most, again));
    if (Math.max(most, again) > EVERY) {
      throw commands.failure("expected at most one interval to be answered again");
    }
  }

  /** Lets some more messages come. */
  private void goOn(Process process, long begun) throws Exception {
    requireGoing(process, begun);
    LockSupport.parkNanos(random.nextLong(PAUSE_NANOS));
    messages.send(SENT_AT_ONCE, random);
    takeIn();
  }

  private void requireGoing(Process process, long begun) throws IOException {
    if (!process.isAlive() || System.nanoTime() - begun > PATIENCE_NANOS) {
      process.destroyForcibly();
      throw commands.failure(
          "of %s records %s are answered".formatted(messages.sent(), answers.size()));
    }
  }

  /** Takes in what was said; what comes again must be the same. */
  private void takeIn() throws IOException {
    for (var each : said.read()) {
      int record = Integer.parseInt(each.value().replaceFirst(".*\"record\":([0-9]+),.*", "$1"));
      String before = answers.put(record, each.value());
      again += before == null ? 0 : 1;
      if (before != null && !before.equals(each.value())) {
        throw commands.failure("%s came again as %s".formatted(before, each.value()));
      }
    }
  }

  private List<String> words() {
    return List.of(
        ("online --from-kafka %s --topic %s --to-topic %s-said --snapshot-every %s %s --out %s")
            .formatted(brokers, topic, topic, EVERY, learning(), folder("killed"))
            .split(" "));
  }

  private static String learning() {
    return "--target load --input load,temp --hidden 8 --k2 10 --season 12 --snapshot-seconds 0";
  }

  private Path folder(String name) {
    return commands.folder.resolve(name);
  }

  /**
   * Sends the messages through a pipe that nobody breaks, in the order in which they were answered,
   * and requires the same of it.
   */
  private void requireSame() throws Exception {
    var byPlace = new TreeMap<String, String>();
    for (var each : messages.read()) {
      String at = Instant.ofEpochMilli(each.timestamp()).toString();
      byPlace.put(
          "\"partition\":%s,\"offset\":%s,".formatted(each.partition(), each.offset()),
          "{\"host\":\"%s\",\"at\":\"%s\",%s"
              .formatted(each.key(), at, each.value().substring(1)));
    }
    var lines = new ArrayList<String>();
    var expected = new ArrayList<String>();
    for (String answer : answers.values()) {
      String place = answer.replaceFirst(".*(\"partition\":[0-9]+,\"offset\":[0-9]+,).*", "$1");
      String line = byPlace.remove(place);
      if (line == null) {
        throw commands.failure("%s is answered twice, or was never sent".formatted(place));
      }
      lines.add(line);
      expected.add(answer.replace("\"topic\":\"" + topic + "\"," + place, ""));
    }
    if (!byPlace.isEmpty() || answers.lastKey() != answers.size()) {
      throw commands.failure("not answered: " + byPlace.keySet());
    }
    Path in = Files.write(folder("calm.jsonl"), lines);
    Path out = folder("calm.said.jsonl");
    String words = "online --format json --key host --time at %s --quiet --out %s";
    Process calm =
        new ProcessBuilder(
                Commands.command(
                    List.of(words.formatted(learning(), folder("calm")).split(" "))))
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(Redirect.appendTo(commands.said().toFile()))
            .start();
    commands.requireEnd(0, calm, "the pipe");
    if (!Files.readAllLines(out).equals(expected)) {
      throw commands.failure("answers differ from those of a pipe");
    }
    Map<String, String> killed = state("killed");
    Map<String, String> whole = state("calm");
    killed.entrySet().removeAll(state("calm").entrySet());
    whole.entrySet().removeAll(state("killed").entrySet());
    if (!killed.isEmpty() || !whole.isEmpty()) {
      throw commands.failure("the last snapshots differ: %s, expected %s".formatted(killed, whole));
    }
    commands.requireNothingHalf(folder("killed"), "the stream");
  }

  /** What the newest snapshot holds, but for the times that a column says and a message does not. */
  private Map<String, String> state(String name) throws IOException {
    var saved =
        new SnapshotSeries(folder(name).resolve("snapshots"), 3).newest().snapshot().orElseThrow();
    var state = new TreeMap<String, String>();
    state.put("records", Long.toString(saved.number()));
    saved.state().entries().forEach((entry, value) -> state.put(entry, bits(value)));
    state.keySet().removeIf(entry -> entry.matches("stream\\.(keys\\.)?times.*"));
    return state;
  }

  private static String bits(Snapshot.Entry entry) {
    return switch (entry) {
      case Snapshot.Longs(long[] values) -> Arrays.toString(values);
      case Snapshot.Doubles(double[] values) ->
          Arrays.toString(Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray());
      case Snapshot.Floats(float[] values) -> Arrays.toString(values); // the fewest digits that tell them apart
    };
  }
}
