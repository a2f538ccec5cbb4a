// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.model.Snapshot;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A stream of messages that is killed at random moments and gone on with. It makes three topics
 * of its own in the cluster, and deletes them.
 *
 * <pre>./unspool run reliability/KafkaKills.java HOST:PORT [COUNT] [SEED]</pre>
 */
public final class KafkaKills {
  private static final int PARTITIONS = 3;
  private static final int SENT = 2000;
  private static final long PATIENCE_NANOS = 600_000_000_000L;
  private static final Pattern OF = Pattern.compile("\"partition\":([0-9]+),\"offset\":([0-9]+),");

  private final String brokers;
  private final String topic;
  private final Commands commands = new Commands();
  private int sent;

  private KafkaKills(String brokers, String topic) throws Exception {
    this.brokers = brokers;
    this.topic = topic;
  }

  public static void main(String[] args) throws Exception {
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    System.out.printf("seed %s%n", seed);
    String topic = "unspool-kills-%s-%s".formatted(seed, ProcessHandle.current().pid());
    var kills = new KafkaKills(args[0], topic);
    List<String> topics = List.of(topic, topic + "-killed", topic + "-calm");
    try (var admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
      admin
          .createTopics(
              topics.stream().map(name -> new NewTopic(name, PARTITIONS, (short) 1)).toList())
          .all()
          .get();
      try {
        kills.run(count, new Random(seed));
      } finally {
        admin.deleteTopics(topics).all().get();
        kills.commands.close();
      }
    }
  }

  private void run(int count, Random random) throws Exception {
    send();
    long begun = System.nanoTime();
    toTheEnd("killed");
    long nanos = System.nanoTime() - begun;
    for (int i = 0; i < count; i++) {
      send();
      Process process = commands.start(words("killed"));
      Thread.sleep((long) (nanos / 1e6 * random.nextDouble()));
      Commands.signal("KILL", process);
      commands.requireEnd(Commands.KILLED, process, "the process of kill " + (i + 1));
    }
    toTheEnd("killed");
    toTheEnd("calm");
    Answers killed = answers("killed");
    Answers calm = answers("calm");
    if (!killed.distinct.equals(calm.distinct)) {
      throw commands.failure("answers differ from those of a stream that was not killed");
    }
    if (!state("killed").equals(state("calm"))) {
      throw commands.failure("the last snapshots differ");
    }
    commands.requireNothingHalf(commands.folder.resolve("killed"), "the stream");
    System.out.printf(
        "%s kills; %s records, each in the weights once, to the same bits; %s answers came twice%n",
        count, sent, killed.count - killed.distinct.size());
  }

  private List<String> words(String name) {
    return List.of(
        ("online --from-kafka %s --topic %s --to-topic %s-%s --target load --input load,temp"
                + " --hidden 8 --k2 10 --season 12 --snapshot-every 300 --out %s")
            .formatted(brokers, topic, topic, name, commands.folder.resolve(name))
            .split(" "));
  }

  /** Appends messages while nobody reads; each is a second later than the one before. */
  private void send() throws Exception {
    var random = new Random(sent);
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", brokers),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < SENT; i++) {
        String value =
            "{\"load\":%s,\"temp\":%s}"
                .formatted(5 + Math.sin(0.2 * sent) + 0.1 * random.nextGaussian(), random.nextFloat());
        int key = random.nextInt(20);
        long time = 1_700_000_000_000L + 1000L * sent++;
        producer.send(new ProducerRecord<>(topic, key % PARTITIONS, time, "k" + key, value));
      }
    }
  }

  /** Runs it until everything that was sent is answered, and asks it to end. */
  private void toTheEnd(String name) throws Exception {
    Process process = commands.start(words(name));
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (answers(name).distinct.size() < sent) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw commands.failure(
            "of %s records %s are answered".formatted(sent, answers(name).distinct.size()));
      }
      Thread.sleep(500);
    }
    Commands.signal("TERM", process);
    commands.requireEnd(Commands.TERMINATED, process, "the stream that was asked to end");
  }

  /**
   * What was said.
   *
   * @param distinct answers by partition and offset
   * @param count with those that came twice
   */
  private record Answers(Map<String, String> distinct, long count) {}

  private Answers answers(String name) throws Exception {
    var distinct = new TreeMap<String, String>();
    long count = 0;
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(each -> new TopicPartition(topic + "-" + name, each))
            .toList();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", brokers),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long all = consumer.endOffsets(partitions).values().stream().mapToLong(n -> n).sum();
      while (count < all) {
        for (var each : consumer.poll(Duration.ofMillis(200))) {
          count++;
          Matcher of = OF.matcher(each.value());
          if (!of.find()) {
            throw commands.failure("an answer without an offset: " + each.value());
          }
          String before = distinct.put(of.group(1) + ":" + of.group(2), each.value());
          if (before != null && !before.equals(each.value())) {
            throw commands.failure("%s came again as %s".formatted(before, each.value()));
          }
        }
      }
    }
    return new Answers(distinct, count);
  }

  /** What the newest snapshot holds. */
  private Map<String, String> state(String name) throws Exception {
    var saved =
        new SnapshotSeries(commands.folder.resolve(name).resolve("snapshots"), 3)
            .newest()
            .snapshot()
            .orElseThrow();
    var state = new TreeMap<String, String>();
    state.put("records", Long.toString(saved.number()));
    saved.state().entries().forEach((entry, value) -> state.put(entry, bits(value)));
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
